/**
 * A ring of 32-bit words in shared memory with one thread that writes and one that reads. It carries events from a
 * carrier's thread to the ledger and grants the other way. Records are contiguous, so a reader gets plain views: where a
 * record does not fit before the end, the rest of the ring is skipped with a filler.
 *
 * Assumes exactly one writer and one reader. Promises that a record is seen whole or not at all, and that nothing is
 * overwritten before the reader has released it. Positions count words for ever, modulo 2^32.
 */
import { assert } from "./errors.js";

const HEAD = 0;
const TAIL = 1;
const WAKE = 2;
const HEADER_WORDS = 16;
const FILLER = 0xffff_ffff;

export class Ring {
  readonly words: Uint32Array;
  readonly #control: Int32Array;
  readonly #capacity: number;
  /** Words written but not published yet, from HEAD on: `reserve` moves it, `publish` shows it to the reader. */
  #written: number;
  /** The reader's place: what `next` has handed out. TAIL moves up to it, or behind it, at `release`. */
  #read: number;

  /** `buffer` comes from `Ring.allocate`; each side makes its own Ring over it. */
  constructor(readonly buffer: SharedArrayBuffer) {
    this.#control = new Int32Array(buffer, 0, HEADER_WORDS);
    this.words = new Uint32Array(buffer, HEADER_WORDS * 4);
    this.#capacity = this.words.length;
    assert((this.#capacity & (this.#capacity - 1)) === 0, "a ring's capacity is a power of two");
    this.#written = Atomics.load(this.#control, HEAD);
    this.#read = Atomics.load(this.#control, TAIL);
  }

  static allocate(bytes: number): SharedArrayBuffer {
    assert((bytes & (bytes - 1)) === 0 && bytes >= 1024, "a ring's size is a power of two");
    return new SharedArrayBuffer(HEADER_WORDS * 4 + bytes);
  }

  /** Words that can be reserved now, whatever the place of the end (so half a record may be lost to a filler). */
  room(): number {
    return this.#capacity - ((this.#written - Atomics.load(this.#control, TAIL)) >>> 0);
  }

  /**
   * Writer: room for a record of `words` words behind one word that the ring keeps for itself; the index into `words` at
   * which to write, or -1 when the ring is full.
   */
  reserve(words: number): number {
    const need = words + 1;
    let at = this.#written & (this.#capacity - 1);
    const toEnd = this.#capacity - at;
    const skip = toEnd < need ? toEnd : 0;
    if (this.room() < need + skip) return -1;
    if (skip > 0) {
      this.words[at] = FILLER;
      at = 0;
    }
    this.words[at] = words;
    this.#written = (this.#written + skip + need) | 0;
    return at + 1;
  }

  /** Writer: words that were reserved and not published yet. */
  get unpublished(): number {
    return (this.#written - Atomics.load(this.#control, HEAD)) >>> 0;
  }

  /** Writer: shows the reader all that was reserved. Returns the position behind it, to compare with `released`. */
  publish(): number {
    Atomics.store(this.#control, HEAD, this.#written);
    return this.#written;
  }

  /** Writer: true if the reader is to be woken; false when a wake-up is on its way already. */
  wantsWake(): boolean {
    return Atomics.exchange(this.#control, WAKE, 1) === 0;
  }

  /** Reader: call before reading, so that what is published from here on wakes it again. */
  acceptWake(): void {
    Atomics.store(this.#control, WAKE, 0);
  }

  /** Reader: index into `words` of the next record, or -1. `length` of it stands in the word before. */
  next(): number {
    const head = Atomics.load(this.#control, HEAD);
    if (this.#read === head) return -1;
    let at = this.#read & (this.#capacity - 1);
    if (this.words[at] === FILLER) {
      this.#read = (this.#read + this.#capacity - at) | 0;
      if (this.#read === head) return -1;
      at = 0;
    }
    this.#read = (this.#read + this.words[at]! + 1) | 0;
    return at + 1;
  }

  /** Reader: true when every record that was published has been handed out. */
  get isEmpty(): boolean {
    return this.#read === Atomics.load(this.#control, HEAD);
  }

  /** Reader: the position up to which records were handed out; pass it to `release` once they are done with. */
  position(): number {
    return this.#read;
  }

  /** Reader: what lies before `position` may be overwritten. */
  release(position: number): void {
    Atomics.store(this.#control, TAIL, position);
  }

  /** Writer: the position up to which the reader has released. */
  released(): number {
    return Atomics.load(this.#control, TAIL);
  }
}

/** True if ring position `a` is at or behind `b`; positions wrap at 2^32. */
export function reached(a: number, b: number): boolean {
  return ((a - b) | 0) >= 0;
}
