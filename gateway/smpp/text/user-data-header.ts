/**
 * The user data header that may stand before the text of a short message: which part of which message it is, and which
 * national tables its text is in.
 *
 * Source: 3GPP TS 23.040, 9.2.3.24 (of an element that comes twice the last counts; one that makes no sense is ignored).
 * Any bytes will do. Carriers set the bit that announces a header where there is none, and some count the length byte in its
 * own length: so a header is one only if its elements fill it, and else the message is text from its first byte. Nothing of a
 * text is lost to a header that is not there.
 */

const CONCATENATED_8 = 0x00;
const CONCATENATED_16 = 0x08;
const SINGLE_SHIFT = 0x24;
const LOCKING_SHIFT = 0x25;

/** Which part of which message; `part` and `parts` are 0 for a whole message, `part` counts from 1. */
export interface Concatenated {
  reference: number;
  part: number;
  parts: number;
}

export interface UserDataHeader extends Concatenated {
  /** Bytes of the header, its length byte included; 0 without a header. */
  bytes: number;
  /** National languages of the text, 0 for none. */
  locking: number;
  single: number;
}

export function noHeader(): UserDataHeader {
  return { bytes: 0, reference: 0, part: 0, parts: 0, locking: 0, single: 0 };
}

/** Reads the header at the begin of the `length` bytes at `start`. */
export function readUserDataHeader(bytes: Uint8Array, start: number, length: number, into: UserDataHeader): void {
  clear(into);
  if (length === 0) return;
  into.bytes = headerBytes(bytes, start, length);
  const end = start + into.bytes;
  for (let at = start + 1; at < end; at += 2 + bytes[at + 1]!) readElement(bytes, at, into);
}

/** Takes part and parts where they make sense. */
export function concatenate(into: Concatenated, reference: number, part: number, parts: number): void {
  if (part < 1 || part > parts) return;
  // The only part of one is a whole message.
  const whole = parts === 1;
  into.reference = whole ? 0 : reference;
  into.part = whole ? 0 : part;
  into.parts = whole ? 0 : parts;
}

export function clear(into: UserDataHeader): void {
  into.bytes = 0;
  into.reference = 0;
  into.part = 0;
  into.parts = 0;
  into.locking = 0;
  into.single = 0;
}

/** Bytes of the header with its length byte, whichever way that counts; 0 where there is none. */
function headerBytes(bytes: Uint8Array, start: number, length: number): number {
  const said = bytes[start]!;
  if (isFilled(bytes, start + 1, said, length - 1)) {
    // An empty header before UCS-2 would leave half characters: then the NUL is the first half of the first one.
    return said === 0 && (length & 1) === 0 ? 0 : said + 1;
  }
  return said > 1 && isFilled(bytes, start + 1, said - 1, length - 1) ? said : 0;
}

/** True if elements fill the `count` bytes at `start`, of which there are `room`. */
function isFilled(bytes: Uint8Array, start: number, count: number, room: number): boolean {
  if (count > room) return false;
  const end = start + count;
  let at = start;
  while (at + 2 <= end) at += 2 + bytes[at + 1]!;
  return at === end;
}

function readElement(bytes: Uint8Array, start: number, into: UserDataHeader): void {
  const identifier = bytes[start]!;
  const length = bytes[start + 1]!;
  const at = start + 2;
  if (identifier === CONCATENATED_8 && length === 3) {
    concatenate(into, bytes[at]!, bytes[at + 2]!, bytes[at + 1]!);
  } else if (identifier === CONCATENATED_16 && length === 4) {
    concatenate(into, (bytes[at]! << 8) | bytes[at + 1]!, bytes[at + 3]!, bytes[at + 2]!);
  } else if (identifier === SINGLE_SHIFT && length === 1) {
    into.single = bytes[at]!;
  } else if (identifier === LOCKING_SHIFT && length === 1) {
    into.locking = bytes[at]!;
  }
}
