/**
 * In which wave each participant was last asked, so that a reply finds its action. The highest id counts, which is the wave
 * that was opened last.
 *
 * Asked is who a carrier took a message for, or may have: not who is only granted, because what is granted may be stopped
 * before it goes out, and a reply would then go to an action that its sender has never heard of.
 *
 * Waves that were sent are noted in a column of wave ids by participant, some recipients in each of the ledger's turns. To
 * write into it for each outcome as it comes would be an access to memory for each, a fifth of what the ledger does. A wave
 * that is not noted yet is looked through for those who reply. Written by the main thread; rebuilt at start from the
 * waves, of which only those of the loaded registry mean these people.
 */
import { REPLIES } from "../../schemas/limits.js";
import { isActionWave, POSSIBLE_DUPLICATE, STATE, STATE_MASK } from "../../schemas/words.js";
import type { WaveRecord } from "../dispatch/ledger/wave-record.js";
import type { LiveWave } from "../dispatch/wave/wave.js";

const REACHED: ReadonlySet<number> = new Set([STATE.unknown, STATE.acknowledged, STATE.delivered]);

/** A wave of which those before `noted` are in the column. Held until it is all noted, even if it is at rest before. */
interface Open {
  readonly wave: LiveWave;
  noted: number;
}

export class Asked {
  /** Recipients that were looked through, of waves that are not noted. */
  searched = 0;
  /** Wave id by participant number, 0 for none. */
  readonly #latest: Uint32Array;
  #open: Open[] = [];
  readonly #registry: number;

  /** `registry`: the generation that the participant numbers belong to. */
  constructor(participants: number, registry: number) {
    this.#registry = registry;
    this.#latest = new Uint32Array(participants);
  }

  /** A wave is live from here on. */
  opened(wave: LiveWave): void {
    if (this.#counts(wave.record)) this.#open.push({ wave, noted: 0 });
  }

  /** A wave at rest. */
  rested(record: WaveRecord, roster: SharedArrayBuffer, states: Uint8Array): void {
    if (this.#counts(record)) this.#note(record.waveId, new Uint32Array(roster), states, 0, states.length);
  }

  /** Notes some of the waves that were sent. To be called once a turn. */
  note(): void {
    let left: number = REPLIES.notedPerTurn;
    for (const open of this.#open) {
      const { wave } = open;
      if (wave.acknowledgedAtMs === null) continue;
      const end = Math.min(open.noted + left, wave.record.count);
      this.#note(wave.record.waveId, wave.participants, wave.states, open.noted, end);
      left -= end - open.noted;
      open.noted = end;
      if (left === 0) break;
    }
    const isNoted = ({ wave, noted }: Open): boolean => wave.acknowledgedAtMs !== null && noted === wave.record.count;
    if (this.#open.some(isNoted)) this.#open = this.#open.filter((open) => !isNoted(open));
  }

  /** The wave that was opened last of those in which any of these was asked; 0 for none. */
  latestOf(participants: readonly number[]): number {
    let latest = 0;
    for (const participant of participants) {
      latest = Math.max(latest, this.#latest[participant] ?? 0);
      for (const { wave } of this.#open) {
        if (wave.record.waveId > latest && this.#isAskedIn(wave, participant)) latest = wave.record.waveId;
      }
    }
    return latest;
  }

  #isAskedIn({ participants, states }: LiveWave, participant: number): boolean {
    const position = participants.indexOf(participant);
    this.searched += position < 0 ? participants.length : position;
    return position >= 0 && wasReached(states[position]!);
  }

  #counts({ kind, registry }: WaveRecord): boolean {
    return isActionWave(kind) && registry === this.#registry;
  }

  #note(waveId: number, roster: Uint32Array, states: Uint8Array, from: number, to: number): void {
    for (let position = from; position < to; position++) {
      if (!wasReached(states[position]!)) continue;
      const participant = roster[position]!;
      // A participant beyond the column has none: what is written there is nowhere.
      if (this.#latest[participant]! < waveId) this.#latest[participant] = waveId;
    }
  }
}

/** A possible duplicate may have been reached before, whatever became of it since. */
function wasReached(state: number): boolean {
  return REACHED.has(state & STATE_MASK) || (state & POSSIBLE_DUPLICATE) !== 0;
}
