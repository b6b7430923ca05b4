/** An import from the first byte to its report, as whoever started it may see it: counts, codes and lines, nothing personal. */
import type { Problem } from "../../../schemas/errors.js";
import type { PlanCounts } from "../plan/planning.js";
import type { Scope } from "../ports.js";
import type { ImportCode, RowRefusal } from "./codes.js";
import type { FileTaken } from "./reading.js";
import type { Refusals } from "./refusals.js";

export const IMPORT_MODES = ["allOrNothing", "bestEffort"] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

/**
 * `refused`: the file can't be taken, or not as a whole when that was asked; nothing was changed. `failed`: it ended early or
 * the registry could not take it; the problem says what became of it.
 */
export const IMPORT_STATES = ["receiving", "planning", "applying", "done", "refused", "failed"] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export interface ImportReport extends PlanCounts {
  /** Rows refused, by code, and the first of them with their lines. */
  readonly refused: number;
  readonly refusedByCode: Readonly<Partial<Record<ImportCode, number>>>;
  readonly refusals: readonly RowRefusal[];
  /** How the file was written, and what the columns that it lacked were taken for. */
  readonly file: FileTaken;
}

export interface ImportJob {
  readonly id: string;
  readonly scope: Scope;
  readonly mode: ImportMode;
  readonly dryRun: boolean;
  readonly startedMs: number;
  /** Of the body, where it is known. */
  readonly totalBytes: number | undefined;
  finishedMs: number | undefined;
  state: ImportState;
  bytes: number;
  rows: number;
  /** Persons planned or pieces applied, of how many. */
  done: number;
  total: number;
  /** Persons whom somebody else's change came before, between plan and applying. */
  overtaken: number;
  problem: Problem | undefined;
  report: ImportReport | undefined;
}

export function isOver({ state }: ImportJob): boolean {
  return state === "done" || state === "refused" || state === "failed";
}

/** Of the state that the job is in, from 0 to 100; undefined where nobody knows. */
export function percentOf(job: ImportJob): number | undefined {
  if (isOver(job)) return 100;
  const { state, bytes, totalBytes, done, total } = job;
  const part = state === "receiving" ? bytes / (totalBytes ?? 0) : done / total;
  return Number.isFinite(part) ? Math.min(100, Math.floor(100 * part)) : undefined;
}

export function reportOf(counts: PlanCounts, refusals: Refusals, file: FileTaken): ImportReport {
  return { ...counts, file, refused: refusals.count, refusedByCode: refusals.byCode, refusals: refusals.first };
}
