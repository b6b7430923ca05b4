/**
 * When a wave would be finished: its segments, and those of running waves that go before it, over what the carriers take in
 * a second. What a carrier takes is its configured rate, or what it was last seen to take while it had more than enough to do,
 * also in an earlier run (CarrierMemory), or what its thread has learnt of its limit, whichever is least. Where the answering desk slows
 * what asks people, it takes at least as long as that does.
 */
import type { Preview } from "../../../schemas/api/api.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { GAUGE } from "../../../schemas/link.js";
import type { Domain } from "../../../schemas/words.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import { channelOf, rankOf } from "../../dispatch/ledger/wave-record.js";
import type { CarrierAccount } from "../../dispatch/plan/account.js";
import type { CarrierMemory } from "../../dispatch/plan/carrier-memory.js";
import { ACTION_CHANNEL } from "../record.js";

interface Seen {
  readonly atMs: number;
  readonly acknowledged: number;
  /** Whether it had more than enough to do. */
  readonly busy: boolean;
  /** 0 until it was busy. */
  readonly perSecond: number;
}

/** What is asked about; `segments` of all messages. */
export interface AskedForecast {
  readonly recipients: number;
  readonly segments: number;
  readonly extreme: boolean;
  readonly timeCritical: boolean;
  readonly domain: Domain | undefined;
  /** It is news to who was asked, and asks nobody: no desk slows it. */
  readonly isTold?: boolean;
}

export class Forecast {
  readonly #seen = new WeakMap<CarrierAccount, Seen>();
  readonly #memory: Pick<CarrierMemory, "of" | "took">;
  readonly #pacedMs: (recipients: number) => number;

  /** `pacedMs`: how long the answering desk would hold up so many who are asked; 0 where it slows nothing. */
  constructor(memory: Pick<CarrierMemory, "of" | "took">, pacedMs: (recipients: number) => number = () => 0) {
    this.#memory = memory;
    this.#pacedMs = pacedMs;
  }

  /** To be called about once a second: measures the carriers that are busy, from one call to the next. */
  observe(accounts: readonly CarrierAccount[], steadyMs: number): void {
    for (const account of accounts) {
      const acknowledged = Atomics.load(account.port.gauges, GAUGE.acknowledged) >>> 0;
      const before = this.#seen.get(account);
      const seconds = before ? (steadyMs - before.atMs) / 1_000 : 0;
      const busy = account.exposed * 2 >= account.limit;
      let perSecond = before?.perSecond ?? 0;
      if (before?.busy && busy && seconds > 0.5) {
        const taken = ((acknowledged - before.acknowledged) >>> 0) / seconds;
        // Of one second a few answers come in the next: half of it is what was seen before.
        perSecond = Math.max(1, Math.round(perSecond === 0 ? taken : (taken + perSecond) / 2));
        this.#memory.took(account.port.name, perSecond);
      }
      this.#seen.set(account, { atMs: steadyMs, acknowledged, busy, perSecond });
    }
  }

  of(asked: AskedForecast, dispatcher: Dispatcher, nowMs: number): Omit<Preview["forecast"], "cost"> {
    const { recipients, segments } = asked;
    // As the wave of it would be ranked among those that run: by its own urgency, and by its own size.
    const rank = rankOf({ ...asked, count: recipients });
    let perSecond = 0;
    for (const account of dispatcher.carriers.of(ACTION_CHANNEL)) {
      if (account.isBound && account.serves) perSecond += this.#rate(account);
    }
    let waiting = 0;
    let isShared = false;
    for (const wave of dispatcher.waves) {
      if (wave.isSent || channelOf(wave.record) !== ACTION_CHANNEL) continue;
      if (wave.rank > rank) isShared ||= !asked.extreme;
      else waiting += wave.openSegments;
    }
    // Of what carriers take, whoever waits behind it has a part meanwhile.
    const kept = isShared ? 1 + 1 / DISPATCH.keptOneIn : 1;
    const carriedMs = perSecond > 0 ? Math.ceil((((segments + waiting) * kept) / perSecond) * 1_000) : 0;
    const isPaced = perSecond > 0 && !asked.extreme && !asked.isTold;
    const durationMs = isPaced ? Math.max(carriedMs, Math.ceil(this.#pacedMs(recipients))) : carriedMs;
    return {
      segmentsPerSecond: perSecond,
      waitingSegments: waiting,
      durationMs,
      finishedAt: perSecond > 0 ? new Date(nowMs + durationMs).toISOString() : null,
    };
  }

  #rate(account: CarrierAccount): number {
    const { gauges, ratePerSecond } = account.port;
    const seen =
      this.#seen.get(account)?.perSecond || this.#memory.of(account.port.name).taken || DISPATCH.assumedPerSecond;
    // While it backs off it hardly sends, which says nothing about what it will take.
    const allowed = Atomics.load(gauges, GAUGE.backingOff) === 1 ? 0 : Atomics.load(gauges, GAUGE.allowedPerSecond);
    return Math.min(ratePerSecond, seen, allowed || ratePerSecond);
  }
}
