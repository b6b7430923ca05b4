/**
 * What dispatch keeps about one carrier: how much is exposed with it, how many parts it makes of each text of a wave, and
 * whether it is fit to be granted anything.
 *
 * Exposure counts segments that are intended and have no durable outcome. Each wave may expose up to `limit` with a carrier,
 * beside the waves that go before it, and all together twice as much: so an urgent wave finds room although a nationwide one
 * has all of its own. So after a crash at most 2 x limit segments of a carrier are possible duplicates.
 *
 * What a wave exposes that holds who is unknown is not sent again by itself after a crash. So it may expose no more than can be
 * on the wire: nobody is left out who was only granted ahead, to keep the wire busy while a commit is made. What is kept for it where
 * others go before is beside that, and may wait at the carrier's thread.
 */
import type { Problem } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { EVENT, GAUGE, GRANT_WORDS, UNKNOWN_REASON } from "../../../schemas/link.js";
import { type PartsByText, textAt } from "../../../schemas/text-numbers.js";
import { AS_CONFIGURED, type CarrierControl } from "../../../schemas/words.js";
import { channelOf, countedParts } from "../ledger/wave-record.js";
import { CarrierIds } from "../receipts/carrier-ids.js";
import { verdictOf } from "../wave/status.js";
import type { LiveWave } from "../wave/wave.js";
import { Breaker } from "./breaker.js";
import type { ChannelPort, Priced, TextAdvice } from "./channel-port.js";
import { CarrierErrors } from "./errors.js";

export class CarrierAccount implements Priced {
  /** FNV-1a of the name: what the journal and the message index know the carrier by. */
  readonly hash: number;
  /** What its receipts have taught. */
  readonly ids: CarrierIds;
  /** It is being taken out: it is granted nothing more. */
  leaving = false;
  /** What of its errors is known, by cause. */
  readonly errors = new CarrierErrors();
  readonly #breaker = new Breaker();
  readonly #partsBySlot: Uint8Array[] = [];
  readonly #exposedBySlot = new Int32Array(DISPATCH.liveWaves);
  #exposed = 0;
  /** When all that it had reported was taken last. */
  #heardMs = Number.NEGATIVE_INFINITY;

  /** `place`: its bit in the sets of carriers, from 0. */
  constructor(
    readonly port: ChannelPort,
    readonly place = 0,
    /** What operators say of it. */
    public control: CarrierControl = AS_CONFIGURED,
  ) {
    this.hash = fnv1a(port.name);
    this.ids = new CarrierIds(port, this.hash);
  }

  get exposed(): number {
    return this.#exposed;
  }

  get isBound(): boolean {
    return Atomics.load(this.port.gauges, GAUGE.bound) > 0;
  }

  /** It may be granted something, now or when it is well. */
  get serves(): boolean {
    return !this.leaving && this.control.state === "running";
  }

  /** It takes nothing new, by an operator's word. */
  get isOff(): boolean {
    return !this.leaving && this.control.state !== "running";
  }

  get name(): string {
    return this.port.name;
  }
  /** As an operator says, or its file. */
  get share(): number {
    return this.control.share ?? this.port.share;
  }
  get costPerSegment(): number | null {
    return this.port.costPerSegment;
  }
  get currency(): string {
    return this.port.currency;
  }

  adviseText(text: string): TextAdvice {
    return this.port.adviseText(text);
  }

  /** True if it can take all that it has room for: bound, serving, and not rejecting what it gets. */
  get isWell(): boolean {
    return this.isBound && this.serves && this.#breaker.isClosed;
  }

  /** What the API says of it while it is left alone. */
  get rejecting(): Problem | null {
    if (this.#breaker.isClosed) return null;
    const { lastTrouble: status } = this.#breaker;
    const detail =
      status === null
        ? "rejecting: submissions get no response in time"
        : `rejecting: command_status 0x${status.toString(16).padStart(8, "0")}`;
    return { code: "CARRIER_REJECTING", detail };
  }

  /** Twice the window, so that one window can be on the wire while the other becomes durable. */
  get limit(): number {
    return this.#within(2);
  }

  /** What this wave may expose: where it holds who is unknown, what can be on the wire. */
  limitOf(wave: LiveWave): number {
    return this.#within(wave.holds ? 1 : 2);
  }

  #within(windows: number): number {
    const window = Atomics.load(this.port.gauges, GAUGE.window);
    const learnt = Atomics.load(this.port.gauges, GAUGE.allowedPerSecond);
    const perSecond = learnt > 0 ? Math.min(learnt, this.port.ratePerSecond) : this.port.ratePerSecond;
    const byRate = Math.ceil((perSecond * DISPATCH.exposureMs) / 1_000);
    return Math.max(10, Math.min(DISPATCH.exposure, windows * window, byRate));
  }

  /** Takes a wave of its channel up, with the parts that this carrier makes of its texts from now on. */
  open(wave: LiveWave): void {
    const { slot, rank, roster, textNumbers, record } = wave;
    const { expiresAtMs, timeCritical: urgent } = record;
    const isOurs = this.#carries(wave);
    this.#partsBySlot[slot] = Uint8Array.from(record.texts, (text) => {
      return isOurs ? this.port.adviseText(text).segments : 0;
    });
    const reference = record.waveId & 0xffff;
    const toSwitchedOff = record.kind === "confirmation";
    const texts = record.texts.map((text, number) => (this.canSend(wave, number) ? text : null));
    if (texts.every((text) => text === null)) return;
    this.port.openWave({ slot, rank, roster, texts, textNumbers, expiresAtMs, urgent, reference, toSwitchedOff });
  }

  /** By text; of a text that it is not granted too, and 0 where the wave is of another channel. */
  parts(wave: LiveWave): PartsByText {
    return this.#partsBySlot[wave.slot]!;
  }

  /** A text is counted in the parts of the carrier that made most of them when its wave was opened; more can't be counted. */
  canSend(wave: LiveWave, text: number): boolean {
    return this.#carries(wave) && this.parts(wave)[text]! <= countedParts(wave.record, text);
  }

  #carries({ record }: LiveWave): boolean {
    return channelOf(record) === this.port.channel;
  }

  /** Segments of the message to the recipient at `position`; of a carrier that is probed of any, for who it gets is not the next. */
  need(wave: LiveWave, position: number): number {
    return this.isProbed ? this.#mostParts(wave) : this.parts(wave)[textAt(wave.textNumbers, position)]!;
  }

  #mostParts(wave: LiveWave): number {
    return wave.record.texts.reduce((most, _, text) => {
      return this.canSend(wave, text) ? Math.max(most, this.parts(wave)[text]!) : most;
    }, 0);
  }

  /** It may be asked with one message whether it is well again. */
  get isProbed(): boolean {
    return !this.#breaker.isClosed;
  }

  /** Segments that this wave may be granted now: of a carrier that is probed, one message. `waves` are all that live. */
  room(wave: LiveWave, waves: readonly LiveWave[], steadyMs: number): number {
    const room = wave.holds ? this.limitOf(wave) - this.#exposed : this.#roomBeside(wave, waves);
    return this.#possible(room, wave, steadyMs);
  }

  /** The same of what is kept for it though others go before it: one message at least. */
  keptRoom(wave: LiveWave, steadyMs: number): number {
    const kept = Math.max(this.#mostParts(wave), Math.floor(this.limitOf(wave) / DISPATCH.keptOneIn));
    const room = Math.min(kept - this.#exposedBySlot[wave.slot]!, 2 * this.limit - this.#exposed);
    return this.#possible(room, wave, steadyMs);
  }

  #possible(room: number, wave: LiveWave, steadyMs: number): number {
    if (!this.isBound || !this.serves || this.#breaker.isResting(steadyMs)) return 0;
    if (this.port.grants.room() < 4 * (GRANT_WORDS + 1)) return 0;
    return this.#breaker.isClosed ? room : Math.min(room, this.#mostParts(wave) - this.#exposed);
  }

  #roomBeside(wave: LiveWave, waves: readonly LiveWave[]): number {
    const limit = this.limit;
    let lessUrgent = 0;
    for (const other of waves) if (other.rank > wave.rank) lessUrgent += this.#exposedBySlot[other.slot]!;
    return Math.min(limit - (this.#exposed - lessUrgent), 2 * limit - this.#exposed);
  }

  expose(slot: number, segments: number): void {
    this.#exposedBySlot[slot]! += segments;
    this.#exposed += segments;
  }

  settle(slot: number, segments: number): void {
    this.#exposedBySlot[slot]! -= segments;
    this.#exposed -= segments;
  }

  /** Learns from the event at `words[at]` how the carrier does. A bind that broke says nothing: it is not bound. */
  heed(words: Uint32Array, at: number, steadyMs: number): void {
    const kind = words[at]! & 0xff;
    const detail = words[at + 3]!;
    this.errors.heed(kind, detail);
    if (kind === EVENT.outcome) {
      const verdict = verdictOf(detail);
      if (verdict === "trouble") this.#breaker.trouble(detail, steadyMs, this.#heardMs);
      // What our own thread refused says nothing of the carrier.
      else if (verdict !== "never") this.#breaker.well(steadyMs);
    } else if (kind === EVENT.unknown && detail === UNKNOWN_REASON.deadline) {
      this.#breaker.trouble(null, steadyMs, this.#heardMs);
    }
  }

  /** All that it has reported so far was taken. */
  heard(steadyMs: number): void {
    this.#heardMs = steadyMs;
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
