/**
 * Whether a response is still to be waited for, told by what came in the meantime on the same bind.
 *
 * A carrier that takes its time answers all the same, and nothing is given up because it is late. Only where submissions that were sent
 * later have their answers is one that has none overtaken: lost, or late at a carrier that answers out of order. Of those the
 * bind learns how far and how long answers are overtaken there, and waits for four times as many and twice as long. Where that
 * was once in vain and nothing ever came out of order, the carrier keeps its order, and what is overtaken is lost when its
 * deadline has passed.
 */
import { OUTSTANDING } from "../../../../schemas/limits.js";

export class Order {
  /** Submissions that are outstanding no more. */
  #closed = 0;
  /** The most that an answer came after it was its turn, and the longest that such an answer took. */
  #most = 0;
  #longestMs = 0;
  #losesInOrder = false;

  /** To be kept with a submission: its turn comes when so many have been closed. `inFlight`: sent before it. */
  turn(inFlight: number): number {
    return this.#closed + inFlight;
  }

  /** Whether one that was sent later has its answer. */
  isOvertaken(turn: number): boolean {
    return this.#closed > turn;
  }

  /** The submission of that turn was answered after `tookMs`. */
  answered(turn: number, tookMs: number): void {
    const overtaken = this.#closed++ - turn;
    if (overtaken <= 0) return;
    this.#most = Math.max(this.#most, overtaken);
    this.#longestMs = Math.max(this.#longestMs, tookMs);
    this.#losesInOrder = false;
  }

  /** Something was answered that is not outstanding: perhaps what was given up. */
  strayed(): void {
    this.#losesInOrder = false;
    this.#most = Math.max(this.#most, 1);
  }

  /** Whether to wait no longer for the answer of that turn, `waitedMs` after it was sent. `deadlineMs`: of a response. */
  isLost(turn: number, waitedMs: number, deadlineMs: number): boolean {
    const overtaken = this.#closed - turn;
    if (overtaken <= this.#most * OUTSTANDING.overtakenTimes) return false;
    const patience = this.#losesInOrder ? 1 : OUTSTANDING.patience;
    return waitedMs >= Math.max(deadlineMs * patience, this.#longestMs * 2);
  }

  /** What was outstanding with that turn is given up. */
  lost(): void {
    this.#closed++;
    if (this.#most === 0) this.#losesInOrder = true;
  }
}
