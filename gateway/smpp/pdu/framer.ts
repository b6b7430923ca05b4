/**
 * Cuts what a socket delivers into PDUs. A PDU that lies whole in a chunk is handed on in place, without a copy; one that
 * a chunk begins and a later one ends is put together in a buffer of its own.
 *
 * Promises that a command_length below 16 or over SMPP.pduBytes is reported before anything of that PDU is used; after
 * that the stream can't be cut any more and the session must end.
 */
import { SMPP } from "../../../schemas/limits.js";
import { HEADER_BYTES, readUint32 } from "./protocol.js";

/** Gets a whole PDU; the bytes are valid during the call only. */
export type TakePdu = (bytes: Uint8Array, at: number, length: number) => void;

const MALFORMED = -1;

export class Framer {
  readonly #carry = new Uint8Array(SMPP.pduBytes);
  #carried = 0;
  readonly #take: TakePdu;

  constructor(take: TakePdu) {
    this.#take = take;
  }

  /** False if a command_length is malformed. */
  push(chunk: Uint8Array, length: number): boolean {
    let at = 0;
    if (this.#carried > 0) {
      at = this.#complete(chunk, length);
      if (at === MALFORMED) return false;
    }
    while (length - at >= 4) {
      const pduLength = readUint32(chunk, at);
      if (!isLength(pduLength)) return false;
      if (length - at < pduLength) break;
      this.#take(chunk, at, pduLength);
      at += pduLength;
    }
    for (; at < length; at++) this.#carry[this.#carried++] = chunk[at]!;
    return true;
  }

  /** Completes the PDU that an earlier chunk began; returns how much of `chunk` it took, or MALFORMED. */
  #complete(chunk: Uint8Array, length: number): number {
    let at = 0;
    while (this.#carried < 4 && at < length) this.#carry[this.#carried++] = chunk[at++]!;
    if (this.#carried < 4) return length;
    const pduLength = readUint32(this.#carry, 0);
    if (!isLength(pduLength)) return MALFORMED;
    const missing = Math.min(pduLength - this.#carried, length - at);
    this.#carry.set(chunk.subarray(at, at + missing), this.#carried);
    this.#carried += missing;
    at += missing;
    if (this.#carried < pduLength) return length;
    this.#carried = 0;
    this.#take(this.#carry, 0, pduLength);
    return at;
  }
}

function isLength(pduLength: number): boolean {
  return pduLength >= HEADER_BYTES && pduLength <= SMPP.pduBytes;
}
