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

/**
 * Memory of a selection: two lists of `capacity` rows; for each of its shares the marks of persons, a byte each, and a bitmap of them;
 * and a byte for each row of a roster. What is not used costs address space alone.
 */
export interface Workspace {
  readonly memory: ArrayBufferLike;
  readonly capacity: number;
  readonly persons: number;
  readonly shares: number;
}

export function workspaceBytes({ capacity, persons, shares }: Omit<Workspace, "memory">): number {
  return bytesAt({ capacity, persons, shares }) + capacity;
}

/** Words of 32 bits in a bitmap of persons. */
export function wordsOf(persons: number): number {
  return Math.ceil(persons / 32);
}

/** Whether a bitmap of persons has this one. */
export function isMarked(marks: Uint32Array, person: number): boolean {
  return ((marks[person >>> 5]! >>> (person & 31)) & 1) === 1;
}

/** The part of list `side` from row `from`, `length` rows long; all of it unless those are given. */
export function rowsIn({ memory, capacity }: Workspace, side: 0 | 1, from = 0, length = capacity): Rows {
  const base = 4 * capacity * 2 * side;
  return {
    keys: new Uint32Array(memory, base + 4 * from, length),
    participants: new Uint32Array(memory, base + 4 * (capacity + from), length),
    municipalities: new Uint16Array(memory, 16 * capacity + 2 * (capacity * side + from), length),
  };
}

/** The marks of persons of a share: whole words, for whoever looks at four at a time. */
export function marksIn({ memory, capacity, persons }: Workspace, share = 0): Uint8Array {
  return new Uint8Array(memory, 2 * ROW_BYTES * capacity + share * marksBytes(persons), persons);
}

/** A bitmap of persons. */
export function seenIn(workspace: Workspace, share: number): Uint32Array {
  const words = wordsOf(workspace.persons);
  return new Uint32Array(workspace.memory, seenAt(workspace) + 4 * share * words, words);
}

/** The bytes of the rows of a roster, from that of row `from` on. */
export function bytesIn(workspace: Workspace, from: number, length: number): Uint8Array {
  return new Uint8Array(workspace.memory, bytesAt(workspace) + from, length);
}

function marksBytes(persons: number): number {
  return 4 * Math.ceil(persons / 4);
}

function seenAt({ capacity, persons, shares }: Omit<Workspace, "memory">): number {
  return 2 * ROW_BYTES * capacity + shares * marksBytes(persons);
}

function bytesAt(workspace: Omit<Workspace, "memory">): number {
  return seenAt(workspace) + 4 * workspace.shares * wordsOf(workspace.persons);
}
