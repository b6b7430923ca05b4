/** What operators say of carriers holds: over kill -9, for every action, until somebody says otherwise; and nobody is lost by it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Wave } from "../../../schemas/api/api.js";
import type { AuditPage } from "../../../schemas/api/audit.js";
import type { Carrier, ChangedCarrier } from "../../../schemas/api/operations.js";
import { readLedger } from "../../crash/ledger.js";
import { expectNobodyLost } from "../../crash/verdict.js";
import { adminKey } from "../admin-key.js";
import type { Refusal } from "../ask.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../whole.js";

const TEXT = "Burgernet. Gezocht: rode jas. P001";
const WINDOW = 32;
const entry = { window: WINDOW };
const simulator = { latencyMs: 20 };
const REQUEST = { area: EVERYWHERE, text: TEXT, dispatch: true };

const answered = (wave: Wave | undefined): number =>
  wave === undefined ? 0 : wave.counts.acknowledged + wave.counts.delivered;
const named = (carriers: readonly Carrier[], name: string): Carrier => carriers.find((each) => each.name === name)!;

async function change(whole: Whole, key: string, name: string, body: object): Promise<ChangedCarrier> {
  const answer = await whole.ask<ChangedCarrier>("PATCH", `/v1/carriers/${name}`, body, key);
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

const shown = async (whole: Whole, name: string): Promise<Carrier> => named(await whole.engine.carriers(), name);

test("a carrier that is paused takes nothing more, also not after kill -9; the others take its part, and nobody is lost", async () => {
  const whole = await Whole.start(6_000, [
    { name: "north", entry, simulator },
    { name: "south", entry, simulator },
  ]);
  const key = await adminKey(whole.folder, "operate,audit");
  const north = whole.carriers[0]!;
  const { id } = await whole.engine.createAction(REQUEST);
  await whole.engine.until(id, ({ waves }) => answered(waves[0]) > 600, 5);
  const { carrier, warning } = await change(whole, key, "north", { state: "paused" });
  expect([carrier.state, carrier.control?.by, warning]).toEqual(["paused", "operations", null]);
  // What was on its way is answered, and what was only given to it comes back.
  await until(async () => {
    const { inFlight, queued } = await shown(whole, "north");
    return inFlight + queued === 0;
  });
  const before = north.log().length;
  expect(answered((await whole.engine.action(id)).waves[0])).toBeLessThan(6_000);
  await whole.restart();
  await whole.engine.untilBound();
  expect((await shown(whole, "north")).state).toBe("paused");
  await whole.engine.until(id, ({ status }) => status === "sent");
  expect(north.log().length).toBe(before);

  const again = await change(whole, key, "north", { state: "running" });
  expect([again.carrier.state, again.carrier.control]).toEqual(["running", null]);
  const { json } = await whole.ask<AuditPage>("GET", "/v1/audit-records?deed=carrier.changed", undefined, key);
  expect(json.records.map(({ by, on }) => [by.name, on.carrier, on.state])).toEqual([
    ["operations", "north", "running"],
    ["operations", "north", "paused"],
  ]);
  await whole.engine.stop();
  const { waves } = await readLedger(whole.folder, whole.numbers);
  expectNobodyLost(
    waves[0]!,
    acceptedBy(
      whole.carriers.map((each) => each.log()),
      tagOf(TEXT),
    ),
  );
});

test("where all carriers are off people wait, also of an extreme action, and whoever did it is told; then all go", async () => {
  const whole = await Whole.start(3_000, [{ name: "north", entry, simulator }]);
  const key = await adminKey(whole.folder, "operate");
  const { warning } = await change(whole, key, "north", { state: "paused" });
  expect(warning?.code).toBe("CARRIERS_ALL_OFF");
  const { id } = await whole.engine.createAction({ ...REQUEST, domain: "alarm", urgency: "extreme" });
  const waiting = await whole.engine.until(id, ({ waves }) => (waves[0]?.withoutCarrier ?? 0) === waves[0]?.recipients);
  expect([waiting.reason?.code, waiting.waves[0]!.counts.pending]).toEqual(["NO_ROUTE", waiting.waves[0]!.recipients]);
  expect(whole.carriers[0]!.log().length).toBe(0);
  const told = await change(whole, key, "north", { share: 2 });
  expect(told.warning?.detail).toContain(`${waiting.waves[0]!.recipients} people wait`);
  expect((await change(whole, key, "north", { state: "running", share: null })).warning).toBeNull();
  const sent = await whole.engine.until(id, ({ status }) => status === "sent");
  expect(answered(sent.waves[0])).toBe(waiting.waves[0]!.recipients);
});

test("one that drains sends what it has and says when that is done; a reload undoes only what was said to hold until then", async () => {
  const whole = await Whole.start(6_000, [
    { name: "north", entry, simulator },
    { name: "south", entry, simulator },
  ]);
  const key = await adminKey(whole.folder, "operate");
  const { id } = await whole.engine.createAction(REQUEST);
  await whole.engine.until(id, ({ waves }) => answered(waves[0]) > 600, 5);
  expect((await change(whole, key, "north", { state: "draining", untilReload: true })).carrier.state).toMatch(/^drain/);
  await change(whole, key, "south", { share: 7 });
  await until(async () => (await shown(whole, "north")).state === "drained");
  const before = whole.carriers[0]!.log().length;
  const sent = await whole.engine.until(id, ({ status }) => status === "sent");
  expect(answered(sent.waves[0])).toBe(6_000);
  expect(sent.waves[0]!.counts.possibleDuplicates).toBe(0);
  expect(whole.carriers[0]!.log().length).toBe(before);

  writeFileSync(
    join(whole.folder, "carriers.json"),
    JSON.stringify({ carriers: whole.carriers.map((carrier) => carrier.entry) }),
  );
  whole.engine.child.kill("SIGHUP");
  await until(async () => (await shown(whole, "north")).state === "running");
  const south = await shown(whole, "south");
  expect([south.share, south.control?.share]).toEqual([7, 7]);
});

test("what is no word is refused, with the field, and changes nothing", async () => {
  const whole = await Whole.start(3_000, [{ name: "north", entry }]);
  const key = await adminKey(whole.folder, "operate");
  const cases: readonly [string, object, number, string, string][] = [
    ["north", {}, 422, "INVALID_FIELD", "/state"],
    ["north", { state: "stopped" }, 422, "INVALID_FIELD", "/state"],
    ["north", { share: 0 }, 422, "INVALID_FIELD", "/share"],
    ["north", { share: "1" }, 422, "INVALID_FIELD", "/share"],
    ["north", { share: 1_001 }, 422, "INVALID_FIELD", "/share"],
    ["north", { state: "paused", until: 1 }, 422, "INVALID_FIELD", "/until"],
    ["nord", { state: "paused" }, 404, "NOT_FOUND", "carrier"],
    ["NORTH", { state: "paused" }, 404, "NOT_FOUND", "carrier"],
  ];
  for (const [name, body, status, code, field] of cases) {
    const answer = await whole.ask<Refusal>("PATCH", `/v1/carriers/${name}`, body, key);
    expect([answer.status, answer.json.code, answer.json.field], JSON.stringify(body)).toEqual([status, code, field]);
  }
  const { state, control, share } = await shown(whole, "north");
  expect([state, control, share]).toEqual(["running", null, 1]);
});
