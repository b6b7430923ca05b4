/**
 * The waves that a carrier sends: for each slot the roster, the templates of its parts and what of it is queued.
 */
import { type Clock, MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { assert } from "../../../schemas/errors.js";
import { API, DISPATCH, SMPP } from "../../../schemas/limits.js";
import { RELEASE_REASON, WAVE_FLAG, type WaveForCarrier } from "../../../schemas/link.js";
import { validityPeriod } from "../messages/fields.js";
import { SubmitTemplate } from "../messages/submit.js";
import { encodeText, withoutTlvs } from "../text/text.js";

export class Wave {
  readonly slot: number;
  readonly rank: number;
  readonly roster: Uint32Array;
  readonly expiresAtMs: number;
  readonly toSwitchedOff: boolean;
  readonly templates: readonly SubmitTemplate[];
  /** For a bind without TLVs; null where the message would have another number of parts without them. */
  readonly #plain: readonly SubmitTemplate[] | null;
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
  constructor(wave: WaveForCarrier, configured: CarrierConfiguration, clock: Clock) {
    this.#clock = clock;
    const carrier = wave.withoutTlvs ? withoutTlvs(configured) : configured;
    this.slot = wave.slot;
    this.rank = wave.rank;
    this.roster = new Uint32Array(wave.roster);
    this.expiresAtMs = wave.expiresAtMs;
    this.toSwitchedOff = wave.toSwitchedOff;
    this.#carrier = carrier;
    this.#renewedMs = clock.steadyMs();
    this.#deadlineMs = this.#renewedMs + wave.expiresAtMs - clock.now();
    this.templates = this.#templates(wave, carrier);
    assert(this.templates.length <= API.segmentsPerMessage, "a text was checked for its parts before it is sent");
    const plainly = withoutTlvs(carrier);
    const plain = plainly === carrier ? this.templates : this.#templates(wave, plainly);
    this.#plain = plain.length === this.templates.length ? plain : null;
    this.maxBytes = Math.max(bytesOf(this.templates), bytesOf(this.#plain ?? []));
  }

  #templates({ text, reference, urgent }: WaveForCarrier, carrier: CarrierConfiguration): SubmitTemplate[] {
    const encoded = encodeText(text, carrier, reference);
    const validity = this.#validity();
    return encoded.parts.map((_, at) => new SubmitTemplate(carrier, encoded, at, urgent, validity));
  }

  /** To be called before anything is written: a relative validity period is to end when the wave does. */
  renew(): void {
    const steadyMs = this.#clock.steadyMs();
    if (this.#carrier.validity !== "relative" || steadyMs - this.#renewedMs < SMPP.validityStepMs) return;
    this.#renewedMs = steadyMs;
    const renewed = this.#validity();
    for (const template of new Set([...this.templates, ...(this.#plain ?? [])])) template.renew(renewed);
  }

  /** Null where it can't be sent over such a bind. */
  templatesFor({ hasTlvs }: { readonly hasTlvs: boolean }): readonly SubmitTemplate[] | null {
    return hasTlvs ? this.templates : this.#plain;
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

  get parts(): number {
    return this.templates.length;
  }
}

function bytesOf(templates: readonly SubmitTemplate[]): number {
  return templates.reduce((bytes, template) => bytes + template.maxBytes, 0);
}

export class Waves {
  readonly #waves: (Wave | undefined)[] = new Array(DISPATCH.liveWaves).fill(undefined);
  /** For the waves that are opened from now on. */
  #carrier: CarrierConfiguration;
  readonly #flags: Int32Array;

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
    this.#waves[wave.slot] = new Wave(wave, this.#carrier, MACHINE_CLOCK);
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

  /** Calls `each` for the waves of which anything is queued. */
  forQueued(each: (wave: Wave) => void): void {
    for (const wave of this.#waves) if (wave !== undefined && wave.queued > 0) each(wave);
  }
}
