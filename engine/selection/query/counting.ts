/**
 * The counts of a preview, from what the kernels have marked and gathered: everybody inside once, as asked or under one reason
 * (persons.ts), and those who are asked by channel, language and municipality.
 *
 * Persons are gone through in their order, because the columns then come from memory as fast as it gives them. In the order of the
 * roster, which has the municipalities, only a bitmap is asked.
 */
import { CHANNELS, GROUPS, LANGUAGES, LEFT_OUT } from "../../../schemas/words.js";
import { inFours } from "./channels.js";
import { AT_SOME_HOUR, INSIDE } from "./eligible.js";
import type { PersonRows } from "./order.js";
import { ASKED, NOBODY_THERE, type Persons, PLACE, type Place } from "./persons.js";
import { isMarked, wordsOf } from "./rows.js";

const SIMPLE = 1 << GROUPS.indexOf("simpleLanguage");

export interface Counted {
  /** Persons who are asked. */
  readonly count: number;
  /** Persons by channel: who is asked over the one that was asked for, and who could be over the others. */
  readonly channels: readonly number[];
  /** By index into LANGUAGES, of those who are asked. */
  readonly languages: readonly number[];
  /** Likewise, of those of them who need simple language. */
  readonly simple: readonly number[];
  /** Code and persons in turn, of those who are asked, by their nearest location. */
  readonly municipalities: readonly number[];
  /** By index into LEFT_OUT. */
  readonly leftOut: readonly number[];
  /** How many of those inside are active, and how often they were asked in the last month, together. */
  readonly active: number;
  readonly timesInMonth: number;
}

/** `pieces`: who was gathered, each person once; `marks` as `marksIn` gives them. */
export function countsOf(
  pieces: readonly PersonRows[],
  marks: Uint8Array,
  persons: Persons,
  language: Uint8Array,
  channel: number,
): Counted {
  const tally = new Tally(marks, persons, language, channel);
  // Four at a look, because around most places hardly anybody is marked: of 1.6 M, that takes a third of the time.
  const fours = inFours(marks);
  for (let four = 0; four < fours.length; four += 1) {
    if (fours[four] === 0) continue;
    const end = Math.min(4 * four + 4, marks.length);
    for (let person = 4 * four; person < end; person += 1) if (marks[person] !== 0) tally.take(person);
  }
  const { count, channels, languages, simple, leftOut, active, timesInMonth, asked } = tally;
  return {
    ...{ count, channels: [...channels], languages: [...languages], simple: [...simple] },
    ...{ leftOut: [...leftOut], active, timesInMonth },
    municipalities: byMunicipality(pieces, asked),
  };
}

class Tally {
  count = 0;
  active = 0;
  timesInMonth = 0;
  readonly channels = new Uint32Array(CHANNELS.length);
  readonly languages = new Uint32Array(LANGUAGES.length);
  readonly simple = new Uint32Array(LANGUAGES.length);
  readonly leftOut = new Uint32Array(LEFT_OUT.length);
  /** Bitmap of those who are asked. */
  readonly asked: Uint32Array;
  readonly #marks: Uint8Array;
  readonly #persons: Persons;
  readonly #language: Uint8Array;
  readonly #channel: number;

  constructor(marks: Uint8Array, persons: Persons, language: Uint8Array, channel: number) {
    this.#marks = marks;
    this.#persons = persons;
    this.#language = language;
    this.#channel = channel;
    this.asked = new Uint32Array(wordsOf(marks.length));
  }

  take(person: number): void {
    const mark = this.#marks[person]!;
    const reason = this.#persons.reasonOf(person, this.#placeOf(mark));
    if (reason === NOBODY_THERE) return;
    if (this.#persons.isActive(person)) {
      this.active += 1;
      this.timesInMonth += this.#persons.timesInMonth(person);
    }
    if (reason === ASKED) {
      this.count += 1;
      const language = this.#language[person]!;
      this.languages[language]! += 1;
      if (this.#persons.isIn(person, SIMPLE)) this.simple[language]! += 1;
      this.channels[this.#channel]! += 1;
      this.asked[person >>> 5]! |= 1 << (person & 31);
    } else this.leftOut[reason]! += 1;
    this.#takeOthers(person, mark & ~(1 << this.#channel));
  }

  #placeOf(mark: number): Place {
    if (((mark >>> this.#channel) & 1) === 1) return PLACE.welcome;
    return (mark & AT_SOME_HOUR) !== 0 ? PLACE.otherHours : PLACE.unwelcome;
  }

  /** The channels that are not asked for. */
  #takeOthers(person: number, mark: number): void {
    if ((mark & (INSIDE - 1)) === 0 || this.#persons.isSpared(person)) return;
    for (let channel = 0; channel < CHANNELS.length; channel += 1) {
      if (((mark >>> channel) & 1) === 1 && this.#persons.hasAddress(person, channel)) this.channels[channel]! += 1;
    }
  }
}

function byMunicipality(pieces: readonly PersonRows[], asked: Uint32Array): number[] {
  const tally = new Uint32Array(65_536);
  for (const { participants, municipalities } of pieces) {
    for (let row = 0; row < municipalities.length; row += 1) {
      if (isMarked(asked, participants[row]!)) tally[municipalities[row]!]! += 1;
    }
  }
  const found: number[] = [];
  for (let code = 0; code < tally.length; code += 1) if (tally[code]! > 0) found.push(code, tally[code]!);
  return found;
}
