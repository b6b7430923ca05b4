/**
 * What was learnt of each carrier, kept over restarts: the rate that it takes, how much it was seen to cope with, and what it took. One record
 * in the table `meta`, by the carriers' names. Whatever stands there is only where a carrier's thread begins: it goes on
 * learning, so a record that is damaged, old, or of a carrier that has moved costs some seconds and no more.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";
import { type CarrierKnowledge, GAUGE, NOTHING_KNOWN } from "../../../schemas/link.js";
import type { Store } from "../../store/store.js";
import type { ChannelPort } from "./channel-port.js";

const KEY = Buffer.from("carrierKnowledge");

type Seen = Pick<ChannelPort, "name" | "binds" | "gauges">;

export class CarrierMemory {
  readonly #known: Map<string, CarrierKnowledge>;
  /** What was measured since the start, by the carriers' names. */
  readonly #taken = new Map<string, number>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.table("meta").get(KEY);
    const entries = stored.ok && stored.value ? Object.entries(JSON.parse(stored.value.toString())) : [];
    this.#known = new Map(entries as [string, CarrierKnowledge][]);
  }

  of(name: string): CarrierKnowledge {
    return this.#known.get(name) ?? NOTHING_KNOWN;
  }

  /** Segments that it took in a second in which it had more than enough to do. */
  took(name: string, perSecond: number): void {
    this.#taken.set(name, perSecond);
  }

  /** Keeps what has changed by more than a tenth; carriers that are there no more are forgotten. Settles when it is durable. */
  async note(carriers: readonly Seen[]): Promise<Result<void>> {
    const names = new Set(carriers.map(({ name }) => name));
    const gone = [...this.#known.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#known.delete(name);
    const changed = carriers.filter((carrier) => this.#learn(carrier));
    if (gone.length === 0 && changed.length === 0) return ok(undefined);
    const record = Buffer.from(JSON.stringify(Object.fromEntries(this.#known)));
    return this.#store.commit(() => void this.#store.table("meta").put(KEY, record));
  }

  #learn({ name, binds, gauges }: Seen): boolean {
    // With some binds down the gauges tell of the others alone.
    if (Atomics.load(gauges, GAUGE.bound) < binds) return false;
    const before = this.of(name);
    const perSecond = Atomics.load(gauges, GAUGE.learntPerSecond) || before.perSecond;
    const outstanding = Math.max(before.outstanding, Atomics.load(gauges, GAUGE.window));
    const taken = this.#taken.get(name) ?? before.taken ?? 0;
    const isSame = !differs(perSecond, before.perSecond) && !differs(outstanding, before.outstanding);
    if (isSame && !differs(taken, before.taken ?? 0)) return false;
    this.#known.set(name, { perSecond, outstanding, ...(taken > 0 && { taken }) });
    return true;
  }
}

function differs(now: number, before: number): boolean {
  return Math.abs(now - before) > before * SMPP.keptChange;
}
