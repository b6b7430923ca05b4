/**
 * Rates from counts: an exponentially weighted mean with a time constant of MONITOR.rateSmoothingMs, for any number of
 * named counters. A counter that isn't asked for any more is forgotten with `sweep`.
 */
import { MONITOR } from "../../schemas/limits.js";

interface Measured {
  count: number;
  atMs: number;
  perSecond: number | undefined;
  used: boolean;
}

export class Rates {
  readonly #measured = new Map<string, Measured>();

  /** Whole units a second, or null at the first sight of this counter. A count that falls adds nothing. */
  perSecond(name: string, count: number, nowMs: number): number | null {
    const last = this.#measured.get(name);
    if (last === undefined) {
      this.#measured.set(name, { count, atMs: nowMs, perSecond: undefined, used: true });
      return null;
    }
    last.used = true;
    const elapsedMs = nowMs - last.atMs;
    if (elapsedMs > 0) {
      const now = (Math.max(0, count - last.count) * 1_000) / elapsedMs;
      const weight = 1 - Math.exp(-elapsedMs / MONITOR.rateSmoothingMs);
      last.perSecond = last.perSecond === undefined ? now : last.perSecond + weight * (now - last.perSecond);
      last.count = count;
      last.atMs = nowMs;
    }
    return last.perSecond === undefined ? null : Math.round(last.perSecond);
  }

  /** Forgets every counter that was not asked for since the last sweep. */
  sweep(): void {
    for (const [name, measured] of this.#measured) {
      if (!measured.used) this.#measured.delete(name);
      measured.used = false;
    }
  }
}
