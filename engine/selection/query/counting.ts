/**
 * The counts of a preview, from what the kernels have marked and gathered: everybody inside once, as asked or under one reason
 * (persons.ts), and those who are asked by channel, language and municipality.
 *
 * Persons are gone through in their order, because the columns then come from memory as fast as it gives them. In the order of the
 * roster, which has the municipalities, only a bitmap is asked.
 */
import { CHANNELS, LANGUAGES, LEFT_OUT } from "../../../schemas/words.js";
import { type Marked, markedIn } from "./eligible.js";
import type { Persons as Gathered } from "./order.js";
import { ASKED, NEEDS_NUMBER, NOBODY_THERE, type Persons, PLACE, type Place } from "./persons.js";
import { isMarked } from "./rows.js";

export interface Counted {
  /** Persons who are asked. */
  readonly count: number;
  /** Persons by channel: who is asked over the one that was asked for, and who could be over the others. */
  readonly channels: readonly number[];
  /** By index into LANGUAGES, of those who are asked. */
  readonly languages: readonly number[];
  /** Code and persons in turn, of those who are asked, by their nearest location. */
  readonly municipalities: readonly number[];
  /** By index into LEFT_OUT. */
  readonly leftOut: readonly number[];
  /** How many of those inside are active, and how often they were asked in the last month, together. */
  readonly active: number;
  readonly timesInMonth: number;
}

/** `pieces`: who was gathered, each person once. */
export function countsOf(
  pieces: readonly Gathered[],
  marks: Uint32Array,
  persons: Persons,
  language: Uint8Array,
  channel: number,
): Counted {
  const marked = markedIn(marks);
  const tally = new Tally(marked, persons, language, channel);
  for (let word = 0; word < marked.inside.length; word += 1) {
    for (let bits = marked.inside[word]!; bits !== 0; bits &= bits - 1) {
      tally.take(word * 32 + (31 - Math.clz32(bits & -bits)));
    }
  }
  const { count, channels, languages, leftOut, active, timesInMonth, asked } = tally;
  return {
    ...{ count, channels: [...channels], languages: [...languages], leftOut: [...leftOut], active, timesInMonth },
    municipalities: byMunicipality(pieces, asked),
  };
}

class Tally {
  count = 0;
  active = 0;
  timesInMonth = 0;
  readonly channels = new Uint32Array(CHANNELS.length);
  readonly languages = new Uint32Array(LANGUAGES.length);
  readonly leftOut = new Uint32Array(LEFT_OUT.length);
  /** Bitmap of those who are asked. */
  readonly asked: Uint32Array;
  readonly #marked: Marked;
  readonly #persons: Persons;
  readonly #language: Uint8Array;
  readonly #channel: number;

  constructor(marked: Marked, persons: Persons, language: Uint8Array, channel: number) {
    this.#marked = marked;
    this.#persons = persons;
    this.#language = language;
    this.#channel = channel;
    this.asked = new Uint32Array(marked.inside.length);
  }

  take(person: number): void {
    const reason = this.#persons.reasonOf(person, this.#placeOf(person));
    if (reason === NOBODY_THERE) return;
    if (this.#persons.isActive(person)) {
      this.active += 1;
      this.timesInMonth += this.#persons.timesInMonth(person);
    }
    if (reason === ASKED) {
      this.count += 1;
      this.languages[this.#language[person]!]! += 1;
      this.asked[person >>> 5]! |= 1 << (person & 31);
    } else this.leftOut[reason]! += 1;
    this.#takeChannels(person, reason);
  }

  #placeOf(person: number): Place {
    const { channels, atSomeHour } = this.#marked;
    if (isMarked(channels[this.#channel]!, person)) return PLACE.welcome;
    return isMarked(atSomeHour, person) ? PLACE.otherHours : PLACE.unwelcome;
  }

  #takeChannels(person: number, reason: number): void {
    const { channels } = this.#marked;
    for (let channel = 0; channel < CHANNELS.length; channel += 1) {
      if (channel === this.#channel) {
        if (reason === ASKED) this.channels[channel]! += 1;
      } else if (
        isMarked(channels[channel]!, person) &&
        !this.#persons.isSpared(person) &&
        (!NEEDS_NUMBER[channel]! || this.#persons.hasNumber(person))
      ) {
        this.channels[channel]! += 1;
      }
    }
  }
}

function byMunicipality(pieces: readonly Gathered[], asked: Uint32Array): number[] {
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
