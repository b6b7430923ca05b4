/**
 * The carriers that dispatch has now, each in a place of its own: who serves whom, and how they divide it. A place is a bit
 * in the sets of carriers (routes.ts); what is remembered of a recipient for longer names a carrier by the hash of its name,
 * which outlives a restart and a replacement.
 */
import { assert } from "../../../schemas/errors.js";
import { API, FAILOVER } from "../../../schemas/limits.js";
import { textAt } from "../../../schemas/text-numbers.js";
import { AS_CONFIGURED, type CarrierControl, type Channel } from "../../../schemas/words.js";
import { channelOf, type WaveRecord } from "../ledger/wave-record.js";
import type { Router } from "../wave/queue.js";
import type { LiveWave } from "../wave/wave.js";
import { CarrierAccount } from "./account.js";
import type { ChannelPort, Priced } from "./channel-port.js";
import { Division } from "./division.js";
import { Routes } from "./routes.js";

export class Carriers {
  readonly accounts: CarrierAccount[] = [];
  /** Of each channel that is used: who carries another one serves nobody here, and has refused nobody. */
  readonly #routes = new Map<Channel, Routes>();
  readonly #divisions = new Map<number, Division>();
  readonly #numbers: Float64Array;
  readonly #controlOf: (name: string) => CarrierControl;

  /** `numbers`: Float64 by participant number, see ParticipantColumns. `controlOf`: what operators say of the carrier of this name. */
  constructor(
    ports: readonly ChannelPort[],
    numbers: Float64Array,
    controlOf: (name: string) => CarrierControl = () => AS_CONFIGURED,
  ) {
    this.#controlOf = controlOf;
    this.#numbers = numbers;
    for (const port of ports) this.add(port);
  }

  /** Those that may be granted something, now or when they are well. */
  get serving(): CarrierAccount[] {
    return this.accounts.filter(({ serves }) => serves);
  }

  /** Some take nothing by an operator's word, and may again at any time. */
  get someAreOff(): boolean {
    return this.accounts.some(({ isOff }) => isOff);
  }

  add(port: ChannelPort): CarrierAccount {
    const taken = new Set(this.accounts.map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) place++;
    assert(
      place < FAILOVER.carrierPlaces,
      "there is a place for every carrier that may be configured, and its successor",
    );
    const account = new CarrierAccount(port, place, this.#controlOf(port.name));
    this.accounts.push(account);
    this.change();
    return account;
  }

  remove(account: CarrierAccount): void {
    this.accounts.splice(this.accounts.indexOf(account), 1);
    this.change();
  }

  /** Who serves whom, or what their shares are, has changed. Waves need a new router. */
  change(): void {
    this.#routes.clear();
    this.#divisions.clear();
  }

  /** Those that carry this channel. */
  of(channel: Channel): CarrierAccount[] {
    return this.accounts.filter(({ port }) => port.channel === channel);
  }

  /** Those by whose prices a message of this channel is counted: who is off costs nothing, unless all are. */
  pricedOf(channel: Channel): readonly Priced[] {
    const all = this.of(channel);
    const serving = all.filter(({ serves }) => serves);
    return serving.length > 0 ? serving : all;
  }

  routesOf({ record }: { readonly record: Pick<WaveRecord, "channel"> }): Routes {
    const channel = channelOf(record);
    const known = this.#routes.get(channel);
    if (known !== undefined) return known;
    const serving = this.serving.filter(({ port }) => port.channel === channel);
    const routes = new Routes(serving.map(({ place, port }) => ({ place, routes: port.routes })));
    this.#routes.set(channel, routes);
    return routes;
  }

  /** The set of those for which `has` is true. */
  setOf(has: (account: CarrierAccount) => boolean): number {
    let set = 0;
    for (const account of this.accounts) if (has(account)) set |= 1 << account.place;
    return set;
  }

  /**
   * Parts of a text at the carrier that makes most of it, and to which it can be sent: one that was configured anew since the
   * text was checked may make too many, and gets none of it.
   */
  segmentsOf(wave: Pick<WaveRecord, "channel">, text: string): number {
    const parts = this.of(channelOf(wave)).map(({ port }) => port.adviseText(text).segments);
    return Math.max(1, ...parts.filter((each) => each <= API.segmentsPerMessage));
  }

  division(set: number): Division {
    const known = this.#divisions.get(set);
    if (known) return known;
    if (this.#divisions.size >= FAILOVER.divisions) this.#divisions.clear();
    const division = new Division(this.accounts.filter(({ place }) => (set & (1 << place)) !== 0));
    this.#divisions.set(set, division);
    return division;
  }

  /** By which carriers the recipients of this wave may be sent to. */
  routerOf(wave: LiveWave): Router {
    const routes = this.routesOf(wave);
    const numbers = this.#numbers;
    const { trials, participants } = wave;
    // Negative while SMS is switched off: the number is still the same.
    const base = (position: number): number => routes.of(Math.abs(numbers[participants[position]!] ?? 0));
    const unableOf = wave.record.texts.map((_, text) => this.setOf((account) => !account.canSend(wave, text)));
    const isAlike = unableOf.every((set) => set === unableOf[0]);
    const all = isAlike && unableOf[0] === 0;
    const unableAt = (position: number): number => unableOf[textAt(wave.textNumbers, position)]!;
    const named = (hash: number): number => this.setOf((account) => account.hash === hash);
    const refused = (position: number): number => trials.barredAt(position, named);
    return {
      isSingle: routes.isSingle && isAlike,
      fresh: all ? base : (position) => routes.without(base(position), unableAt(position), 0, 0),
      again: (position) =>
        all && !trials.isMarked(position)
          ? base(position)
          : routes.without(base(position), unableAt(position), refused(position), trials.triedAt(position, named)),
      hasUntried: (position) => {
        const { first, reserve } = routes.at(base(position));
        const left = (first | reserve) & ~unableAt(position) & ~refused(position) & ~trials.triedAt(position, named);
        return (left & this.setOf(({ isWell }) => isWell)) !== 0;
      },
    };
  }
}
