/**
 * Actions that have failed: how often and why, for the metric, and which of them an operator still has to look at, for the
 * monitor. Promises that at most DISPATCH.failedShown are held, those created last; the store has the others.
 */
import type { ErrorCode } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import type { ActionRecord } from "./record.js";

export class Failures {
  /** Times a real action failed since the process started, by the code of its reason. */
  readonly counts: Partial<Record<ErrorCode, number>> = {};
  readonly #records = new Map<string, ActionRecord>();

  count(code: ErrorCode): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
  }

  /** Takes note of a record as it is now: one that has failed is held, one that goes on is not any more. */
  note(record: ActionRecord): void {
    this.#records.delete(record.id);
    if (record.status !== "failed") return;
    this.#records.set(record.id, record);
    if (this.#records.size <= DISPATCH.failedShown) return;
    // Ids are in the order of creation; a start notes the newest first, so the order of noting says nothing.
    this.#records.delete([...this.#records.keys()].reduce((a, b) => (a < b ? a : b)));
  }

  /** Those that could still be of use to anybody: an action that has expired says nothing of today. */
  shown(nowMs: number): ActionRecord[] {
    for (const [id, record] of this.#records) {
      const untilMs = Math.max(record.expiresAtMs, (record.endedAtMs ?? 0) + DISPATCH.failedEndingShownMs);
      if (untilMs <= nowMs) this.#records.delete(id);
    }
    return [...this.#records.values()];
  }
}
