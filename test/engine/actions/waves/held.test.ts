/**
 * What is under way goes on only when somebody says so: after a start from a past that can't be believed, and after a clock
 * that got ahead. Steps of the clock in mid-dispatch: nobody is sent to after the expiry, and nobody lost.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActionStore } from "../../../../engine/actions/action-store.js";
import { judgePast } from "../../../../engine/actions/waves/past.js";
import { WaveStore } from "../../../../engine/dispatch/ledger/wave-store.js";
import { type NO_RUN, putLastRun, readLastRun } from "../../../../engine/store/last-run.js";
import type { Action, EndRequest } from "../../../../schemas/api/api.js";
import { assert } from "../../../../schemas/errors.js";
import { CLOCK } from "../../../../schemas/limits.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { TemporaryFolder, until } from "../../dispatch/fixtures.js";
import { given } from "../../registry/samples.js";
import { caller, code, Desk, FakeSelector, must, REGISTRY } from "../desk.js";

const COUNT = 3_000;
const HOUR_MS = 3_600_000;
const END: EndRequest = { text: "found, thank you", outcome: "success" };
let folder: TemporaryFolder;
let desks: Desk[] = [];

beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(async () => {
  for (const desk of desks) await desk.crash();
  desks = [];
  folder.remove();
});

async function start(aheadMs = 0): Promise<{ desk: Desk; carrier: FakeCarrier }> {
  const carrier = new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 });
  const desk = await Desk.start(folder, [carrier], new FakeSelector(COUNT), aheadMs);
  desks.push(desk);
  return { desk, carrier };
}

/** An action that has been sent to some. */
async function sending(
  fields: Record<string, unknown> = {},
): Promise<{ desk: Desk; carrier: FakeCarrier; id: string }> {
  const { desk, carrier } = await start();
  const { id } = await desk.create({ dispatch: true, ...fields });
  await until(() => carrier.written > 200);
  return { desk, carrier, id };
}

/** The process ends; what the next one finds is `past`, judged as at a start at this time. */
async function startFrom(desk: Desk, past: Partial<typeof NO_RUN> | null, nowMs = Date.now()) {
  await desk.crash();
  desks = [];
  const store = folder.open();
  const judge = () => judgePast(store, new ActionStore(store), new WaveStore(store), REGISTRY, nowMs);
  given(await judge());
  const last = given(readLastRun(store));
  assert(last !== undefined, "a start leaves what it found");
  if (past) given(await store.commit(() => putLastRun(store, { ...last, ...past })));
  const judged = given(await judge());
  await store.close();
  return { judged, ...(await start()) };
}

describe("an action of a restored folder", () => {
  it("sends nothing, and goes on flagged, each of those who are sent to", async () => {
    const { desk: before, id } = await sending();
    const { judged, desk, carrier } = await startFrom(before, { file: null });
    expect(judged).toMatchObject({ held: 1, problem: { code: "FOLDER_COPIED" } });
    const held = desk.get(id);
    expect(held).toMatchObject({ status: "held", reason: { code: "FOLDER_COPIED" } });
    expect(desk.actions.watched()).toMatchObject([{ id, status: "held", reason: held.reason }]);
    expect(desk.holding.count).toBe(1);
    // Others go, and come to their end, while this one stays.
    const other = await desk.create({ dispatch: true });
    await desk.at(other.id, "sent");
    expect(carrier.written).toBe(COUNT);
    expect(desk.get(id).waves[0]!.counts.pending).toBe(held.waves[0]!.counts.pending);
    const answers = await Promise.all([1, 2].map(() => desk.actions.resume(id, caller("same"))));
    expect(answers.map(code)).toContain(undefined);
    const sent = await desk.at(id, "sent");
    expect([sent.reason, desk.holding.count]).toEqual([null, 0]);
    const { possibleDuplicates } = sent.waves[0]!.counts;
    expect(possibleDuplicates).toBe(carrier.written - COUNT);
    expect(possibleDuplicates).toBe(held.waves[0]!.counts.pending + held.waves[0]!.counts.unknown);
    // The same over one more restart.
    const again = await startFrom(desk, null);
    expect(again.judged.problem).toBeNull();
    expect(again.desk.get(id).waves[0]!.counts.possibleDuplicates).toBe(possibleDuplicates);
  });

  it.each(["stop", "end"] as const)("ends by %s", async (how) => {
    const { desk: before, id } = await sending();
    const { desk } = await startFrom(before, { file: null });
    const reached = desk.get(id).waves[0]!.counts.acknowledged;
    if (how === "stop") must(await desk.actions.stop(id, caller()));
    else must(await desk.actions.end(id, END, caller()));
    const { waves, reason } = await desk.at(id, how === "stop" ? "stopped" : "ended");
    expect([reason, waves[0]!.counts.pending]).toEqual([null, 0]);
    // Who is thanked may have been thanked before.
    if (how === "end") expect(waves[1]).toMatchObject({ recipients: reached, counts: { possibleDuplicates: reached } });
  });

  it("is held before its selection too, and a draft is flagged once it is sent", async () => {
    const { desk: before } = await start();
    const draft = await before.create();
    before.selector.hold();
    const { id } = await before.create({ dispatch: true });
    const { desk, judged } = await startFrom(before, { file: null });
    expect([judged.held, desk.get(id).status, desk.get(draft.id).status]).toEqual([1, "held", "draft"]);
    expect(desk.selector.selections).toBe(0);
    must(await desk.actions.resume(id, caller()));
    must(await desk.actions.dispatch(draft.id, caller()));
    for (const each of [id, draft.id]) {
      expect((await desk.at(each, "sent")).waves[0]!.counts.possibleDuplicates).toBe(COUNT);
    }
  });

  it("is held in mid-thank-you, which goes on or is stopped", async () => {
    const { desk: first, id } = await sending();
    await first.at(id, "sent");
    must(await first.actions.end(id, END, caller()));
    await until(() => (first.get(id).waves[1]?.counts.acknowledged ?? 0) > 100);
    const { desk } = await startFrom(first, { file: null });
    expect(desk.get(id).status).toBe("held");
    expect(code(await desk.actions.end(id, END, caller()))).toBe("WRONG_STATE");
    must(await desk.actions.stop(id, caller()));
    const { waves } = await desk.at(id, "ended");
    expect(waves[1]!.counts.pending).toBe(0);
    expect(waves[1]!.counts.stopped).toBeGreaterThan(0);
  });
});

it("an action whose people are of another registry is held, and can't go on", async () => {
  const { desk: before, id } = await sending();
  await before.crash();
  desks = [];
  const carrier = new FakeCarrier("a", 1);
  const desk = await Desk.start(folder, [carrier], new FakeSelector(COUNT), 0, REGISTRY + 1);
  desks.push(desk);
  expect(desk.get(id)).toMatchObject({ status: "held", reason: { code: "REGISTRY_REPLACED" } });
  expect(code(await desk.actions.resume(id, caller()))).toBe("REGISTRY_REPLACED");
  must(await desk.actions.end(id, END, caller()));
  expect(await desk.at(id, "ended")).toMatchObject({ reason: { code: "REGISTRY_REPLACED" } });
  expect(carrier.written).toBe(0);
});

it("a thank-you is stopped: at most what is in flight goes out, and the action has ended", async () => {
  const { desk, id, carrier } = await sending();
  await desk.at(id, "sent");
  must(await desk.actions.end(id, END, caller()));
  await until(() => carrier.written > COUNT + 100);
  expect(must(await desk.actions.stop(id, caller())).status).toBe("ended");
  await until(() => desk.get(id).waves[1]!.counts.intended === 0);
  const { counts } = desk.get(id).waves[1]!;
  expect([counts.pending, counts.stopped > 0]).toEqual([0, true]);
  expect(counts.stopped + counts.acknowledged + counts.delivered).toBe(COUNT);
  expect(code(await desk.actions.stop(id, caller()))).toBe("WRONG_STATE");
});

it("who is still owed a confirmation by a restored folder is told nothing", async () => {
  const { desk: before } = await start();
  const key = Buffer.from("0000000100000005", "hex");
  given(await before.store.commit(() => void before.store.table("confirmations").put(key, Uint8Array.of(1))));
  const { desk } = await startFrom(before, { file: null });
  expect(desk.store.table("confirmations").has(key)).toBe(false);
});

describe("a clock", () => {
  const late = { expiresAt: new Date(Date.now() + 48 * HOUR_MS).toISOString() };
  const soon = () => ({ expiresAt: new Date(Date.now() + HOUR_MS / 2).toISOString() });

  it.each([1, 24])(
    "that gets ahead by %i h holds all at once; then everyone is reached, whoever goes again flagged",
    async (hours) => {
      const { desk, id } = await sending(late);
      desk.setAheadMs = hours * HOUR_MS;
      const held = await desk.at(id, "held");
      expect(held.reason?.code).toBe("CLOCK_STEPPED");
      await until(() => desk.get(id).waves[0]!.counts.intended === 0);
      const { pending } = desk.get(id).waves[0]!.counts;
      expect(pending).toBeGreaterThan(0);
      must(await desk.actions.resume(id, caller()));
      const { counts } = (await desk.at(id, "sent")).waves[0]!;
      expect(counts.acknowledged + counts.delivered).toBe(COUNT);
      expect(counts.possibleDuplicates).toBeGreaterThanOrEqual(pending);
      expect(desk.log().length).toBe(COUNT);
    },
  );

  it("that gets ahead past the expiry ends nothing, until somebody has believed it", async () => {
    const { desk, id } = await sending(soon());
    desk.setAheadMs = HOUR_MS;
    await desk.at(id, "held");
    await until(() => desk.get(id).waves[0]!.counts.intended === 0);
    expect(desk.get(id).waves[0]!.counts.expired).toBe(0);
    const before = desk.log().length;
    must(await desk.actions.resume(id, caller()));
    const { counts } = (await desk.at(id, "sent")).waves[0]!;
    expect(counts.expired).toBe(COUNT - counts.acknowledged - counts.delivered);
    expect(desk.log().length).toBe(before);
  });

  it.each([1, 24])(
    "that is set back by %i h gives nobody more time, and revives nobody after a restart",
    async (hours) => {
      const { desk: before, carrier, id } = await sending(soon());
      before.setAheadMs = -hours * HOUR_MS;
      const written = carrier.written;
      await until(() => carrier.written > written + 100);
      before.aheadMs = HOUR_MS / 2;
      const { counts } = (await before.at(id, "sent")).waves[0]!;
      expect(counts.expired).toBe(COUNT - counts.acknowledged - counts.delivered);
      expect(counts.expired).toBeGreaterThan(0);
      const concludedMs = Date.parse(before.get(id).waves[0]!.acknowledgedAt ?? "");
      await before.crash();
      desks = [];
      const { desk, carrier: other } = await start(-hours * HOUR_MS);
      const again = desk.get(id);
      expect(again).toMatchObject({ status: "sent", waves: [{ counts }] });
      // Its receipts are awaited from when it was over, not from this start.
      expect(Math.abs(Date.parse(again.waves[0]!.acknowledgedAt ?? "") - concludedMs)).toBeLessThan(60_000);
      expect(other.written).toBe(0);
    },
  );

  it("that was set back between two runs holds what was under way", async () => {
    const { desk: before, id } = await sending(late);
    const { judged, desk } = await startFrom(before, { clockMs: Date.now() + HOUR_MS });
    expect(judged).toMatchObject({ held: 1, problem: { code: "CLOCK_STEPPED" } });
    const held: Action = desk.get(id);
    expect(held.status).toBe("held");
    must(await desk.actions.resume(id, caller()));
    // The ledger lacks nothing: only what was in flight may come twice.
    const { counts } = (await desk.at(id, "sent")).waves[0]!;
    expect(counts.possibleDuplicates).toBe(held.waves[0]!.counts.possibleDuplicates);
    expect(counts.acknowledged + counts.delivered).toBe(COUNT);
  });

  it("that is corrected by a little changes nothing", async () => {
    const { desk, id } = await sending(late);
    desk.setAheadMs = CLOCK.stepMs / 2;
    const { counts } = (await desk.at(id, "sent")).waves[0]!;
    expect([counts.acknowledged + counts.delivered, counts.possibleDuplicates]).toEqual([COUNT, 0]);
  });
});
