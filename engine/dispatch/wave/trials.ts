/**
 * What was tried with each recipient of a wave and did not come to an end: how often, how many copies of the message the
 * person may have by it, which carriers refused it for good, which failed it lately, and what the last one said. Most
 * recipients have none of this, so each column is made when it is first needed, and a wave that goes well pays nothing.
 *
 * Carriers are known by the hash of their name, as the journal has them, and are bits in the order in which they came.
 */
import { FAILOVER } from "../../../schemas/limits.js";

export class Trials {
  readonly #count: number;
  readonly #carriers: number[] = [];
  /** Index 0 means none. */
  readonly #statuses: number[] = [0];
  #attempts: Uint8Array | undefined;
  #copies: Uint8Array | undefined;
  #allowed: Uint8Array | undefined;
  #barred: Uint16Array | undefined;
  #tried: Uint16Array | undefined;
  #last: Uint8Array | undefined;

  /** `count`: recipients. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Attempts that ended in no final answer. */
  attempts(position: number): number {
    return this.#attempts?.[position] ?? 0;
  }

  countAttempt(position: number): void {
    this.#attempts ??= new Uint8Array(this.#count);
    if (this.#attempts[position]! < 0xff) this.#attempts[position]!++;
  }

  /** Attempts that are over, not acknowledged, and after which the person may have the message, or a part of it. */
  copies(position: number): number {
    return this.#copies?.[position] ?? 0;
  }

  countCopy(position: number): void {
    this.#copies ??= new Uint8Array(this.#count);
    if (this.#copies[position]! < 0xff) this.#copies[position]!++;
  }

  /** Up to how many copies an operator's word goes; 0 without one. */
  allowed(position: number): number {
    return this.#allowed?.[position] ?? 0;
  }

  /** An operator's word: one copy more than the person may have now, in as many attempts as at first. */
  allowOneMore(position: number): void {
    this.#allowed ??= new Uint8Array(this.#count);
    this.#allowed[position] = Math.min(0xff, this.copies(position) + 1);
    if (this.#attempts) this.#attempts[position] = 0;
  }

  /** Never again with this carrier. False if that can't be remembered: the recipient must not be tried again at all. */
  bar(position: number, carrier: number): boolean {
    const bit = this.#bitOf(carrier);
    this.#barred ??= new Uint16Array(this.#count);
    this.#barred[position]! |= bit;
    return bit !== 0;
  }

  /** Not with this carrier, if there is another that has not been tried since. */
  tried(position: number, carrier: number): void {
    this.#tried ??= new Uint16Array(this.#count);
    this.#tried[position]! |= this.#bitOf(carrier);
  }

  /** All have been tried: they begin anew. */
  tryAll(position: number): void {
    if (this.#tried) this.#tried[position] = 0;
  }

  /** True if a carrier has a mark with this recipient. */
  isMarked(position: number): boolean {
    return ((this.#barred?.[position] ?? 0) | (this.#tried?.[position] ?? 0)) !== 0;
  }

  /** The carriers that refused it for good, as one set of what `setOf` gives for each of their hashes. */
  barredAt(position: number, setOf: (carrier: number) => number): number {
    return this.#union(this.#barred?.[position] ?? 0, setOf);
  }

  triedAt(position: number, setOf: (carrier: number) => number): number {
    return this.#union(this.#tried?.[position] ?? 0, setOf);
  }

  /** Notes what a carrier said that was no acknowledgement. */
  note(position: number, status: number): void {
    this.#last ??= new Uint8Array(this.#count);
    let index = this.#statuses.indexOf(status);
    if (index < 0 && this.#statuses.length < FAILOVER.statuses) index = this.#statuses.push(status) - 1;
    this.#last[position] = Math.max(0, index);
  }

  /** The last status that was noted, 0 for none. */
  lastStatus(position: number): number {
    return this.#statuses[this.#last?.[position] ?? 0]!;
  }

  #union(bits: number, setOf: (carrier: number) => number): number {
    let set = 0;
    for (let left = bits; left !== 0; left &= left - 1) set |= setOf(this.#carriers[31 - Math.clz32(left & -left)]!);
    return set;
  }

  /** 0 when there are too many. */
  #bitOf(carrier: number): number {
    let index = this.#carriers.indexOf(carrier);
    if (index < 0 && this.#carriers.length < FAILOVER.refusingCarriers) index = this.#carriers.push(carrier) - 1;
    return index < 0 ? 0 : 1 << index;
  }
}
