/**
 * deliver_sm: reads the fields that matter by offset, and says whether it is a delivery receipt.
 *
 * A receipt's TLVs count first (receipted_message_id, message_state, network_error_code), its text fills in what they
 * leave open. Source: SMPP 3.4, 4.6.1, 5.2.12 and 5.3.2. Carriers deviate: some send receipts with esm_class 0, some ids
 * come with their NUL and some without.
 */
import { RECEIPT_STATE } from "../../schemas/link.js";
import {
  HEADER_BYTES,
  readUint16,
  TLV_MESSAGE_PAYLOAD,
  TLV_MESSAGE_STATE,
  TLV_NETWORK_ERROR_CODE,
  TLV_RECEIPTED_MESSAGE_ID,
} from "./protocol.js";
import { type ReceiptText, readReceiptText } from "./receipt.js";

export const DELIVERY = { malformed: 0, receipt: 1, message: 2 } as const;

/** Bits 5 to 2 of esm_class. */
const MESSAGE_TYPE = 0x3c;
const TYPE_RECEIPT = 0x04;
const TYPE_INTERMEDIATE = 0x20;
const NUMBER_DIGITS = 15;

/** Reads one deliver_sm after the other; the fields hold until the next `read`. */
export class DeliveryReader {
  /** The source address as a number, 0 if it is not one. */
  number = 0;
  idAt = 0;
  idLength = 0;
  /** RECEIPT_STATE. */
  state = 0;
  error = 0;
  #esmClass = 0;
  #textAt = 0;
  #textLength = 0;
  readonly #text: ReceiptText = { idAt: 0, idLength: 0, state: 0, error: 0 };

  /** Reads the PDU at `at` and returns one of DELIVERY. */
  read(bytes: Uint8Array, at: number, length: number): number {
    const end = at + length;
    const behind = this.#fields(bytes, at + HEADER_BYTES, end);
    if (behind < 0) return DELIVERY.malformed;
    this.idLength = 0;
    this.state = 0;
    this.error = 0;
    if (!this.#tlvs(bytes, behind, end)) return DELIVERY.malformed;
    const type = this.#esmClass & MESSAGE_TYPE;
    const says = readReceiptText(bytes, this.#textAt, this.#textLength, this.#text);
    if (type !== TYPE_RECEIPT && type !== TYPE_INTERMEDIATE && this.idLength === 0 && !says) return DELIVERY.message;
    if (this.idLength === 0) {
      this.idAt = this.#text.idAt;
      this.idLength = this.#text.idLength;
    }
    if (this.state === 0) this.state = this.#text.state;
    if (this.state === 0) this.state = type === TYPE_INTERMEDIATE ? RECEIPT_STATE.enroute : RECEIPT_STATE.unknown;
    if (this.error === 0) this.error = this.#text.error;
    return DELIVERY.receipt;
  }

  /** The mandatory fields; returns the place behind them, -1 if they run over the end. */
  #fields(bytes: Uint8Array, start: number, end: number): number {
    let at = behindString(bytes, start, end);
    const source = at + 2;
    at = behindString(bytes, source, end);
    this.number = numberOf(bytes, source, at - 1);
    at = behindString(bytes, at + 2, end);
    this.#esmClass = bytes[at] ?? 0;
    at = behindString(bytes, at + 3, end);
    at = behindString(bytes, at, end);
    at += 4;
    if (at >= end) return -1;
    this.#textLength = bytes[at]!;
    this.#textAt = at + 1;
    at += 1 + this.#textLength;
    return at <= end ? at : -1;
  }

  /** False if a TLV runs over the end. Unknown ones are skipped. */
  #tlvs(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at + 4 <= end) {
      const tag = readUint16(bytes, at);
      const length = readUint16(bytes, at + 2);
      at += 4;
      if (at + length > end) return false;
      if (tag === TLV_RECEIPTED_MESSAGE_ID) {
        this.idAt = at;
        this.idLength = length;
        while (this.idLength > 0 && bytes[at + this.idLength - 1] === 0) this.idLength--;
      } else if (tag === TLV_MESSAGE_STATE && length === 1) {
        this.state = stateOf(bytes[at]!);
      } else if (tag === TLV_NETWORK_ERROR_CODE && length === 3) {
        this.error = readUint16(bytes, at + 1);
      } else if (tag === TLV_MESSAGE_PAYLOAD) {
        this.#textAt = at;
        this.#textLength = length;
      }
      at += length;
    }
    return at === end;
  }
}

/** The place behind a C-octet string; beyond `end` where its NUL is missing. */
function behindString(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0) at++;
  return at + 1;
}

/** SCHEDULED (0, SMPP 5.0) is on its way; what lies beyond the known states is unknown. */
function stateOf(value: number): number {
  if (value === 0) return RECEIPT_STATE.enroute;
  return value <= RECEIPT_STATE.rejected ? value : RECEIPT_STATE.unknown;
}

/** Digits, with or without "+" or "00" before them; 0 for anything else. */
function numberOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === 0x2b) at++;
  else if (bytes[at] === 0x30 && bytes[at + 1] === 0x30) at += 2;
  if (end - at > NUMBER_DIGITS) return 0;
  let number = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}
