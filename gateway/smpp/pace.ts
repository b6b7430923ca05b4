/**
 * A rate in segments a second, and the pauses between attempts to connect. Time comes in as an argument, in milliseconds of
 * any one clock.
 */
import { SMPP } from "../../schemas/limits.js";

/**
 * A token bucket that keeps any second under the rate, not only the mean: what the bucket may save up is taken off the
 * rate at which it fills.
 */
export class Rate {
  #burst: number;
  #perMs: number;
  #tokens: number;
  #filledMs: number;

  constructor(ratePerSecond: number, nowMs: number) {
    this.#burst = Math.max(SMPP.rateBurstSegments, ratePerSecond * SMPP.rateBurst);
    this.#perMs = (ratePerSecond * (1 - SMPP.rateBurst)) / 1000;
    this.#tokens = this.#burst;
    this.#filledMs = nowMs;
  }

  /** Goes on at another rate: that on the mean, with so much saved up at most. */
  change(meanPerSecond: number, burst: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#burst = burst;
    this.#perMs = meanPerSecond / 1000;
    this.#tokens = Math.min(this.#tokens, burst);
  }

  /**
   * How many messages of `segments` segments may go now. A message goes as soon as one segment may, and what it took too much
   * is paid for afterwards.
   */
  messages(segments: number, nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens < 1 ? 0 : Math.max(1, Math.floor(this.#tokens / segments));
  }

  /** How long until a segment may go. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }

  /** True if that many segments may go at once without taking in advance. */
  holds(segments: number): boolean {
    return segments <= this.#burst;
  }

  spend(segments: number): void {
    this.#tokens -= segments;
  }

  #fill(nowMs: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledMs) * this.#perMs);
    this.#filledMs = nowMs;
  }
}

/** Pauses between attempts to connect, with full jitter so that many binds don't come at once. */
export class Reconnect {
  #unreachable = 0;
  #refused = 0;

  /** The pause after a connection that failed or broke. */
  pauseMs(random: () => number): number {
    const longest = Math.min(SMPP.reconnectFirstMs * 2 ** this.#unreachable, SMPP.reconnectLastMs);
    if (longest < SMPP.reconnectLastMs) this.#unreachable++;
    return longest * random();
  }

  /** The pause after a refused bind: at least half of what it grows to, for trying on gets accounts locked. */
  refusedPauseMs(random: () => number): number {
    const longest = Math.min(SMPP.refusedFirstMs * 2 ** this.#refused, SMPP.refusedLastMs);
    if (longest < SMPP.refusedLastMs) this.#refused++;
    return (longest * (1 + random())) / 2;
  }

  /** The carrier answered: the next pause is a first one again. */
  worked(): void {
    this.#unreachable = 0;
    this.#refused = 0;
  }
}
