/** An operator's word sends once more to exactly those who are unknown: live, after a restart, at the bound of copies. */
import { expect, it } from "vitest";
import { DISPATCH } from "../../../../schemas/limits.js";
import { POSSIBLE_DUPLICATE, STATE, STATE_MASK } from "../../../../schemas/words.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { until } from "../../dispatch/fixtures.js";
import { caller, code, FakeSelector, type Harness, must } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const COUNT = 1_000;
const own = ownHarness();
let harness: Harness;

async function start(carrier: FakeCarrier, count = COUNT): Promise<void> {
  harness = await own.start([carrier], new FakeSelector(count));
}

/** Participants who are unknown now, in the order of the roster. */
function unknown(): number[] {
  const [wave] = harness.dispatcher.waves;
  const roster = new Uint32Array(wave!.roster);
  return [...wave!.states].flatMap((state, at) => ((state & STATE_MASK) === STATE.unknown ? [roster[at]!] : []));
}

/** Participants to whom the carriers of this harness wrote, after so many of them. */
function written(after = 0): number[] {
  return harness
    .log()
    .slice(after)
    .map(({ participant }) => participant)
    .sort((a, b) => a - b);
}

it("sends to exactly those who are unknown, flags them, and answers a key once", async () => {
  const carrier = new FakeCarrier("a", 1, { unknown: 0.2 });
  await start(carrier);
  const { id } = await harness.create({ dispatch: true, timeCritical: false });
  const before = (await harness.at(id, "sent")).waves[0]!.counts;
  expect(before.possibleDuplicates).toBe(0);
  const left = unknown();
  expect(left.length).toBe(before.unknown);
  expect(left.length).toBeGreaterThan(100);
  const lines = harness.log().length;
  carrier.behave({ unknown: 0 });
  expect(must(await harness.actions.resend(id, caller("again"))).status).toBe("sending");
  expect(must(await harness.actions.resend(id, caller("again"))).status).toBe("sending");
  const { counts } = (await harness.at(id, "sent")).waves[0]!;
  expect(written(lines)).toEqual(left);
  expect(
    harness
      .log()
      .slice(lines)
      .every(({ resend }) => resend),
  ).toBe(true);
  expect([counts.unknown, counts.acknowledged, counts.possibleDuplicates]).toEqual([0, COUNT, left.length]);
  // Nobody is left: a further word is kept and changes nothing.
  expect(must(await harness.actions.resend(id, caller())).status).toBe("sent");
  expect(written(lines)).toEqual(left);
});

it("sends after a kill to exactly those whom the kill left unknown", async () => {
  await start(new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 }));
  const { id } = await harness.create({ dispatch: true, onUnknown: "hold" });
  await until(() => harness.carriers[0]!.written > 300);
  harness.carriers[0]!.pause(true);
  await until(() => harness.dispatcher.waves[0]!.inFlight > 0);
  await harness.crash();
  await start(new FakeCarrier("a", 1));
  await harness.at(id, "sent");
  const left = unknown();
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThanOrEqual(harness.dispatcher.accounts[0]!.limitOf(harness.dispatcher.waves[0]!));
  expect(harness.get(id).waves[0]!.counts.unknown).toBe(left.length);
  const lines = harness.log().length;
  must(await harness.actions.resend(id, caller()));
  await harness.at(id, "sent");
  expect(written(lines)).toEqual(left);
  expect(harness.get(id).waves[0]!.counts.acknowledged).toBe(COUNT);
});

it("is remembered over a kill: it goes on to those whom it had not reached, once each", async () => {
  await start(new FakeCarrier("a", 1, { unknown: 0.3 }));
  const { id } = await harness.create({ dispatch: true, onUnknown: "hold" });
  await harness.at(id, "sent");
  const left = unknown();
  await harness.crash();
  await start(new FakeCarrier("a", 1, { perTurn: 5, turnMs: 1 }));
  must(await harness.actions.resend(id, caller()));
  await until(() => harness.carriers[0]!.written > 100);
  const first = written();
  await harness.crash();
  await start(new FakeCarrier("a", 1));
  const { counts } = (await harness.at(id, "sent")).waves[0]!;
  expect(written().filter((participant) => first.includes(participant))).toEqual([]);
  // Who was on the wire, or about to be, at the second kill is unknown again, and waits for another word.
  const again = unknown();
  expect(
    [...first, ...written(), ...again].sort((a, b) => a - b).filter((each, i, all) => each !== all[i - 1]),
  ).toEqual(left);
  expect(counts.acknowledged + again.length).toBe(COUNT);
  expect(counts.possibleDuplicates).toBe(left.length);
});

it("passes the bound of copies by one for each word", async () => {
  const count = 30;
  await start(new FakeCarrier("a", 1, { unknown: 1 }), count);
  // A carrier that never answers is only probed, with pauses of seconds.
  harness.speed = 1_000;
  const { id } = await harness.create({
    dispatch: true,
    expiresAt: new Date(harness.now() + 70 * 3_600_000).toISOString(),
  });
  await harness.at(id, "sent");
  const times = (): number[] => {
    const by = new Map<number, number>();
    for (const participant of written()) by.set(participant, (by.get(participant) ?? 0) + 1);
    return [...new Set(by.values())];
  };
  expect(times()).toEqual([DISPATCH.copies]);
  expect(unknown().length).toBe(count);
  for (const word of [1, 2]) {
    must(await harness.actions.resend(id, caller()));
    await harness.at(id, "sent");
    expect(times()).toEqual([DISPATCH.copies + word]);
    expect(unknown().length).toBe(count);
  }
  expect(
    [...harness.dispatcher.waves[0]!.states].every((state) => state === (STATE.unknown | POSSIBLE_DUPLICATE)),
  ).toBe(true);
});

it("is refused with what to do where nothing may go out any more", async () => {
  await start(new FakeCarrier("a", 1, { unknown: 0.2 }));
  const draft = await harness.create({});
  expect(code(await harness.actions.resend(draft.id, caller()))).toBe("WRONG_STATE");
  const stopped = await harness.create({ dispatch: true, onUnknown: "hold" });
  await harness.at(stopped.id, "sent");
  must(await harness.actions.stop(stopped.id, caller()));
  expect(code(await harness.actions.resend(stopped.id, caller()))).toBe("WRONG_STATE");
  const { id } = await harness.create({ dispatch: true, onUnknown: "hold" });
  await harness.at(id, "sent");
  while (await harness.archive.restOldest(() => true));
  expect(code(await harness.actions.resend(id, caller()))).toBe("LEDGER_CLOSED");
  harness.aheadMs = 5 * 3_600_000;
  const expired = await harness.actions.resend(id, caller());
  expect(!expired.ok && expired.problem.detail).toContain("expired");
});
