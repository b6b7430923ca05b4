/**
 * Who was asked before the start, from the rosters that are stored: those of the last day before anybody is asked anything, so that no
 * kill makes anyone be asked once too often; those of the rest of the month afterwards, a piece in a turn.
 */
import { ASKING } from "../../../schemas/limits.js";
import { lastWaveId } from "../../dispatch/ledger/journal/orphans.js";
import { glimpses, type WaveGlimpse } from "../../dispatch/ledger/wave-glimpse.js";
import type { Store } from "../../store/store.js";
import type { ActionStore } from "../action-store.js";
import { isRunning } from "../record.js";
import type { Asked } from "./asked.js";
import { countsAsAsked } from "./asking.js";

export interface RecallParts {
  readonly store: Store;
  readonly records: ActionStore;
  readonly asked: Asked;
  /** Generation of the loaded registry. */
  readonly registry: number;
}

/** Settles when the last day is counted, with what counts the rest. */
export async function recallAsked(parts: RecallParts, nowMs: number): Promise<{ readonly rest: Promise<void> }> {
  const last = lastWaveId(parts.store);
  const ofDay = firstSince(parts.store, last, nowMs - ASKING.dayMs);
  const ofMonth = firstSince(parts.store, last, nowMs - ASKING.monthMs);
  await recall(parts, ofDay, last, nowMs);
  const rest = recall(parts, ofMonth, ofDay - 1, nowMs).then(() => {
    parts.asked.isWhole = true;
  });
  return { rest };
}

/** The waves of these numbers. */
async function recall(parts: RecallParts, from: number, to: number, nowMs: number): Promise<void> {
  let next = from;
  // Nothing is read of the store across a turn: each goes on behind the one before.
  for (;;) {
    const [wave] = glimpses(parts.store, next);
    if (wave === undefined || wave.waveId > to || parts.asked.isClosing) return;
    next = wave.waveId + 1;
    if (isCounted(wave, parts.registry)) await parts.asked.recall(wave, runs(parts, wave, nowMs), nowMs);
  }
}

function isCounted({ kind, registry, peopleGone, isActual }: WaveGlimpse, loaded: number): boolean {
  return countsAsAsked(kind) && isActual && registry === loaded && !peopleGone;
}

function runs({ records }: RecallParts, { actionId, expiresAtMs }: WaveGlimpse, nowMs: number): boolean {
  const status = expiresAtMs > nowMs ? records.statusOf(actionId) : undefined;
  return status !== undefined && isRunning({ status });
}

/** The least number from which on waves began since then: in the order of their numbers they are in the order of their time. */
function firstSince(store: Store, last: number, sinceMs: number): number {
  let [low, high] = [0, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [found] = glimpses(store, middle);
    if (found === undefined || found.startedAtMs >= sinceMs) high = middle;
    else low = found.waveId + 1;
  }
  return low;
}
