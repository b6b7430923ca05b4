/**
 * The bound on requests of one API key: a fixed window of one second. Simple on purpose; at worst two windows' worth
 * arrives around a boundary, which the service can take.
 *
 * Holds a counter for each key that was seen in the current second, and nothing older.
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

  constructor(
    private readonly limit: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  take(keyId: string): RateState {
    const now = this.nowMs();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#used = new Map();
    }
    const used = (this.#used.get(keyId) ?? 0) + 1;
    this.#used.set(keyId, used);
    return {
      allowed: used <= this.limit,
      limit: this.limit,
      remaining: Math.max(0, this.limit - used),
      resetSeconds: Math.ceil((this.#windowStart + WINDOW_MS - now) / 1_000),
    };
  }
}
