/**
 * Terms: when and of what a participant wants to hear at a location, beside the channels and domains that a column of their
 * own holds. Few different ones are in use, so a table numbers them and a location carries the number; what they say about a
 * query is then worked out once for each of them and not once for each location (engine/selection/query/welcome.ts).
 *
 * Eight words of 32 bits: six for the hours of the week (schedule.ts); one for the first eight kinds of action that are not
 * welcome, bit `channel * 8 + kind`; and one for the time zone of the hours (low byte), what an alarm in danger may do (next
 * byte) and the last four kinds, bit `16 + channel * 4 + kind - 8`.
 */

import { assert } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import {
  ACTION_KINDS,
  type ActionKind,
  CHANNELS,
  type Channel,
  IN_DANGER,
  TIME_ZONES,
} from "../../../schemas/words.js";
import { ALWAYS, SCHEDULE_WORDS } from "./profile/schedule.js";

export const TERMS_WORDS = 8;
export const EXCEPT = SCHEDULE_WORDS;
export const ZONE_AND_DANGER = SCHEDULE_WORDS + 1;

export interface Terms {
  /** SCHEDULE_WORDS words, bit h % 32 of word h / 32 is hour h of the week; Uint32. */
  readonly hours: Uint32Array;
  /** Kinds that are not welcome: the sum of their bits (kindBit), which are more than the 32 that JavaScript's operators know. */
  readonly except: number;
  /** Index into TIME_ZONES. */
  readonly zone: number;
  /** Index into IN_DANGER. */
  readonly inDanger: number;
}

/** Every hour, every kind, in the first time zone; row 0 of each table. */
export const ALWAYS_EVERYTHING: Terms = { hours: Uint32Array.from(ALWAYS), except: 0, zone: 0, inDanger: 0 };

/** Kinds in the word of their own; the others are in the word of the time zone. */
export const FIRST_KINDS = 8;
const MORE_KINDS = 4;
/** Where those begin in their word. */
export const MORE_EXCEPT = 16;
const WORD = 2 ** 32;

/** The bit that says: actions of this kind are not welcome over this channel. */
export function kindBit(channel: Channel, kind: ActionKind): number {
  const [at, number] = [CHANNELS.indexOf(channel), ACTION_KINDS.indexOf(kind)];
  assert(number < FIRST_KINDS + MORE_KINDS, "terms have room for every kind");
  return number < FIRST_KINDS ? 2 ** (at * FIRST_KINDS + number) : WORD * 2 ** (at * MORE_KINDS + number - FIRST_KINDS);
}

export function isExcepted(except: number, bit: number): boolean {
  return Math.floor(except / bit) % 2 === 1;
}

/** The terms in a row of a table's words. */
export function termsAt(words: Uint32Array, row: number): Terms {
  const at = row * TERMS_WORDS;
  const last = words[at + ZONE_AND_DANGER]!;
  return {
    hours: words.slice(at, at + SCHEDULE_WORDS),
    except: words[at + EXCEPT]! + WORD * (last >>> MORE_EXCEPT),
    zone: last & 0xff,
    inDanger: (last >>> 8) & 0xff,
  };
}

function wordsOf({ hours, except, zone, inDanger }: Terms): Uint32Array {
  assert(hours.length === SCHEDULE_WORDS, "a schedule has six words");
  assert(zone < TIME_ZONES.length && inDanger < IN_DANGER.length, "a zone and what danger may do are known words");
  const words = new Uint32Array(TERMS_WORDS);
  words.set(hours);
  words[EXCEPT] = except % WORD;
  words[ZONE_AND_DANGER] = zone | (inDanger << 8) | (Math.floor(except / WORD) << MORE_EXCEPT);
  return words;
}

/** What came under another kind until it had one of its own. */
const CAME_UNDER: Partial<Record<ActionKind, ActionKind>> = {
  fire: "calamity",
  threat: "calamity",
  nuisance: "other",
  prevention: "other",
  question: "other",
};

/**
 * A table of when there were seven kinds: who did not want to hear of calamities then does not want to hear of fires now. Rows that
 * differed still do, so each keeps its number.
 */
export function ofSevenKinds(words: Uint32Array): Uint32Array {
  const kept = words.slice();
  for (let row = 0; row < words.length / TERMS_WORDS; row++) {
    const terms = termsAt(words, row);
    let { except } = terms;
    for (const [kind, before] of Object.entries(CAME_UNDER) as [ActionKind, ActionKind][]) {
      for (const channel of CHANNELS)
        if (isExcepted(except, kindBit(channel, before))) except += kindBit(channel, kind);
    }
    kept.set(wordsOf({ ...terms, except }), row * TERMS_WORDS);
  }
  return kept;
}

/** Terms that there is room for before the table grows. */
const FIRST_TERMS = 64;

/** Numbers the distinct terms of a registry; row 0 is always and everything. */
export class TermsTable {
  readonly #rows = new Map<string, number>();
  #words = new Uint32Array(FIRST_TERMS * TERMS_WORDS);
  #size = 0;

  /** `words` are those of a table before; none for a new one. */
  constructor(words: Uint32Array = wordsOf(ALWAYS_EVERYTHING)) {
    for (let row = 0; row < words.length / TERMS_WORDS; row++) {
      this.#add(words.subarray(row * TERMS_WORDS, (row + 1) * TERMS_WORDS));
    }
  }

  get size(): number {
    return this.#size;
  }

  /** The row of these terms, or undefined when the table is full. */
  add(terms: Terms): number | undefined {
    return this.#add(wordsOf(terms));
  }

  /** The words so far, which stay as they are: to look after each new row costs nothing, however large the table is. */
  words(): Uint32Array {
    return this.#words.subarray(0, this.#size * TERMS_WORDS);
  }

  #add(words: Uint32Array): number | undefined {
    const key = words.join();
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.size >= REGISTRY.terms) return undefined;
    const row = this.#size++;
    this.#rows.set(key, row);
    if (this.#size * TERMS_WORDS > this.#words.length) this.#grow();
    this.#words.set(words, row * TERMS_WORDS);
    return row;
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Uint32Array(2 * before.length);
    this.#words.set(before);
  }
}
