/**
 * The bound on requests of one API key, session or client address: a fixed window, of one second unless another is given.
 * Simple on purpose; at worst two windows' worth arrives around a boundary, which the service can take.
 *
 * Holds a counter for each of them that was seen in the current window, and nothing older; at most `most` of them: beyond
 * those the one that asked longest ago is forgotten, for else so many strangers would shut everybody new out.
 */

export interface RateOptions {
  /** A second when absent. */
  readonly windowMs?: number;
  /** Of how many it is counted; of all when absent. */
  readonly most?: number;
  readonly nowMs?: () => number;
}

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
    { windowMs = 1_000, most = Number.POSITIVE_INFINITY, nowMs = () => performance.now() }: RateOptions = {},
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
    const used = (this.#used.get(name) ?? 0) + 1;
    // The last in the map is who asked last.
    this.#used.delete(name);
    if (this.#used.size >= this.#most) this.#used.delete(this.#used.keys().next().value!);
    this.#used.set(name, used);
    return {
      allowed: used <= this.#limit,
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - used),
      resetSeconds: Math.ceil((this.#windowStart + this.#windowMs - now) / 1_000),
    };
  }
}
