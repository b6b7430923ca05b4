/**
 * The few SMPP 3.4 layouts that the carrier simulator reads and writes, by offset and without objects.
 *
 * It shares nothing with `gateway/smpp` on purpose: a mistake in the one is not hidden by the same mistake in the other.
 * Assumes that `end` lies inside the buffer. Promises never to read at or beyond `end`.
 */

/** SMPP 3.4, 5.1.2.1. */
export const COMMAND = {
  genericNack: 0x80000000,
  bindReceiver: 0x00000001,
  bindTransmitter: 0x00000002,
  bindReceiverResp: 0x80000001,
  bindTransmitterResp: 0x80000002,
  bindTransceiverResp: 0x80000009,
  outbind: 0x0000000b,
  alertNotification: 0x00000102,
  dataSm: 0x00000103,
  dataSmResp: 0x80000103,
  submitSm: 0x00000004,
  submitSmResp: 0x80000004,
  deliverSm: 0x00000005,
  deliverSmResp: 0x80000005,
  unbind: 0x00000006,
  unbindResp: 0x80000006,
  bindTransceiver: 0x00000009,
  enquireLink: 0x00000015,
  enquireLinkResp: 0x80000015,
} as const;

/** SMPP 3.4, 5.1.3. */
export const STATUS = {
  ok: 0x00000000,
  invalidMessageLength: 0x00000001,
  invalidCommandLength: 0x00000002,
  invalidCommand: 0x00000003,
  invalidBindState: 0x00000004,
  alreadyBound: 0x00000005,
  systemError: 0x00000008,
  invalidDestination: 0x0000000b,
  invalidPassword: 0x0000000e,
  invalidSystemId: 0x0000000f,
  queueFull: 0x00000014,
  submitFailed: 0x00000045,
  throttled: 0x00000058,
} as const;

export const HEADER_BYTES = 16;
const RESPONSE = 0x80000000;
const DIGIT_0 = 48;
/** Bit of esm_class: the text begins with a header. */
const ESM_CLASS_UDH = 0x40;
/** The TLV that carries a text that short_message leaves out (SMPP 3.4, 5.3.2.32). */
const MESSAGE_PAYLOAD = 0x0424;

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  command: number,
  status: number,
  sequence: number,
): void {
  writeUint32(bytes, at, length);
  writeUint32(bytes, at + 4, command);
  writeUint32(bytes, at + 8, status);
  writeUint32(bytes, at + 12, sequence);
}

/** The command that answers `command`. */
export function responseTo(command: number): number {
  return (command | RESPONSE) >>> 0;
}

export function isResponse(command: number): boolean {
  return command >= RESPONSE;
}

/** Where the NUL of a C-octet string stands, or `end` when there is none. */
export function endOfString(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i] !== 0) i++;
  return i;
}

/** A number of digits, with or without "+", as float64 (exact up to 15 digits); 0 when it is no such number. */
export function readDigits(bytes: Uint8Array, at: number, end: number): number {
  let i = bytes[at] === 0x2b ? at + 1 : at;
  if (i === end || end - i > 15) return 0;
  let number = 0;
  for (; i < end; i++) {
    const digit = bytes[i]! - DIGIT_0;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}

/** Writes the digits of a whole number from 0 to 2^53 - 1 and returns where they end. */
export function writeDigits(bytes: Uint8Array, at: number, number: number): number {
  let digits = 1;
  for (let power = 10; power <= number; power *= 10) digits++;
  // In halves of eight digits: below 2^31 division stays in integers, several times faster than in doubles.
  const high = Math.floor(number / 1e8);
  let rest = number - high * 1e8;
  for (let written = 0; written < digits; written++) {
    if (written === 8) rest = high;
    const tenth = (rest / 10) | 0;
    bytes[at + digits - 1 - written] = DIGIT_0 + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

/** What the simulator needs of a submit_sm; filled in by `readSubmit`, one for the whole process. */
export interface Submit {
  /** Of destination_addr; 0 when it is no number. */
  number: number;
  /** The last four bytes of short_message, or of message_payload where that is empty, big-endian; 0 when it has fewer. */
  tag: number;
  /** Where source_addr_ton stands, and where the NUL of source_addr stands. */
  senderAt: number;
  senderEnd: number;
  registeredDelivery: number;
  /** Where short_message begins and ends. */
  textAt: number;
  textEnd: number;
  /** By the header of its text which part of a long message it is, from 1, and of how many; 0 where it is none. */
  part: number;
  parts: number;
  /** What its parts have in common, 0 to 255. */
  reference: number;
  /** Something stands behind short_message. */
  hasTlvs: boolean;
}

/** Reads the body of a submit_sm (SMPP 3.4, 4.4.1) from `at`; false when a field runs over `end`. */
export function readSubmit(bytes: Uint8Array, at: number, end: number, submit: Submit): boolean {
  submit.senderAt = endOfString(bytes, at, end) + 1;
  submit.senderEnd = endOfString(bytes, submit.senderAt + 2, end);
  const numberAt = submit.senderEnd + 3;
  const numberEnd = endOfString(bytes, numberAt, end);
  const scheduleEnd = endOfString(bytes, numberEnd + 4, end);
  const deliveryAt = endOfString(bytes, scheduleEnd + 1, end) + 1;
  const textAt = deliveryAt + 5;
  if (textAt > end) return false;
  const textEnd = textAt + bytes[textAt - 1]!;
  if (textEnd > end) return false;
  submit.number = readDigits(bytes, numberAt, numberEnd);
  if (textEnd === textAt) submit.tag = tagOfPayload(bytes, textEnd, end);
  else submit.tag = textEnd - textAt < 4 ? 0 : readUint32(bytes, textEnd - 4);
  submit.registeredDelivery = bytes[deliveryAt]!;
  submit.textAt = textAt;
  submit.textEnd = textEnd;
  const isPart = (bytes[numberEnd + 1]! & ESM_CLASS_UDH) !== 0 && isConcatenated(bytes, textAt, textEnd);
  submit.reference = isPart ? bytes[textAt + 3]! : 0;
  submit.parts = isPart ? bytes[textAt + 4]! : 0;
  submit.part = isPart ? bytes[textAt + 5]! : 0;
  submit.hasTlvs = textEnd < end;
  return true;
}

/** By the element of TS 23.040, 9.2.3.24.1: length of the header, 0, 3, reference, parts, part. */
function isConcatenated(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at > 5 && bytes[at + 1] === 0 && bytes[at + 2] === 3;
}

/** Of the message_payload among the TLVs from `at`; 0 when there is none. */
function tagOfPayload(bytes: Uint8Array, at: number, end: number): number {
  let length = 0;
  for (let from = at; from + 4 <= end; from += 4 + length) {
    length = (bytes[from + 2]! << 8) | bytes[from + 3]!;
    const isPayload = ((bytes[from]! << 8) | bytes[from + 1]!) === MESSAGE_PAYLOAD;
    if (isPayload && length >= 4 && from + 4 + length <= end) return readUint32(bytes, from + length);
  }
  return 0;
}
