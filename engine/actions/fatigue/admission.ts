/**
 * Who of a roster may be asked; whoever is counts as such in the same step, so that nobody is asked once too often by actions that come
 * at once.
 *
 * All that this costs is waiting for memory, since a roster has its people by distance and the columns have them by number. A few are
 * looked at as they come, all in one turn. Of many a set is made, which is gone through by number, piece by piece: the columns then come
 * from memory as fast as it gives them.
 */
import { setImmediate } from "node:timers/promises";
import { ASKING } from "../../../schemas/limits.js";
import { LEFT_OUT } from "../../../schemas/words.js";
import { ASKED, type Persons } from "../../selection/query/persons.js";
import type { Roster } from "../../selection/selector.js";
import { Marks, peopleOf } from "../waves/asked.js";
import { inPieces } from "../waves/audience.js";
import type { Asked } from "./asked.js";
import { Sorted } from "./sorted.js";

export class Admission {
  /** How many were left out, by index into LEFT_OUT. */
  readonly leftOut = new Uint32Array(LEFT_OUT.length);
  readonly #reasons = new Uint8Array(ASKING.peoplePerTurn);
  readonly #persons: Persons;
  readonly #asked: Asked;
  readonly #isCounted: boolean;
  /** Bits of GROUPS; whoever has one of them goes before everybody else. */
  readonly #first: number;

  constructor(persons: Persons, asked: Asked, { isCounted, first }: { isCounted: boolean; first: number }) {
    this.#persons = persons;
    this.#asked = asked;
    this.#isCounted = isCounted;
    this.#first = first;
  }

  /** `found` may be written to. Of a few, no other turn of this thread is waited for. */
  async of(found: Roster): Promise<Roster> {
    return found.count > ASKING.peoplePerTurn ? this.#ofMany(found) : this.#ofFew(found);
  }

  #ofFew(found: Roster): Roster {
    const people = peopleOf(found);
    this.#look(people);
    const sorted = new Sorted(found, this.#first !== 0);
    for (let at = 0; at < people.length; at += 1) {
      if (this.#reasons[at] === ASKED) sorted.keep(at, this.#goesFirst(people[at]!));
    }
    const roster = sorted.roster();
    if (this.#isCounted) this.#asked.countSoon(peopleOf(roster));
    return roster;
  }

  async #ofMany(found: Roster): Promise<Roster> {
    const people = peopleOf(found);
    const kept = new Marks();
    await kept.addAll(people);
    for (const piece of kept.inOrder(ASKING.peoplePerTurn)) {
      await setImmediate();
      this.#look(piece);
      const end = this.#without(piece, kept);
      if (this.#isCounted) this.#asked.count(piece.subarray(0, end));
    }
    if (kept.count === found.count && this.#first === 0) return found;
    const sorted = new Sorted(found, this.#first !== 0);
    await inPieces(found.count, (from, to) => {
      for (let at = from; at < to; at += 1) {
        const person = people[at]!;
        if (kept.has(person)) sorted.keep(at, this.#goesFirst(person));
      }
    });
    return sorted.roster();
  }

  /** Why each of them is left out, and how many are. */
  #look(people: Uint32Array): void {
    this.#asked.settle();
    this.#persons.reasonsOf(people, this.#reasons);
    for (let at = 0; at < people.length; at += 1) {
      const reason = this.#reasons[at]!;
      if (reason < LEFT_OUT.length) this.leftOut[reason]! += 1;
    }
  }

  /** Moves those who were looked at and are asked to the front, and takes the others out of the set; gives how many are asked. */
  #without(people: Uint32Array, kept: Marks): number {
    let end = 0;
    for (let at = 0; at < people.length; at += 1) {
      const person = people[at]!;
      if (this.#reasons[at] === ASKED) people[end++] = person;
      else kept.remove(person);
    }
    return end;
  }

  #goesFirst(person: number): boolean {
    return this.#first === 0 || this.#persons.isIn(person, this.#first);
  }
}
