/** The waves that live: in the order in which they go, by age, by slot, and each with the page on which its journal goes on. */
import { assert } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { LiveWave } from "../wave/wave.js";
import { JournalPage } from "./journal/journal-page.js";

/** The one of this number; undefined where it is at rest, or was never there. */
export function liveWave({ waves }: { readonly waves: readonly LiveWave[] }, waveId: number): LiveWave | undefined {
  return waves.find(({ record }) => record.waveId === waveId);
}

export class LiveWaves {
  readonly #waves: LiveWave[] = [];
  readonly #byAge: LiveWave[] = [];
  readonly #bySlot: (LiveWave | undefined)[] = new Array(DISPATCH.liveWaves).fill(undefined);
  readonly #pages = new Map<LiveWave, JournalPage>();

  /** Always the same array. */
  get waves(): readonly LiveWave[] {
    return this.#waves;
  }

  /** The same, who was taken up first before the others. */
  get byAge(): readonly LiveWave[] {
    return this.#byAge;
  }

  /** Waves that have something to write. */
  get written(): [LiveWave, JournalPage][] {
    return [...this.#pages].filter(([, page]) => !page.isEmpty);
  }

  /** A slot for a new wave, or -1 when DISPATCH.liveWaves are alive. */
  freeSlot(): number {
    return this.#bySlot.indexOf(undefined);
  }

  /** `sequence` is where its journal goes on. */
  add(wave: LiveWave, sequence: number): void {
    assert(this.#bySlot[wave.slot] === undefined, "a slot holds one wave");
    this.#bySlot[wave.slot] = wave;
    this.#pages.set(wave, new JournalPage(sequence));
    this.#byAge.push(wave);
    this.#waves.push(wave);
    this.#waves.sort((a, b) => a.rank - b.rank);
  }

  remove(wave: LiveWave): void {
    this.#waves.splice(this.#waves.indexOf(wave), 1);
    this.#byAge.splice(this.#byAge.indexOf(wave), 1);
    this.#bySlot[wave.slot] = undefined;
    this.#pages.delete(wave);
  }

  at(slot: number): LiveWave {
    const wave = this.#bySlot[slot];
    assert(wave !== undefined, "an event names a live wave");
    return wave;
  }

  pageOf(wave: LiveWave): JournalPage {
    const page = this.#pages.get(wave);
    assert(page !== undefined, "a wave that lives has a page");
    return page;
  }
}
