/**
 * From a carrier's message_id to the submission it answers, for the receipts: an open-addressing table of hashes in one
 * typed array, 8 bytes a slot, because a string and a Map entry for each of 1.6 M message_ids would cost 200 MB and half
 * the throughput.
 *
 * The hash has 32 bits of fingerprint beside about 21 bits of place, so a foreign receipt is taken for one of ours with a
 * chance of about 10^-15 for each comparison. Capacity is fixed when the wave opens; an id that finds no room (only after
 * many resends) is counted, and its receipt is found by its number, if at all. A twentieth of the slots always stays free: in
 * a full table, a look-up of an id that is not there would walk through all of it.
 */

import { RECEIPTS } from "../../../schemas/limits.js";
import { IdShape } from "./id-forms.js";

const SEED_PLACE = 0x9e3779b1;
const SEED_PRINT = 0x85ebca6b;
/** Free places for each used one; 1.3 keeps probes short (about 2.7 for a hit) at 10.4 bytes an id. */
const SPARE = 1.3;

/** The part of the slots that may be used: a miss then takes about two hundred probes, a microsecond, and beyond far more. */
const MOST_USED = 0.95;

/** Beside that, for small waves that are sent again and again: an id that a carrier gave in vain stays here. */
const SPARE_SLOTS = 1_024;

/** One in so many ids is looked at to learn what they look like, beside the first of each carrier. */
const SAMPLE = 1_024;

/** A bit in each byte in which small letters differ from capitals; no two characters that ids have beside letters do. */
const SMALL_LETTERS = 0x20202020;
/** The part of a print that is the same in any case, and that of the id letter by letter. */
export const ANY_CASE = 0xffff_ff00;
const EXACTLY = 0xff;
const ALL_OF_IT = 0xffff_ffff;

/** The two halves of a message_id's hash. `place` chooses the slot, `print` recognises the id in it. */
export interface MessageHash {
  place: number;
  print: number;
}

/**
 * Hashes `bytes` bytes of message_id that start at `words[at]`, into `out`: MurmurHash3 (Austin Appleby, public domain) with
 * two seeds. Carriers count in the last characters of an id, which are the high bytes of a word, so each word is mixed on its
 * own before it is taken in; a simple multiply leaves ids that differ there in the same place. `seed` tells carriers apart.
 * Ids that differ in the case of letters alone have the same place, and a print that differs in its lowest byte alone.
 */
export function hashMessageId(words: Uint32Array, at: number, bytes: number, seed: number, out: MessageHash): void {
  let place = seed ^ SEED_PLACE;
  let print = seed ^ SEED_PRINT;
  let exact = seed;
  const whole = bytes >>> 2;
  const rest = bytes & 3;
  for (let i = 0; i < whole || (i === whole && rest > 0); i++) {
    // The bytes behind the id are padding with any content.
    const raw = i < whole ? words[at + i] : words[at + i]! & ((1 << (rest * 8)) - 1);
    const word = mixWord(raw! | SMALL_LETTERS);
    place = takeIn(place, word);
    print = takeIn(print, Math.imul(word, 0x2545f491) ^ (word >>> 11));
    exact = takeIn(exact, raw!);
  }
  out.place = finish(place ^ bytes) >>> 0;
  out.print = ((finish(print ^ bytes) & ANY_CASE) | (finish(exact) & EXACTLY)) >>> 0;
}

function mixWord(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function takeIn(hash: number, word: number): number {
  const mixed = hash ^ word;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Every input bit reaches every output bit. */
function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export class MessageIndex {
  /** Pairs: fingerprint, entry + 1. */
  readonly #table: Uint32Array;
  readonly #slots: number;
  #used = 0;
  /** The slot that was found last. */
  #found = 0;
  readonly #carriers: number[] = [];
  readonly #shapes: IdShape[] = [];
  /** Ids for which there was no room. */
  unindexed = 0;
  /** Some message has one id for several of its parts. */
  hasShared = false;
  readonly #segments: number;

  /** `capacity`: how many message_ids are expected, one for each segment, of which a message has `segments`. */
  constructor(capacity: number, segments = 1) {
    this.#segments = segments;
    this.#slots = Math.ceil(capacity * SPARE) + SPARE_SLOTS;
    this.#table = new Uint32Array(this.#slots * 2);
  }

  /**
   * `entry` is any number below 2^32 - 1. An id that was given to several keeps all of them, up to RECEIPTS.sameId: a
   * carrier that gives everyone the same id must not make each walk longer than the one before. False: it found no room.
   */
  add(hash: MessageHash, entry: number): boolean {
    // Rounded down: one slot at least stays free, which is what ends a look-up.
    let full = this.#used >= Math.floor(this.#slots * MOST_USED);
    let same = 0;
    let at = this.#slot(hash);
    while (this.#table[at + 1] !== 0 && !full) {
      if (this.#table[at] === hash.print) {
        if (this.#table[at + 1] === entry + 1) return true;
        if (this.#isSameMessage(this.#table[at + 1]! - 1, entry)) this.hasShared = true;
        full = ++same === RECEIPTS.sameId;
      }
      at = at + 2 === this.#table.length ? 0 : at + 2;
    }
    if (full) {
      this.unindexed++;
      return false;
    }
    this.#table[at] = hash.print;
    this.#table[at + 1] = entry + 1;
    this.#used++;
    return true;
  }

  /** True if the id is that of another part of the same message too, so that it says nothing of which part. */
  isShared(hash: MessageHash, entry: number): boolean {
    if (!this.hasShared) return false;
    for (let other = this.find(hash); other >= 0; other = this.findNext(hash)) {
      if (other !== entry && this.#isSameMessage(other, entry)) return true;
    }
    return false;
  }

  /** The first entry of the id, or -1; with ANY_CASE of one that differs from it in no more than that. */
  find(hash: MessageHash, bits = ALL_OF_IT): number {
    return this.#used === 0 ? -1 : this.#from(this.#slot(hash), hash.print, bits);
  }

  /** The entry of the same id behind the one that was found last, or -1. */
  findNext(hash: MessageHash, bits = ALL_OF_IT): number {
    const at = this.#found + 2;
    return this.#from(at === this.#table.length ? 0 : at, hash.print, bits);
  }

  /** Takes note of what a carrier's id looks like: of its first one, and of a few later ones. */
  learn(carrier: number, words: Uint32Array, at: number, bytes: number): void {
    const known = this.#carriers.indexOf(carrier);
    if (known >= 0 && this.#used % SAMPLE !== 0) return;
    if (known < 0) {
      this.#carriers.push(carrier);
      this.#shapes.push(new IdShape());
    }
    this.#shapes.at(known)?.learn(words, at, bytes);
  }

  /** What this carrier's ids look like; undefined when there are none of it. */
  shapeOf(carrier: number): IdShape | undefined {
    const known = this.#carriers.indexOf(carrier);
    return known < 0 ? undefined : this.#shapes[known];
  }

  #isSameMessage(one: number, other: number): boolean {
    const segments = this.#segments;
    return segments > 1 && Math.floor(one / segments) === Math.floor(other / segments);
  }

  #from(start: number, print: number, bits: number): number {
    let at = start;
    while (this.#table[at + 1] !== 0) {
      if (((this.#table[at]! ^ print) & bits) === 0) {
        this.#found = at;
        return this.#table[at + 1]! - 1;
      }
      at = at + 2 === this.#table.length ? 0 : at + 2;
    }
    return -1;
  }

  /** Multiply-shift instead of a power of two, so that memory grows in step with the roster. */
  #slot(hash: MessageHash): number {
    return Math.floor((hash.place * this.#slots) / 4_294_967_296) * 2;
  }
}
