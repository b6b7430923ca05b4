/**
 * How many answers may leave now at a given rate: earned by the time that passed, with little to make up for.
 */

/** What may be made up for after the timer came late. */
const BURST_SECONDS = 0.05;

export class Pace {
  #credit = 0;
  #earnedAtMs = 0;

  /** Whole answers that may leave now. */
  available(perSecond: number, nowMs: number): number {
    const earned = ((nowMs - this.#earnedAtMs) / 1_000) * perSecond;
    this.#credit = Math.min(Math.max(1, perSecond * BURST_SECONDS), this.#credit + earned);
    this.#earnedAtMs = nowMs;
    return Math.floor(this.#credit);
  }

  spend(count: number): void {
    this.#credit -= count;
  }
}
