/** What a carrier was seen to take in a second while nothing limited it: the whole second before, or the one that runs. */
import { PACE } from "../../../schemas/limits.js";

export class Seen {
  #fromMs = 0;
  #inThis = 0;
  #before = 0;

  /** Forgets all. */
  begin(nowMs: number): void {
    this.#fromMs = nowMs;
    this.#inThis = 0;
    this.#before = 0;
  }

  took(nowMs: number): void {
    const sinceMs = nowMs - this.#fromMs;
    if (sinceMs >= PACE.learnMs) {
      this.#before = sinceMs < 2 * PACE.learnMs ? this.#inThis : 0;
      this.#inThis = 0;
      this.#fromMs = nowMs;
    }
    this.#inThis++;
  }

  get perSecond(): number {
    return Math.max(this.#inThis, this.#before);
  }
}
