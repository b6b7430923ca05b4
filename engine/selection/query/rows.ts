/**
 * The rows that a selection works on: how far each is, whose it is, where it is registered. A selection has two lists of
 * equal room, and sorting and merging go from one to the other.
 */

export interface Rows {
  /** Distance from the origin: the chord, in a unit that the selection chooses. */
  readonly keys: Uint32Array;
  readonly participants: Uint32Array;
  readonly municipalities: Uint16Array;
}

const ROW_BYTES = 10;
/** Bitmaps of persons that a count marks (eligible.ts). */
export const MARKS = 6;

/** Memory for two lists of `capacity` rows, the bitmaps of persons that a count marks, and so many more of those. */
export function workspaceBytes(capacity: number, persons: number, more = 0): number {
  return 2 * ROW_BYTES * capacity + 4 * (MARKS + more) * wordsOf(persons);
}

/** Words of 32 bits in a bitmap of persons. */
export function wordsOf(persons: number): number {
  return Math.ceil(persons / 32);
}

/** Whether a bitmap of persons has this one. */
export function isMarked(marks: Uint32Array, person: number): boolean {
  return ((marks[person >>> 5]! >>> (person & 31)) & 1) === 1;
}

/** The part of list `side` from row `from`, `length` rows long. */
export function rowsIn(memory: ArrayBufferLike, capacity: number, side: 0 | 1, from: number, length: number): Rows {
  const base = 4 * capacity * 2 * side;
  return {
    keys: new Uint32Array(memory, base + 4 * from, length),
    participants: new Uint32Array(memory, base + 4 * (capacity + from), length),
    municipalities: new Uint16Array(memory, 16 * capacity + 2 * (capacity * side + from), length),
  };
}

/** The bitmaps of persons behind the lists that a count marks. */
export function marksIn(memory: ArrayBufferLike, capacity: number, persons: number): Uint32Array {
  return new Uint32Array(memory, 2 * ROW_BYTES * capacity, MARKS * wordsOf(persons));
}

/** A bitmap of persons behind those: the first is number 0. */
export function seenIn(memory: ArrayBufferLike, capacity: number, persons: number, number: number): Uint32Array {
  const words = wordsOf(persons);
  return new Uint32Array(memory, 2 * ROW_BYTES * capacity + 4 * (MARKS + number) * words, words);
}
