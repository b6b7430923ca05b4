/** The kinds of action over the API, from a file of one's own that is read again by SIGHUP. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Action } from "../../schemas/api/api.js";
import type { ProblemDocument } from "../../schemas/api/problem.js";
import type { KindsFile } from "../../schemas/kinds/kinds-file.js";
import { startNode } from "../children.js";
import { temporaryFolder } from "../temp-folder.js";
import { Whole } from "./whole.js";

const MAIN = new URL("../../gateway/main.js", import.meta.url);
const CENTER = { type: "Circle", center: [5.3, 52.15] };

test("a file of one's own counts, is read again by SIGHUP, and with a mistake in it everything stays as it was", async () => {
  const whole = await Whole.prepare(300, [{ name: "north" }]);
  const file = join(temporaryFolder(), "kinds.json");
  const write = (kinds: unknown) => writeFileSync(file, JSON.stringify(kinds));
  write({ source: "Politie Gooi", kinds: [{ id: "fire", radiusMeters: 300_000 }] });
  whole.environment = { SEINPOST_KINDS: file };
  await whole.startEngine();
  await whole.engine.untilBound();
  const { engine } = whole;
  const kinds = async () => (await engine.request<KindsFile>("GET", "/v1/kinds")).body;
  const fire = (await kinds()).kinds.find(({ id }) => id === "fire");
  expect(fire).toMatchObject({ radiusMeters: 300_000, like: "fire", domain: "alarm" });

  const asked = {
    kind: "fire",
    fields: { place: "de haven", advice: "closeWindows" },
    area: CENTER,
    dispatch: true,
    arrivals: false,
  };
  const { status, body } = await engine.request<Action>("POST", "/v1/actions", asked);
  expect([status, body.text.slice(0, 50)]).toEqual([201, "Politie Gooi: brand bij de haven. Sluit ramen en d"]);
  expect(body).toMatchObject({ kind: "fire", like: "fire", fields: asked.fields, area: { radiusMeters: 300_000 } });
  const sent = await engine.until(body.id, ({ status: now }) => now === "sent");
  expect(sent.waves[0]!.recipients).toBeGreaterThan(100);
  const again = await engine.request<ProblemDocument>("POST", "/v1/actions", asked);
  expect([again.status, again.body.code]).toEqual([409, "TEXT_REPEATED"]);
  const ended = await engine.request<Action>("POST", `/v1/actions/${body.id}/end`, {});
  expect([ended.status, ended.body.outcome]).toEqual([200, "success"]);

  write({ kinds: [{ id: "fire", radiusMeters: -1 }] });
  engine.child.kill("SIGHUP");
  write({ source: "Brandweer", kinds: [] });
  engine.child.kill("SIGHUP");
  await expect.poll(async () => (await kinds()).source, { timeout: 20_000 }).toBe("Brandweer");
  expect((await kinds()).kinds.find(({ id }) => id === "fire")?.radiusMeters).toBe(1_500);
  write({ kinds: [{ id: "fire", radiusMeters: -1 }] });
  engine.child.kill("SIGHUP");
  expect((await engine.request("GET", "/healthz")).status).toBe(200);
  expect((await kinds()).source).toBe("Brandweer");
  const refused = await engine.request<ProblemDocument>("POST", "/v1/actions", { ...asked, fields: { place: "A" } });
  expect(refused).toMatchObject({ status: 422, body: { code: "INVALID_FIELD", field: "/fields/advice" } });
});

test("a mistake in it at start is named with its entry and place, and nothing starts", async () => {
  const file = join(temporaryFolder(), "kinds.json");
  writeFileSync(file, JSON.stringify({ kinds: [{ id: "fire", lifeMinutes: 0 }] }));
  const started = startNode(MAIN, ["start"], {
    env: { SEINPOST_DATA: join(temporaryFolder(), "data"), SEINPOST_KINDS: file },
  });
  expect((await started.ended).code).toBe(78);
  expect(started.errors()).toMatch(/CONFIGURATION_INVALID.*kind "fire".*\/kinds\/0\/lifeMinutes/);
});

test("seinpost kinds check shows what each kind says and in how many parts, or what is wrong", async () => {
  const check = async (...args: string[]) => {
    const child = startNode(MAIN, ["kinds", "check", ...args], {});
    const { code } = await child.ended;
    return { code, said: child.lines.join("\n"), errors: child.errors() };
  };
  const shipped = await check();
  expect(shipped.code).toBe(0);
  expect(shipped.said).toMatch(/nl \(1\): Burgernet: vermist bij station Weesp: jongen van 5 jaar\./);
  expect(shipped.said).toMatch(/13 kinds, all of which can be used\.$/);
  const file = join(temporaryFolder(), "kinds.json");
  writeFileSync(
    file,
    JSON.stringify({
      kinds: [
        {
          id: "burglary",
          first: { nl: { short: "Vtg gestolen bij {place}, {description} {direction, select, none {} other {}}" } },
        },
      ],
    }),
  );
  const own = await check(file);
  expect(own.code).toBe(0);
  expect(own.said).toMatch(/Vtg gestolen bij station Weesp[\s\S]*NO_SOURCE[\s\S]*ABBREVIATION \(vtg\)/);
  writeFileSync(file, '{"kinds": [{"id": "burglary", "domain": "tell"}]}');
  const wrong = await check(file);
  expect(wrong.code).toBe(78);
  expect(wrong.errors).toMatch(/kind "burglary": \/kinds\/0\/domain/);
});
