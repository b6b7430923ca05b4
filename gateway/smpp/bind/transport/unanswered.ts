/**
 * deliver_sm and data_sm that are in the ring of events and not answered yet: a carrier may forget a receipt once it is answered, so
 * the answer waits until the ledger has released the ring up to it, which says that it is durable.
 */
import { assert } from "../../../../schemas/errors.js";
import { SMPP } from "../../../../schemas/limits.js";
import { reached } from "../../../../schemas/ring.js";
import { ESME_ROK, HEADER_BYTES, writeHeader } from "../../pdu/protocol.js";
import type { Outbox } from "./outbox.js";

/** A deliver_sm_resp has a message_id that is always empty; a data_sm_resp has room for one. */
const ANSWER_BYTES = HEADER_BYTES + 1;
const MASK = SMPP.unansweredDeliveries - 1;
assert((SMPP.unansweredDeliveries & MASK) === 0, "SMPP.unansweredDeliveries is a power of two");

export class Unanswered {
  /** command_id of the response. */
  readonly #responses = new Uint32Array(SMPP.unansweredDeliveries);
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
  push(response: number, sequence: number): void {
    assert(this.free() > 0, "there is room for an unanswered delivery");
    this.#responses[this.#tail & MASK] = response;
    this.#sequences[this.#tail++ & MASK] = sequence;
  }

  /** All deliveries entered so far are published; `position` lies behind the last of them. */
  published(position: number): void {
    for (; this.#marked < this.#tail; this.#marked++) this.#positions[this.#marked & MASK] = position;
  }

  /** Answers the deliveries that the ledger has released, as far as the outbox has room. */
  answer(released: number, outbox: Outbox): void {
    while (this.#head !== this.#marked && reached(released, this.#positions[this.#head & MASK]!)) {
      if (!outbox.reserveAnswers(ANSWER_BYTES)) return;
      const { bytes, at } = outbox;
      const place = this.#head & MASK;
      writeHeader(bytes, at, ANSWER_BYTES, this.#responses[place]!, ESME_ROK, this.#sequences[place]!);
      bytes[at + HEADER_BYTES] = 0;
      outbox.wrote(at + ANSWER_BYTES);
      this.#head++;
    }
  }

  clear(): void {
    this.#head = this.#tail;
    this.#marked = this.#tail;
  }
}
