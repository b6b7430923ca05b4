/**
 * Writes a carrier's events into the ring (layout in schemas/link.ts). Whoever calls has made sure of the room; only
 * `released` and `unknown` can say that there is none, for they can wait.
 */
import { assert } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";
import { EVENT, EVENT_WORDS } from "../../../schemas/link.js";
import type { Ring } from "../../../schemas/ring.js";
import type { DeliveryReader } from "../messages/deliver.js";
import type { Concatenated } from "../text/user-data-header.js";

/** Bytes of events for each byte of PDUs, at most. */
const BYTES_OF_EVENTS = 16 / 7;
/** Words of the longest event with its length word: a message, with two bytes for each character of its text. */
const EVENT_WORDS_MAX = 1 + EVENT_WORDS + 2 + SMPP.messageBytes / 2;
assert(SMPP.messageBytes >= SMPP.messageIdBytes, "no receipt is longer than the longest message");

/** A receipt as DeliveryReader reads it. */
export type ReadReceipt = Pick<
  DeliveryReader,
  "state" | "error" | "number" | "idBytes" | "idAt" | "idLength" | "otherIdBytes" | "otherIdAt" | "otherIdLength"
>;

export class EventWriter {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #number = new Float64Array(1);
  readonly #numberWords = new Uint32Array(this.#number.buffer);
  readonly #ring: Ring;

  constructor(ring: Ring) {
    this.#ring = ring;
    this.#words = ring.words;
    this.#bytes = new Uint8Array(ring.words.buffer, ring.words.byteOffset, ring.words.byteLength);
  }

  /**
   * True if the events of `bytes` of PDUs fit. A PDU of a submit_sm_resp has 17 bytes and its event 20, both longer by the
   * message_id; a data_sm has 26 at least, a deliver_sm 33, and their events 28, longer by the message_ids, or by two bytes
   * for each character of a text, of which packed septets have eight in seven bytes: 16/7 of the bytes is enough, with one event more for a PDU that an earlier read began, one
   * for the filler at the end of the ring, and one for rounding up to words.
   */
  fits(bytes: number): boolean {
    return this.#ring.room() * 4 >= bytes * BYTES_OF_EVENTS + EVENT_WORDS_MAX * 12;
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

  receipt(receipt: ReadReceipt): void {
    const { state, error, number, idBytes, idAt, idLength, otherIdBytes, otherIdAt, otherIdLength } = receipt;
    const idWords = (idLength + 3) >>> 2;
    const otherWords = (otherIdLength + 3) >>> 2;
    const at = this.#head(EVENT.receipt, 0, 8 + idLength, state, error, otherIdLength, true, otherWords);
    this.#writeNumber(at + EVENT_WORDS, number);
    this.#copy(idBytes, idAt, idLength, at + EVENT_WORDS + 2);
    this.#copy(otherIdBytes, otherIdAt, otherIdLength, at + EVENT_WORDS + 2 + idWords);
  }

  /** `number` is the sender's. A text has at most SMPP.messageBytes UTF-16 code units. */
  message(concatenated: Concatenated, number: number, text: string): void {
    const { reference, part, parts } = concatenated;
    const at = this.#head(EVENT.message, 0, 8 + text.length * 2, reference, part | (parts << 8), 0, true);
    this.#writeNumber(at + EVENT_WORDS, number);
    let byte = (at + EVENT_WORDS + 2) * 4;
    for (let unit = 0; unit < text.length; unit++) {
      const code = text.charCodeAt(unit);
      this.#bytes[byte++] = code;
      this.#bytes[byte++] = code >>> 8;
    }
  }

  #writeNumber(word: number, number: number): void {
    this.#number[0] = number;
    this.#words[word] = this.#numberWords[0]!;
    this.#words[word + 1] = this.#numberWords[1]!;
  }

  /** `moreWords` stand behind the payload. */
  #head(
    kind: number,
    segment: number,
    bytes: number,
    one: number,
    two: number,
    three: number,
    sure: boolean,
    moreWords = 0,
  ): number {
    const at = this.#ring.reserve(EVENT_WORDS + ((bytes + 3) >>> 2) + moreWords);
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
