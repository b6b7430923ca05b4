/**
 * deliver_sm that are in the ring of events and not answered yet: a carrier may forget a receipt once it is answered, so
 * the answer waits until the ledger has released the ring up to it, which says that it is durable.
 */
import { assert } from "../../schemas/errors.js";
import { SMPP } from "../../schemas/limits.js";
import { reached } from "../../schemas/ring.js";

const MASK = SMPP.unansweredDeliveries - 1;
assert((SMPP.unansweredDeliveries & MASK) === 0, "SMPP.unansweredDeliveries is a power of two");

export class Unanswered {
  readonly #sequences = new Uint32Array(SMPP.unansweredDeliveries);
  readonly #positions = new Int32Array(SMPP.unansweredDeliveries);
  #head = 0;
  #marked = 0;
  #tail = 0;

  get length(): number {
    return this.#tail - this.#head;
  }

  free(): number {
    return SMPP.unansweredDeliveries - this.length;
  }

  /** Enters a delivery whose event is reserved and not published yet. */
  push(sequence: number): void {
    assert(this.free() > 0, "there is room for an unanswered delivery");
    this.#sequences[this.#tail++ & MASK] = sequence;
  }

  /** All deliveries entered so far are published; `position` lies behind the last of them. */
  published(position: number): void {
    for (; this.#marked < this.#tail; this.#marked++) this.#positions[this.#marked & MASK] = position;
  }

  /** The sequence number of the first delivery if it is durable, -1 otherwise. */
  durable(released: number): number {
    if (this.#head === this.#marked || !reached(released, this.#positions[this.#head & MASK]!)) return -1;
    return this.#sequences[this.#head & MASK]!;
  }

  /** The first delivery was answered. */
  shift(): void {
    this.#head++;
  }

  clear(): void {
    this.#head = this.#tail;
    this.#marked = this.#tail;
  }
}
