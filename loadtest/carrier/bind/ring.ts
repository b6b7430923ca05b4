/**
 * Entries that wait for their moment, first in, first out, in two typed arrays: when each is due, and a fixed number of
 * 32-bit words of its own.
 *
 * An entry behind one that is not yet due waits with it. Grows by doubling, up to the limit it is made with.
 */
import { assert } from "../../../schemas/errors.js";

const FIRST_CAPACITY = 1_024;

export class DueRing {
  length = 0;
  /** The words of all entries; those of one start at the place that `push` and `head` give. */
  words: Uint32Array;
  #dueAtMs = new Float64Array(FIRST_CAPACITY);
  #capacity = FIRST_CAPACITY;
  #first = 0;

  constructor(
    readonly wordsPerEntry: number,
    readonly limit: number,
  ) {
    this.words = new Uint32Array(FIRST_CAPACITY * wordsPerEntry);
  }

  /** Makes an entry and returns where its words start. */
  push(dueAtMs: number): number {
    if (this.length === this.#capacity) this.#grow();
    const slot = (this.#first + this.length) & (this.#capacity - 1);
    this.#dueAtMs[slot] = dueAtMs;
    this.length++;
    return slot * this.wordsPerEntry;
  }

  /** When the first entry is due; Infinity when there is none. */
  get dueAtMs(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.#dueAtMs[this.#first]!;
  }

  /** Where the words of the first entry start. */
  get head(): number {
    return this.#first * this.wordsPerEntry;
  }

  shift(): void {
    this.#first = (this.#first + 1) & (this.#capacity - 1);
    this.length--;
  }

  clear(): void {
    this.#first = 0;
    this.length = 0;
  }

  #grow(): void {
    assert(this.#capacity < this.limit, "a ring of the simulator stays below its limit");
    const dueAtMs = new Float64Array(this.#capacity * 2);
    const words = new Uint32Array(dueAtMs.length * this.wordsPerEntry);
    const tail = this.#capacity - this.#first;
    dueAtMs.set(this.#dueAtMs.subarray(this.#first));
    dueAtMs.set(this.#dueAtMs.subarray(0, this.#first), tail);
    words.set(this.words.subarray(this.head));
    words.set(this.words.subarray(0, this.head), tail * this.wordsPerEntry);
    this.#dueAtMs = dueAtMs;
    this.words = words;
    this.#capacity *= 2;
    this.#first = 0;
  }
}
