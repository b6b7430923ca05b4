/**
 * When a wave would be finished: its segments, and those of running waves that go before it, over what the carriers take in
 * a second. What a carrier takes is its configured rate, or what it was last seen to take while it had more than enough to do,
 * or what its thread has learnt of its limit, whichever is least.
 */
import type { Preview } from "../../schemas/api.js";
import { DISPATCH } from "../../schemas/limits.js";
import { GAUGE } from "../../schemas/link.js";
import type { CarrierAccount } from "../dispatch/account.js";
import type { Dispatcher } from "../dispatch/dispatcher.js";
import { rankOf } from "../dispatch/wave-record.js";

interface Seen {
  atMs: number;
  acknowledged: number;
  perSecond: number;
}

export class Forecast {
  readonly #seen = new WeakMap<CarrierAccount, Seen>();

  /** To be called about once a second: measures the carriers that are busy. */
  observe(accounts: readonly CarrierAccount[], steadyMs: number): void {
    for (const account of accounts) {
      const acknowledged = Atomics.load(account.port.gauges, GAUGE.acknowledged) >>> 0;
      const before = this.#seen.get(account);
      let perSecond = before?.perSecond ?? Math.min(account.port.ratePerSecond, DISPATCH.assumedPerSecond);
      const seconds = before ? (steadyMs - before.atMs) / 1_000 : 0;
      const busy = account.exposed * 2 >= account.limit;
      if (before && busy && seconds > 0.5)
        perSecond = Math.round(((acknowledged - before.acknowledged) >>> 0) / seconds);
      this.#seen.set(account, { atMs: steadyMs, acknowledged, perSecond: Math.max(1, perSecond) });
    }
  }

  /** Of an action that is time-critical, as most are, or extreme. `segments`: of one message. */
  of(
    {
      recipients,
      segments,
      extreme,
    }: { readonly recipients: number; readonly segments: number; readonly extreme: boolean },
    dispatcher: Dispatcher,
    nowMs: number,
  ): Omit<Preview["forecast"], "cost"> {
    const rank = rankOf({ extreme, timeCritical: true, count: recipients });
    let perSecond = 0;
    for (const account of dispatcher.accounts) if (account.isBound) perSecond += this.#rate(account);
    let waiting = 0;
    for (const wave of dispatcher.waves) {
      if (wave.rank > rank || wave.isSent) continue;
      waiting += (wave.record.count - wave.concluded) * wave.record.segments;
    }
    const durationMs = perSecond > 0 ? Math.ceil(((recipients * segments + waiting) / perSecond) * 1_000) : 0;
    return {
      segmentsPerSecond: perSecond,
      waitingSegments: waiting,
      durationMs,
      finishedAt: perSecond > 0 ? new Date(nowMs + durationMs).toISOString() : null,
    };
  }

  #rate(account: CarrierAccount): number {
    const { gauges, ratePerSecond } = account.port;
    const seen = this.#seen.get(account)?.perSecond ?? DISPATCH.assumedPerSecond;
    // While it backs off it hardly sends, which says nothing about what it will take.
    const allowed = Atomics.load(gauges, GAUGE.backingOff) === 1 ? 0 : Atomics.load(gauges, GAUGE.allowedPerSecond);
    return Math.min(ratePerSecond, seen, allowed || ratePerSecond);
  }
}
