/**
 * deliver_sm and data_sm: reads the fields that matter by offset, and says whether it is a delivery receipt or a message.
 *
 * Source: SMPP 3.4, 4.6.1, 4.7.1, 5.2.12 and 5.3.2. Carriers deviate: receipts come with esm_class 0, with a user data
 * header or with just the bit for one, in message_payload, in any alphabet whatever data_coding says, with TLVs alone, text
 * alone, or both that disagree.
 *
 * Promises, whatever the bytes are, to read within the PDU, and to lose nothing that stands whole in it: of TLVs that run
 * over the end, those before count (`broken` says so).
 */
import { MISSING } from "../../../engine/replies/assembly.js";
import type { CarrierConfiguration, DefaultAlphabet } from "../../../schemas/carrier.js";
import { SMPP } from "../../../schemas/limits.js";
import { isFinalState, RECEIPT_STATE } from "../../../schemas/link.js";
import * as protocol from "../pdu/protocol.js";
import { decodeText } from "../text/decode.js";
import { fillBits } from "../text/packed.js";
import { clear, concatenate, noHeader, readUserDataHeader, type UserDataHeader } from "../text/user-data-header.js";
import { numberOf } from "./address.js";
import { readPackedPlain, readPlain } from "./plain-text.js";
import { type ReceiptText, readReceiptText } from "./receipt.js";
import { stateOf } from "./receipt-state.js";

export const DELIVERY = { malformed: 0, receipt: 1, message: 2 } as const;

/** Bits of esm_class: among those of the message type (0x3c), a receipt and an intermediate notification; a header. */
const TYPE_RECEIPT = 0x04;
const TYPE_INTERMEDIATE = 0x20;
const UDHI = 0x40;

/** The first half of a character that was cut in two. */
const CUT_PAIR = /[\ud800-\udbff]$/;

/** What says how a carrier's addresses are to be read. */
export type Addressing = Pick<CarrierConfiguration, "countryCode" | "sender">;

/** Reads one PDU after the other; the fields hold until the next `read`. */
export class DeliveryReader {
  /**
   * Who it is from, or for a receipt whom the message was to; 0 if it is not a number. That is the source, but of a receipt
   * whose source is our own sender, as at carriers that leave the addresses as they were sent, it is the destination.
   */
  number = 0;
  /** A receipt's message_id is `idLength` bytes of `idBytes` at `idAt`. */
  idBytes: Uint8Array = new Uint8Array(0);
  idAt = 0;
  idLength = 0;
  /** What the text calls the message, where a TLV calls it otherwise: `otherIdLength` bytes of `otherIdBytes` at `otherIdAt`. */
  otherIdBytes: Uint8Array = new Uint8Array(0);
  otherIdAt = 0;
  otherIdLength = 0;
  /** RECEIPT_STATE. */
  state = 0;
  error = 0;
  /** Something ran over the end, and what stood before it counts. */
  broken = false;
  dataCoding = 0;
  /** Of a message: which part it is. */
  readonly header: UserDataHeader = noHeader();
  #esmClass = 0;
  #sourceAt = 0;
  #destinationAt = 0;
  #textAt = 0;
  #textLength = 0;
  #sarReference = 0;
  #sarPart = 0;
  #sarParts = 0;
  #sender = "";
  #senderCountry = 0;
  #senderNumber = Number.NaN;
  readonly #text: ReceiptText = { idAt: 0, idLength: 0, state: 0, error: 0, strict: false };
  /** Where the text was read as a receipt's: the PDU, or #plain. */
  #textBytes: Uint8Array = this.idBytes;
  readonly #plain = new Uint8Array(SMPP.messageBytes);

  /** Reads the PDU at `at` and returns one of DELIVERY. */
  read(bytes: Uint8Array, at: number, length: number, carrier: Addressing): number {
    const end = at + length;
    this.#clear(bytes);
    const isData = protocol.readUint32(bytes, at + 4) === protocol.DATA_SM;
    const behind = this.#fields(bytes, at + protocol.HEADER_BYTES, end, isData);
    if (behind < 0) return DELIVERY.malformed;
    this.number = addressAt(bytes, this.#sourceAt, end, carrier);
    this.#tlvs(bytes, behind, end);
    if (this.broken && this.idLength === 0 && this.#textLength === 0) return DELIVERY.malformed;
    if ((this.#esmClass & UDHI) !== 0) readUserDataHeader(bytes, this.#textAt, this.#textLength, this.header);
    if (this.#isReceipt(bytes)) {
      const isOurs = this.number === 0 || this.number === this.#ourNumber(carrier);
      if (isOurs) this.number = addressAt(bytes, this.#destinationAt, end, carrier);
      return DELIVERY.receipt;
    }
    if (this.header.parts === 0) concatenate(this.header, this.#sarReference, this.#sarPart, this.#sarParts);
    return DELIVERY.message;
  }

  /** The text of a message that was just read from `bytes`; of one that is longer than may be, its begin. */
  text(bytes: Uint8Array, alphabet: DefaultAlphabet): string {
    const begin = this.#textAt + this.header.bytes;
    const end = this.#textAt + this.#textLength;
    const kept = Math.min(end, begin + SMPP.messageBytes);
    const text = decodeText(this.dataCoding, alphabet, bytes.subarray(begin, kept), this.header);
    if (kept === end && text.length <= SMPP.messageBytes) return text;
    return text.slice(0, SMPP.messageBytes - MISSING.length).replace(CUT_PAIR, "") + MISSING;
  }

  #clear(bytes: Uint8Array): void {
    this.idBytes = bytes;
    this.idLength = 0;
    this.otherIdLength = 0;
    this.state = 0;
    this.error = 0;
    this.broken = false;
    clear(this.header);
    this.#sarReference = 0;
    this.#sarPart = 0;
    this.#sarParts = 0;
  }

  /** The mandatory fields; returns the place behind them, -1 if they run over the end. */
  #fields(bytes: Uint8Array, start: number, end: number, isData: boolean): number {
    this.#sourceAt = behindString(bytes, start, end);
    this.#destinationAt = behindString(bytes, this.#sourceAt + 2, end);
    let at = behindString(bytes, this.#destinationAt + 2, end);
    // Of a data_sm esm_class, registered_delivery and data_coding are left, and its text is in message_payload.
    if (isData) {
      if (at + 3 > end) return -1;
      this.#esmClass = bytes[at]!;
      this.dataCoding = bytes[at + 2]!;
      this.#textAt = at + 3;
      this.#textLength = 0;
    } else {
      const esmClassAt = at;
      at = behindString(bytes, at + 3, end);
      at = behindString(bytes, at, end);
      if (at + 5 > end) return -1;
      this.#esmClass = bytes[esmClassAt]!;
      this.dataCoding = bytes[at + 2]!;
      this.#textAt = at + 5;
      this.#textLength = bytes[at + 4]!;
    }
    const behind = this.#textAt + this.#textLength;
    return behind <= end ? behind : -1;
  }

  /** The sender as a number, read as an address is; NaN if it is a name. */
  #ourNumber({ sender, countryCode }: Addressing): number {
    if (sender !== this.#sender || countryCode !== this.#senderCountry) {
      this.#sender = sender;
      this.#senderCountry = countryCode;
      const bytes = Buffer.from(sender, "latin1");
      this.#senderNumber = numberOf(bytes, 0, bytes.length, 0, countryCode) || Number.NaN;
    }
    return this.#senderNumber;
  }

  /** Unknown TLVs are skipped; less than a TLV's head at the end is padding. */
  #tlvs(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at + 4 <= end) {
      const tag = protocol.readUint16(bytes, at);
      const length = protocol.readUint16(bytes, at + 2);
      at += 4;
      if (at + length > end) {
        this.broken = true;
        return;
      }
      this.#tlv(bytes, at, tag, length);
      at += length;
    }
  }

  #tlv(bytes: Uint8Array, at: number, tag: number, length: number): void {
    if (tag === protocol.TLV_RECEIPTED_MESSAGE_ID) {
      this.idAt = at;
      this.idLength = protocol.messageIdLength(bytes, at, at + length);
    } else if (tag === protocol.TLV_MESSAGE_STATE && length === 1) {
      this.state = stateOf(bytes[at]!);
    } else if (tag === protocol.TLV_NETWORK_ERROR_CODE && length === 3) {
      this.error = protocol.readUint16(bytes, at + 1);
    } else if (tag === protocol.TLV_MESSAGE_PAYLOAD && length > 0) {
      this.#textAt = at;
      this.#textLength = length;
    } else if (tag === protocol.TLV_SAR_MSG_REF_NUM && length === 2) {
      this.#sarReference = protocol.readUint16(bytes, at);
    } else if (tag === protocol.TLV_SAR_TOTAL_SEGMENTS && length === 1) {
      this.#sarParts = bytes[at]!;
    } else if (tag === protocol.TLV_SAR_SEGMENT_SEQNUM && length === 1) {
      this.#sarPart = bytes[at]!;
    }
  }

  /**
   * What esm_class calls a receipt or an intermediate notification is one; and what has a receipted_message_id; and of the
   * rest, what has the strict shape of a receipt's text: a citizen who quotes one has written a message.
   */
  #isReceipt(bytes: Uint8Array): boolean {
    const typed = (this.#esmClass & (TYPE_RECEIPT | TYPE_INTERMEDIATE)) !== 0;
    const text = this.#text;
    this.#readText(bytes, typed || this.idLength > 0);
    if (!typed && this.idLength === 0 && !text.strict) return false;
    // TLVs count before the text, which was made for people; but a state that is not final leaves the text to say more.
    this.#takeId();
    if (!isFinalState(this.state) && (this.state === 0 || isFinalState(text.state))) this.state = text.state;
    if (this.error === 0) this.error = text.error;
    const isIntermediate = (this.#esmClass & TYPE_INTERMEDIATE) !== 0;
    if (this.state === 0) this.state = isIntermediate ? RECEIPT_STATE.enroute : RECEIPT_STATE.unknown;
    // An attempt that failed is not the end; but who has it, has it.
    if (isIntermediate && isFinalState(this.state) && this.state !== RECEIPT_STATE.delivered)
      this.state = RECEIPT_STATE.enroute;
    return true;
  }

  /** The text's id, in place of the TLV's that is missing, or beside one that is another. */
  #takeId(): void {
    const { idAt, idLength } = this.#text;
    const from = this.#textBytes;
    if (this.idLength === 0) {
      this.idBytes = from;
      this.idAt = idAt;
      this.idLength = idLength;
      return;
    }
    let same = idLength === this.idLength;
    for (let byte = 0; same && byte < idLength; byte++) same = from[idAt + byte] === this.idBytes[this.idAt + byte];
    if (same) return;
    this.otherIdBytes = from;
    this.otherIdAt = idAt;
    this.otherIdLength = idLength;
  }

  /**
   * Reads the text as a receipt's: behind the header, or from the first byte, since the bit for a header may be set without
   * one; and where it is a receipt by all else, as packed septets. The first that makes a receipt counts, or the first of all.
   */
  #readText(bytes: Uint8Array, isReceipt: boolean): void {
    const header = this.header.bytes;
    if (this.#reads(bytes, header) || this.#textLength === header) return;
    if (header > 0 && this.#reads(bytes, 0)) return;
    if (isReceipt && this.#readsPacked(bytes, header)) return;
    if (isReceipt && header > 0 && this.#readsPacked(bytes, 0)) return;
    this.#reads(bytes, header);
  }

  #reads(bytes: Uint8Array, header: number): boolean {
    const at = this.#textAt + header;
    const length = Math.min(this.#textLength - header, SMPP.messageBytes);
    const characters = readPlain(bytes, at, length, this.#plain);
    this.#textBytes = characters >= 0 ? this.#plain : bytes;
    return characters >= 0
      ? readReceiptText(this.#plain, 0, characters, this.#text)
      : readReceiptText(bytes, at, length, this.#text);
  }

  #readsPacked(bytes: Uint8Array, header: number): boolean {
    const length = this.#textLength - header;
    const characters = readPackedPlain(bytes, this.#textAt + header, length, fillBits(header), this.#plain);
    this.#textBytes = this.#plain;
    return readReceiptText(this.#plain, 0, characters, this.#text);
  }
}

/** The number in the address whose type of number is at `at`. */
function addressAt(bytes: Uint8Array, at: number, end: number, { countryCode }: Addressing): number {
  const digitsAt = at + 2;
  return numberOf(bytes, digitsAt, behindString(bytes, digitsAt, end) - 1, bytes[at]!, countryCode);
}

/** The place behind a C-octet string; beyond `end` where its NUL is missing. */
function behindString(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0) at++;
  return at + 1;
}
