/**
 * Which of several texts each recipient of a roster gets, by the language that they read and what they need. Both stand in shared columns
 * that are kept true as people change them; so 1.6 M recipients cost some milliseconds, in pieces between which whatever else the main
 * thread has to do goes on.
 */
import { setImmediate } from "node:timers/promises";
import { assert } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { LANGUAGES, NEEDS, needsIn } from "../../../schemas/words.js";
import type { Roster } from "../../selection/selector.js";

/** Number of the text for this language, an index into LANGUAGES, and these needs, bit n for NEEDS[n]. */
export type NumberOf = (language: number, needs: number) => number;

/** By participant number, a byte each: index into LANGUAGES, and bits of GROUPS. */
interface ReaderColumns {
  readonly language: SharedArrayBuffer;
  readonly groups: SharedArrayBuffer;
}

/** A roster with the number of each recipient's text, and how many get each. */
export interface Numbered {
  readonly roster: Roster;
  readonly recipients: readonly number[];
}

/** Languages that a row of the table of numbers has room for. */
const ROW = 16;
assert(LANGUAGES.length <= ROW, "a row has a place for each language");

export class Readers {
  readonly #language: Uint8Array;
  readonly #groups: Uint8Array;

  constructor({ language, groups }: ReaderColumns) {
    this.#language = new Uint8Array(language);
    this.#groups = new Uint8Array(groups);
  }

  /** As they are at this moment; the roster as it came where there is one text. */
  async numbered(roster: Roster, texts: number, numberOf: NumberOf): Promise<Numbered> {
    if (texts === 1) return { roster, recipients: [roster.count] };
    const numbers = tableOf(texts, numberOf);
    const participants = new Uint32Array(roster.participants);
    const textNumbers = new Uint8Array(new SharedArrayBuffer(roster.count));
    const recipients = new Uint32Array(texts);
    for (let from = 0; from < roster.count; from += DISPATCH.rosterChunk) {
      if (from > 0) await setImmediate();
      const piece = participants.subarray(from, from + DISPATCH.rosterChunk);
      this.#number(piece, numbers, textNumbers.subarray(from, from + piece.length), recipients);
    }
    return { roster: { ...roster, textNumbers }, recipients: [...recipients] };
  }

  #number(participants: Uint32Array, numbers: Uint8Array, out: Uint8Array, recipients: Uint32Array): void {
    const [language, groups] = [this.#language, this.#groups];
    for (let at = 0; at < participants.length; at++) {
      const participant = participants[at]!;
      const number = numbers[needsIn(groups[participant]!) * ROW + language[participant]!]!;
      out[at] = number;
      recipients[number]!++;
    }
  }
}

/** A row for each set of needs. */
function tableOf(texts: number, numberOf: NumberOf): Uint8Array {
  const table = new Uint8Array(ROW * 2 ** NEEDS.length);
  for (let needs = 0; needs < 2 ** NEEDS.length; needs++) {
    for (const language of LANGUAGES.keys()) {
      const number = numberOf(language, needs);
      assert(number >= 0 && number < texts, "whoever chooses among texts chooses one of them");
      table[needs * ROW + language] = number;
    }
  }
  return table;
}
