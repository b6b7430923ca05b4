/**
 * The bound on requests of one API key, session or client address: a fixed window, of one second unless another is given.
 * Simple on purpose; at worst two windows' worth arrives around a boundary, which the service can take.
 *
 * Holds a counter for each of them that was seen in the current window, and nothing older; at most `most` of them, beyond
 * which a new one waits for the next window.
 */

const WINDOW_MS = 1_000;

export interface RateState {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the next window, rounded up. */
  readonly resetSeconds: number;
}

export class RateLimiter {
  #used = new Map<string, number>();
  #windowStart = Number.NEGATIVE_INFINITY;
  readonly #limit: number;
  readonly #nowMs: () => number;
  readonly #windowMs: number;
  readonly #most: number;

  constructor(
    limit: number,
    nowMs: () => number = () => performance.now(),
    windowMs = WINDOW_MS,
    most = Number.POSITIVE_INFINITY,
  ) {
    this.#limit = limit;
    this.#nowMs = nowMs;
    this.#windowMs = windowMs;
    this.#most = most;
  }

  take(name: string): RateState {
    const now = this.#nowMs();
    if (now - this.#windowStart >= this.#windowMs) {
      this.#windowStart = now;
      this.#used = new Map();
    }
    const before = this.#used.get(name);
    const used = before === undefined && this.#used.size >= this.#most ? this.#limit + 1 : (before ?? 0) + 1;
    if (before !== undefined || this.#used.size < this.#most) this.#used.set(name, used);
    return {
      allowed: used <= this.#limit,
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - used),
      resetSeconds: Math.ceil((this.#windowStart + this.#windowMs - now) / 1_000),
    };
  }
}
