/**
 * From a phone number to the participants who have it, for what comes back from carriers: replies, STOP, receipts. A table of
 * participant numbers with open addressing over the column of numbers, 6 bytes a participant; a household may share one
 * number, so there may be several.
 *
 * Assumes that a participant's number does not change while the process runs; whether SMS is switched off (the number is
 * negative then) makes no difference.
 */
import { spread } from "./numbers.js";

const FREE = 0xffff_ffff;
/** Places for each participant: short walks at little memory. */
const SPARE = 1.5;

export class NumberIndex {
  readonly #table: Uint32Array;

  constructor(private readonly numbers: Float64Array) {
    this.#table = new Uint32Array(Math.ceil(numbers.length * SPARE) + 1).fill(FREE);
    for (let participant = 0; participant < numbers.length; participant++) {
      if (numbers[participant] !== 0) this.#add(participant);
    }
  }

  /** Everyone with this number, lowest participant number first; nobody for 0. */
  participantsOf(number: number): number[] {
    const found: number[] = [];
    if (number === 0) return found;
    for (let at = this.#place(number); this.#table[at] !== FREE; at = this.#next(at)) {
      const participant = this.#table[at]!;
      if (Math.abs(this.numbers[participant]!) === number) found.push(participant);
    }
    return found;
  }

  #add(participant: number): void {
    let at = this.#place(Math.abs(this.numbers[participant]!));
    while (this.#table[at] !== FREE) at = this.#next(at);
    this.#table[at] = participant;
  }

  #next(at: number): number {
    return at + 1 === this.#table.length ? 0 : at + 1;
  }

  #place(number: number): number {
    return Math.floor((spread(number) / 4_294_967_296) * this.#table.length);
  }
}
