/**
 * Who has which phone number, while a registry is imported: an open hash table of 12 bytes an entry, because a Map of 1.6
 * million numbers takes ten times that. Numbers are positive whole numbers below 2^53; 0 marks a free entry.
 */

import { assert } from "../../schemas/errors.js";

const FIRST_CAPACITY = 1_024;
const LOAD = 0.6;

export class NumberRegister {
  #numbers = new Float64Array(FIRST_CAPACITY);
  #lines = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  /** Takes the number for the line, or gives the line that has it already. */
  take(number: number, line: number): number | undefined {
    assert(number > 0, "0 marks a free entry");
    if (this.#count >= this.#numbers.length * LOAD) this.#grow();
    const at = find(this.#numbers, number);
    if (this.#numbers[at] === number) return this.#lines[at];
    this.#numbers[at] = number;
    this.#lines[at] = line;
    this.#count++;
    return undefined;
  }

  /** The line that has the number. */
  lineOf(number: number): number | undefined {
    const at = find(this.#numbers, number);
    return this.#numbers[at] === number ? this.#lines[at] : undefined;
  }

  #grow(): void {
    const numbers = new Float64Array(this.#numbers.length * 2);
    const lines = new Uint32Array(numbers.length);
    this.#numbers.forEach((number, from) => {
      if (number === 0) return;
      const at = find(numbers, number);
      numbers[at] = number;
      lines[at] = this.#lines[from]!;
    });
    this.#numbers = numbers;
    this.#lines = lines;
  }
}

/** 32 bits of a number: its low digits differ most; the multiplier is Knuth's, to spread runs of neighbours. */
export function spread(number: number): number {
  return Math.imul(number % 4_294_967_296, 2_654_435_761) >>> 0;
}

/** The entry of this number, or the free one where it belongs. */
function find(numbers: Float64Array, number: number): number {
  const mask = numbers.length - 1;
  let at = (spread(number) >>> 7) & mask;
  while (numbers[at] !== 0 && numbers[at] !== number) at = (at + 1) & mask;
  return at;
}
