/**
 * How often each participant was asked, in shared memory: in the last hour, day and month, and by how many actions that run. The main
 * thread writes (engine/actions/fatigue), and selections read.
 *
 * The four counts of somebody lie side by side, because whoever reads one reads another, and persons come in no order there. A count is
 * one aligned value, which is read as it was before a change or after it. Memory that nobody has written to costs address space alone.
 */
import { ASKED_BYTES } from "../../registry/columns/columns.js";

/** Which of somebody's counts; each is at `person * ASKED_COUNTS` and so many behind. */
export const IN_HOUR = 0;
export const IN_DAY = 1;
export const IN_MONTH = 2;
export const RUNNING = 3;
export const ASKED_COUNTS = 4;

export type AskedCount = typeof IN_HOUR | typeof IN_DAY | typeof IN_MONTH | typeof RUNNING;

export function askedCounts(buffer: SharedArrayBuffer): Uint16Array {
  return new Uint16Array(buffer, 0, (buffer.byteLength / ASKED_BYTES) * ASKED_COUNTS);
}
