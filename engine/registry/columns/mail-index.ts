/**
 * From a mail address to the participants who may have it: hash and participant number in tables with open addressing, 8
 * bytes and some room for each address. The address itself is only in its block, where whoever looks somebody up compares it.
 *
 * There are many small tables, each of which grows by itself: to move all addresses of a country at once would hold the main
 * thread up for longer than a request may take.
 */
import { assert } from "../../../schemas/errors.js";
import { hashOfMail } from "../record/sparse.js";

const FREE = 0xffff_ffff;
const SEGMENTS = 256;
const FIRST_CAPACITY = 64;
/** Part of a table that may be taken before it grows: short walks at little memory. */
const LOAD = 0.7;

export class MailIndex {
  readonly #segments = Array.from({ length: SEGMENTS }, () => new Segment());

  /** `mails`: participant, hash of the address, and so on (SparseColumns). */
  constructor(mails: Uint32Array) {
    for (let at = 0; at < mails.length; at += 2) this.#put(mails[at + 1]!, mails[at]!);
  }

  /** Those with an address of the same hash, in no order: few, and usually those who have this one. */
  candidates(mail: string): number[] {
    const hash = hashOfMail(mail);
    return this.#segment(hash).find(hash);
  }

  add(mail: string, participant: number): void {
    this.#put(hashOfMail(mail), participant);
  }

  remove(mail: string, participant: number): void {
    const hash = hashOfMail(mail);
    this.#segment(hash).remove(hash, participant);
  }

  #put(hash: number, participant: number): void {
    this.#segment(hash).add(hash, participant);
  }

  #segment(hash: number): Segment {
    return this.#segments[hash % SEGMENTS]!;
  }
}

class Segment {
  #hashes = new Uint32Array(FIRST_CAPACITY);
  #participants = new Uint32Array(FIRST_CAPACITY).fill(FREE);
  #count = 0;

  find(hash: number): number[] {
    const found: number[] = [];
    for (let at = this.#home(hash); this.#participants[at] !== FREE; at = this.#next(at)) {
      if (this.#hashes[at] === hash) found.push(this.#participants[at]!);
    }
    return found;
  }

  add(hash: number, participant: number): void {
    if (this.#count >= this.#participants.length * LOAD) this.#grow();
    this.#place(hash, participant);
    this.#count++;
  }

  /** Those behind move up as far as they belong, so that no walk ends before what it looks for. */
  remove(hash: number, participant: number): void {
    let hole = this.#home(hash);
    while (this.#hashes[hole] !== hash || this.#participants[hole] !== participant) {
      assert(this.#participants[hole] !== FREE, "an address that is removed is in the index");
      hole = this.#next(hole);
    }
    const mask = this.#participants.length - 1;
    for (let at = this.#next(hole); this.#participants[at] !== FREE; at = this.#next(at)) {
      const walked = (at - this.#home(this.#hashes[at]!)) & mask;
      if (walked < ((at - hole) & mask)) continue;
      this.#hashes[hole] = this.#hashes[at]!;
      this.#participants[hole] = this.#participants[at]!;
      hole = at;
    }
    this.#participants[hole] = FREE;
    this.#count--;
  }

  #grow(): void {
    const [hashes, participants] = [this.#hashes, this.#participants];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#participants = new Uint32Array(hashes.length * 2).fill(FREE);
    participants.forEach((participant, at) => {
      if (participant !== FREE) this.#place(hashes[at]!, participant);
    });
  }

  #place(hash: number, participant: number): void {
    let at = this.#home(hash);
    while (this.#participants[at] !== FREE) at = this.#next(at);
    this.#hashes[at] = hash;
    this.#participants[at] = participant;
  }

  /** The low bits chose the segment, so that others choose the place. */
  #home(hash: number): number {
    return (hash >>> 8) & (this.#participants.length - 1);
  }

  #next(at: number): number {
    return (at + 1) & (this.#participants.length - 1);
  }
}
