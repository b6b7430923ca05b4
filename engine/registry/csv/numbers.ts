/**
 * Which line of a file has which phone number, or which mail address, while a registry is imported: an open hash table of 12
 * bytes an entry, because a Map of 1.6 million numbers takes ten times that. Of a mail address 64 bits of a hash stand in it:
 * among 67 million addresses the chance that any two fall together is one in 8,000, and nobody can look for such two, because
 * each import hashes otherwise.
 */

import { randomInt } from "node:crypto";

const FIRST_CAPACITY = 1_024;
const LOAD = 0.6;
const WORD = 2 ** 32;

/** Numbers are positive whole numbers below 2^53, lines any below 2^32 - 1. */
export class NumberRegister {
  readonly #register = new Register();

  /** The line that has the number. */
  lineOf(number: number): number | undefined {
    return this.#register.lineOf(Math.floor(number / WORD), number % WORD);
  }

  /** Assumes that no line has it yet. */
  take(number: number, line: number): void {
    this.#register.take(Math.floor(number / WORD), number % WORD, line);
  }
}

export class MailRegister {
  readonly #register = new Register();
  readonly #seeds = [randomInt(WORD), randomInt(WORD)] as const;
  #high = 0;
  #low = 0;

  lineOf(mail: string): number | undefined {
    this.#hash(mail);
    return this.#register.lineOf(this.#high, this.#low);
  }

  /** Assumes that no line has it yet. */
  take(mail: string, line: number): void {
    this.#hash(mail);
    this.#register.take(this.#high, this.#low, line);
  }

  #hash(mail: string): void {
    let [high, low] = this.#seeds;
    for (let at = 0; at < mail.length; at++) {
      const unit = mail.charCodeAt(at);
      high = mixed(Math.imul(high ^ unit, 0x85ebca77));
      low = mixed(Math.imul(low ^ unit, 0xc2b2ae3d) + high);
    }
    this.#high = mixed(high ^ low) >>> 0;
    this.#low = low >>> 0;
  }
}

function mixed(word: number): number {
  return word ^ (word >>> 15);
}

/** Words of an entry: the two of its key, and its line plus one, which is 0 for a free entry. */
const ENTRY = 3;

class Register {
  #entries = new Uint32Array(FIRST_CAPACITY * ENTRY);
  #capacity = FIRST_CAPACITY;
  #count = 0;

  lineOf(high: number, low: number): number | undefined {
    const line = this.#entries[this.#find(high, low) + 2]!;
    return line === 0 ? undefined : line - 1;
  }

  take(high: number, low: number, line: number): void {
    if (this.#count >= this.#capacity * LOAD) this.#grow();
    this.#put(high, low, line + 1);
    this.#count++;
  }

  #put(high: number, low: number, marked: number): void {
    const at = this.#find(high, low);
    this.#entries[at] = high;
    this.#entries[at + 1] = low;
    this.#entries[at + 2] = marked;
  }

  #grow(): void {
    const before = this.#entries;
    this.#capacity *= 2;
    this.#entries = new Uint32Array(this.#capacity * ENTRY);
    for (let at = 0; at < before.length; at += ENTRY) {
      if (before[at + 2] !== 0) this.#put(before[at]!, before[at + 1]!, before[at + 2]!);
    }
  }

  /** Where the entry of this key is, or the free one where it belongs. */
  #find(high: number, low: number): number {
    const entries = this.#entries;
    const mask = this.#capacity - 1;
    let slot = mixed(spread(low ^ Math.imul(high, 0x9e3779b1))) & mask;
    for (;;) {
      const at = slot * ENTRY;
      if (entries[at + 2] === 0 || (entries[at + 1] === low && entries[at] === high)) return at;
      slot = (slot + 1) & mask;
    }
  }
}

/** 32 bits of a number: its low digits differ most; the multiplier is Knuth's, to spread runs of neighbours. */
export function spread(number: number): number {
  return Math.imul(number % WORD, 2_654_435_761) >>> 0;
}
