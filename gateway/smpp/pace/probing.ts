/**
 * When to try whether a carrier takes more than what is known to hold, and how much more: small steps first, each that goes
 * well followed soon by one twice as large, so that a limit that was raised is found soon; a step too large is followed by a
 * smaller one, and where even the least was too large, it is left for a while, each time for longer.
 *
 * A carrier that lets save up what was not used takes more than its limit for a while. So until as much was taken beyond
 * the measured limit as may be saved up in a second, the steps end a little above it.
 */
import { PACE } from "../../../schemas/limits.js";
import { learnMs } from "./trial.js";

export class Probing {
  /** When to try next. */
  atMs = 0;
  #step: number = PACE.probeStepLeast;
  #pauseMs: number = PACE.probeFirstMs;
  /** The limit as last measured, 0 if it never was, and what was taken beyond it since. */
  #limit = 0;
  #beyond = 0;
  #isQuick = false;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** What to try where `perSecond` holds; not above it where there is nothing to try yet. */
  next(perSecond: number): number {
    const least = Math.max(PACE.probeStepLeast, 1_000 / (perSecond * learnMs(perSecond)));
    const next = perSecond * (1 + Math.max(least, this.#step));
    return this.#beyond < this.#limit ? Math.min(next, this.#limit * PACE.probeBeyond) : next;
  }

  /** That many segments were taken in `ms`. */
  took(segments: number, ms: number): void {
    this.#beyond = Math.max(0, this.#beyond + segments - (this.#limit * ms) / 1_000);
  }

  /** Nothing can be said yet. */
  soon(nowMs: number): void {
    this.atMs = nowMs + PACE.probeSoonMs;
  }

  later(nowMs: number): void {
    this.atMs = nowMs + this.#pauseMs * (0.5 + this.#random() / 2);
  }

  /** The step went well. */
  worked(nowMs: number): void {
    this.#pauseMs = PACE.probeFirstMs;
    if (this.#isQuick) {
      this.atMs = nowMs;
      return;
    }
    this.#step = Math.min(PACE.probeStepMost, this.#step * 2);
    this.soon(nowMs);
  }

  /** It was too large. */
  failed(nowMs: number): void {
    this.#isQuick &&= this.#step / 4 > PACE.probeStepLeast;
    if (this.#isQuick) this.atMs = nowMs + PACE.quickMs;
    else if (this.#step <= PACE.probeStepLeast) this.#leave(nowMs);
    else this.soon(nowMs);
    this.#step = Math.max(PACE.probeStepLeast, this.#step / 4);
  }

  /** The limit was measured; `again`: for what held did not hold any more. */
  measured(perSecond: number, again: boolean, nowMs: number): void {
    // From a rate that was far too high, some limiters take less than they would of a fitting one.
    this.#limit = again ? perSecond : 0;
    this.#beyond = 0;
    this.#step = PACE.probeStepLeast;
    this.#isQuick = false;
    if (!again) this.#pauseMs = PACE.probeFirstMs;
    this.#leave(nowMs);
  }

  /**
   * It was measured in less than a second: a limiter that takes one at a time may take up to twice that. One that is seen to do so
   * shows at once what it takes, so the steps are short then and follow each other, large ones first.
   */
  perhapsMore(nowMs: number, takesOne: boolean): void {
    this.#step = takesOne ? PACE.probeStepMost : PACE.probeStepMixed;
    this.#isQuick = takesOne;
    if (!takesOne) this.soon(nowMs);
    else {
      // Nothing can be saved up there.
      this.#limit = 0;
      this.atMs = nowMs;
    }
  }

  /** For how long a rate is tried. */
  lastsMs(perSecond: number): number {
    return this.#isQuick ? Math.max(PACE.quickMs, PACE.quickShows / (this.#step * perSecond)) : learnMs(perSecond);
  }

  #leave(nowMs: number): void {
    this.later(nowMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, PACE.probeLastMs);
  }
}
