/**
 * The waves that a carrier sends: for each slot the roster, the templates of its parts and what of it is queued.
 */
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { assert } from "../../schemas/errors.js";
import { API, DISPATCH } from "../../schemas/limits.js";
import { RELEASE_REASON, WAVE_FLAG, type WaveForCarrier } from "../../schemas/link.js";
import { SubmitTemplate } from "./submit.js";
import { encodeText } from "./text.js";

export class Wave {
  readonly slot: number;
  readonly rank: number;
  readonly roster: Uint32Array;
  readonly expiresAtMs: number;
  readonly templates: readonly SubmitTemplate[];
  /** Bytes of one message at most, all parts together. */
  readonly maxBytes: number;
  /** Segments in the queues. */
  queued = 0;

  constructor(wave: WaveForCarrier, sender: string) {
    this.slot = wave.slot;
    this.rank = wave.rank;
    this.roster = new Uint32Array(wave.roster);
    this.expiresAtMs = wave.expiresAtMs;
    const encoded = encodeText(wave.text, wave.reference);
    assert(encoded.segments.length <= API.segmentsPerMessage, "a text was checked for its parts before it is sent");
    this.templates = encoded.segments.map((_, part) => new SubmitTemplate(sender, encoded, part, wave.expiresAtMs));
    this.maxBytes = this.templates.reduce((bytes, template) => bytes + template.maxBytes, 0);
  }

  get parts(): number {
    return this.templates.length;
  }
}

export class Waves {
  readonly #waves: (Wave | undefined)[] = new Array(DISPATCH.liveWaves).fill(undefined);

  constructor(
    private carrier: CarrierConfiguration,
    private readonly flags: Int32Array,
  ) {}

  /** Waves that are opened from now on go by these settings. */
  configure(carrier: CarrierConfiguration): void {
    this.carrier = carrier;
  }

  open(wave: WaveForCarrier): void {
    assert(wave.slot >= 0 && wave.slot < DISPATCH.liveWaves, "a wave's slot is within bounds");
    this.#waves[wave.slot] = new Wave(wave, this.carrier.sender);
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

  /** Why nothing of the wave may leave any more, 0 if it may. `epochMs` is Unix time. */
  ended(wave: Wave, epochMs: number): number {
    if (Atomics.load(this.flags, wave.slot) === WAVE_FLAG.stopped) return RELEASE_REASON.stopped;
    return epochMs >= wave.expiresAtMs ? RELEASE_REASON.expired : 0;
  }

  /** Calls `each` for the waves of which anything is queued. */
  forQueued(each: (wave: Wave) => void): void {
    for (const wave of this.#waves) if (wave !== undefined && wave.queued > 0) each(wave);
  }
}
