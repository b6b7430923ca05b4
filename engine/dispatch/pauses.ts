/**
 * Recipients that wait before they are tried again. Each pause of FAILOVER.retryPausesMs has a line of its own, in which who
 * came first is due first, so that nothing has to be sorted and looking costs one comparison a line.
 *
 * Holds at most what carriers gave back, so it is bounded by the roster and DISPATCH.attempts.
 */
import { FAILOVER } from "../../schemas/limits.js";

/** A line: places in a buffer that grows, and wraps around. */
class Line {
  #positions = new Uint32Array(64);
  #dueMs = new Float64Array(64);
  #head = 0;
  #size = 0;

  push(position: number, dueMs: number): void {
    if (this.#size === this.#positions.length) this.#grow();
    const at = (this.#head + this.#size++) & (this.#positions.length - 1);
    this.#positions[at] = position;
    this.#dueMs[at] = dueMs;
  }

  /** The first position, if it is due; or -1. */
  shift(steadyMs: number): number {
    if (this.#size === 0 || this.#dueMs[this.#head] > steadyMs) return -1;
    const position = this.#positions[this.#head];
    this.#head = (this.#head + 1) & (this.#positions.length - 1);
    this.#size--;
    return position;
  }

  #grow(): void {
    const positions = new Uint32Array(this.#positions.length * 2);
    const dueMs = new Float64Array(positions.length);
    for (let i = 0; i < this.#size; i++) {
      const from = (this.#head + i) & (this.#positions.length - 1);
      positions[i] = this.#positions[from];
      dueMs[i] = this.#dueMs[from];
    }
    this.#positions = positions;
    this.#dueMs = dueMs;
    this.#head = 0;
  }
}

export class Pauses {
  #lines: Line[] = [];

  /** `attempt`: which one, from 1, has just failed. */
  add(position: number, attempt: number, steadyMs: number): void {
    const index = Math.min(attempt, FAILOVER.retryPausesMs.length) - 1;
    while (this.#lines.length <= index) this.#lines.push(new Line());
    this.#lines[index].push(position, steadyMs + FAILOVER.retryPausesMs[index]);
  }

  /** A position whose pause is over, or -1. */
  due(steadyMs: number): number {
    for (const line of this.#lines) {
      const position = line.shift(steadyMs);
      if (position >= 0) return position;
    }
    return -1;
  }

  clear(): void {
    this.#lines = [];
  }
}
