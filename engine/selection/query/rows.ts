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

/** Memory for two lists of `capacity` rows, the marks of a count, a byte a person (eligible.ts), and so many bitmaps of persons. */
export function workspaceBytes(capacity: number, persons: number, more = 0): number {
  return 2 * ROW_BYTES * capacity + marksBytes(persons) + 4 * more * wordsOf(persons);
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

/** The marks of persons behind the lists. */
export function marksIn(memory: ArrayBufferLike, capacity: number, persons: number): Uint8Array {
  return new Uint8Array(memory, 2 * ROW_BYTES * capacity, persons);
}

/** Whole words, for what comes behind them and for whoever looks at four at a time. */
function marksBytes(persons: number): number {
  return 4 * Math.ceil(persons / 4);
}

/** A bitmap of persons behind those: the first is number 0. */
export function seenIn(memory: ArrayBufferLike, capacity: number, persons: number, number: number): Uint32Array {
  const words = wordsOf(persons);
  return new Uint32Array(memory, 2 * ROW_BYTES * capacity + marksBytes(persons) + 4 * number * words, words);
}
