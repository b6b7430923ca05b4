/**
 * What is under way goes on only when somebody says so: after a start from a past that can't be believed, and after a clock
 * that got ahead. Steps of the clock in mid-dispatch: nobody is sent to after the expiry, and nobody lost.
 */
import { describe, expect, it } from "vitest";
import { ActionStore } from "../../../../engine/actions/action-store.js";
import { surveyStore } from "../../../../engine/actions/survey.js";
import { judgePast } from "../../../../engine/actions/waves/past.js";
import { WaveStore } from "../../../../engine/dispatch/ledger/wave-store.js";
import { type NO_RUN, putLastRun, readLastRun } from "../../../../engine/store/last-run.js";
import type { Action, EndRequest } from "../../../../schemas/api/api.js";
import { assert } from "../../../../schemas/errors.js";
import { CLOCK } from "../../../../schemas/limits.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { until } from "../../dispatch/fixtures.js";
import { given } from "../../registry/samples.js";
import { caller, code, FakeSelector, type Harness, must, REGISTRY } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const COUNT = 3_000;
const HOUR_MS = 3_600_000;
const END: EndRequest = { text: "found, thank you", outcome: "success" };
const own = ownHarness();

async function start(aheadMs = 0): Promise<{ harness: Harness; carrier: FakeCarrier }> {
  const carrier = new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 });
  const harness = await own.start([carrier], new FakeSelector(COUNT), aheadMs);
  return { harness, carrier };
}

/** An action that has been sent to some. */
async function sending(
  fields: Record<string, unknown> = {},
): Promise<{ harness: Harness; carrier: FakeCarrier; id: string }> {
  const { harness, carrier } = await start();
  const { id } = await harness.create({ dispatch: true, ...fields });
  await until(() => carrier.written > 200);
  return { harness, carrier, id };
}

/** The process ends; what the next one finds is `past`, judged as at a start at this time. */
async function startFrom(harness: Harness, past: Partial<typeof NO_RUN> | null, nowMs = Date.now()) {
  await harness.crash();
  const store = own.folder.open();
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
    const { harness: before, id } = await sending();
    const { judged, harness, carrier } = await startFrom(before, { file: null });
    expect(judged).toMatchObject({ held: 1, problem: { code: "FOLDER_COPIED" } });
    const held = harness.get(id);
    expect(held).toMatchObject({ status: "held", reason: { code: "FOLDER_COPIED" } });
    expect(harness.actions.watched()).toMatchObject([{ id, status: "held", reason: held.reason }]);
    expect(harness.holding.count).toBe(1);
    // Others go, and come to their end, while this one stays.
    const other = await harness.create({ dispatch: true });
    await harness.at(other.id, "sent");
    expect(carrier.written).toBe(COUNT);
    expect(harness.get(id).waves[0]!.counts.pending).toBe(held.waves[0]!.counts.pending);
    const answers = await Promise.all([1, 2].map(() => harness.actions.resume(id, caller("same"))));
    expect(answers.map(code)).toContain(undefined);
    const sent = await harness.at(id, "sent");
    expect([sent.reason, harness.holding.count]).toEqual([null, 0]);
    const { possibleDuplicates } = sent.waves[0]!.counts;
    expect(possibleDuplicates).toBe(carrier.written - COUNT);
    expect(possibleDuplicates).toBe(held.waves[0]!.counts.pending + held.waves[0]!.counts.unknown);
    // The same over one more restart.
    const again = await startFrom(harness, null);
    expect(again.judged.problem).toBeNull();
    expect(again.harness.get(id).waves[0]!.counts.possibleDuplicates).toBe(possibleDuplicates);
  });

  it.each(["stop", "end"] as const)("ends by %s", async (how) => {
    const { harness: before, id } = await sending();
    const { harness } = await startFrom(before, { file: null });
    const reached = harness.get(id).waves[0]!.counts.acknowledged;
    if (how === "stop") must(await harness.actions.stop(id, caller()));
    else must(await harness.actions.end(id, END, caller()));
    const { waves, reason } = await harness.at(id, how === "stop" ? "stopped" : "ended");
    expect([reason, waves[0]!.counts.pending]).toEqual([null, 0]);
    // Who is thanked may have been thanked before.
    if (how === "end") expect(waves[1]).toMatchObject({ recipients: reached, counts: { possibleDuplicates: reached } });
  });

  it("is held before its selection too, and a draft is flagged once it is sent", async () => {
    const { harness: before } = await start();
    const draft = await before.create();
    before.selector.hold();
    const { id } = await before.create({ dispatch: true });
    const { harness, judged } = await startFrom(before, { file: null });
    expect([judged.held, harness.get(id).status, harness.get(draft.id).status]).toEqual([1, "held", "draft"]);
    expect(harness.selector.selections).toBe(0);
    must(await harness.actions.resume(id, caller()));
    must(await harness.actions.dispatch(draft.id, caller()));
    for (const each of [id, draft.id]) {
      expect((await harness.at(each, "sent")).waves[0]!.counts.possibleDuplicates).toBe(COUNT);
    }
  });

  it("is held in mid-thank-you, which goes on or is stopped", async () => {
    const { harness: first, id } = await sending();
    await first.at(id, "sent");
    must(await first.actions.end(id, END, caller()));
    await until(() => (first.get(id).waves[1]?.counts.acknowledged ?? 0) > 100);
    const { harness } = await startFrom(first, { file: null });
    expect(harness.get(id).status).toBe("held");
    expect(code(await harness.actions.end(id, END, caller()))).toBe("WRONG_STATE");
    must(await harness.actions.stop(id, caller()));
    const { waves } = await harness.at(id, "ended");
    expect(waves[1]!.counts.pending).toBe(0);
    expect(waves[1]!.counts.stopped).toBeGreaterThan(0);
  });
});

it("an action whose people are of another registry is held, and can't go on", async () => {
  const { harness: before, id } = await sending();
  await before.crash();
  const carrier = new FakeCarrier("a", 1);
  const harness = await own.start([carrier], new FakeSelector(COUNT), 0, REGISTRY + 1);
  expect(harness.get(id)).toMatchObject({ status: "held", reason: { code: "REGISTRY_REPLACED" } });
  expect(code(await harness.actions.resume(id, caller()))).toBe("REGISTRY_REPLACED");
  must(await harness.actions.end(id, END, caller()));
  expect(await harness.at(id, "ended")).toMatchObject({ reason: { code: "REGISTRY_REPLACED" } });
  expect(carrier.written).toBe(0);
});

it("a thank-you is stopped: at most what is in flight goes out, and the action has ended", async () => {
  const { harness, id, carrier } = await sending();
  await harness.at(id, "sent");
  must(await harness.actions.end(id, END, caller()));
  await until(() => carrier.written > COUNT + 100);
  expect(must(await harness.actions.stop(id, caller())).status).toBe("ended");
  await until(() => harness.get(id).waves[1]!.counts.intended === 0);
  const { counts } = harness.get(id).waves[1]!;
  expect([counts.pending, counts.stopped > 0]).toEqual([0, true]);
  expect(counts.stopped + counts.acknowledged + counts.delivered).toBe(COUNT);
  expect(code(await harness.actions.stop(id, caller()))).toBe("WRONG_STATE");
});

it("who is still owed a confirmation by a restored folder is told nothing", async () => {
  const { harness: before } = await start();
  const key = Buffer.from("0000000100000005", "hex");
  given(await before.store.commit(() => void before.store.table("confirmations").put(key, Uint8Array.of(1))));
  const { harness } = await startFrom(before, { file: null });
  expect(harness.store.table("confirmations").has(key)).toBe(false);
});

/** From here on no roster is stored before what this gives is called. */
function holdRosters({ waves }: Harness): () => void {
  const put = waves.putRoster.bind(waves);
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  waves.putRoster = (...roster) => released.then(() => put(...roster));
  return release;
}

describe("a clock", () => {
  const late = { expiresAt: new Date(Date.now() + 48 * HOUR_MS).toISOString() };
  const soon = () => ({ expiresAt: new Date(Date.now() + HOUR_MS / 2).toISOString() });

  it.each([1, 24])(
    "that gets ahead by %i h holds all at once; then everyone is reached, whoever goes again flagged",
    async (hours) => {
      const { harness, id } = await sending(late);
      harness.setAheadMs = hours * HOUR_MS;
      const held = await harness.at(id, "held");
      expect(held.reason?.code).toBe("CLOCK_STEPPED");
      await until(() => harness.get(id).waves[0]!.counts.intended === 0);
      const { pending } = harness.get(id).waves[0]!.counts;
      expect(pending).toBeGreaterThan(0);
      must(await harness.actions.resume(id, caller()));
      const { counts } = (await harness.at(id, "sent")).waves[0]!;
      expect(counts.acknowledged + counts.delivered).toBe(COUNT);
      expect(counts.possibleDuplicates).toBeGreaterThanOrEqual(pending);
      expect(harness.log().length).toBe(COUNT);
    },
  );

  it.each(["question", "thank-you"] as const)(
    "that gets ahead while a roster is written, and is believed meanwhile, leaves nobody unflagged: %s",
    async (what) => {
      const { harness } = await start();
      const release = what === "question" ? holdRosters(harness) : undefined;
      const { id } = await harness.create({ dispatch: true, ...late });
      if (what === "thank-you") await harness.at(id, "sent");
      const releaseThanks = release ?? holdRosters(harness);
      if (what === "thank-you") must(await harness.actions.end(id, END, caller()));
      harness.setAheadMs = HOUR_MS;
      await harness.at(id, "held");
      must(await harness.actions.resume(id, caller()));
      releaseThanks();
      const { waves } = await harness.at(id, what === "question" ? "sent" : "ended");
      expect(waves.at(-1)!.recipients).toBe(COUNT);
      expect(waves.at(-1)!.counts.possibleDuplicates).toBe(COUNT);
    },
  );

  it("that gets ahead while a start takes up what was under way holds it", async () => {
    const { harness: before, id } = await sending(late);
    await before.crash();
    const carrier = new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 });
    const harness = await own.start([carrier], new FakeSelector(COUNT), 0, REGISTRY, (store, nowMs, starting) => {
      starting.setAheadMs = HOUR_MS;
      return surveyStore(store, nowMs);
    });
    await harness.at(id, "held");
    expect(harness.get(id).reason?.code).toBe("CLOCK_STEPPED");
    expect(carrier.written).toBe(0);
  });

  it("that gets ahead past the expiry ends nothing, until somebody has believed it", async () => {
    const { harness, id } = await sending(soon());
    harness.setAheadMs = HOUR_MS;
    await harness.at(id, "held");
    await until(() => harness.get(id).waves[0]!.counts.intended === 0);
    expect(harness.get(id).waves[0]!.counts.expired).toBe(0);
    const before = harness.log().length;
    must(await harness.actions.resume(id, caller()));
    const { counts } = (await harness.at(id, "sent")).waves[0]!;
    expect(counts.expired).toBe(COUNT - counts.acknowledged - counts.delivered);
    expect(harness.log().length).toBe(before);
  });

  it.each(["is resumed in that moment", "was over before anybody resumed it"])(
    "and an action that is over while it is held sends nothing: it %s",
    async (when) => {
      const { harness, id } = await sending(soon());
      harness.setAheadMs = HOUR_MS;
      await harness.at(id, "held");
      await until(() => harness.get(id).waves[0]!.counts.intended === 0);
      const before = harness.log().length;
      // By the clock that nobody sets as well.
      harness.aheadMs = HOUR_MS;
      if (when.startsWith("is resumed")) must(await harness.actions.resume(id, caller()));
      const { counts } = (await harness.at(id, "sent")).waves[0]!;
      expect(counts.expired).toBe(COUNT - counts.acknowledged - counts.delivered);
      expect(code(await harness.actions.resume(id, caller()))).toBe("WRONG_STATE");
      expect(harness.log().length).toBe(before);
    },
  );

  it.each([1, 24])(
    "that is set back by %i h gives nobody more time, and revives nobody after a restart",
    async (hours) => {
      const { harness: before, carrier, id } = await sending(soon());
      before.setAheadMs = -hours * HOUR_MS;
      const written = carrier.written;
      await until(() => carrier.written > written + 100);
      before.aheadMs = HOUR_MS / 2;
      const { counts } = (await before.at(id, "sent")).waves[0]!;
      expect(counts.expired).toBe(COUNT - counts.acknowledged - counts.delivered);
      expect(counts.expired).toBeGreaterThan(0);
      const concludedMs = Date.parse(before.get(id).waves[0]!.acknowledgedAt ?? "");
      await before.crash();
      const { harness, carrier: other } = await start(-hours * HOUR_MS);
      const again = harness.get(id);
      expect(again).toMatchObject({ status: "sent", waves: [{ counts }] });
      // Its receipts are awaited from when it was over, not from this start.
      expect(Math.abs(Date.parse(again.waves[0]!.acknowledgedAt ?? "") - concludedMs)).toBeLessThan(60_000);
      expect(other.written).toBe(0);
    },
  );

  it("that was set back between two runs holds what was under way", async () => {
    const { harness: before, id } = await sending(late);
    const { judged, harness } = await startFrom(before, { clockMs: Date.now() + HOUR_MS });
    expect(judged).toMatchObject({ held: 1, problem: { code: "CLOCK_STEPPED" } });
    const held: Action = harness.get(id);
    expect(held.status).toBe("held");
    must(await harness.actions.resume(id, caller()));
    // The ledger lacks nothing: only what was in flight may come twice.
    const { counts } = (await harness.at(id, "sent")).waves[0]!;
    expect(counts.possibleDuplicates).toBe(held.waves[0]!.counts.possibleDuplicates);
    expect(counts.acknowledged + counts.delivered).toBe(COUNT);
  });

  it("that is corrected by a little changes nothing", async () => {
    const { harness, id } = await sending(late);
    harness.setAheadMs = CLOCK.stepMs / 2;
    const { counts } = (await harness.at(id, "sent")).waves[0]!;
    expect([counts.acknowledged + counts.delivered, counts.possibleDuplicates]).toEqual([COUNT, 0]);
  });
});
