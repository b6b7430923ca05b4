/** Nobody asked is not "sent", and boundaries decide who is asked for a municipality: through HTTP, with the whole service. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { importBoundaries } from "../../../engine/places/import.js";
import type { Action, Preview } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { collection, feature, ring } from "../../engine/places/files.js";
import { given } from "../../engine/registry/samples.js";
import { Whole } from "../whole.js";

const CARRIERS = [{ name: "north" }];
const AT_SEA: AreaInput = { type: "Circle", center: [3.5, 53.5], radiusMeters: 1_000 };

it("an action in the sea is accepted, has failed and says why, and is sent to nobody when that is meant", async () => {
  const whole = await Whole.start(3_000, CARRIERS);
  const { engine } = whole;
  const area = AT_SEA;
  const preview = await engine.request<Preview>("POST", "/v1/previews", { area });
  expect(preview.body.warnings.map(({ code }) => code)).toEqual(["NOBODY_INSIDE"]);
  const { id } = await engine.createAction({ area, text: "Burgernet", dispatch: true });
  const failed = await engine.until(id, ({ status }) => status === "failed");
  expect(failed.reason?.code).toBe("NOBODY_INSIDE");
  expect(await engine.metrics()).toContain('seinpost_actions_failed_total{code="NOBODY_INSIDE"} 1');
  const again = await engine.request<Action>("POST", `/v1/actions/${id}/dispatch`, { allowNobody: true });
  expect(again).toMatchObject({ status: 200, body: { status: "selecting", reason: null } });
  expect((await engine.until(id, ({ status }) => status === "sent")).waves).toMatchObject([{ recipients: 0 }]);
  const draft = await engine.createAction({ area, text: "Burgernet" });
  const stopped = await engine.request<Action>("POST", `/v1/actions/${draft.id}/stop`, {});
  expect(stopped).toMatchObject({ status: 200, body: { status: "stopped" } });
});

it("new boundaries decide who is asked for a municipality, and which municipalities there are", async () => {
  const whole = await Whole.prepare(3_000, CARRIERS);
  // All of the west is Amsterdam, all of the east is Midden-Groningen, of which Menterwolde is a part today.
  const file = join(dirname(whole.folder), "boundaries.geojson");
  const west = feature({ statcode: "GM0363", statnaam: "Amsterdam" }, [ring([3, 50.5, 5.5, 53.8])]);
  const east = feature({ statcode: "GM1952", statnaam: "Midden-Groningen" }, [ring([5.5, 50.5, 6.8, 53.8])]);
  const merged = feature({ statcode: "GM1987", statnaam: "Menterwolde" }, [ring([6.8, 53.11, 6.97, 53.22])]);
  writeFileSync(file, collection(west, east, merged));
  expect(given(await importBoundaries(whole.folder, file, Date.now())).file.refused).toEqual([]);
  await whole.startEngine();
  await whole.engine.untilBound();
  const asked = async (code: string) => {
    const area = { type: "Municipality", code };
    const { status, body } = await whole.engine.request<Preview & { code: string }>("POST", "/v1/previews", { area });
    return { status, ...body };
  };
  // Everybody in the country is in one of the two once the job is through.
  const everybody = { type: "Circle", center: [5.3, 52.15], radiusMeters: 300_000 };
  const { body: all } = await whole.engine.request<Preview>("POST", "/v1/previews", { area: everybody });
  const both = async () => (await asked("GM0363")).recipients + (await asked("GM1952")).recipients;
  while ((await both()) < all.recipients * 0.9) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await asked("GM0632")).code).toBe("MUNICIPALITY_UNKNOWN");
  expect((await asked("GM0632")).status).toBe(422);
  const followed = await asked("GM1987");
  expect(followed.warnings.map(({ code }) => code)).toEqual(["MUNICIPALITY_MERGED"]);
  // The job may still be at it: between two questions somebody has moved.
  await expect.poll(async () => (await asked("GM1987")).recipients - (await asked("GM1952")).recipients).toBe(0);
});
