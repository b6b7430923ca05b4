/**
 * A roster that loses some of its people and has others go first. In its own memory, which nobody else has seen yet: whoever is kept
 * moves to the front, in their order, and those who go after the first wait aside.
 */
import type { Roster } from "../../selection/selector.js";

export class Sorted {
  readonly #roster: Roster;
  readonly #people: Uint32Array;
  /** Positions of those who go after the first. */
  readonly #later: Uint32Array;
  readonly #laterTexts: Uint8Array;
  #kept = 0;
  #waiting = 0;

  /** `isDivided`: some go first. */
  constructor(roster: Roster, isDivided: boolean) {
    this.#roster = roster;
    this.#people = new Uint32Array(roster.participants);
    this.#later = new Uint32Array(isDivided ? roster.count : 0);
    this.#laterTexts = new Uint8Array(isDivided && roster.textNumbers ? roster.count : 0);
  }

  /** The person at this position is kept, among the first or behind them. To be called in the order of positions. */
  keep(at: number, isFirst: boolean): void {
    const { textNumbers } = this.#roster;
    const person = this.#people[at]!;
    if (isFirst) {
      this.#people[this.#kept] = person;
      if (textNumbers) textNumbers[this.#kept] = textNumbers[at]!;
      this.#kept += 1;
      return;
    }
    this.#later[this.#waiting] = person;
    if (textNumbers) this.#laterTexts[this.#waiting] = textNumbers[at]!;
    this.#waiting += 1;
  }

  /** Those who were kept. */
  roster(): Roster {
    const { textNumbers, participants } = this.#roster;
    const count = this.#kept + this.#waiting;
    this.#people.set(this.#later.subarray(0, this.#waiting), this.#kept);
    textNumbers?.set(this.#laterTexts.subarray(0, this.#waiting), this.#kept);
    if (count === this.#roster.count) return this.#roster;
    const kept = { count, participants: participants.slice(0, 4 * count) };
    return textNumbers ? { ...kept, textNumbers: new Uint8Array(textNumbers.buffer.slice(0, count)) } : kept;
  }
}
