/**
 * What a start has to know of all waves that were ever kept: which of them may live, and which were concluded so late that replies
 * still belong to them. Every record's checksum is held against it, and only of those that may live is one decoded here, so
 * that a start does not grow with what is long over.
 */
import { ok, type Result } from "../../schemas/errors.js";
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
  for (const waveId of living) {
    const stored = waves.get(waveId);
    if (!stored.ok && stored.problem.code === "STORE_UNUSABLE") return stored;
  }
  return ok({ living, recent });
}
