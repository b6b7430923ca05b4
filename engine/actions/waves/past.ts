/**
 * Before anything of the last run is taken up: whether what the folder says was under way can be believed. In a copy of the
 * folder it may all be over, and sent, after the copy was made; over another registry a roster names other people; and with
 * a clock that went back nothing is known to expire. Then nothing leaves by itself: every action that was under way is held
 * until an operator says what becomes of it, and of a copy every action is doubted, so that whoever is sent to is flagged.
 *
 * Confirmations have no operator: those of a copy are dropped, for most will have been told. So are codes at every start.
 * What a municipality's import had decided is completed as at every start: it sends nothing.
 */
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { CLOCK, DISPATCH } from "../../../schemas/limits.js";
import { isPassing, type WaveStore } from "../../dispatch/ledger/wave-store.js";
import { isCopy, type LastRun, putLastRun, readLastRun, storeFileOf } from "../../store/last-run.js";
import type { Store } from "../../store/store.js";
import type { ActionStore } from "../action-store.js";
import { type ActionRecord, heldFor, isUnderWay } from "../record.js";

export interface Past {
  /** Why nothing goes on by itself; null: it does. */
  readonly problem: Problem | null;
  /** Actions that are held for it. */
  readonly held: number;
  /** What the next start will find. */
  readonly present: LastRun;
}

const UNKNOWN_PAST: Problem = {
  code: "STORE_CORRUPT",
  detail:
    "what is kept of the last run fails its checksum, so the data folder may be a copy of another: what it says is under way may have been sent since; resume it, and whoever is sent to is flagged, or stop or end it",
};

/** To be called before waves are revived. `registry`: the generation that is loaded. */
export async function judgePast(
  store: Store,
  actions: ActionStore,
  waves: WaveStore,
  registry: number,
  nowMs: number,
): Promise<Result<Past>> {
  const last = readLastRun(store);
  const file = storeFileOf(store.folder);
  const present: LastRun = { file, registry, clockMs: nowMs };
  const problem = last.ok ? problemOf(last.value, present, newestUnderWayMs(actions)) : UNKNOWN_PAST;
  let held = 0;
  if (problem !== null) {
    const holding = await holdAll(store, actions, problem);
    if (!holding.ok) return holding;
    held = holding.value;
    const dropped = problem.code === "FOLDER_COPIED" ? await dropConfirmations(store, waves) : ok(undefined);
    if (!dropped.ok) return dropped;
  }
  // Last: a start that ends before this finds the same past again.
  const put = await store.commit(() => putLastRun(store, present));
  return put.ok ? ok({ problem, held, present }) : put;
}

/** When the action that came last was accepted, if it is under way: the time that was noted may be a second older. */
function newestUnderWayMs(actions: ActionStore): number {
  for (const newest of actions.newest()) {
    if (newest.ok) return isUnderWay(newest.value) ? newest.value.createdAtMs : 0;
  }
  return 0;
}

function problemOf(
  last: LastRun | undefined,
  { file, registry, clockMs }: LastRun,
  acceptedMs: number,
): Problem | null {
  if (last === undefined) return null;
  if (file !== null && isCopy(last.file, file)) {
    const how = last.file === null ? "was restored from a backup" : "is a copy of another";
    const detail = `the data folder ${how}: what it says is under way may have been sent since; resume it, and whoever is sent to is flagged, or stop or end it`;
    return fail("FOLDER_COPIED", detail).problem;
  }
  if (last.registry !== registry) {
    const detail = "the registry was replaced: who was selected before can't be sent to any more; stop or end it";
    return fail("REGISTRY_REPLACED", detail).problem;
  }
  const behindMs = Math.max(last.clockMs, acceptedMs) - clockMs;
  if (behindMs <= CLOCK.stepMs) return null;
  const detail = `the clock is ${Math.ceil(behindMs / 1_000)} s behind what it was, so nothing is known to expire; set it, then resume, stop or end it`;
  return fail("CLOCK_STEPPED", detail).problem;
}

/** Whatever has not ended may have gone on in a copy's original. */
async function holdAll(store: Store, actions: ActionStore, problem: Problem): Promise<Result<number>> {
  const doubted = problem.code === "FOLDER_COPIED" || problem === UNKNOWN_PAST;
  let held = 0;
  let batch: ActionRecord[] = [];
  const putBatch = (): Promise<Result<void>> => {
    const records = batch;
    batch = [];
    return store.commit(() => {
      for (const record of records) actions.put(record);
    });
  };
  for (const { id, status } of [...actions.statuses()]) {
    // What has ended is over in every past.
    const isOver = status === "ended" || status === "archived";
    const read = isOver ? undefined : actions.get(id);
    // One that can't be read goes on with nothing: its waves are not taken up.
    if (!read?.ok) continue;
    const record = heldFor(read.value, problem);
    if (record !== read.value) held++;
    if (doubted && record.status !== "ended") batch.push({ ...record, doubted });
    else if (record !== read.value) batch.push(record);
    if (batch.length < DISPATCH.removalsPerCommit) continue;
    const put = await putBatch();
    if (!put.ok) return put;
  }
  const put = await putBatch();
  return put.ok ? ok(held) : put;
}

/** What is owed, and the waves that were telling it. */
async function dropConfirmations(store: Store, waves: WaveStore): Promise<Result<void>> {
  const cleared = await store.commit(() => void store.table("confirmations").clear());
  if (!cleared.ok) return cleared;
  for (const { waveId, restedMs } of [...waves.rested()]) {
    const stored = restedMs === undefined ? waves.get(waveId) : undefined;
    const removed = stored?.ok && isPassing(stored.value) ? await waves.remove(stored.value) : ok(undefined);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}
