/**
 * Whom the waves of an action have told something, and who is still to be told: of each person the best of what all of them know. The
 * carrier took every part in one of them, or said that it was delivered: reached. It was on the wire and no outcome is known: unknown,
 * which counts as reached for a correction, and not for thanks. An update stopped it before it went out: still to be sent to.
 *
 * A nationwide action has millions of recipients in each wave, so they are gone through in pieces, with all else between two of them.
 */
import { setImmediate } from "node:timers/promises";
import { ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { STATE, STATE_MASK } from "../../../schemas/words.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import { type Part, rosterOf } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";
import type { FoundWave } from "./found-waves.js";
import { REPLACED } from "./unthanked.js";

/** What is known of a person, the best of it highest; below `unknown` a later wave knows better than one before. */
const KNOWN = { nothing: 0, waiting: 1, onTheWay: 2, unknown: 3, reached: 4 } as const;

/** `reached`; `told`: those and who is unknown; `informed`: those and who is still to be sent to in place of what was stopped. */
const AUDIENCES = {
  reached: [KNOWN.reached],
  told: [KNOWN.reached, KNOWN.unknown],
  informed: [KNOWN.reached, KNOWN.unknown, KNOWN.waiting],
} as const;
export type AudienceName = keyof typeof AUDIENCES;

export class Audiences {
  readonly #waves: WaveStore;
  /** Generation of the loaded registry. */
  readonly #registry: number;

  constructor(waves: WaveStore, registry: number) {
    this.#waves = waves;
    this.#registry = registry;
  }

  /**
   * In the order of the rosters, each person once; without whoever is in one of `had`. Who was asked longer ago than is kept is in
   * none. REGISTRY_REPLACED, and what is wrong with a wave.
   */
  async of(name: AudienceName, found: readonly FoundWave[], had: readonly FoundWave[] = []): Promise<Result<Roster>> {
    const waves = await this.#read(found);
    const before = await this.#read(had);
    if (!waves.ok) return waves;
    if (!before.ok) return before;
    const known = new Known();
    for (const wave of waves.value) await inPieces(wave.roster.length, (from, to) => known.learn(wave, from, to));
    for (const { roster } of before.value) await inPieces(roster.length, (from, to) => known.forget(roster, from, to));
    const parts: Part[] = [];
    for (const { roster } of waves.value) {
      await inPieces(roster.length, (from, to) => {
        parts.push({ participants: known.take(AUDIENCES[name], roster, from, to) });
      });
    }
    return ok(await rosterOf(parts));
  }

  /** A few in a turn: of late arrivals there may be many. */
  async #read(found: readonly FoundWave[]): Promise<Result<readonly ReadWave[]>> {
    const read: ReadWave[] = [];
    for (const [at, { wave, stored, live }] of found.entries()) {
      if (at > 0 && at % DISPATCH.wavesPerTurn === 0) await setImmediate();
      if (stored.peopleGone) continue;
      if (stored.registry !== this.#registry) return { ok: false, problem: REPLACED };
      const { waveId, count } = stored;
      const roster = live ? ok(live.roster) : this.#waves.roster(waveId, count);
      const states = live ? ok(live.states) : this.#waves.outcomes(waveId, count);
      if (!roster.ok) return roster;
      if (!states.ok) return states;
      read.push({ roster: new Uint32Array(roster.value), states: states.value, isReplaced: wave.replaced === true });
    }
    return ok(read);
  }
}

interface ReadWave {
  readonly roster: Uint32Array;
  readonly states: Uint8Array;
  readonly isReplaced: boolean;
}

/** What is known of each person, by participant number. */
class Known {
  #bytes = new Uint8Array(1 << 16);

  learn({ roster, states, isReplaced }: ReadWave, from: number, to: number): void {
    for (let position = from; position < to; position++) {
      const person = roster[position]!;
      if (person >= this.#bytes.length) this.#grow(person);
      const says = knownOf(states[position]! & STATE_MASK, isReplaced);
      const before = this.#bytes[person]!;
      this.#bytes[person] = before >= KNOWN.unknown ? Math.max(before, says) : says;
    }
  }

  forget(roster: Uint32Array, from: number, to: number): void {
    for (let position = from; position < to; position++) this.#bytes[roster[position]!] = KNOWN.nothing;
  }

  /** Those of whom one of these is known; of each of them nothing is known any more. */
  take(wanted: readonly number[], roster: Uint32Array, from: number, to: number): Uint32Array {
    const taken = new Uint32Array(to - from);
    let count = 0;
    for (let position = from; position < to; position++) {
      const person = roster[position]!;
      if (!wanted.includes(this.#bytes[person]!)) continue;
      this.#bytes[person] = KNOWN.nothing;
      taken[count++] = person;
    }
    return taken.subarray(0, count);
  }

  #grow(person: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, person + 1));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

function knownOf(state: number, isReplaced: boolean): number {
  if (state === STATE.acknowledged || state === STATE.delivered) return KNOWN.reached;
  if (state === STATE.unknown) return KNOWN.unknown;
  if (state === STATE.intended) return KNOWN.onTheWay;
  return state === STATE.stopped && isReplaced ? KNOWN.waiting : KNOWN.nothing;
}

/** Goes through so many in pieces of DISPATCH.rosterChunk, all else of this thread between two of them. */
export async function inPieces(count: number, each: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += DISPATCH.rosterChunk) {
    await setImmediate();
    each(from, Math.min(count, from + DISPATCH.rosterChunk));
  }
}
