/** Limits and refusals of strange carriers: at given moments, and on the wire. */
import { expect, test } from "vitest";
import { Congestion, limiterKey, makeLimiter } from "../../../loadtest/personalities/limits.js";
import type { PersonalityName } from "../../../loadtest/personalities/table.js";
import { bound, deviatingCarrier, NUMBER, pdusOf, raw, rawSubmits, submitMany } from "./deviations.js";

const THROTTLED = 0x58;
const LIMIT = 100;

/** Moments at which submits are taken that are offered every `everyMs` for three seconds, after one of rest. */
function taken(names: readonly PersonalityName[], everyMs: number): number[] {
  const limiter = makeLimiter(new Set(names), LIMIT)!;
  const moments: number[] = [];
  for (let atMs = 1_000; atMs < 4_000; atMs += everyMs) if (limiter.take(atMs)) moments.push(atMs);
  return moments;
}

/** The most that were taken in any second. */
function mostInASecond(moments: readonly number[]): number {
  return Math.max(...moments.map((atMs, at) => moments.filter((other, to) => to >= at && other < atMs + 1_000).length));
}

test("a sliding window takes so many in any second; a fixed one and a bucket up to twice that", () => {
  expect(mostInASecond(taken(["throttle-sliding"], 1))).toBe(LIMIT);
  expect(mostInASecond(taken(["throttle-per-bind"], 1))).toBe(LIMIT);
  expect(mostInASecond(taken(["throttle-bucket"], 1))).toBe(2 * LIMIT - 1);
  expect(mostInASecond(taken(["queue-full"], 1))).toBeGreaterThan(LIMIT);
  for (const names of [["throttle-sliding"], ["throttle-bucket"], ["queue-full"], ["throttle-per-bind"]] as const) {
    expect(taken(names, 10).length).toBe(300);
  }
  expect(makeLimiter(new Set(["congestion", "late"]), LIMIT)).toBeNull();
});

test("who shares a limit", () => {
  expect(limiterKey(new Set(["throttle-bucket"]), "a", 1)).toBe(limiterKey(new Set(["throttle-bucket"]), "b", 2));
  const account = new Set(["throttle-per-account"] as const);
  expect(limiterKey(account, "a", 1)).toBe(limiterKey(account, "a", 2));
  expect(limiterKey(account, "a", 1)).not.toBe(limiterKey(account, "b", 1));
  const bind = new Set(["throttle-per-bind"] as const);
  expect(limiterKey(bind, "a", 1)).not.toBe(limiterKey(bind, "a", 2));
});

test("congestion_state rises to 90 at the limit, and to 100 beyond", () => {
  const at = (perSecond: number) => {
    const congestion = new Congestion();
    for (let atMs = 1_000; atMs < 5_000; atMs += 1_000 / perSecond) congestion.submitted(atMs);
    return congestion.state(LIMIT);
  };
  expect(at(10)).toBeLessThan(30);
  expect(at(LIMIT)).toBeGreaterThan(85);
  expect(at(LIMIT)).toBeLessThan(95);
  expect(at(2 * LIMIT)).toBe(100);
});

test("throttle-per-bind gives each bind the limit; without it they share one", async () => {
  const accepted = async (names: readonly PersonalityName[]) => {
    const simulator = await deviatingCarrier(names, { throttleAbove: 20 });
    const clients = [await bound(simulator), await bound(simulator)];
    const answers = (await Promise.all(clients.map((client) => submitMany(client, 30)))).flat();
    expect(new Set(answers.map(({ command_status }) => command_status))).toEqual(new Set([0, THROTTLED]));
    return answers.filter(({ command_status }) => command_status === 0).length;
  };
  expect(await accepted(["throttle-per-bind"])).toBeGreaterThanOrEqual(40);
  expect(await accepted(["throttle-per-account"])).toBeLessThan(40);
});

test("queue-full answers ESME_RMSGQFUL, and congestion tells before it comes to that", async () => {
  const simulator = await deviatingCarrier(["queue-full", "congestion"], { throttleAbove: 40, receipts: 0 });
  const client = await raw(simulator);
  await client.answered(1);
  rawSubmits(client, 60);
  await client.answered(61);
  const answers = pdusOf(client.received).slice(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([0, 0x14]));
  const states = answers.map(({ body }) => body.at(-1)!);
  expect(answers.every(({ body }) => body.readUInt32BE(body.length - 5) === 0x04280001)).toBe(true);
  expect(states[0]).toBeLessThan(10);
  expect(states.at(-1)).toBe(100);
});

test("refuse-all with a status of choice; refuse-for-now by chance; vendor-codes by number", async () => {
  const statuses = async (names: readonly PersonalityName[], options = {}) => {
    const simulator = await deviatingCarrier(names, { deviationShare: 0.4, ...options });
    const client = await bound(simulator);
    const rounds = [await submitMany(client, 100), await submitMany(client, 100)];
    const [first, second] = rounds.map((answers) => answers.map(({ command_status }) => command_status));
    expect([...simulator.log().statuses]).toEqual([...first!, ...second!]);
    return { first, second };
  };
  expect(new Set((await statuses(["refuse-all"])).first)).toEqual(new Set([0x45]));
  expect(new Set((await statuses(["refuse-all"], { deviationStatus: 0x4ff })).first)).toEqual(new Set([0x4ff]));
  const temporary = await statuses(["refuse-for-now"]);
  expect(new Set(temporary.first)).toEqual(new Set([0, 8]));
  expect(temporary.second).not.toEqual(temporary.first);
  const vendor = await statuses(["vendor-codes"]);
  expect(vendor.second).toEqual(vendor.first);
  expect(
    vendor
      .first!.filter((status) => status !== 0)
      .every((status) => status === 0x400 + ((NUMBER + vendor.first!.indexOf(status)) % 256)),
  ).toBe(true);
  expect(vendor.first!.filter((status) => status >= 0x400).length).toBeGreaterThan(15);
});
