/**
 * The user data header that may stand before the text of a short message: which part of which message it is, and which
 * national tables its text is in.
 *
 * Source: 3GPP TS 23.040, 9.2.3.24 (of an element that comes twice the last counts; one that makes no sense is ignored).
 * Any bytes will do: a header that is longer than its message is none, and the message counts as text from its first byte.
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
  if (length === 0 || bytes[start]! >= length) return;
  into.bytes = bytes[start]! + 1;
  const end = start + into.bytes;
  let at = start + 1;
  while (at + 2 <= end) {
    const identifier = bytes[at]!;
    const elementBytes = bytes[at + 1]!;
    at += 2;
    if (at + elementBytes > end) return;
    readElement(bytes, at, identifier, elementBytes, into);
    at += elementBytes;
  }
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

function readElement(bytes: Uint8Array, at: number, identifier: number, length: number, into: UserDataHeader): void {
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
