/**
 * Positions that must be granted again, the nearest first: a binary heap of 32-bit numbers. It holds at most what carriers
 * give back, so it is bounded by their exposure (DISPATCH.exposure), or after a restart by what was in flight.
 */
import { FAILOVER } from "../../../schemas/limits.js";

export class PositionHeap {
  #items: Uint32Array = new Uint32Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(position: number): void {
    if (this.#size === this.#items.length) {
      const larger = new Uint32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#up(this.#size++, position);
  }

  /** The lowest position, or -1. */
  peek(): number {
    return this.#size === 0 ? -1 : this.#items[0]!;
  }

  /** Of the first FAILOVER.probedAmong the one of which `cost` is least, and of those the lowest; -1 where there is none. */
  lowestBy(cost: (position: number) => number): number {
    let lowest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < Math.min(this.#size, FAILOVER.probedAmong); at++) {
      const position = this.#items[at]!;
      const its = cost(position);
      if (its > least || (its === least && lowest >= 0 && position > lowest)) continue;
      lowest = position;
      least = its;
    }
    return lowest;
  }

  /** Takes this one out, once, if it is there. */
  remove(position: number): void {
    const found = this.#items.subarray(0, this.#size).indexOf(position);
    if (found < 0) return;
    const moved = this.#items[--this.#size]!;
    if (found === this.#size) return;
    this.#up(found, moved);
    if (this.#items[found] === moved) this.#down(found, moved);
  }

  pop(): number {
    if (this.#size === 0) return -1;
    const top = this.#items[0]!;
    this.#down(0, this.#items[--this.#size]!);
    return top;
  }

  clear(): void {
    this.#size = 0;
  }

  #up(from: number, position: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#items[parent]! <= position) break;
      this.#items[at] = this.#items[parent]!;
      at = parent;
    }
    this.#items[at] = position;
  }

  #down(from: number, last: number): void {
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#items[child + 1]! < this.#items[child]!) child++;
      if (this.#items[child]! >= last) break;
      this.#items[at] = this.#items[child]!;
      at = child;
    }
    this.#items[at] = last;
  }
}
