/**
 * Pauses between attempts to connect, with full jitter so that many binds don't come at once. They grow until a bind has done what it
 * is for: one that a carrier only opens and closes again is as good as none.
 */
import type { ErrorCode } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";

/** After these it waits longer before it tries again: the next attempt is likely to end as this one did. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(["CARRIER_REFUSED_BIND", "CARRIER_UNTRUSTED", "GENERATED_REGISTRY"]);

export class Reconnect {
  #unreachable = 0;
  #refused = 0;
  #boundMs = Number.POSITIVE_INFINITY;

  bound(nowMs: number): void {
    this.#boundMs = nowMs;
  }

  /** The pause after a connection that failed or broke for this reason. */
  pauseMs(code: ErrorCode, nowMs: number, random: () => number): number {
    // One that had nothing to do and was there for long enough is no sign of trouble.
    if (nowMs - this.#boundMs >= SMPP.reconnectLastMs) this.worked();
    this.#boundMs = Number.POSITIVE_INFINITY;
    return REFUSED.has(code) ? this.#refusedPauseMs(random) : this.#unreachablePauseMs(random);
  }

  /** The carrier took or delivered something: the next pause is a first one again. */
  worked(): void {
    this.#unreachable = 0;
    this.#refused = 0;
  }

  #unreachablePauseMs(random: () => number): number {
    const longest = Math.min(SMPP.reconnectFirstMs * 2 ** this.#unreachable, SMPP.reconnectLastMs);
    if (longest < SMPP.reconnectLastMs) this.#unreachable++;
    return longest * random();
  }

  /** At least half of what it grows to, for trying on gets accounts locked. */
  #refusedPauseMs(random: () => number): number {
    const longest = Math.min(SMPP.refusedFirstMs * 2 ** this.#refused, SMPP.refusedLastMs);
    if (longest < SMPP.refusedLastMs) this.#refused++;
    return (longest * (1 + random())) / 2;
  }
}
