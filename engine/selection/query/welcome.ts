/**
 * What each terms of the table say about one query, worked out once for all of them and then read for each location: a byte,
 * whose bit c says that the hour and the kind of action are welcome over channel c where the location's mask has the domain,
 * and whose bit 4 + c that it is welcome over channel c even where the mask has not. Beside it stands the byte that there would be
 * at some other hour, for whoever wants to know why somebody is not asked.
 *
 * The table grows while the workers read it: it has room for every terms there may be, and their number is set after they are
 * written and before any location uses them. Each thread keeps the bytes of its query.
 */

import { assert } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { ACTION_KINDS, CHANNELS, DOMAINS, IN_DANGER } from "../../../schemas/words.js";
import { EXCEPT, FIRST_KINDS, MORE_EXCEPT, TERMS_WORDS, ZONE_AND_DANGER } from "../../registry/record/terms.js";
import { hoursOfWeek } from "../rows/hours.js";
import type { SelectionQuery } from "../selector.js";
import { PLACE, type Place } from "./persons.js";

/** What of a query terms are about. */
export interface TermsQuery {
  /** Index into ACTION_KINDS. */
  readonly kind: number;
  /** An alarm of extreme urgency. */
  readonly danger: boolean;
  /** Hour of the week in each time zone (hours.ts). */
  readonly hours: Uint8Array;
}

/** The same in the words of whoever asks. */
export function termsQuery({
  kind,
  domain,
  urgency,
  atMs,
}: Pick<SelectionQuery, "kind" | "domain" | "urgency" | "atMs">): TermsQuery {
  const danger = domain === "alarm" && urgency === "extreme";
  return { kind: ACTION_KINDS.indexOf(kind), danger, hours: hoursOfWeek(atMs) };
}

const NOTHING = IN_DANGER.indexOf("nothing");
const EVERY_CHANNEL = IN_DANGER.indexOf("channels");
const ALL = (1 << CHANNELS.length) - 1;

/** A table of terms in shared memory: their number, and behind it the words. */
export class SharedTerms {
  readonly #header: Int32Array;
  readonly #words: Uint32Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.#header = new Int32Array(buffer, 0, 1);
    this.#words = new Uint32Array(buffer, 4 * TERMS_WORDS);
  }

  static of(words: Uint32Array): SharedTerms {
    const terms = new SharedTerms(new SharedArrayBuffer(4 * TERMS_WORDS * (1 + REGISTRY.terms)));
    terms.grow(words);
    return terms;
  }

  get count(): number {
    return Atomics.load(this.#header, 0);
  }

  /** The main thread alone does this, with the whole table; what is there already is not written again. */
  grow(words: Uint32Array): void {
    const known = this.count * TERMS_WORDS;
    assert(
      words.length >= known && words.length <= this.#words.length,
      "the table of terms grows, to its bound at most",
    );
    this.#words.set(words.subarray(known), known);
    Atomics.store(this.#header, 0, words.length / TERMS_WORDS);
  }

  /** As weighTerms. */
  weigh(query: TermsQuery, from: number, to: number, out: Uint8Array, anyHour: Uint8Array): void {
    weighTerms(this.#words, query, from, to, out, anyHour);
  }
}

/** Writes the bytes of the terms from `from` up to `to` of a table's words, as they are at these hours and as they are at any. */
export function weighTerms(
  words: Uint32Array,
  { kind, danger, hours }: TermsQuery,
  from: number,
  to: number,
  out: Uint8Array,
  anyHour: Uint8Array,
): void {
  const moreKind = MORE_EXCEPT + kind - FIRST_KINDS;
  for (let row = from; row < to; row += 1) {
    const at = row * TERMS_WORDS;
    const last = words[at + ZONE_AND_DANGER]!;
    const hour = hours[last & 0xff]!;
    const inDanger = (last >>> 8) & 0xff;
    const open = ((words[at + (hour >>> 5)]! >>> (hour & 31)) & 1) === 1 || (danger && inDanger !== NOTHING);
    const unwanted = kind < FIRST_KINDS ? ofBytes(words[at + EXCEPT]! >>> kind) : ofNibbles(last >>> moreKind);
    const always = danger && inDanger === EVERY_CHANNEL ? ALL << 4 : 0;
    out[row] = (open ? ALL & ~unwanted : 0) | always;
    anyHour[row] = (ALL & ~unwanted) | always;
  }
}

/** The lowest bit of each byte, as a bit for each channel: that of one kind. */
function ofBytes(except: number): number {
  return (except & 1) | ((except >>> 7) & 2) | ((except >>> 14) & 4) | ((except >>> 21) & 8);
}

/** Likewise where a channel has four bits. */
function ofNibbles(except: number): number {
  return (except & 1) | ((except >>> 3) & 2) | ((except >>> 6) & 4) | ((except >>> 9) & 8);
}

/** The bytes of one query. */
export class Welcome {
  readonly bytes = new Uint8Array(REGISTRY.terms + 1);
  /** As they would be if it were welcome at every hour. */
  readonly anyHour = new Uint8Array(REGISTRY.terms + 1);
  #known = 0;
  #terms: SharedTerms | undefined;
  #query: TermsQuery | undefined;

  begin(buffer: SharedArrayBuffer, query: TermsQuery): void {
    this.#terms = new SharedTerms(buffer);
    this.#query = query;
    this.#known = 0;
    this.include(0);
  }

  /** Sees to it that the terms in this row, which a location has, are among the bytes. */
  include(row: number): void {
    if (row < this.#known || this.#terms === undefined || this.#query === undefined) return;
    const { count } = this.#terms;
    this.#terms.weigh(this.#query, this.#known, count, this.bytes, this.anyHour);
    this.#known = count;
  }
}

/** 1 when a location with this mask, and this byte for its terms, welcomes the query over a channel. */
export function isWelcome(mask: number, byte: number, channel: number, domain: number): number {
  return (((mask >>> (channel * DOMAINS.length + domain)) & (byte >>> channel)) | (byte >>> (4 + channel))) & 1;
}

/** The same of every channel at once: bit c is that of channel c. */
export function welcomeOver(mask: number, byte: number, domain: number): number {
  const bits = mask >>> domain;
  const wished = (bits & 1) | ((bits >>> 3) & 2) | ((bits >>> 6) & 4) | ((bits >>> 9) & 8);
  return (wished & byte) | (byte >>> 4);
}

/** What a location says of the query over a channel: welcome, welcome at other hours, or not welcome. */
export function placeOf(mask: number, byte: number, anyHour: number, channel: number, domain: number): Place {
  if (isWelcome(mask, byte, channel, domain) === 1) return PLACE.welcome;
  return isWelcome(mask, anyHour, channel, domain) === 1 ? PLACE.otherHours : PLACE.unwelcome;
}
