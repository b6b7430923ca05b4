/**
 * What became of the submissions that were sent at one rate: how many the carrier took and how many it throttled, since
 * when, and whether that says enough.
 */
import { PACE } from "../../../schemas/limits.js";

export class Trial {
  perSecond = 0;
  /** Submissions from before this moment tell nothing about the rate. */
  fromMs = 0;
  accepted = 0;
  throttled = 0;
  /** The limiter takes one at a time, so that what is too much shows in every second one at once. */
  takesOne = false;
  #throttledInRow = 0;
  /** How often a throttled one followed one that was taken. */
  #changes = 0;
  #rowFromMs = 0;
  #rowMs = 0;
  #sent = 0;
  #sentFromMs = 0;
  /** How long to count what is taken where the limit is measured. */
  #measureMs = PACE.learnMs;

  begin(perSecond: number, fromMs: number, nowMs: number): void {
    this.perSecond = perSecond;
    this.fromMs = fromMs;
    this.accepted = 0;
    this.throttled = 0;
    this.#throttledInRow = 0;
    this.#changes = 0;
    this.#measureMs = PACE.learnMs;
    this.countSent(nowMs);
  }

  sent(segments: number): void {
    this.#sent += segments;
  }

  /** Counts what is sent from now on; returns what was counted until now. */
  countSent(nowMs: number): number {
    const sent = this.#sent;
    this.#sent = 0;
    this.#sentFromMs = nowMs;
    return sent;
  }

  sentForMs(nowMs: number): number {
    return nowMs - this.#sentFromMs;
  }

  /** Whether there was enough to send to judge the rate by. */
  used(nowMs: number): boolean {
    return this.#sent * 1_000 >= this.perSecond * this.sentForMs(nowMs) * PACE.probeUse;
  }

  took(): void {
    this.accepted++;
    this.#throttledInRow = 0;
  }

  refused(sentAtMs: number): void {
    if (this.#throttledInRow === 0) {
      this.#rowFromMs = sentAtMs;
      this.#changes++;
    }
    this.#rowMs = sentAtMs - this.#rowFromMs;
    this.throttled++;
    this.#throttledInRow++;
  }

  /** Whether what is taken was counted for whole seconds, and enough of it was. */
  measured(sentAtMs: number): boolean {
    const sinceMs = sentAtMs - this.fromMs;
    if (sinceMs < this.#measureMs) return false;
    if (this.accepted >= PACE.learnAnswers || sinceMs >= PACE.learnMs * PACE.learnSeconds) return true;
    this.#measureMs += PACE.learnMs;
    return false;
  }

  /** Whether the limiter counts no seconds, or small parts of one, and the part that it takes shows already. */
  get isMixed(): boolean {
    const { answers, changes } = this.takesOne ? PACE.mixedOne : PACE.mixed;
    return this.accepted + this.throttled >= answers && this.#changes >= changes;
  }

  /** Whether a limiter that takes one at a time takes every second one, as it does of all that is above its limit. */
  get isAlternating(): boolean {
    return this.takesOne && this.isMixed && this.part < PACE.doubtfulPart;
  }

  /** Whether there were enough answers to measure by: not where there was little to send. */
  get enough(): boolean {
    return this.isMixed || (this.accepted + this.throttled) * 1_000 >= (this.perSecond * this.#measureMs) / 2;
  }

  /** The part that was taken. */
  get part(): number {
    return this.accepted / (this.accepted + this.throttled);
  }

  /** More was throttled than may be now and then. */
  get tooMany(): boolean {
    const ms = Math.max(this.#measureMs, learnMs(this.perSecond));
    const tolerance = this.takesOne ? PACE.toleranceOne : PACE.learntTolerance;
    return this.throttled * 1_000 > this.perSecond * ms * tolerance;
  }

  /** Nothing is taken any more. */
  get fallen(): boolean {
    return this.#throttledInRow >= PACE.learntFallenSegments && this.#rowMs >= PACE.learntFallenMs;
  }
}

/** How long what is taken is counted at a rate: whole seconds. */
export function learnMs(perSecond: number): number {
  const seconds = Math.ceil(PACE.learnAnswers / perSecond);
  return PACE.learnMs * Math.min(PACE.learnSeconds, Math.max(1, seconds));
}
