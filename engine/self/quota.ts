/**
 * How often something may happen: at most `count` times in any stretch of `ms`, exactly, not by fixed windows, of which two
 * together would let twice as much through. `Window` is for one thing, `Quota` for each of many keys.
 *
 * Asking (`waitMs`) and taking are apart, so that who is refused by one bound uses up none of the others.
 */

import { assert, type Result } from "../../schemas/errors.js";

export interface Bound {
  readonly count: number;
  readonly ms: number;
}

/** The last `count` times in a ring: the oldest of them says whether there is room. */
class Window {
  readonly #times: Float64Array;
  #at = 0;

  constructor(private readonly bound: Bound) {
    this.#times = new Float64Array(bound.count).fill(Number.NEGATIVE_INFINITY);
  }

  waitMs(steadyMs: number): number {
    return Math.max(0, this.#times[this.#at]! + this.bound.ms - steadyMs);
  }

  take(steadyMs: number): void {
    this.#times[this.#at] = steadyMs;
    this.#at = (this.#at + 1) % this.bound.count;
  }
}

/** Several bounds on one thing. */
export class Windows {
  readonly #windows: readonly Window[];

  constructor(bounds: readonly Bound[]) {
    this.#windows = bounds.map((bound) => new Window(bound));
  }

  /** 0 when one more is within the bounds now; else how long until it is. */
  waitMs(steadyMs: number): number {
    return Math.max(...this.#windows.map((window) => window.waitMs(steadyMs)));
  }

  take(steadyMs: number): void {
    for (const window of this.#windows) window.take(steadyMs);
  }
}

/** Several bounds on each of at most `keys` keys; beyond them a new key is refused. Forgets a key as soon as it may. */
export class Quota {
  /** The times of each key, oldest first; the keys in the order in which they were used last. */
  readonly #times = new Map<string, number[]>();
  readonly #longestMs: number;
  readonly #mostTimes: number;

  constructor(
    private readonly bounds: readonly Bound[],
    private readonly keys: number,
  ) {
    assert(bounds.length > 0, "a quota has a bound");
    this.#longestMs = Math.max(...bounds.map(({ ms }) => ms));
    this.#mostTimes = Math.max(...bounds.map(({ count }) => count));
  }

  get size(): number {
    return this.#times.size;
  }

  /** Likewise; of a key for which there is no room, until there is. */
  waitMs(key: string, steadyMs: number): number {
    this.sweep(steadyMs);
    const times = this.#times.get(key);
    if (times !== undefined) {
      const waits = this.bounds.map(({ count, ms }) => (times.at(-count) ?? Number.NEGATIVE_INFINITY) + ms - steadyMs);
      return Math.max(0, ...waits);
    }
    if (this.#times.size < this.keys) return 0;
    const [oldest] = this.#times.values();
    return oldest!.at(-1)! + this.#longestMs - steadyMs;
  }

  take(key: string, steadyMs: number): void {
    const times = this.#times.get(key) ?? [];
    times.push(steadyMs);
    if (times.length > this.#mostTimes) times.shift();
    this.#times.delete(key);
    this.#times.set(key, times);
  }

  /** Forgets who did nothing for as long as the longest bound. */
  sweep(steadyMs: number): void {
    for (const [key, times] of this.#times) {
      if (times.at(-1)! > steadyMs - this.#longestMs) return;
      this.#times.delete(key);
    }
  }
}

/** TOO_MANY_REQUESTS, with when it may be tried again. */
export function tooMany(what: string, waitMs: number): Result<never> {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  return { ok: false, problem: { code: "TOO_MANY_REQUESTS", detail: `${what}; try again later`, retryAfterSeconds } };
}
