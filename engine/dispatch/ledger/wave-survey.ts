/**
 * What a start has to know of all waves that were ever kept: which of them may live, and which were concluded so late that replies
 * still belong to them. Every record's checksum is held against it, and only of these is one decoded here, so that a start does
 * not grow with what is long over. Of what is over longer the versions of outcomes are not looked at; the store's own is.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import type { WaveStore } from "./wave-store.js";

/** Numbers of waves, oldest first. */
export interface WaveSurvey {
  /** Every wave whose record does not say for certain that it is at rest; also those of which it can't be read. */
  readonly living: readonly number[];
  /** Waves at rest of which the last recipient was concluded after the time that was asked for. */
  readonly recent: readonly number[];
}

/** STORE_UNUSABLE, naming the record, where a later program wrote one. */
export function surveyWaves(waves: WaveStore, sinceMs: number): Result<WaveSurvey> {
  const living: number[] = [];
  const recent: number[] = [];
  for (const { waveId, restedMs } of waves.rested()) {
    if (restedMs === undefined) living.push(waveId);
    else if (restedMs > sinceMs) recent.push(waveId);
  }
  const known = firstLater(
    living.map((waveId) => () => waves.get(waveId)),
    [...waves.journaled()].map((waveId) => () => waves.knownJournal(waveId)),
    recent.map((waveId) => () => outcomesOf(waves, waveId)),
  );
  return known.ok ? ok({ living, recent }) : known;
}

/** The first of these reads that meets what a later program wrote; other problems come up where something depends on them. */
function firstLater(...reads: readonly (() => Result<unknown>)[][]): Result<void> {
  for (const read of reads.flat()) {
    const found = read();
    if (!found.ok && found.problem.code === "STORE_UNUSABLE") return found;
  }
  return ok(undefined);
}

function outcomesOf(waves: WaveStore, waveId: number): Result<unknown> {
  const stored = waves.get(waveId);
  return stored.ok ? waves.outcomes(waveId, stored.value.count) : stored;
}
