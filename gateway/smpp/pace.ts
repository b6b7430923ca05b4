/**
 * How fast: the rate of a carrier in segments a second, the back-off of a bind that is throttled, and the pauses between
 * attempts to connect. Time comes in as an argument, in milliseconds of any one clock.
 */
import { SMPP } from "../../schemas/limits.js";

/** With less, what a slow rate earns between two ticks would run over. */
const RATE_BURST_MIN = 2;

/**
 * A token bucket that keeps any second under the rate, not only the mean: what the bucket may save up is taken off the
 * rate at which it fills.
 */
export class Rate {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #filledMs: number;

  constructor(ratePerSecond: number, nowMs: number) {
    this.#burst = Math.max(RATE_BURST_MIN, ratePerSecond * SMPP.rateBurst);
    this.#perMs = (ratePerSecond * (1 - SMPP.rateBurst)) / 1000;
    this.#tokens = this.#burst;
    this.#filledMs = nowMs;
  }

  /**
   * How many messages of `segments` segments may go now. A message goes as soon as one segment may, and what it took too much
   * is paid for afterwards.
   */
  messages(segments: number, nowMs: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledMs) * this.#perMs);
    this.#filledMs = nowMs;
    return this.#tokens < 1 ? 0 : Math.max(1, Math.floor(this.#tokens / segments));
  }

  spend(segments: number): void {
    this.#tokens -= segments;
  }
}

/**
 * A bind that the carrier throttles: it pauses, and then has no more outstanding than the carrier took between the last
 * two pauses. Where the carrier took nothing, the next pause is twice as long. A while without throttling ends it all.
 */
export class Backoff {
  /** Segments that may be outstanding. */
  window = Number.POSITIVE_INFINITY;
  #pauseMs = 0;
  #untilMs = 0;
  /** Submissions taken since the last pause began. */
  #accepted = 0;

  /** The carrier throttled a submission sent at `sentAtMs`. Those sent before the pause ended tell nothing new. */
  throttled(sentAtMs: number, nowMs: number): void {
    if (sentAtMs < this.#untilMs) return;
    const stuck = this.#pauseMs > 0 && this.#accepted === 0;
    this.#pauseMs = stuck ? Math.min(this.#pauseMs * 2, SMPP.throttleLastMs) : SMPP.throttleFirstMs;
    this.#untilMs = nowMs + this.#pauseMs;
    this.window = Math.max(SMPP.throttledWindow, this.#accepted);
    this.#accepted = 0;
  }

  /** The carrier took a submission. */
  accepted(nowMs: number): void {
    this.#accepted++;
    if (this.#pauseMs === 0 || nowMs - this.#untilMs < SMPP.throttleLastMs) return;
    this.#pauseMs = 0;
    this.window = Number.POSITIVE_INFINITY;
  }

  active(nowMs: number): boolean {
    return nowMs < this.#untilMs;
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
