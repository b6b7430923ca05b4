/** What is kept of an import that was decided, beside its pieces: enough to go on after a crash, and to say how it went. */
import { TERMS_WORDS, termsAt } from "../../registry/record/terms.js";
import type { FileColumns } from "../import/file-columns.js";
import type { ImportJob, ImportMode, ImportReport } from "../import/job.js";
import type { FileSense } from "./corrected.js";

/** JSON; null stands for undefined. */
export interface RedoHead {
  readonly id: string;
  readonly scope: number | null;
  readonly mode: ImportMode;
  readonly startedMs: number;
  readonly bytes: number;
  readonly rows: number;
  readonly total: number;
  readonly report: ImportReport;
  readonly columns: FileColumns;
  readonly today: number;
  /** Words of the plan's table, base64 of little-endian. */
  readonly terms: string;
}

/** Of a job whose report is made. */
export function headOf(job: ImportJob, file: FileSense, words: Uint32Array, pieces: number): RedoHead {
  const { id, scope, mode, startedMs, bytes, rows, report } = job;
  const { columns, today } = file;
  const terms = Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString("base64");
  const about = { id, scope: scope ?? null, mode, startedMs, bytes, rows, total: pieces };
  return { ...about, report: report!, columns, today, terms };
}

/** Heads of before these columns could lack do not name them. */
const HAD = { language: true, channels: true, schedule: true };

export function jobOf(head: RedoHead): ImportJob {
  const { id, scope, mode, startedMs, bytes, rows, total, report } = head;
  return {
    ...{ id, mode, startedMs, bytes, rows, total },
    // Heads of before there were proposals do not count them.
    report: { ...report, proposed: (report as Partial<ImportReport>).proposed ?? 0 },
    scope: scope ?? undefined,
    state: "applying",
    dryRun: false,
    totalBytes: undefined,
    finishedMs: undefined,
    done: 0,
    overtaken: 0,
    problem: undefined,
  };
}

export function fileOf({ scope, columns, today, terms }: RedoHead): FileSense {
  const bytes = Uint8Array.from(Buffer.from(terms, "base64"));
  const all = { ...HAD, ...(columns as Partial<FileColumns>) } as FileColumns;
  return { scope: scope ?? undefined, columns: all, today, terms: termsOf(new Uint32Array(bytes.buffer)) };
}

export function termsOf(words: Uint32Array): FileSense["terms"] {
  return Array.from({ length: words.length / TERMS_WORDS }, (_, row) => termsAt(words, row));
}
