/**
 * Recipients that wait before they are tried again: a binary heap by when they are due. Each waits for the pause of its attempt
 * (FAILOVER.retryPausesMs) at least and for twice that at most, so that those whom a carrier refused together do not come
 * again together.
 *
 * Where in that range is drawn from the seed, the position and the attempt, so the same wave does the same again. Holds at most
 * what carriers gave back, so it is bounded by the roster.
 */
import { FAILOVER } from "../../../schemas/limits.js";

export class Pauses {
  #positions = new Uint32Array(64);
  #dueMs = new Float64Array(64);
  #size = 0;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** `attempt`: which one, from 1, has just failed. */
  add(position: number, attempt: number, steadyMs: number): void {
    if (this.#size === this.#positions.length) this.#grow();
    const pauseMs = FAILOVER.retryPausesMs[Math.min(attempt, FAILOVER.retryPausesMs.length) - 1]!;
    const dueMs = steadyMs + pauseMs * (1 + chance(this.#seed, position, attempt));
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#dueMs[parent]! <= dueMs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, position, dueMs);
  }

  /** A position whose pause is over, or -1. */
  due(steadyMs: number): number {
    if (this.#size === 0 || this.#dueMs[0]! > steadyMs) return -1;
    const position = this.#positions[0]!;
    const last = --this.#size;
    const dueMs = this.#dueMs[last]!;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#dueMs[child + 1]! < this.#dueMs[child]!) child++;
      if (this.#dueMs[child]! >= dueMs) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, this.#positions[last]!, dueMs);
    return position;
  }

  clear(): void {
    this.#size = 0;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#positions[from]!, this.#dueMs[from]!);
  }

  #put(at: number, position: number, dueMs: number): void {
    this.#positions[at] = position;
    this.#dueMs[at] = dueMs;
  }

  #grow(): void {
    const positions = new Uint32Array(this.#positions.length * 2);
    const dueMs = new Float64Array(positions.length);
    positions.set(this.#positions);
    dueMs.set(this.#dueMs);
    this.#positions = positions;
    this.#dueMs = dueMs;
  }
}

/** From 0 to 1, mixed by murmur3's finalizer. */
function chance(seed: number, position: number, attempt: number): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ Math.imul(position + 1, 0x85ebca6b) ^ Math.imul(attempt, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
