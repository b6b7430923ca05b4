/**
 * Randomness that is the same for the same seed, on every machine. Each participant has a stream of their own, so that what
 * one of them draws does not move the others.
 */

import { assert } from "../../schemas/errors.js";

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the output. */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Mulberry32 (Tommy Ettinger): 32 bits of state, more than the few dozen draws of one participant need. */
export class Random {
  #state = 0;

  start(seed: number, stream: number): void {
    this.#state = mixed(mixed(seed) ^ mixed(stream + 0x9e3779b9));
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/**
 * A permutation of 0 to count - 1 that needs no memory: steps of about a golden section, made coprime with the count. It
 * spreads neighbours over the whole range, as people from everywhere register in no order.
 */
export function permutation(count: number, seed: number): (index: number) => number {
  assert(count >= 1 && count <= 2 ** 26, "products stay exact");
  const fraction = 0.5 + (mixed(seed) >>> 0) / 2 ** 33;
  let step = Math.max(1, Math.floor(count * fraction));
  while (gcd(step, count) !== 1) step++;
  const offset = (mixed(seed + 1) >>> 0) % count;
  return (index) => (index * step + offset) % count;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Shares `total` over weights so that the parts add up exactly: whole parts first, then the largest remainders. */
export function allot(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  assert(sum > 0, "something has weight");
  const exact = weights.map((weight) => (total * weight) / sum);
  const parts = exact.map(Math.floor);
  const missing = total - parts.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((_, i) => i).sort((a, b) => exact[b]! - parts[b]! - (exact[a]! - parts[a]!) || a - b);
  for (const index of byRemainder.slice(0, missing)) parts[index]!++;
  return parts;
}
