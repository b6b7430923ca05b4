/**
 * Looks at the carriers once a second, and at the end of each minute says what each of them did in it. Reads what their threads
 * count in shared memory anyhow, so it costs dispatch nothing.
 */
import { GAUGE, GAUGE_WORDS, LATENCY_BUCKETS } from "../../schemas/link.js";
import type { CarrierAccount } from "../dispatch/plan/account.js";
import type { CountedError } from "../dispatch/plan/errors.js";
import { type CarrierSample, emptySample, errorsSince, HIGHEST, SUMMED } from "./sample.js";

const GAUGE_OF = {
  submitted: "submitted",
  acknowledged: "acknowledged",
  refused: "refused",
  throttled: "throttled",
  receipts: "receipts",
  disconnects: "disconnects",
  outstanding: "inFlight",
  queued: "queued",
  window: "window",
  allowedPerSecond: "allowedPerSecond",
} as const;

/** How far a carrier's counts were at the end of the minute before. */
interface Before {
  readonly counts: Int32Array;
  readonly errors: readonly CountedError[];
}

export class Recorder {
  /** By account: one that is replaced begins anew, and so do its counts. */
  readonly #before = new WeakMap<CarrierAccount, Before>();
  #highest = new Map<CarrierAccount, CarrierSample>();

  /** To be called about once a second. */
  observe(accounts: readonly CarrierAccount[]): void {
    for (const account of accounts) {
      const sample = this.#highest.get(account) ?? emptySample(account.name, account.port.channel);
      for (const figure of HIGHEST) {
        const now = Atomics.load(account.port.gauges, GAUGE[GAUGE_OF[figure]]);
        sample.figures[figure] = Math.max(sample.figures[figure], now);
      }
      this.#highest.set(account, sample);
      if (!this.#before.has(account)) this.#before.set(account, NOTHING);
    }
  }

  /** What each did since the minute before; that begins anew from here. */
  minute(): CarrierSample[] {
    const samples = [...this.#highest].map(([account, sample]) => this.#since(account, sample));
    this.#highest = new Map();
    return samples;
  }

  #since(account: CarrierAccount, sample: CarrierSample): CarrierSample {
    const { counts, errors } = this.#before.get(account)!;
    const now = Int32Array.from(account.port.gauges);
    const since = (word: number): number => (now[word]! - (counts[word] ?? 0)) >>> 0;
    for (const figure of SUMMED) sample.figures[figure] = since(GAUGE[GAUGE_OF[figure]]);
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) sample.latency[bucket] = since(GAUGE_WORDS + bucket);
    const counted = account.errors.all();
    this.#before.set(account, { counts: now, errors: counted });
    return { ...sample, errors: errorsSince(counted, errors) };
  }
}

/** Of a carrier that was not there: all counts since its start are of this minute. */
const NOTHING: Before = { counts: new Int32Array(0), errors: [] };
