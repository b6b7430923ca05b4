/**
 * Whom an action has asked: a bitmap of participant numbers, from the rosters of all its waves that ask. Kept while the action is under
 * way, so that a ring costs no more than what is new of it; after a restart made anew from the rosters.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import { keptOf } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";
import { type ActionRecord, type ActionWave, isAsking } from "../record.js";
import { inPieces } from "./audience.js";
import type { FoundWave } from "./found-waves.js";

export class AskedPeople {
  readonly #byAction = new Map<string, Marks>();
  readonly #waves: WaveStore;

  constructor(waves: WaveStore) {
    this.#waves = waves;
  }

  /** Those of its waves that ask and are not in the bitmap yet. */
  newOf({ id, waves }: Pick<ActionRecord, "id" | "waves">): ActionWave[] {
    const known = this.#byAction.get(id)?.waves;
    return waves.filter((wave) => isAsking(wave) && !known?.has(wave.id));
  }

  /** `found`: those of this action that are new. What is wrong where one of them can't be read. */
  async of(actionId: string, found: readonly FoundWave[]): Promise<Result<Marks>> {
    const marks = this.#byAction.get(actionId) ?? new Marks();
    this.#byAction.set(actionId, marks);
    for (const { wave, stored, live } of found) {
      // Two that ask for it at once are given the same ones.
      if (stored.peopleGone || marks.waves.has(wave.id)) continue;
      const roster = live ? ok(live.roster) : this.#waves.roster(wave.id, stored.count);
      if (!roster.ok) return roster;
      await marks.addAll(new Uint32Array(roster.value));
      marks.waves.add(wave.id);
    }
    return ok(marks);
  }

  /** Nothing more is to be asked by it. */
  forget(actionId: string): void {
    this.#byAction.delete(actionId);
  }
}

/** The people of a roster. */
export function peopleOf({ count, participants }: Roster): Uint32Array {
  return new Uint32Array(participants, 0, count);
}

/** A set of participants. */
export class Marks {
  /** Whose rosters it has. */
  readonly waves = new Set<number>();
  /** In memory that a selection can share (SelectionQuery.without). */
  #words: Uint32Array<SharedArrayBuffer> = sharedWords(1 << 11);
  count = 0;

  /** Whoever is in it by now; who is added later may be missing. */
  get bitmap(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  /** In pieces, all else of this thread between two of them. */
  async addAll(people: Uint32Array): Promise<void> {
    await inPieces(people.length, (from, to) => this.add(people, from, to));
  }

  add(people: Uint32Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const person = people[at]!;
      const word = person >>> 5;
      if (word >= this.#words.length) this.#grow(word);
      const bit = 1 << (person & 31);
      if ((this.#words[word]! & bit) === 0) this.count++;
      this.#words[word]! |= bit;
    }
  }

  remove(person: number): void {
    if (!this.has(person)) return;
    this.#words[person >>> 5]! &= ~(1 << (person & 31));
    this.count--;
  }

  /** All of them by their number, so many at a time at most; what is given is written over by the next. Those of one may be removed before that. */
  *inOrder(most: number): Generator<Uint32Array> {
    const people = new Uint32Array(most);
    let end = 0;
    for (let word = 0; word < this.#words.length; word++) {
      if (end > most - 32) {
        yield people.subarray(0, end);
        end = 0;
      }
      for (let bits = this.#words[word]!; bits !== 0; bits &= bits - 1) {
        people[end++] = 32 * word + 31 - Math.clz32(bits & -bits);
      }
    }
    if (end > 0) yield people.subarray(0, end);
  }

  has(person: number): boolean {
    return (((this.#words[person >>> 5] ?? 0) >>> (person & 31)) & 1) === 1;
  }

  /** The roster without those, in its order. */
  without(roster: Roster): Promise<Roster> {
    return keptOf(roster, (person) => !this.has(person));
  }

  #grow(word: number): void {
    const grown = sharedWords(Math.max(2 * this.#words.length, word + 1));
    grown.set(this.#words);
    this.#words = grown;
  }
}

function sharedWords(count: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(4 * count));
}
