/**
 * From a phone number to the participants who have it, for what comes back from carriers: replies, STOP, receipts. A table of
 * participant numbers with open addressing over the column of numbers, 6 bytes a participant; a household may share one
 * number, so there may be several.
 *
 * Assumes that whoever changes a participant's number in the column takes the participant out before and puts them in
 * afterwards; whether an SMS may go to it (it is negative while none may) makes no difference. The column is as long as it
 * will ever be, so there is a place for everybody.
 */
import { assert } from "../../../schemas/errors.js";
import { spread } from "../csv/numbers.js";

const FREE = 0xffff_ffff;
/** Places for each participant: short walks at little memory. */
const SPARE = 1.5;

export class NumberIndex {
  readonly #table: Uint32Array;
  readonly #numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
    this.#table = new Uint32Array(Math.ceil(numbers.length * SPARE) + 1).fill(FREE);
    for (let participant = 0; participant < numbers.length; participant++) {
      if (numbers[participant] !== 0) this.add(participant);
    }
  }

  /** Everyone with this number, lowest participant number first; nobody for 0. */
  participantsOf(number: number): number[] {
    const found: number[] = [];
    if (number === 0) return found;
    for (let at = this.#place(number); this.#table[at] !== FREE; at = this.#next(at)) {
      const participant = this.#table[at]!;
      if (Math.abs(this.#numbers[participant]!) === number) found.push(participant);
    }
    return found.sort((one, other) => one - other);
  }

  /** The participant has the number that the column says, which is not 0. */
  add(participant: number): void {
    let at = this.#home(participant);
    while (this.#table[at] !== FREE) at = this.#next(at);
    this.#table[at] = participant;
  }

  /** The participant is about to lose the number that the column says. Those behind move up as far as they belong. */
  remove(participant: number): void {
    let hole = this.#home(participant);
    while (this.#table[hole] !== participant) {
      assert(this.#table[hole] !== FREE, "a participant who is removed is in the index");
      hole = this.#next(hole);
    }
    for (let at = this.#next(hole); this.#table[at] !== FREE; at = this.#next(at)) {
      if (this.#distance(this.#home(this.#table[at]!), at) < this.#distance(hole, at)) continue;
      this.#table[hole] = this.#table[at]!;
      hole = at;
    }
    this.#table[hole] = FREE;
  }

  #home(participant: number): number {
    return this.#place(Math.abs(this.#numbers[participant]!));
  }

  /** Steps of a walk from one place to another. */
  #distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.#table.length;
  }

  #next(at: number): number {
    return at + 1 === this.#table.length ? 0 : at + 1;
  }

  #place(number: number): number {
    return Math.floor((spread(number) / 4_294_967_296) * this.#table.length);
  }
}
