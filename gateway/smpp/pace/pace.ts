/**
 * A rate in segments a second. Time comes in as an argument, in milliseconds of any one clock.
 */
import { SMPP } from "../../../schemas/limits.js";

/**
 * A token bucket that keeps any second under the rate, not only the mean: what the bucket may save up is taken off the
 * rate at which it fills.
 *
 * A smooth one gives out segments one by one, because some limiters take no two at once: what it saved up while its thread was held
 * up it makes up for by going a little faster, never by two together.
 */
export class Rate {
  #burst: number;
  #perMs: number;
  #tokens: number;
  #filledMs: number;
  /** Where it is smooth: how far apart two segments are at least, and when the next one may go. */
  #apartMs = 0;
  #nextMs = 0;

  constructor(ratePerSecond: number, nowMs: number) {
    this.#burst = Math.max(SMPP.rateBurstSegments, ratePerSecond * SMPP.rateBurst);
    this.#perMs = (ratePerSecond * (1 - SMPP.rateBurst)) / 1000;
    this.#tokens = this.#burst;
    this.#filledMs = nowMs;
  }

  /**
   * Goes on at another rate: that on the mean, with so much saved up at most. `peak`: where it is smooth, up to how many times faster it
   * goes to make up for what was late; 0 where it is not.
   */
  change(meanPerSecond: number, burst: number, peak: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#burst = burst;
    this.#perMs = meanPerSecond / 1000;
    this.#tokens = Math.min(this.#tokens, burst);
    this.#apartMs = peak > 0 ? 1 / (this.#perMs * peak) : 0;
  }

  /**
   * How many messages of `segments` segments may go now. A message goes as soon as one segment may, and what it took too much
   * is paid for afterwards.
   */
  messages(segments: number, nowMs: number): number {
    this.#fill(nowMs);
    if (this.#tokens < 1 || nowMs < this.#nextMs) return 0;
    return this.#apartMs > 0 ? 1 : Math.max(1, Math.floor(this.#tokens / segments));
  }

  /** How long until a segment may go. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, (1 - this.#tokens) / this.#perMs, this.#nextMs - nowMs);
  }

  get isSmooth(): boolean {
    return this.#apartMs > 0;
  }

  /** True if that many segments may go at once without taking in advance. */
  holds(segments: number): boolean {
    return segments <= (this.#apartMs > 0 ? 1 : this.#burst);
  }

  /** At the moment of the last `messages` or `waitMs`. */
  spend(segments: number): void {
    this.#tokens -= segments;
    this.#nextMs = this.#filledMs + this.#apartMs * segments;
  }

  #fill(nowMs: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledMs) * this.#perMs);
    this.#filledMs = nowMs;
  }
}
