/**
 * The waves that a carrier sends: for each slot the roster, the messages that its texts make and what of it is queued.
 */
import { type Clock, MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { assert } from "../../../schemas/errors.js";
import { DISPATCH, SMPP } from "../../../schemas/limits.js";
import { RELEASE_REASON, WAVE_FLAG, type WaveForCarrier } from "../../../schemas/link.js";
import { fittingIn, type PartsByText, segmentsIn, type TextNumbers, textAt } from "../../../schemas/text-numbers.js";
import { validityPeriod } from "../messages/fields.js";
import { withoutTlvs } from "../text/text.js";
import { Message } from "./message.js";

export class Wave {
  readonly slot: number;
  readonly rank: number;
  /** Which in the order in which they were opened. */
  readonly opened: number;
  readonly roster: Uint32Array;
  readonly expiresAtMs: number;
  readonly toSwitchedOff: boolean;
  /** By text number; null for a text of which nothing is granted to this carrier. */
  readonly #messages: readonly (Message | null)[];
  readonly #textNumbers: TextNumbers;
  readonly #partsByText: PartsByText;
  /** Bytes of one message at most, all parts together. */
  readonly maxBytes: number;
  /** Segments in the queues. */
  queued = 0;

  readonly #carrier: CarrierConfiguration;
  /** In steady time, like the deadline: when no clock was set in between, both ends of a wave are the same moment. */
  #renewedMs: number;
  readonly #deadlineMs: number;
  readonly #clock: Clock;

  /** With the carrier's settings of this moment. */
  constructor(wave: WaveForCarrier, configured: CarrierConfiguration, clock: Clock, opened = 0) {
    this.#clock = clock;
    this.opened = opened;
    const carrier = wave.withoutTlvs ? withoutTlvs(configured) : configured;
    this.slot = wave.slot;
    this.rank = wave.rank;
    this.roster = new Uint32Array(wave.roster);
    this.expiresAtMs = wave.expiresAtMs;
    this.toSwitchedOff = wave.toSwitchedOff;
    this.#carrier = carrier;
    this.#renewedMs = clock.steadyMs();
    this.#deadlineMs = this.#renewedMs + wave.expiresAtMs - clock.now();
    const { reference, urgent } = wave;
    const fields = { reference, urgent, validity: this.#validity() };
    this.#messages = wave.texts.map((text) => (text === null ? null : new Message(text, carrier, fields)));
    this.#textNumbers = wave.textNumbers;
    this.#partsByText = Uint8Array.from(this.#messages, (message) => message?.parts ?? 0);
    this.maxBytes = Math.max(...this.#messages.map((message) => message?.maxBytes ?? 0));
  }

  /** What the recipient at `position` gets. */
  messageAt(position: number): Message {
    const message = this.#messages[textAt(this.#textNumbers, position)];
    assert(message != null, "nothing is granted of a text that the carrier does not have");
    return message;
  }

  /** Parts of that. */
  partsAt(position: number): number {
    return this.#partsByText[textAt(this.#textNumbers, position)]!;
  }

  /** Segments of the messages to `count` recipients from `first` on. */
  segmentsIn(first: number, count: number): number {
    return segmentsIn(this.#textNumbers, this.#partsByText, first, count);
  }

  /** How many messages from the one at `first` on, at most `most`, are so many segments together. */
  fitting(first: number, most: number, segments: number): number {
    return fittingIn(this.#textNumbers, this.#partsByText, first, most, segments);
  }

  /** To be called before anything is written: a relative validity period is to end when the wave does. */
  renew(): void {
    const steadyMs = this.#clock.steadyMs();
    if (this.#carrier.validity !== "relative" || steadyMs - this.#renewedMs < SMPP.validityStepMs) return;
    this.#renewedMs = steadyMs;
    const renewed = this.#validity();
    for (const message of this.#messages) message?.renew(renewed);
  }

  /** True when its time is over by either clock: one that is set back gives nobody more of it. */
  get isOver(): boolean {
    return this.#leftMs() <= 0;
  }

  #leftMs(): number {
    return Math.min(this.expiresAtMs - this.#clock.now(), this.#deadlineMs - this.#clock.steadyMs());
  }

  #validity(): string {
    return validityPeriod(this.#carrier.validity, this.expiresAtMs, this.expiresAtMs - this.#leftMs());
  }
}

export class Waves {
  readonly #waves: (Wave | undefined)[] = new Array(DISPATCH.liveWaves).fill(undefined);
  /** For the waves that are opened from now on. */
  #carrier: CarrierConfiguration;
  readonly #flags: Int32Array;
  #opened = 0;

  constructor(carrier: CarrierConfiguration, flags: Int32Array) {
    this.#carrier = carrier;
    this.#flags = flags;
  }

  /** Waves that are opened from now on go by these settings. */
  configure(carrier: CarrierConfiguration): void {
    this.#carrier = carrier;
  }

  open(wave: WaveForCarrier): void {
    assert(wave.slot >= 0 && wave.slot < DISPATCH.liveWaves, "a wave's slot is within bounds");
    this.#waves[wave.slot] = new Wave(wave, this.#carrier, MACHINE_CLOCK, this.#opened++);
  }

  forget(slot: number): void {
    assert((this.#waves[slot]?.queued ?? 0) === 0, "a wave that is forgotten has nothing queued");
    this.#waves[slot] = undefined;
  }

  at(slot: number): Wave {
    const wave = this.#waves[slot];
    assert(wave !== undefined, "a wave is opened before it is granted and forgotten after");
    return wave;
  }

  /** Why nothing of the wave may leave any more, 0 if it may. */
  ended(wave: Wave): number {
    if (Atomics.load(this.#flags, wave.slot) === WAVE_FLAG.stopped) return RELEASE_REASON.stopped;
    return wave.isOver ? RELEASE_REASON.expired : 0;
  }

  /** Of the waves of which anything is queued, and whose rank is above `rank`, the one that was opened first; not `first`. */
  oldestBehind(first: Wave, rank: number): Wave | undefined {
    let oldest: Wave | undefined;
    this.forQueued((wave) => {
      if (wave !== first && wave.rank > rank && (oldest === undefined || wave.opened < oldest.opened)) oldest = wave;
    });
    return oldest;
  }

  /** Calls `each` for the waves of which anything is queued. */
  forQueued(each: (wave: Wave) => void): void {
    for (const wave of this.#waves) if (wave !== undefined && wave.queued > 0) each(wave);
  }
}
