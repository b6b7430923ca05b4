/**
 * A start takes up the same from a survey of what is stored as from a full read of it, and what it decodes is bounded by what is
 * under way, however much is over.
 */
import { cpSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import type { ActionRecord } from "../../../engine/actions/record.js";
import { type Survey, surveyStore } from "../../../engine/actions/survey.js";
import { journalKey } from "../../../engine/dispatch/ledger/journal/journal.js";
import type { StoredWave } from "../../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import type { Store } from "../../../engine/store/store.js";
import { ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH, REPLIES } from "../../../schemas/limits.js";
import { WAVE_KINDS } from "../../../schemas/wave-words.js";
import { ACTION_STATUSES, type ActionStatus } from "../../../schemas/words.js";
import { rosterOf, waveRecord } from "../dispatch/bare-fixtures.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { turnBit, withRaw } from "../store/damage.js";
import { FakeSelector, filled, Harness } from "./harness.js";

const HOUR_MS = 3_600_000;
const KEPT_MS = REPLIES.withinHours * HOUR_MS;
/** What somebody might write into a text to look like a member of a record. */
const TEXTS = [
  '"status":"sending"',
  '","archive":null,"',
  '"archive":{"',
  '\\","status":"ended',
  '{"waveId":1,"version":9}',
];

const SENDING = { channel: "sms", state: "sending" } as const;

interface Kept {
  readonly status: ActionStatus;
  readonly text: string;
  readonly waves: readonly { kind: StoredWave["kind"]; agoMs: number | null; isGone: boolean; hasJournal: boolean }[];
  /** Of before there was a version, or an urgency. */
  readonly isOld: boolean;
  readonly damage: "none" | "action" | "wave";
}

const kept: fc.Arbitrary<Kept> = fc.record({
  status: fc.constantFrom(...ACTION_STATUSES),
  text: fc.oneof(
    fc.constantFrom(...TEXTS),
    fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
  ),
  waves: fc.array(
    fc.record({
      kind: fc.constantFrom(...WAVE_KINDS),
      agoMs: fc.option(fc.constantFrom(1_000, KEPT_MS - 60_000, KEPT_MS + 60_000, 90 * 24 * HOUR_MS)),
      isGone: fc.boolean(),
      hasJournal: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  isOld: fc.boolean(),
  damage: fc.constantFrom("none", "none", "none", "action", "wave"),
});

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

function idOf(index: number): string {
  return `0198c0de-${index.toString(16).padStart(4, "0")}-7000-8000-000000000001`;
}

async function keep(store: Store, all: readonly Kept[], nowMs: number): Promise<void> {
  const [actions, waves] = [new ActionStore(store), new WaveStore(store)];
  await store.commit(() => {
    for (const [index, one] of all.entries()) {
      const waveIds = one.waves.map(() => waves.newId());
      for (const [at, wave] of one.waves.entries()) putWave(store, waves, waveIds[at]!, index, one, wave, nowMs);
      const ofAction = waveIds.map((id, at) => ({ id, kind: (["first", "ending"] as const)[at]!, ...SENDING }));
      actions.put({ ...actionOf(index, one, nowMs), waves: ofAction });
    }
  });
}

function putWave(
  store: Store,
  waves: WaveStore,
  waveId: number,
  index: number,
  { text }: Kept,
  { kind, agoMs, isGone, hasJournal }: Kept["waves"][number],
  nowMs: number,
): void {
  const acknowledgedAtMs = agoMs === null ? null : nowMs - agoMs;
  const archive =
    acknowledgedAtMs === null
      ? null
      : { counts: [0, 0, 1], possibleDuplicates: 0, reasons: [], firstIntentAtMs: null, acknowledgedAtMs };
  const record = waveRecord({
    waveId,
    actionId: idOf(index),
    kind,
    texts: [text],
    count: 1,
    startedAtMs: nowMs - HOUR_MS,
  });
  waves.put({ ...record, stop: null, archive, ...(isGone && { peopleGone: true }) });
  void store.table("rosters").put(journalKey(waveId, 0), new Uint8Array(rosterOf(1)));
  // Of a wave at rest: its removal was cut off.
  if (hasJournal && archive !== null) void store.table("journal").put(journalKey(waveId, 3), Buffer.from("an entry"));
}

function actionOf(index: number, { status, text }: Kept, nowMs: number): ActionRecord {
  const isHeld = status === "held" && { heldFrom: "sending" as const };
  const end = status === "ending" || status === "ended" ? ({ text: "thanks", outcome: "success" } as const) : null;
  return {
    ...{ revision: 1, copyOf: null, startAtMs: null },
    ...{ id: idOf(index), request: filled({ text }), status, end, waves: [], selectMs: 1, ...isHeld },
    ...{ createdAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS, stoppedAtMs: null, endedAtMs: end && nowMs },
    reason: status === "failed" ? { code: "BUSY", detail: text } : null,
  };
}

/** Makes some of the records what they were in an earlier version, and damages others. */
async function age(path: string, all: readonly Kept[]): Promise<void> {
  const { crc32 } = await import("node:zlib");
  await withRaw(path, async (table) => {
    for (const [index, { isOld }] of all.entries()) {
      if (!isOld) continue;
      for (const [name, rewrite] of [["actions", withoutUrgency] as const, ["waves", withoutVersion] as const]) {
        for (const { key, value } of [...table(name).getRange()]) {
          const record = JSON.parse(value.subarray(4).toString());
          if ((record.actionId ?? record.id) !== idOf(index)) continue;
          const bytes = Buffer.from(JSON.stringify(rewrite(record)));
          const seal = Buffer.alloc(4);
          seal.writeUInt32LE(crc32(bytes));
          await table(name).put(key, Buffer.concat([seal, bytes]));
        }
      }
    }
  });
}

function withoutVersion({ version: _, ...wave }: { version?: number }): object {
  return wave;
}
function withoutUrgency({ reason: _, version: __, waves, ...action }: ActionRecord & { version?: number }): object {
  const { urgency: ___, ...asked } = action.request;
  return { ...action, request: asked, waveIds: waves.map(({ id }) => id) };
}

async function damage(path: string, all: readonly Kept[]): Promise<void> {
  let waveId = 0;
  for (const [index, one] of all.entries()) {
    if (one.damage === "action") await turnBit(path, "actions", Buffer.from(idOf(index).replaceAll("-", ""), "hex"));
    for (const _ of one.waves) {
      waveId++;
      if (one.damage === "wave") await turnBit(path, "waves", journalKey(waveId, 0).subarray(0, 4));
    }
  }
}

/** Everything, as before there was a survey: each action and each wave is read and judged. */
function everything(store: Store): Result<Survey> {
  const waveIds = [...new WaveStore(store).ids()];
  const actions = [...new ActionStore(store).statuses()].map(({ id }) => id);
  return ok({ living: waveIds, recent: waveIds, actions });
}

/** What a start has taken up, at the moment at which it is done. */
function stateOf({ dispatcher, lifecycle, waves, store }: Harness): object {
  const living = new Set(dispatcher.waves.map(({ record }) => record.waveId));
  return {
    waves: dispatcher.waves.map(({ record, states, queue }) => [record, [...states], queue.isHeld, queue.isDoubted]),
    underWay: [...lifecycle.underWay].sort((a, b) => (a.id < b.id ? -1 : 1)),
    failed: lifecycle.failures.shown(Date.now()).sort((a, b) => (a.id < b.id ? -1 : 1)),
    damage: [...new ActionStore(store).newest()].map((read) => read.ok && lifecycle.found.damageOf(read.value)),
    stored: [...waves.ids()],
    journals: [...waves.journaled()].filter((waveId) => !living.has(waveId)),
  };
}

async function startOn(path: string, look?: typeof everything): Promise<object> {
  const copy = new TemporaryFolder();
  cpSync(path, copy.path, { recursive: true });
  const selector = new FakeSelector(1);
  selector.hold();
  const harness = await Harness.start(copy, [], selector, 0, 1, look);
  const state = stateOf(harness);
  selector.release();
  await harness.crash();
  copy.remove();
  return state;
}

describe("a start", () => {
  it("takes up from a survey what it takes up from a full read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(kept, { maxLength: 25 }), async (all) => {
        const one = new TemporaryFolder();
        const nowMs = Date.now();
        const store = one.open();
        await keep(store, all, nowMs);
        await store.close();
        await age(one.path, all);
        await damage(one.path, all);
        const [surveyed, full] = [await startOn(one.path), await startOn(one.path, everything)];
        one.remove();
        expect(surveyed).toEqual(full);
      }),
      { numRuns: 25 },
    );
  });

  it("finds the waves to which replies still belong", async () => {
    const one = (agoMs: number, waves = 1): Kept => ({
      ...{ status: "ended", text: "x", isOld: false, damage: "none" },
      waves: Array.from({ length: waves }, () => ({ kind: "first", agoMs, isGone: false, hasJournal: false })),
    });
    const store = folder.open();
    const nowMs = Date.now();
    await keep(store, [one(KEPT_MS + 1), one(KEPT_MS - 60_000), one(1), one(KEPT_MS * 9, 2)], nowMs);
    expect(surveyStore(store, nowMs)).toEqual({ ok: true, value: { living: [], recent: [2, 3], actions: [] } });
    await store.close();
  });

  it("decodes as much with five thousand actions that are over as with fifty, and checks all", async () => {
    const decoded: object[] = [];
    for (const over of [50, 5_000]) {
      const some = new TemporaryFolder();
      const store = some.open();
      await keep(store, [...Array.from({ length: over }, ended), ...UNDER_WAY], Date.now());
      await store.close();
      const first = journalKey(1, 0).subarray(0, 4);
      await turnBit(some.path, "waves", first);
      const harness = await Harness.start(some, [], new FakeSelector(1));
      decoded.push({ ...harness.store.decoded });
      // What is over is not decoded, and still not taken on trust.
      expect(harness.store.damaged.waves).toBe(1);
      await harness.crash();
      some.remove();
    }
    expect(decoded[1]).toEqual(decoded[0]);
    expect(decoded[0]).toEqual({ actions: expect.any(Number), waves: expect.any(Number) });
    for (const count of Object.values(decoded[0]!)) expect(count).toBeLessThan(10 * UNDER_WAY.length);
  });

  it("decodes no more that have failed than are shown", () => {
    const store = folder.open();
    const failed: Kept = { status: "failed", text: "x", waves: [], isOld: false, damage: "none" };
    const count = DISPATCH.failedShown + 10;
    return keep(
      store,
      Array.from({ length: count }, () => failed),
      Date.now(),
    ).then(async () => {
      const newest = Array.from({ length: DISPATCH.failedShown }, (_, index) => idOf(count - 1 - index));
      expect(new ActionStore(store).toTakeUp()).toEqual(ok(newest));
      await store.close();
    });
  });
});

const ended = (): Kept => ({
  ...{ status: "ended", text: "a text", isOld: false, damage: "none" },
  waves: (["first", "ending"] as const).map((kind) => ({
    ...{ kind, agoMs: 30 * 24 * HOUR_MS, isGone: false, hasJournal: false },
  })),
});
const UNDER_WAY: readonly Kept[] = (["sending", "held", "selecting", "failed"] as const).map((status) => ({
  ...{ status, text: "x", isOld: false, damage: "none" },
  waves: status === "selecting" ? [] : [{ kind: "first", agoMs: null, isGone: false, hasJournal: false }],
}));
