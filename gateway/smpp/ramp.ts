/** By what steps a bind comes up to the limit of its carrier: doubling where nothing is known, with care where it was met. */
import { PACE } from "../../schemas/limits.js";

export class Ramp {
  #lastPerSecond = 0;
  #factor: number = PACE.stepMost;
  #isCareful = false;

  /** Up to this rate, which held before, or is all that is configured. */
  begin(lastPerSecond: number): void {
    this.#lastPerSecond = lastPerSecond;
    this.#factor = PACE.stepMost;
    this.#isCareful = false;
  }

  /** It begins at about the limit, or at what may be saved up of a higher one. */
  careful(): void {
    this.#factor = PACE.seenStep;
    this.#isCareful = true;
  }

  isLast(perSecond: number): boolean {
    return perSecond >= this.#lastPerSecond;
  }

  /** How long to stay at a rate before the next step. */
  stepMs(perSecond: number): number {
    const isLong = this.#isCareful || this.isLast(perSecond);
    return Math.max(isLong ? PACE.learnMs : PACE.learnDoubleMs, 2_000 / perSecond);
  }

  /** The rate after this one. */
  next(perSecond: number): number {
    const next = Math.min(this.#lastPerSecond, perSecond * this.#factor);
    if (this.#isCareful) this.#factor = PACE.seenNextStep;
    return next;
  }
}
