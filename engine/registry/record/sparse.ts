/**
 * Collects what a service has to know at its start beside the columns (extras.ts, Sparse), as flat arrays that can be posted
 * from a thread that loads to the one that asked.
 *
 * Of a mail address only a hash is kept: who looks somebody up by mail finds a few candidates by it and compares with what
 * their blocks hold.
 */

import { isGivenActive } from "./contact-marks.js";
import type { Sparse } from "./extras.js";

/** One after the other, in ascending order of participant. */
export interface SparseColumns {
  /** Participant, hash of the mail address (hashOfMail); and so on. */
  readonly mails: Uint32Array;
  /** Participant, end of the pause in seconds since 1970; and so on. */
  readonly pauses: Uint32Array;
  /** Participant, channels, row of the table of terms; and so on. */
  readonly phones: Uint32Array;
  /** Participants whom whoever gave their contacts sees as active (contact-marks.ts). */
  readonly given: Uint32Array;
}

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a of the bytes from `from` up to and without `to`. */
function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = BASIS;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME);
  return hash >>> 0;
}

/** The hash by which a mail address, in lower case, is found. */
export function hashOfMail(mail: string): number {
  const bytes = Buffer.from(mail);
  return hashBytes(bytes, 0, bytes.length);
}

export class SparseCollector implements Sparse {
  readonly #mails = new Words();
  readonly #pauses = new Words();
  readonly #phones = new Words();
  readonly #given = new Words();

  mail(participant: number, bytes: Uint8Array, from: number, to: number): void {
    this.#mails.add(participant);
    this.#mails.add(hashBytes(bytes, from, to));
  }

  pausedUntil(participant: number, seconds: number): void {
    this.#pauses.add(participant);
    this.#pauses.add(seconds);
  }

  phone(participant: number, channels: number, terms: number): void {
    this.#phones.add(participant);
    this.#phones.add(channels);
    this.#phones.add(terms);
  }

  contacts(participant: number, marks: number): void {
    if (isGivenActive(marks)) this.#given.add(participant);
  }

  columns(): SparseColumns {
    const [mails, pauses, phones] = [this.#mails.all(), this.#pauses.all(), this.#phones.all()];
    return { mails, pauses, phones, given: this.#given.all() };
  }
}

const FIRST_WORDS = 1_024;

/** Words of 32 bits, one behind the other: an array of numbers takes three times the memory and the time. */
class Words {
  #words = new Uint32Array(FIRST_WORDS);
  #count = 0;

  add(word: number): void {
    if (this.#count === this.#words.length) {
      const before = this.#words;
      this.#words = new Uint32Array(before.length * 2);
      this.#words.set(before);
    }
    this.#words[this.#count++] = word;
  }

  all(): Uint32Array {
    return this.#words.slice(0, this.#count);
  }
}

export const NO_SPARSE: SparseColumns = new SparseCollector().columns();

/** Those of consecutive parts of a registry, in order, as one. */
export function joinSparse(parts: readonly SparseColumns[]): SparseColumns {
  return {
    mails: joined(parts.map((part) => part.mails)),
    pauses: joined(parts.map((part) => part.pauses)),
    phones: joined(parts.map((part) => part.phones)),
    given: joined(parts.map((part) => part.given)),
  };
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
