/**
 * The readers of PDUs against the package `smpp`: what it decodes of a PDU that is whole, ours read the same, and where it
 * throws, they don't. And whatever surrounds a PDU in its buffer does not matter.
 */
import smpp, { type PDU } from "smpp";
import { DELIVERY, DeliveryReader } from "../../../gateway/smpp/messages/deliver.js";
import { DATA_SM, DELIVER_SM, messageIdLength, SUBMIT_SM_RESP } from "../../../gateway/smpp/pdu/protocol.js";
import { SMPP } from "../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../schemas/link.js";
import { CARRIER } from "../carrier.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import { delivery, submitResponse } from "../drawn/pdus.js";
import type { Random } from "../drawn/random.js";
import { writeDamaged } from "../drawn/streams.js";
import { type Delivered, dutchNumber, readDelivered, readHeader, textOf, tlvOf } from "../reference.js";
import { readInAnyAlphabet } from "../reference-receipt.js";
import { same, type Target } from "../target.js";

/** Bits of esm_class. */
const TYPED = 0x24;
const INTERMEDIATE = 0x20;
const UDHI = 0x40;
/** RECEIPT_STATE by message_state, and those after which a message changes no more. */
const STATES = [1, 1, 2, 3, 4, 5, 6, 7, 8, 8];
const FINAL = [2, 3, 4, 5, 8];

const writer = new PduWriter();
const around = Buffer.alloc(writer.bytes.length);
const reader = new DeliveryReader();

function make(random: Random): Uint8Array {
  writer.clear();
  writeDamaged(random, writer, random.once(4) ? submitResponse : delivery, () => true);
  return writer.written;
}

function check(bytes: Uint8Array): void {
  if (bytes.length < 16) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const command = buffer.readUInt32BE(4);
  if (command === SUBMIT_SM_RESP) checkResponse(buffer);
  else if (command === DELIVER_SM || command === DATA_SM) checkDelivery(buffer);
}

function checkResponse(buffer: Buffer): void {
  const ids = [0x00, 0x20, 0x65].map((fill) => {
    const at = surround(buffer, fill);
    const length = messageIdLength(around, at + 16, at + buffer.length);
    return around.toString("latin1", at + 16, at + 16 + length);
  });
  same("id between other bytes", ids[1], ids[0]);
  same("id between other bytes", ids[2], ids[0]);
  const id = decode(buffer)?.message_id;
  // The package reads no further than seven bits, and beyond a message_id without its NUL.
  const comparable = typeof id === "string" && !/[\0-\x20]/.test(id) && isAscii(buffer) && buffer.indexOf(0, 16) >= 0;
  if (comparable) same("id as the package reads it", ids[0], id.slice(0, SMPP.messageIdBytes));
}

function checkDelivery(buffer: Buffer): void {
  const seen = [0x65, 0x00, 0x30].map((fill) => {
    const at = surround(buffer, fill);
    return JSON.stringify(snapshot(around, at, buffer.length));
  });
  same("what is read between other bytes", seen[1], seen[0]);
  same("what is read between other bytes", seen[2], seen[0]);
  const ours = snapshot(buffer, 0, buffer.length);
  const reference = readDelivered(buffer);
  const { text: _, ...read } = ours;
  const rules =
    reference === null
      ? { kind: DELIVERY.malformed, id: "", other: "", number: 0, state: 0, error: 0 }
      : expected(reference);
  same("what the rules say", JSON.stringify(read), JSON.stringify(rules));
  const theirs = decode(buffer);
  // The package reads on behind the end; so it can only be compared where nothing runs over it.
  if (reference !== null && theirs !== null && !reference.broken && reference.padding === 0) {
    compare(ours, reference, theirs);
  }
}

/** What the package reads of the addresses, the id, the state and the text. */
function compare(ours: Snapshot, reference: Delivered, pdu: PDU): void {
  if (ours.kind === DELIVERY.malformed) return;
  const source = String(pdu.source_addr);
  if (isAscii(Buffer.from(reference.source, "latin1"))) {
    const number = dutchNumber(source, Number(pdu.source_addr_ton));
    if (!isOurs(number) || ours.kind === DELIVERY.message) same("number as the package reads it", ours.number, number);
  }
  const id = onlyTlv(reference, 0x001e);
  if (id?.includes(0) && isAscii(id)) {
    const theirs = /^[^\0-\x20]*/.exec(String(pdu.receipted_message_id))![0].slice(0, SMPP.messageIdBytes);
    if (theirs !== "") same("id as the package reads it", ours.id, theirs);
  }
  const state = Number(pdu.message_state);
  const comparable = onlyTlv(reference, 0x0427)?.length === 1 && (reference.esmClass & INTERMEDIATE) === 0;
  if (ours.kind === DELIVERY.receipt && comparable && FINAL.includes(state)) {
    same("a final state as the package reads it", ours.state, state);
  }
  if (ours.kind === DELIVERY.message) compareText(ours.text, reference, pdu);
}

/** All that is read, from the rules alone. */
function expected(pdu: Delivered): Omit<Snapshot, "text"> {
  const raw = textOf(pdu);
  const header = (pdu.esmClass & UDHI) === 0 ? 0 : readHeader(raw).bytes;
  const id = /^[^\0-\x20]*/
    .exec((tlvOf(pdu, 0x001e, () => true) ?? Buffer.alloc(0)).toString("latin1"))![0]
    .slice(0, 64);
  const refused = { kind: DELIVERY.malformed, id: "", other: "", number: 0, state: 0, error: 0 };
  if (pdu.broken && id === "" && raw.length === 0) return refused;
  const said = readInAnyAlphabet(raw, header, (pdu.esmClass & TYPED) !== 0 || id !== "");
  const source = dutchNumber(pdu.source, pdu.sourceTon);
  if ((pdu.esmClass & TYPED) === 0 && id === "" && !said.strict) {
    return { kind: DELIVERY.message, id: "", other: "", number: source, state: 0, error: 0 };
  }
  const error = tlvOf(pdu, 0x0423, (length) => length === 3)?.readUInt16BE(1) || said.error;
  return {
    kind: DELIVERY.receipt,
    id: id || said.id,
    other: id !== "" && said.id !== id ? said.id : "",
    number: isOurs(source) ? dutchNumber(pdu.destination, pdu.destinationTon) : source,
    state: stateOf(pdu, said.state),
    error,
  };
}

/** A receipt from nobody, or from whom the message was. */
function isOurs(source: number): boolean {
  return source === 0 || source === Number(CARRIER.sender);
}

function stateOf(pdu: Delivered, said: number): number {
  const tlv = tlvOf(pdu, 0x0427, (length) => length === 1)?.[0];
  const told = tlv === undefined ? 0 : (STATES[tlv] ?? RECEIPT_STATE.unknown);
  const intermediate = (pdu.esmClass & INTERMEDIATE) !== 0;
  const state = [told, said].find((one) => FINAL.includes(one)) ?? (told || said);
  if (state === 0) return intermediate ? RECEIPT_STATE.enroute : RECEIPT_STATE.unknown;
  const failed = FINAL.includes(state) && state !== RECEIPT_STATE.delivered;
  return intermediate && failed ? RECEIPT_STATE.enroute : state;
}

/** Where both know the alphabet, and there is no header. */
function compareText(text: string, reference: Delivered, pdu: PDU): void {
  if ((reference.esmClass & 0x40) !== 0 || ![3, 8].includes(reference.dataCoding)) return;
  const payload = pduPayload(reference);
  const of = payload === undefined ? pdu.short_message : pdu.message_payload;
  if (reference.tlvs.filter(([tag]) => tag === 0x0424).length > 1) return;
  if (typeof of !== "object" || of === null || !("message" in of) || typeof of.message !== "string") return;
  const raw = payload ?? reference.shortMessage;
  if (reference.dataCoding === 8 && raw.length % 2 === 1) return;
  same("text as the package reads it", text, of.message);
}

function pduPayload(reference: Delivered): Buffer | undefined {
  return tlvOf(reference, 0x0424, (length) => length > 0);
}

/** The only TLV with this tag. */
function onlyTlv(reference: Delivered, tag: number): Buffer | undefined {
  const all = reference.tlvs.filter(([one]) => one === tag);
  return all.length === 1 ? all[0]![1] : undefined;
}

interface Snapshot {
  readonly kind: number;
  readonly id: string;
  readonly other: string;
  readonly number: number;
  readonly state: number;
  readonly error: number;
  readonly text: string;
}

function snapshot(bytes: Buffer, at: number, length: number): Snapshot {
  const kind = reader.read(bytes, at, length, CARRIER);
  if (kind === DELIVERY.malformed) return { kind, id: "", other: "", number: 0, state: 0, error: 0, text: "" };
  const { number, state, error, idBytes, idAt, idLength } = reader;
  // What a message says about a receipt is nothing.
  if (kind === DELIVERY.message)
    return { kind, id: "", other: "", number, state: 0, error: 0, text: reader.text(bytes, "gsm0338") };
  const id = Buffer.from(idBytes.subarray(idAt, idAt + idLength)).toString("latin1");
  const { otherIdBytes, otherIdAt, otherIdLength } = reader;
  const other = Buffer.from(otherIdBytes.subarray(otherIdAt, otherIdAt + otherIdLength)).toString("latin1");
  return { kind, id, other, number, state, error, text: "" };
}

/** Puts the PDU between bytes of another kind; returns its place. */
function surround(buffer: Buffer, fill: number): number {
  const before = fill & 7; // which also moves its place
  around.fill(fill, 0, before + buffer.length + 32);
  buffer.copy(around, before);
  return before;
}

/** What the package makes of it; null where it throws, as it does for much that is damaged. */
function decode(buffer: Buffer): PDU | null {
  const copy = Buffer.from(buffer);
  copy.writeUInt32BE(copy.length, 0);
  try {
    return smpp.PDU.fromBuffer(copy) || null;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

export const codec: Target = { name: "codec", make, check };
