/**
 * An answer of 201 is an obligation: what was accepted is done although its steps are not possible at once, also after a
 * restart; what can't be done is refused before; and what failed all the same can be dispatched again.
 */
import { describe, expect, it } from "vitest";
import { precedenceOf } from "../../../engine/actions/record.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { until } from "../dispatch/fixtures.js";
import { caller, code, FakeSelector, filled, type Harness, must, request } from "./harness.js";
import { ownHarness } from "./own-harness.js";

const own = ownHarness();
let harness: Harness;

const BUSY = { code: "BUSY", detail: "too much waits" } as const;
const DIED = { code: "WORKER_DIED", detail: "a worker died in each of 4 attempts" } as const;
const END = { text: "he was found, thank you", outcome: "success" as const };

async function start(): Promise<void> {
  harness = await own.start([new FakeCarrier("a", 1)], new FakeSelector(5));
}

/** Participants to whom something was sent, and how many messages. */
function times(): Map<number, number> {
  const byParticipant = new Map<number, number>();
  for (const { participant, segment } of harness.log()) {
    if (segment === 0) byParticipant.set(participant, (byParticipant.get(participant) ?? 0) + 1);
  }
  return byParticipant;
}

describe("a step that is not possible just now", () => {
  it.each([BUSY, DIED])("is tried again until it is, and the action says what it waits for: $code", async (problem) => {
    await start();
    harness.selector.problem = problem;
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.selector.selections > 1);
    expect(harness.get(id)).toMatchObject({ status: "selecting", reason: problem });
    expect(harness.actions.watched()).toMatchObject([{ id, status: "selecting", reason: problem }]);
    harness.selector.problem = null;
    expect((await harness.at(id, "sent")).reason).toBe(null);
    expect(times()).toEqual(new Map([0, 1, 2, 3, 4].map((n) => [1_000 + n, 1])));
    expect(harness.problems).toEqual([]);
  });

  it("is tried again after a restart", async () => {
    await start();
    harness.selector.problem = BUSY;
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.selector.selections > 1);
    await harness.crash();
    await start();
    await harness.at(id, "sent");
    expect(times().size).toBe(5);
  });

  it("is given up when the action has expired, which says so", async () => {
    await start();
    harness.selector.problem = BUSY;
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.selector.selections > 1);
    harness.aheadMs = 5 * 3_600_000;
    const reason = { code: "EXPIRED", detail: "it waited until it expired: too much waits" };
    expect((await harness.at(id, "failed")).reason).toEqual(reason);
    expect(code(await harness.actions.dispatch(id, caller()))).toBe("WRONG_STATE");
  });

  it("is not tried any more once the action is stopped", async () => {
    await start();
    harness.selector.problem = BUSY;
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.selector.selections > 1);
    expect(must(await harness.actions.stop(id, caller()))).toMatchObject({ status: "stopped" });
    harness.selector.problem = null;
    const { id: other } = await harness.create({ dispatch: true });
    await harness.at(other, "sent");
    expect(harness.get(id)).toMatchObject({ status: "stopped", waves: [] });
  });

  it("waits for a place among the live waves, first for the question and then for the thank-you", async () => {
    await start();
    const give = occupySlots();
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.get(id).reason !== null);
    expect(harness.get(id)).toMatchObject({ status: "selecting", reason: { code: "BUSY" }, waves: [] });
    give();
    await harness.at(id, "sent");
    const giveAgain = occupySlots();
    must(await harness.actions.end(id, END, caller()));
    await until(() => harness.get(id).reason !== null);
    expect(harness.get(id)).toMatchObject({ status: "ending", reason: { code: "BUSY" } });
    giveAgain();
    expect(await harness.at(id, "ended")).toMatchObject({
      reason: null,
      waves: [{ kind: "first" }, { kind: "ending" }],
    });
  });
});

/** Makes the ledger say that no slot is free; gives what takes that back. */
function occupySlots(): () => void {
  const { dispatcher, archive } = harness;
  const [freeSlot, restOldest] = [dispatcher.freeSlot, archive.restOldest];
  dispatcher.freeSlot = () => -1;
  archive.restOldest = async () => false;
  return () => {
    dispatcher.freeSlot = freeSlot;
    archive.restOldest = restOldest;
  };
}

describe("a mistake of the program's own", () => {
  it("never ends the process, and does not cost the action where it was a coincidence", async () => {
    await start();
    harness.selector.mistake = new Error("assertion failed: a reader is faster than the writer");
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.selector.selections > 1);
    expect(harness.get(id)).toMatchObject({ status: "selecting", reason: { code: "INTERNAL" } });
    harness.selector.mistake = null;
    await harness.at(id, "sent");
    expect(harness.mistakes[0]).toBeInstanceOf(Error);
  });

  it("that is always made fails it, in words that give nothing away", async () => {
    await start();
    harness.selector.mistake = new Error("assertion failed: a secret of the inside");
    const { id } = await harness.create({ dispatch: true });
    const { reason } = await harness.at(id, "failed");
    expect(reason).toMatchObject({ code: "INTERNAL" });
    expect(JSON.stringify(reason)).not.toContain("secret");
    expect(harness.lifecycle.failures.counts).toEqual({ INTERNAL: 1 });
  });
});

describe("what can't be done soon", () => {
  it("is refused before it is accepted, with nothing stored: the rest first, then the urgent, then the extreme", async () => {
    await start();
    harness.selector.hold();
    const all = { normal: { timeCritical: false }, urgent: {}, extreme: { urgency: "extreme" } };
    for (const fields of Object.values(all)) {
      const asked = request({ ...fields, dispatch: true });
      const bound = DISPATCH.actionsUnderWay[precedenceOf(filled(fields))];
      while ([...harness.lifecycle.underWay].length < bound) must(await harness.actions.create(asked, caller()));
      const draft = must(await harness.actions.create({ ...asked, dispatch: false }, caller()));
      const before = harness.store.table("actions").count();
      const me = caller();
      expect(code(await harness.actions.create(asked, me))).toBe("BUSY");
      expect(code(await harness.actions.dispatch(draft.id, caller()))).toBe("BUSY");
      expect(harness.store.table("actions").count()).toBe(before);
    }
    harness.selector.release();
    const ids = [...harness.lifecycle.underWay].map(({ id }) => id);
    expect(ids.length).toBe(DISPATCH.actionsUnderWay.extreme);
    await Promise.all(ids.map((id) => harness.at(id, "sent")));
    await harness.at(must(await harness.actions.create(request({ dispatch: true }), caller())).id, "sent");
  });

  it("is refused where all that are asked in one moment would share the last place", async () => {
    await start();
    harness.selector.hold();
    const bound = DISPATCH.actionsUnderWay.urgent;
    while ([...harness.lifecycle.underWay].length < bound - 1) await harness.create({ dispatch: true });
    const asked = Array.from({ length: 5 }, () => harness.actions.create(request({ dispatch: true }), caller()));
    const codes = (await Promise.all(asked)).map(code);
    expect(codes).toEqual([undefined, "BUSY", "BUSY", "BUSY", "BUSY"]);
    harness.selector.release();
  });
});

describe("an action that failed", () => {
  it("is dispatched again under a key of its own, and every key then tells how it is", async () => {
    await start();
    const reason = { code: "STORE_CORRUPT", detail: "a block fails its checksum" } as const;
    harness.selector.problem = reason;
    const me = caller("first");
    const { id } = must(await harness.actions.create(request({ dispatch: true }), me));
    await harness.at(id, "failed");
    const replay = await harness.actions.create(request({ dispatch: true }), me);
    expect(replay).toMatchObject({ value: { replayed: true, action: { status: "failed", reason } } });
    harness.selector.problem = null;
    const again = caller("again");
    expect(must(await harness.actions.dispatch(id, again))).toMatchObject({ status: "selecting", reason: null });
    await harness.at(id, "sent");
    for (const asked of [
      harness.actions.dispatch(id, again),
      harness.actions.create(request({ dispatch: true }), me),
    ]) {
      expect(await asked).toMatchObject({ value: { replayed: true, action: { id, status: "sent", reason: null } } });
    }
    expect(times()).toEqual(new Map([0, 1, 2, 3, 4].map((n) => [1_000 + n, 1])));
    expect(harness.actions.watched()).toMatchObject([{ id, status: "sent", reason: null }]);
    expect(code(await harness.actions.dispatch(id, caller()))).toBe("WRONG_STATE");
  });

  it("at its thank-you is thanked for, and nobody is asked twice", async () => {
    await start();
    const { id } = await harness.create({ dispatch: true });
    await harness.at(id, "sent");
    const { putRoster } = harness.waves;
    harness.waves.putRoster = async () => ({ ok: false, problem: { code: "STORE_CORRUPT", detail: "made up" } });
    must(await harness.actions.end(id, END, caller()));
    expect(await harness.at(id, "failed")).toMatchObject({ reason: { code: "STORE_CORRUPT" }, outcome: "success" });
    harness.waves.putRoster = putRoster;
    must(await harness.actions.dispatch(id, caller()));
    expect((await harness.at(id, "ended")).waves.map(({ kind }) => kind)).toEqual(["first", "ending"]);
    expect([...times().values()]).toEqual([2, 2, 2, 2, 2]);
  });
});
