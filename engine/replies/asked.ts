/**
 * In which wave each participant was last asked: a column of wave ids by participant number, so that a reply finds its action
 * at once. The highest id counts, which is the wave that was opened last.
 *
 * Asked is who a carrier took a message for, or may have: not who is only granted, because what is granted may be stopped
 * before it goes out, and a reply would then go to an action that its sender has never heard of. Written by the main thread;
 * rebuilt at start from the waves, of which only those of the loaded registry mean these people.
 */
import { POSSIBLE_DUPLICATE, STATE, STATE_MASK } from "../../schemas/words.js";
import type { LiveWave } from "../dispatch/wave.js";
import type { WaveRecord } from "../dispatch/wave-record.js";

const REACHED: ReadonlySet<number> = new Set([STATE.unknown, STATE.acknowledged, STATE.delivered]);

export class Asked {
  /** Wave id by participant number, 0 for none. */
  readonly #latest: Uint32Array;

  /** `registry`: the generation that the participant numbers belong to. */
  constructor(
    participants: number,
    private readonly registry: number,
  ) {
    this.#latest = new Uint32Array(participants);
  }

  /** A wave is live from here on; of a revived one some were asked before. */
  opened(wave: LiveWave): void {
    const { record, participants, states } = wave;
    if (wave.queue.cursor > 0 && this.#counts(record)) this.#noteAll(record.waveId, participants, states);
  }

  /** A wave at rest. */
  rested(record: WaveRecord, roster: SharedArrayBuffer, states: Uint8Array): void {
    if (this.#counts(record)) this.#noteAll(record.waveId, new Uint32Array(roster), states);
  }

  /** Called for each segment that went out. */
  note(wave: LiveWave, position: number): void {
    const { record, participants } = wave;
    if (position < participants.length && this.#counts(record)) this.#note(record.waveId, participants[position]!);
  }

  /** The wave that was opened last of those in which any of these was asked; 0 for none. */
  latestOf(participants: readonly number[]): number {
    let latest = 0;
    for (const participant of participants) {
      if (this.#latest[participant]! > latest) latest = this.#latest[participant]!;
    }
    return latest;
  }

  #counts({ kind, registry }: WaveRecord): boolean {
    return kind !== "confirmation" && registry === this.registry;
  }

  #noteAll(waveId: number, roster: Uint32Array, states: Uint8Array): void {
    for (let position = 0; position < roster.length; position++) {
      const state = states[position]!;
      // A possible duplicate may have been reached before, whatever became of it since.
      if (REACHED.has(state & STATE_MASK) || (state & POSSIBLE_DUPLICATE) !== 0) this.#note(waveId, roster[position]!);
    }
  }

  #note(waveId: number, participant: number): void {
    // A participant beyond the column has none: what is written there is nowhere.
    if (this.#latest[participant]! < waveId) this.#latest[participant] = waveId;
  }
}
