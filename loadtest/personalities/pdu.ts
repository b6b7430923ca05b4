/** PDUs put together piece by piece, for what a strange carrier says; speed does not matter here. */
import { HEADER_BYTES, writeHeader } from "../carrier/bind/wire.js";

export const TLV = {
  interfaceVersion: 0x0210,
  receiptedMessageId: 0x001e,
  congestionState: 0x0428,
  messagePayload: 0x0424,
  messageState: 0x0427,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarPart: 0x020f,
  /** In the range that SMPP leaves to vendors. */
  large: 0x1402,
} as const;

export function pdu(command: number, status: number, sequence: number, ...body: Uint8Array[]): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), ...body]);
  writeHeader(bytes, 0, bytes.length, command, status, sequence);
  return bytes;
}

/** A PDU with this behind it. */
export function longer(bytes: Buffer, more: Uint8Array): Buffer {
  const all = Buffer.concat([bytes, more]);
  all.writeUInt32BE(all.length, 0);
  return all;
}

export function tlv(tag: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag >> 8, tag & 0xff, value.length >> 8, value.length & 0xff]), value]);
}

export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, "latin1");
}

/** As UTF-16 on the wire, where the high byte is first. */
export function ucs2(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

/** Septets as on the air (TS 23.038, 6.1.2.1): seven bits each, the lowest first; the first begins at a septet of the header. */
export function packed(septets: Uint8Array, headerBytes = 0): Buffer {
  const fill = (7 - ((headerBytes * 8) % 7)) % 7;
  const bytes = Math.ceil((septets.length * 7 + fill) / 8);
  // Seven bits that are left would be an "@": a handset fills them with a carriage return.
  const left = bytes * 8 - fill - septets.length * 7;
  let bits = left === 7 ? 0x0dn : 0n;
  for (const septet of [...septets].reverse()) bits = (bits << 7n) | BigInt(septet);
  return Buffer.from((bits << BigInt(fill)).toString(16).padStart(bytes * 2, "0"), "hex").reverse();
}

/** In the range that SMPP leaves to vendors, and one that SMPP has reserved and never used. */
export const UNKNOWN_TLVS = Buffer.concat([
  tlv(0x1401, Buffer.from("vendor\0", "latin1")),
  tlv(0x3fff, Buffer.alloc(0)),
  tlv(0x0600, Buffer.alloc(300, 0x7f)),
]);
