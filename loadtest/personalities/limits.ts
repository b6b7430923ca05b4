/**
 * The limits of a strange carrier: how many submits it takes, counted in one of five ways, for the carrier, an account or a
 * bind, and how congested it says that it is.
 */
import type { PersonalityName } from "./table.js";

/** Where no limit is set and a personality needs one. */
const PER_SECOND = 500;
/** congestion_state of a carrier at its limit: "nearing congestion" begins at 90 (SMPP 5.0, 4.8.4.18). */
const STATE_AT_LIMIT = 90;
const CONGESTED = 100;
/** Over which the rate is averaged for congestion_state. */
const AVERAGED_MS = 500;

export interface Limiter {
  /** Whether one more is taken now. */
  take(nowMs: number): boolean;
}

/** So many in each second, counted from the first one. */
class FixedWindow implements Limiter {
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #taken = 0;

  constructor(readonly limit: number) {}

  take(nowMs: number): boolean {
    if (nowMs - this.#startedAtMs >= 1_000) {
      this.#startedAtMs = nowMs;
      this.#taken = 0;
    }
    if (this.#taken >= this.limit) return false;
    this.#taken++;
    return true;
  }
}

/** So many in any second: a ring of the moments at which the last ones were taken. */
class SlidingWindow implements Limiter {
  readonly #takenAtMs: Float64Array;
  #next = 0;

  constructor(limit: number) {
    this.#takenAtMs = new Float64Array(Math.max(1, limit)).fill(Number.NEGATIVE_INFINITY);
  }

  take(nowMs: number): boolean {
    if (nowMs - this.#takenAtMs[this.#next]! < 1_000) return false;
    this.#takenAtMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#takenAtMs.length;
    return true;
  }
}

/** So many a second, and as many as `burst` at once after a pause. */
class TokenBucket implements Limiter {
  #tokens: number;
  #filledAtMs = 0;

  constructor(
    readonly perSecond: number,
    readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  take(nowMs: number): boolean {
    if (this.#filledAtMs > 0) {
      const earned = ((nowMs - this.#filledAtMs) / 1_000) * this.perSecond;
      this.#tokens = Math.min(this.burst, this.#tokens + earned);
    }
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

const KINDS = ["throttle-sliding", "throttle-bucket", "throttle-exact", "queue-full", "any-code"] as const;
const SCOPES = ["throttle-per-bind", "throttle-per-account"] as const;

/** A limiter for these personalities; null when none of them limits. A full queue is a bucket seen from the other side. */
export function makeLimiter(names: ReadonlySet<PersonalityName>, throttleAbove: number): Limiter | null {
  if (![...KINDS, ...SCOPES].some((name) => names.has(name))) return null;
  const limit = throttleAbove > 0 ? Math.ceil(throttleAbove) : PER_SECOND;
  if (names.has("throttle-sliding")) return new SlidingWindow(limit);
  if (names.has("throttle-bucket")) return new TokenBucket(limit, limit);
  if (names.has("throttle-exact")) return new TokenBucket(limit, 1);
  if (names.has("queue-full")) return new TokenBucket(limit, Math.max(1, limit / 4));
  return new FixedWindow(limit);
}

/** Under which name those share a limiter that share a limit. */
export function limiterKey(names: ReadonlySet<PersonalityName>, systemId: string, connection: number): string {
  if (names.has("throttle-per-bind")) return `bind ${connection}`;
  return names.has("throttle-per-account") ? `account ${systemId}` : "carrier";
}

/** What congestion_state says: the rate of submits, averaged over half a second, against the limit. */
export class Congestion {
  #perSecond = 0;
  #atMs = 0;

  submitted(nowMs: number): void {
    const passed = Math.exp(-Math.max(0, nowMs - this.#atMs) / AVERAGED_MS);
    this.#perSecond = this.#perSecond * passed + 1_000 / AVERAGED_MS;
    this.#atMs = nowMs;
  }

  state(throttleAbove: number): number {
    const limit = throttleAbove > 0 ? throttleAbove : PER_SECOND;
    return Math.min(CONGESTED, Math.round((this.#perSecond / limit) * STATE_AT_LIMIT));
  }
}
