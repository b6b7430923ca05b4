/**
 * What is to be sent, in order: a binary heap by rank of the wave, then position, then segment. An item is a range of
 * positions with all their segments, or one segment of one position that goes again. Who was refused with what is perhaps a
 * limit goes behind SMPP.behind others for each try: it may be this one person who is refused, and nobody is to wait for that.
 *
 * Grants are ranges, so the heap is small; one segment each are only those that a carrier throttled.
 */
import { assert } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";

const STRIDE = 4;
const SLOTS = 65_536;

/** The messages of a wave, of so many segments each. */
interface Messages {
  readonly slot: number;
  /** How many of the `most` messages from this position on are in so many segments together. */
  fitting(first: number, most: number, segments: number): number;
  segmentsIn(first: number, count: number): number;
}

export class Queue {
  #items = new Float64Array(64 * STRIDE);
  length = 0;

  /** Fields of the first item; only while length > 0. */
  get rank(): number {
    return this.#items[0]!;
  }
  get position(): number {
    return this.#items[1]!;
  }
  get segment(): number {
    return Math.floor(this.#items[2]! / SLOTS);
  }
  get slot(): number {
    return this.#items[2]! % SLOTS;
  }
  /** Positions from `position` on, whole; 0 for the one segment `segment` of one position. */
  get count(): number {
    return Math.max(0, this.#items[3]!);
  }
  /** How often that segment was asked again for a code that is perhaps a limit. */
  get tries(): number {
    return Math.max(0, -this.#items[3]!);
  }

  /** `count`: of positions, or minus the tries of one segment. */
  push(rank: number, slot: number, position: number, segment: number, count: number): void {
    if ((this.length + 1) * STRIDE > this.#items.length) {
      const larger = new Float64Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    const at = this.length++ * STRIDE;
    this.#items[at] = rank;
    this.#items[at + 1] = position;
    this.#items[at + 2] = segment * SLOTS + slot;
    this.#items[at + 3] = count;
    this.#up(this.length - 1);
  }

  /** Takes the first `positions` off the first item, or the whole item where it is one segment. */
  take(positions: number): void {
    assert(this.length > 0, "there is an item to take from");
    const items = this.#items;
    if (items[3]! > positions) {
      items[1] = items[1]! + positions;
      items[3] = items[3]! - positions;
    } else {
      this.length--;
      items.copyWithin(0, this.length * STRIDE, (this.length + 1) * STRIDE);
    }
    this.#down(0);
  }

  /** Gives the first items of this wave a lower rank, as far as `segments` reach. Returns how many segments that are. */
  moveForward(wave: Messages, rank: number, segments: number): number {
    const { slot } = wave;
    let left = segments;
    for (let index = this.#firstOf(slot, rank); index >= 0; index = this.#firstOf(slot, rank)) {
      const at = index * STRIDE;
      const position = this.#items[at + 1]!;
      const count = this.#items[at + 3]!;
      const moved = count > 0 ? wave.fitting(position, count, left) : Math.min(1, left);
      if (moved === 0) break;
      left -= count > 0 ? wave.segmentsIn(position, moved) : 1;
      if (moved < count) {
        this.#items[at + 1] = position + moved;
        this.#items[at + 3] = count - moved;
        this.#down(index);
        this.push(rank, slot, position, 0, moved);
      } else {
        this.#items[at] = rank;
        this.#up(index);
      }
    }
    return segments - left;
  }

  /** True if the first item here goes before the first item of `other`. */
  precedes(other: Queue): boolean {
    if (this.length === 0) return false;
    return other.length === 0 || before(this.#items, 0, other.#items, 0);
  }

  /** Moves all items to `other`. */
  moveTo(other: Queue): void {
    this.filter((rank, slot, position, segment, count) => {
      other.push(rank, slot, position, segment, count);
      return false;
    });
  }

  /** Keeps the items for which `keep` returns true. */
  filter(keep: (rank: number, slot: number, position: number, segment: number, count: number) => boolean): void {
    const items = this.#items;
    const until = this.length * STRIDE;
    this.length = 0;
    for (let at = 0; at < until; at += STRIDE) {
      const packed = items[at + 2]!;
      const segment = Math.floor(packed / SLOTS);
      if (!keep(items[at]!, packed % SLOTS, items[at + 1]!, segment, items[at + 3]!)) continue;
      items.copyWithin(this.length * STRIDE, at, at + STRIDE);
      this.length++;
    }
    for (let index = (this.length >> 1) - 1; index >= 0; index--) this.#down(index);
  }

  /** Where the first item of this slot stands of those with a higher rank; -1 if there is none. */
  #firstOf(slot: number, rank: number): number {
    let first = -1;
    for (let index = 0; index < this.length; index++) {
      const at = index * STRIDE;
      if (this.#items[at]! <= rank || this.#items[at + 2]! % SLOTS !== slot) continue;
      if (first < 0 || before(this.#items, at, this.#items, first * STRIDE)) first = index;
    }
    return first;
  }

  #up(from: number): void {
    const items = this.#items;
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!before(items, index * STRIDE, items, parent * STRIDE)) return;
      swap(items, index * STRIDE, parent * STRIDE);
      index = parent;
    }
  }

  #down(from: number): void {
    const items = this.#items;
    for (let index = from; ; ) {
      let least = index;
      for (let child = index * 2 + 1; child <= index * 2 + 2 && child < this.length; child++) {
        if (before(items, child * STRIDE, items, least * STRIDE)) least = child;
      }
      if (least === index) return;
      swap(items, index * STRIDE, least * STRIDE);
      index = least;
    }
  }
}

function before(a: Float64Array, at: number, b: Float64Array, bt: number): boolean {
  if (a[at] !== b[bt]) return a[at]! < b[bt]!;
  const difference = placeOf(a, at) - placeOf(b, bt);
  return difference === 0 ? a[at + 2]! < b[bt + 2]! : difference < 0;
}

function placeOf(items: Float64Array, at: number): number {
  return items[at + 1]! + Math.max(0, -items[at + 3]!) * SMPP.behind;
}

function swap(items: Float64Array, a: number, b: number): void {
  for (let field = 0; field < STRIDE; field++) {
    const kept = items[a + field]!;
    items[a + field] = items[b + field]!;
    items[b + field] = kept;
  }
}
