/**
 * Leaves a carrier alone that is in trouble itself: that refuses whatever it gets, or is silent. Else it would swallow window
 * after window of the nearest, and use up their attempts.
 *
 * Closed, all goes through. When FAILOVER.rejections of the last 32 answers were its own trouble, or one did not come at all, and
 * nothing else came for FAILOVER.nothingMs, it opens: nothing is granted for a pause. A carrier that takes some is not in trouble,
 * whatever it says to the others: it is too much for it, and its thread slows down (gateway/smpp/pace/overload.ts). After the pause it
 * is probed with one message at a time; one answer that is no trouble closes it, one that is opens it again for twice as long.
 */
import { FAILOVER } from "../../../schemas/limits.js";

export class Breaker {
  /** The last 32 answers, a bit each, set for trouble. */
  #history = 0;
  #openUntilMs = 0;
  #pauseMs = 0;
  #isOpen = false;
  #closedAtMs = Number.NEGATIVE_INFINITY;
  /** When it last answered and was not in trouble. */
  #wellMs = Number.NEGATIVE_INFINITY;
  /** The command_status of the last trouble; null for silence. */
  lastTrouble: number | null = null;

  /** True if it may take all that it has room for. */
  get isClosed(): boolean {
    return !this.#isOpen;
  }

  /** True while nothing may be granted. */
  isResting(steadyMs: number): boolean {
    return this.#isOpen && steadyMs < this.#openUntilMs;
  }

  /** It answered, and was not in trouble. */
  well(steadyMs: number): void {
    this.#history <<= 1;
    this.#wellMs = steadyMs;
    if (!this.#isOpen || steadyMs < this.#openUntilMs) return;
    this.#isOpen = false;
    this.#history = 0;
    this.#closedAtMs = steadyMs;
  }

  /**
   * It was in trouble. `status` null: it did not answer in time. `heardMs`: until when all that it said is known, which is before `steadyMs`
   * where the ledger was held up, for what comes behind this may be good.
   */
  trouble(status: number | null, steadyMs: number, heardMs = steadyMs): void {
    this.lastTrouble = status;
    this.#history = (this.#history << 1) | 1;
    const again = this.#isOpen && steadyMs >= this.#openUntilMs;
    // One that was waited for in vain for a whole deadline says as much as many that were refused.
    const isMuch = status === null || bits(this.#history) >= FAILOVER.rejections;
    const isLasting = isMuch && this.#wellMs <= heardMs - FAILOVER.nothingMs;
    if (!again && (this.#isOpen || !isLasting)) return;
    // In trouble again soon after it was found well, it is still the same trouble.
    const same = again || steadyMs - this.#closedAtMs < this.#pauseMs;
    this.#pauseMs = same ? Math.min(this.#pauseMs * 2, FAILOVER.rejectingLastMs) : FAILOVER.rejectingFirstMs;
    this.#openUntilMs = steadyMs + this.#pauseMs;
    this.#isOpen = true;
  }
}

function bits(word: number): number {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count++;
  return count;
}
