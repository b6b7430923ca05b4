/** What is removed after which period, and what stays; on a real store. */

import { expect, test } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import type { ActionRecord } from "../../../engine/actions/record.js";
import { SYSTEM } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import type { StoredWave } from "../../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { StrayStore } from "../../../engine/dispatch/receipts/stray-store.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { ReplyStore, UNASSIGNED } from "../../../engine/replies/reply-store.js";
import { Retention } from "../../../engine/retention/retention.js";
import { Keys } from "../../../engine/rights/keys.js";
import { RETENTION } from "../../../schemas/limits.js";
import { temporaryFolder } from "../../temp-folder.js";
import { filled } from "../actions/harness.js";
import { waveRecord } from "../dispatch/bare-fixtures.js";
import { given } from "../registry/samples.js";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24, 12);
const PERIODS = { rostersDays: 10, repliesDays: 20, straysDays: 30, actionsDays: 40, auditDays: 25 };
const SUMMARY = { counts: [0], possibleDuplicates: 0, reasons: [], firstIntentAtMs: null, acknowledgedAtMs: null };

function uuid(atMs: number, nth: number): string {
  const time = Math.floor(atMs).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(nth).padStart(12, "0")}`;
}

let nowMs = NOW_MS;
/** Added to the wall clock alone. */
let setMs = 0;

function keep() {
  const { store, vault } = given(openDataFolder(temporaryFolder()));
  const dated = { atMs: NOW_MS };
  const trail = new Trail(store, () => dated.atMs);
  const parts = {
    store,
    vault,
    actions: new ActionStore(store),
    waves: new WaveStore(store),
    replies: new ReplyStore(store, vault),
    strays: new StrayStore(store),
    dated,
    trail,
    keys: new Keys(store, { now: () => dated.atMs, steadyMs: () => nowMs }, trail),
  };
  const clock = { now: () => nowMs + setMs, steadyMs: () => nowMs };
  const isLive = (): boolean => true;
  return {
    ...parts,
    retention: new Retention(store, parts.actions, parts.waves, parts.replies, PERIODS, clock, isLive, {
      rights: parts,
    }),
  };
}

/** An action of so many days ago with one wave of three, a reply, a message of no action and a stray receipt. */
async function addAction(kept: ReturnType<typeof keep>, daysAgo: number, nth: number, lives = false): Promise<string> {
  const atMs = NOW_MS - daysAgo * DAY_MS;
  const id = uuid(atMs, nth);
  const waveId = kept.waves.newId();
  const wave: StoredWave = {
    ...waveRecord({ waveId, actionId: id, count: 3, startedAtMs: atMs }),
    stop: null,
    archive: lives ? null : SUMMARY,
  };
  const roster = new SharedArrayBuffer(12);
  const putRoster = given(await kept.waves.putRoster(waveId, roster, 3));
  const reply = { receivedAtMs: atMs, channel: "sms", text: "seen him", missing: 0 } as const;
  const stray = { atMs, carrier: "a", messageId: String(nth), state: 2, error: 0 };
  const record: ActionRecord = {
    id,
    request: filled({ text: "boy of 5 missing" }),
    ...{ revision: 1, copyOf: null, startAtMs: null },
    createdAtMs: atMs,
    expiresAtMs: atMs + 1,
    status: "sent",
    stoppedAtMs: null,
    endedAtMs: null,
    end: null,
    selectMs: 1,
    reason: null,
    waves: [{ id: waveId, kind: "first", channel: "sms", state: "concluded" }],
  };
  given(
    await kept.store.commit(() => {
      putRoster();
      kept.waves.put(wave);
      kept.actions.put(record);
      kept.replies.put(id, kept.replies.nextPlace(id), reply);
      kept.replies.put(UNASSIGNED, kept.replies.nextPlace(UNASSIGNED), reply);
      kept.strays.put([stray]);
      kept.vault.write();
    }),
  );
  // Somebody looked at it, with a key that was made for that, and ended.
  kept.dated.atMs = atMs;
  const { record: key } = given(await kept.keys.create({ name: String(nth), scopes: ["draft"] }, SYSTEM));
  given(await kept.keys.revoke(key.keyId, SYSTEM));
  return id;
}

test("each kind of data goes after its own period, and nothing else does", async () => {
  const kept = keep();
  // Oldest first, as they come.
  const ids: string[] = [];
  for (const [nth, days] of [41, 31, 21, 11, 9].entries()) ids.push(await addAction(kept, days, nth));
  const removed = given(await kept.retention.pass(NOW_MS));
  // Of an action of 41 days ago all is gone, of one of 9 days ago nothing.
  expect(removed).toEqual({
    rosters: 4,
    replies: 6,
    media: 0,
    strays: 2,
    actions: 1,
    audit: 4,
    keys: 2,
    history: 0,
    deadLetters: 0,
  });
  expect(ids.map((id) => kept.actions.get(id).ok)).toEqual([false, true, true, true, true]);
  expect(ids.map((id) => kept.replies.page(id, 0, 10).replies.length)).toEqual([0, 0, 0, 1, 1]);
  expect(kept.replies.page(UNASSIGNED, 0, 10).replies.length).toBe(2);
  expect(given(kept.strays.newest(10)).map(({ messageId }) => messageId)).toEqual(["4", "3", "2"]);
  expect(kept.trail.page({}).records.map(({ deed }) => deed)).toEqual(
    Array(3).fill(["key.revoked", "key.created"]).flat(),
  );
  expect(
    kept.keys
      .page(undefined, 10)
      .keys.map(({ name }) => name)
      .sort(),
  ).toEqual(["2", "3", "4"]);
  const waves = [2, 3, 4, 5].map((waveId) => given(kept.waves.get(waveId)));
  expect(waves.map(({ peopleGone }) => peopleGone ?? false)).toEqual([true, true, true, false]);
  expect(waves.map(({ count }) => kept.waves.roster(waves[0]!.waveId, count).ok)[0]).toBe(false);
  expect(kept.waves.roster(5, 3).ok).toBe(true);
  expect(kept.waves.get(1).ok).toBe(false);
  expect(given(await kept.retention.pass(NOW_MS))).toEqual({
    history: 0,
    deadLetters: 0,
    rosters: 0,
    replies: 0,
    media: 0,
    strays: 0,
    actions: 0,
    audit: 0,
    keys: 0,
  });
  await kept.store.close();
});

test("what still lives is left alone, however old", async () => {
  const kept = keep();
  const id = await addAction(kept, 100, 1, true);
  const removed = given(await kept.retention.pass(NOW_MS));
  expect(removed).toMatchObject({ rosters: 0, actions: 0 });
  expect(kept.actions.get(id).ok).toBe(true);
  expect(kept.waves.roster(1, 3).ok).toBe(true);
  await kept.store.close();
});

test("a pass is bounded, and the next goes on where it ended", async () => {
  const kept = keep();
  const many = RETENTION.recordsPerPass + 3;
  for (let nth = 0; nth < many; nth++) await addAction(kept, 11, nth);
  expect(given(await kept.retention.pass(NOW_MS)).rosters).toBe(RETENTION.recordsPerPass);
  expect(given(await kept.retention.pass(NOW_MS)).rosters).toBe(3);
  expect(given(await kept.retention.tidy())).toBeDefined();
  nowMs = NOW_MS + RETENTION.everyMs - 1;
  expect(given(await kept.retention.tidy())).toBeUndefined();
  nowMs += 1;
  expect(given(await kept.retention.tidy())).toBeDefined();
  // Somebody sets the clock a year ahead by mistake: nothing goes for it before they had time to notice.
  setMs = 365 * 86_400_000;
  for (const passedMs of [RETENTION.everyMs, RETENTION.afterStepMs / 2]) {
    nowMs += passedMs;
    expect(given(await kept.retention.tidy())).toBeUndefined();
  }
  setMs = 0;
  nowMs += RETENTION.afterStepMs;
  expect(given(await kept.retention.tidy())).toBeDefined();
  await kept.store.close();
});
