/**
 * Writes a carrier's events into the ring (layout in schemas/link.ts). Whoever calls has made sure of the room; only
 * `released` and `unknown` can say that there is none, for they can wait.
 */
import { assert } from "../../schemas/errors.js";
import { SMPP } from "../../schemas/limits.js";
import { EVENT, EVENT_WORDS } from "../../schemas/link.js";
import type { Ring } from "../../schemas/ring.js";

/** Words of the longest event with its length word: receipt or outcome with a full message_id. */
export const EVENT_WORDS_MAX = 1 + EVENT_WORDS + 2 + SMPP.messageIdBytes / 4;

export class EventWriter {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #number = new Float64Array(1);
  readonly #numberWords = new Uint32Array(this.#number.buffer);

  constructor(private readonly ring: Ring) {
    this.#words = ring.words;
    this.#bytes = new Uint8Array(ring.words.buffer, ring.words.byteOffset, ring.words.byteLength);
  }

  /**
   * True if the events of `bytes` of PDUs fit. A PDU of a submit_sm_resp has 17 bytes and its event 20, both longer by the
   * message_id; a deliver_sm has 33 and its event 28: twice the bytes is enough, with one event more for a PDU that
   * an earlier read began, and one for the filler at the end of the ring.
   */
  fits(bytes: number): boolean {
    return this.ring.room() * 4 >= bytes * 2 + EVENT_WORDS_MAX * 12;
  }

  outcome(slot: number, position: number, segment: number, status: number): void {
    this.#head(EVENT.outcome, segment, 0, slot, position, status, true);
  }

  /** An outcome with the `length` bytes of message_id at `from`. */
  acknowledged(slot: number, position: number, segment: number, id: Uint8Array, from: number, length: number): void {
    const at = this.#head(EVENT.outcome, segment, length, slot, position, 0, true);
    this.#copy(id, from, length, at + EVENT_WORDS);
  }

  /** False if there is no room. */
  unknown(slot: number, position: number, segment: number, reason: number): boolean {
    return this.#head(EVENT.unknown, segment, 0, slot, position, reason, false) >= 0;
  }

  /** False if there is no room. */
  released(slot: number, first: number, count: number, reason: number): boolean {
    return this.#head(EVENT.released, reason, 0, slot, first, count, false) >= 0;
  }

  receipt(state: number, error: number, number: number, id: Uint8Array, from: number, length: number): void {
    const at = this.#head(EVENT.receipt, 0, 8 + length, state, error, 0, true);
    this.#number[0] = number;
    this.#words[at + EVENT_WORDS] = this.#numberWords[0]!;
    this.#words[at + EVENT_WORDS + 1] = this.#numberWords[1]!;
    this.#copy(id, from, length, at + EVENT_WORDS + 2);
  }

  #head(kind: number, segment: number, bytes: number, one: number, two: number, three: number, sure: boolean): number {
    const at = this.ring.reserve(EVENT_WORDS + ((bytes + 3) >>> 2));
    if (at < 0) {
      assert(!sure, "room for an event was made sure of before its PDU was taken");
      return -1;
    }
    const words = this.#words;
    words[at] = kind | (segment << 8) | (bytes << 16);
    words[at + 1] = one;
    words[at + 2] = two;
    words[at + 3] = three;
    return at;
  }

  #copy(from: Uint8Array, start: number, length: number, word: number): void {
    const to = word * 4;
    for (let byte = 0; byte < length; byte++) this.#bytes[to + byte] = from[start + byte]!;
  }
}
