/**
 * How often something may happen to each of many keys. `Quota` is exact: at most `count` times in any stretch of `ms`; it keeps
 * the times, so it is for small counts. `Allowance` is for large ones, and keeps one number a key and bound: `count` at once,
 * which come back evenly within `ms`, so that at worst twice as many fit into one stretch.
 *
 * Both hold a bounded number of keys, and forget the one that was used longest ago for a new one: nobody is refused because
 * others came in great numbers. Asking (`waitMs`) and taking are apart, so that who is refused by one bound uses up none of
 * the others.
 */
import { assert, type Result } from "../../../schemas/errors.js";

export interface Bound {
  readonly count: number;
  readonly ms: number;
}

export class Quota {
  /** The times of each key, oldest first; the keys in the order in which they were used last. */
  readonly #times = new Map<string, number[]>();
  readonly #longestMs: number;
  readonly #mostTimes: number;
  readonly #bounds: readonly Bound[];
  readonly #keys: number;

  constructor(bounds: readonly Bound[], keys: number) {
    this.#bounds = bounds;
    this.#keys = keys;
    assert(bounds.length > 0 && keys > 0, "a quota has a bound, and room for a key");
    this.#longestMs = Math.max(...bounds.map(({ ms }) => ms));
    this.#mostTimes = Math.max(...bounds.map(({ count }) => count));
  }

  get size(): number {
    return this.#times.size;
  }

  /** Whether the key was used within its longest bound. */
  has(key: string, steadyMs: number): boolean {
    this.sweep(steadyMs);
    return this.#times.has(key);
  }

  waitMs(key: string, steadyMs: number): number {
    this.sweep(steadyMs);
    const times = this.#times.get(key) ?? [];
    const waits = this.#bounds.map(({ count, ms }) => (times.at(-count) ?? Number.NEGATIVE_INFINITY) + ms - steadyMs);
    return Math.max(0, ...waits);
  }

  take(key: string, steadyMs: number): void {
    const times = this.#times.get(key) ?? [];
    times.push(steadyMs);
    if (times.length > this.#mostTimes) times.shift();
    putLast(this.#times, key, times, this.#keys);
  }

  /** Forgets who did nothing for as long as the longest bound. */
  sweep(steadyMs: number): void {
    for (const [key, times] of this.#times) {
      if (times.at(-1)! > steadyMs - this.#longestMs) return;
      this.#times.delete(key);
    }
  }
}

export class Allowance {
  /** Of each bound, until when what was taken is not all back; the keys in the order in which they were used last. */
  readonly #until = new Map<string, number[]>();
  readonly #bounds: readonly Bound[];
  readonly #keys: number;

  constructor(bounds: readonly Bound[], keys: number) {
    this.#bounds = bounds;
    this.#keys = keys;
    assert(bounds.length > 0 && keys > 0, "an allowance has a bound, and room for a key");
  }

  get size(): number {
    return this.#until.size;
  }

  /** How many of the first bound are not back. */
  used(key: string, steadyMs: number): number {
    const [{ count, ms }] = this.#bounds as [Bound];
    const untilMs = this.#until.get(key)?.[0] ?? steadyMs;
    return Math.max(0, Math.ceil(((untilMs - steadyMs) * count) / ms));
  }

  waitMs(key: string, steadyMs: number): number {
    const until = this.#until.get(key);
    if (until === undefined) return 0;
    const waits = this.#bounds.map(({ count, ms }, at) => until[at]! + ms / count - ms - steadyMs);
    return Math.max(0, ...waits);
  }

  take(key: string, steadyMs: number): void {
    const until = this.#until.get(key);
    const after = this.#bounds.map(({ count, ms }, at) => {
      const wholeMs = Math.max(steadyMs, until?.[at] ?? steadyMs) + ms / count;
      // Whoever goes on although it is used up waits no longer than for all of it.
      return Math.min(wholeMs, steadyMs + ms);
    });
    putLast(this.#until, key, after, this.#keys);
  }

  /** Forgets those at the front of whom all is back. */
  sweep(steadyMs: number): void {
    for (const [key, until] of this.#until) {
      if (until.some((untilMs) => untilMs > steadyMs)) return;
      this.#until.delete(key);
    }
  }
}

/** Behind all others; where there is no room for one more, the first goes. */
export function putLast<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  const isNew = !map.delete(key);
  if (isNew && map.size >= most) map.delete(map.keys().next().value!);
  map.set(key, value);
}

/** TOO_MANY_REQUESTS, with when it may be tried again. */
export function tooMany(what: string, waitMs: number): Result<never> {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  return { ok: false, problem: { code: "TOO_MANY_REQUESTS", detail: `${what}; try again later`, retryAfterSeconds } };
}
