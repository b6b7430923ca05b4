/**
 * Counts persons in nested areas, each once in each of them however many locations they have there, in one pass over locations
 * in any order.
 *
 * An area is told by a number; two bits of it less, and it is the area around it, as in a quadtree by Morton codes. A new
 * location of somebody counts in every area up to the first that holds one of their earlier ones too. Areas that are not
 * nested are the case of one level.
 *
 * Costs 8 bytes a participant and 8 for each location beyond somebody's first.
 */

import { assert } from "../../schemas/errors.js";

const NONE = 0xffffffff;
const ROOM = 65_536;

export class PeopleCount {
  /** Persons with any location that was noted. */
  persons = 0;
  readonly #first: Uint32Array;
  /** One more than the latest of somebody's further locations; 0 for none. */
  readonly #latest: Uint32Array;
  #area = new Uint32Array(ROOM);
  /** The same for the one before. */
  #before = new Uint32Array(ROOM);
  #further = 0;
  readonly #levels: number;

  /** `levels`: how many areas around each other there are, the smallest included. */
  constructor(participants: number, levels: number) {
    this.#levels = levels;
    this.#first = new Uint32Array(participants).fill(NONE);
    this.#latest = new Uint32Array(participants);
  }

  /** Notes a location; returns in how many levels, from the smallest area on, the person was not yet. */
  note(person: number, area: number): number {
    const first = this.#first[person]!;
    if (first === NONE) {
      this.#first[person] = area;
      this.persons += 1;
      return this.#levels;
    }
    let fresh = Math.min(this.#levels, levelsApart(area, first));
    for (let at = this.#latest[person]!; at !== 0 && fresh !== 0; at = this.#before[at - 1]!) {
      fresh = Math.min(fresh, levelsApart(area, this.#area[at - 1]!));
    }
    if (fresh !== 0) this.#add(person, area);
    return fresh;
  }

  #add(person: number, area: number): void {
    if (this.#further === this.#area.length) {
      this.#area = grown(this.#area);
      this.#before = grown(this.#before);
    }
    assert(area !== NONE, "an area has a number of less than 32 bits");
    this.#area[this.#further] = area;
    this.#before[this.#further] = this.#latest[person]!;
    this.#further += 1;
    this.#latest[person] = this.#further;
  }
}

function grown(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(2 * from.length);
  to.set(from);
  return to;
}

/** Levels below the smallest area that holds both; 0 when they are the same. */
function levelsApart(a: number, b: number): number {
  return (33 - Math.clz32(a ^ b)) >> 1;
}
