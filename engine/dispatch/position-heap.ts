/**
 * Positions that must be granted again, the nearest first: a binary heap of 32-bit numbers. It holds at most what carriers
 * give back, so it is bounded by their exposure (DISPATCH.exposure), or after a restart by what was in flight.
 */
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
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#items[parent] <= position) break;
      this.#items[at] = this.#items[parent];
      at = parent;
    }
    this.#items[at] = position;
  }

  /** The lowest position, or -1. */
  peek(): number {
    return this.#size === 0 ? -1 : this.#items[0];
  }

  pop(): number {
    if (this.#size === 0) return -1;
    const top = this.#items[0];
    const last = this.#items[--this.#size];
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#items[child + 1] < this.#items[child]) child++;
      if (this.#items[child] >= last) break;
      this.#items[at] = this.#items[child];
      at = child;
    }
    this.#items[at] = last;
    return top;
  }

  clear(): void {
    this.#size = 0;
  }
}
