/** By what steps a bind comes up to the limit of its carrier: doubling where nothing is known, with care where it was met. */
import { PACE } from "../../../schemas/limits.js";

export class Ramp {
  #lastPerSecond = 0;
  /** How many more steps are long ones. */
  #carefulSteps = 0;
  #isQuick = false;

  /** Up to this rate, which held before, or is all that is configured. */
  begin(lastPerSecond: number): void {
    this.#lastPerSecond = lastPerSecond;
    this.#carefulSteps = 0;
    this.#isQuick = false;
  }

  /** Towards a limiter that takes one at a time, which shows at once what is too much. */
  quick(): void {
    this.#isQuick = true;
  }

  /** It begins at about the limit, or at what may be saved up of a higher one. */
  careful(): void {
    this.#carefulSteps = 2;
  }

  isLast(perSecond: number): boolean {
    return perSecond >= this.#lastPerSecond;
  }

  /** How long to stay at a rate before the next step. */
  stepMs(perSecond: number): number {
    if (this.#isQuick) return Math.max(PACE.quickMs / 2, PACE.quickShows / perSecond);
    const isLong = this.#carefulSteps > 0 || this.isLast(perSecond);
    return Math.max(isLong ? PACE.learnMs : PACE.learnDoubleMs, 2_000 / perSecond);
  }

  /** The rate after this one. What is taken for a second beyond what was seen shows that the limit is another one. */
  next(perSecond: number): number {
    if (this.#carefulSteps > 0) this.#carefulSteps--;
    const factor = this.#carefulSteps > 0 ? PACE.seenStep : PACE.stepMost;
    return Math.min(this.#lastPerSecond, perSecond * factor);
  }
}
