/**
 * The outstanding submissions of one bind, and its allocator of sequence numbers.
 *
 * A table four times the window is indexed by the low bits of the sequence number; the allocator skips a number whose place
 * is still taken, so finding a response's submission is one look-up however out of order they come. A list through the
 * table keeps them in the order of sending, for who looks at the oldest. Allocates nothing after it was made.
 */
import { assert } from "../../../../schemas/errors.js";
import { SEQUENCE_LAST } from "../../pdu/protocol.js";
import { Order } from "./order.js";

const NONE = -1;

export class Window {
  readonly slots: Uint16Array;
  readonly positions: Uint32Array;
  readonly segments: Uint8Array;
  /** How often each was asked again for a code that is perhaps a limit (overload.ts). */
  readonly tries: Uint8Array;
  readonly sentAtMs: Float64Array;
  /** When it is each one's turn to be answered, by `order`. */
  readonly turns: Float64Array;
  readonly order = new Order();
  readonly #sequences: Int32Array;
  readonly #mask: number;
  /** The places of the submissions sent just before and just after the one at a place; NONE at the ends. */
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  #oldest = NONE;
  #newest = NONE;
  #next = 1;
  inFlight = 0;

  constructor(readonly size: number) {
    const places = 2 ** Math.ceil(Math.log2(size * 4));
    this.#mask = places - 1;
    this.#sequences = new Int32Array(places);
    this.#older = new Int32Array(places);
    this.#newer = new Int32Array(places);
    this.slots = new Uint16Array(places);
    this.positions = new Uint32Array(places);
    this.segments = new Uint8Array(places);
    this.tries = new Uint8Array(places);
    this.sentAtMs = new Float64Array(places);
    this.turns = new Float64Array(places);
  }

  /** A sequence number, for a request that is not a submission. */
  allocate(): number {
    while (this.#sequences[this.#next & this.#mask] !== 0) this.#next = after(this.#next);
    const sequence = this.#next;
    this.#next = after(sequence);
    return sequence;
  }

  /** Enters a submission and returns its sequence number. */
  open(slot: number, position: number, segment: number, nowMs: number, tries = 0): number {
    assert(this.inFlight < this.size, "the window has room");
    const sequence = this.allocate();
    const place = sequence & this.#mask;
    this.#sequences[place] = sequence;
    this.slots[place] = slot;
    this.positions[place] = position;
    this.segments[place] = segment;
    this.tries[place] = tries;
    this.sentAtMs[place] = nowMs;
    this.turns[place] = this.order.turn(this.inFlight);
    this.#older[place] = this.#newest;
    this.#newer[place] = NONE;
    if (this.#newest === NONE) this.#oldest = place;
    else this.#newer[this.#newest] = place;
    this.#newest = place;
    this.inFlight++;
    return sequence;
  }

  /** The place of an outstanding submission, -1 if there is none with this number. */
  find(sequence: number): number {
    const place = sequence & this.#mask;
    return sequence !== 0 && this.#sequences[place] === sequence ? place : -1;
  }

  close(place: number): void {
    const older = this.#older[place]!;
    const newer = this.#newer[place]!;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    this.#sequences[place] = 0;
    this.inFlight--;
  }

  /** How many of the outstanding were overtaken by answers to later ones; it counts no further than `most`. */
  overtaken(most: number): number {
    let count = 0;
    let place = this.#oldest;
    for (; place !== NONE && count < most && this.order.isOvertaken(this.turns[place]!); count++) {
      place = this.#newer[place]!;
    }
    return count;
  }

  /** The place of the oldest submission, -1 if there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The place of the submission that was sent after the one at `place`, -1 if there is none. */
  after(place: number): number {
    return this.#newer[place]!;
  }
}

function after(sequence: number): number {
  return sequence === SEQUENCE_LAST ? 1 : sequence + 1;
}
