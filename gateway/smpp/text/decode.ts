/**
 * The text of an incoming short message, by its data_coding.
 *
 * Source: SMPP 3.4, 5.2.19; from 0x10 up, values are a GSM Data Coding Scheme (3GPP TS 23.038, clause 4), which SMSCs
 * pass on as it came. Any bytes give a text: what can't be told apart from text is shown as Latin-1, and nothing throws.
 */
import { isUtf8 } from "node:buffer";
import { asBytes, CUT_ESCAPE } from "../../../engine/replies/seams.js";
import type { DefaultAlphabet } from "../../../schemas/carrier.js";
import { ESCAPE, readSeptets } from "./alphabet.js";
import { fillBits, unpackSeptets, withoutFilling } from "./packed.js";
import { noHeader, type UserDataHeader } from "./user-data-header.js";

type Coding = "default" | "latin1" | "ucs2";

/** Values below 0x10 that don't mean the SMSC's default alphabet. 1 is IA5, which is the lower half of Latin-1; 2 and 4 are bytes. */
const SMPP_CODINGS: Readonly<Record<number, Coding>> = {
  1: "latin1",
  2: "latin1",
  3: "latin1",
  4: "latin1",
  8: "ucs2",
};
/** Bits 3 and 2 of the GSM groups below 0x80: the default alphabet, bytes, UCS-2, and a value that is reserved. */
const GSM_CODINGS: readonly Coding[] = ["default", "latin1", "ucs2", "default"];
/** The longest character of UTF-8. */
const UTF8_BYTES = 4;
const GSM_GROUPS_END = 0x80;
const MESSAGE_WAITING_UCS2 = 0xe0;
const MESSAGE_CLASS = 0xf0;

function codingOf(dataCoding: number): Coding {
  if (dataCoding < 0x10) return SMPP_CODINGS[dataCoding] ?? "default";
  if (dataCoding < GSM_GROUPS_END) return GSM_CODINGS[(dataCoding >> 2) & 3]!;
  if (dataCoding >= MESSAGE_CLASS) return (dataCoding & 4) === 0 ? "default" : "latin1";
  return dataCoding >= MESSAGE_WAITING_UCS2 ? "ucs2" : "default";
}

/** What the header of a short message says of its text, and which part of a message it is. */
export type TextContext = Pick<UserDataHeader, "bytes" | "locking" | "single" | "part" | "parts">;

const WHOLE: TextContext = noHeader();

/**
 * `bytes` without a user data header. One part of a message may end within a character: an escape, or half of a surrogate pair or
 * of UTF-8, is kept, so that the parts together are the text (engine/replies/seams.ts).
 */
export function decodeText(
  dataCoding: number,
  alphabet: DefaultAlphabet,
  bytes: Uint8Array,
  context: TextContext = WHOLE,
): string {
  const coding = codingOf(dataCoding);
  if (coding === "ucs2") return readUcs2(bytes);
  if (coding === "default" && alphabet === "utf8") return readUtf8(bytes, context);
  if (coding === "default" && alphabet === "gsm0338packed") return readGsm(unpacked(bytes, context), context);
  if (coding === "default" && alphabet === "gsm0338") return readGsm(bytes, context);
  return latin1(bytes);
}

function readGsm(septets: Uint8Array, context: TextContext): string {
  const text = readSeptets(septets, context.locking, context.single);
  return goesOn(context) && endsInEscape(septets) ? text + CUT_ESCAPE : text;
}

/** True if another part of the message follows. */
function goesOn({ part, parts }: TextContext): boolean {
  return part < parts;
}

/** True of an odd number of escapes: of two the second is a character. */
function endsInEscape(septets: Uint8Array): boolean {
  let escapes = 0;
  while (septets[septets.length - 1 - escapes] === ESCAPE) escapes++;
  return escapes % 2 === 1;
}

function unpacked(bytes: Uint8Array, context: TextContext): Uint8Array {
  const fill = fillBits(context.bytes);
  const room = new Uint8Array(Math.ceil((bytes.length * 8) / 7));
  const septets = room.subarray(0, unpackSeptets(bytes, 0, bytes.length, fill, room));
  return withoutFilling(septets, bytes.length, fill, goesOn(context));
}

/** Big-endian; an odd byte at the end is half a character, and is dropped. */
function readUcs2(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString("utf16le");
}

/** What is no UTF-8 is Latin-1 after all. Of a part, a character that is cut at either end is left as its bytes. */
function readUtf8(bytes: Uint8Array, context: TextContext): string {
  const from = context.part > 1 ? continuationBytes(bytes) : 0;
  const end = Math.max(from, bytes.length - (goesOn(context) ? cutBytes(bytes) : 0));
  if (!isUtf8(bytes.subarray(from, end))) return latin1(bytes);
  return asBytes(bytes.subarray(0, from)) + utf8(bytes.subarray(from, end)) + asBytes(bytes.subarray(end));
}

/** Bytes at the begin that continue a character of the part before. */
function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < UTF8_BYTES - 1 && (bytes[count] ?? 0) >> 6 === 0b10) count++;
  return count;
}

/** Bytes at the end of a character that goes on in the next part. */
function cutBytes(bytes: Uint8Array): number {
  for (let count = 1; count < UTF8_BYTES && count <= bytes.length; count++) {
    const byte = bytes[bytes.length - count]!;
    if (byte >> 6 === 0b10) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > count ? count : 0;
  }
  return 0;
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function utf8(bytes: Uint8Array): string {
  return buffer(bytes).toString("utf8");
}

function latin1(bytes: Uint8Array): string {
  return buffer(bytes).toString("latin1");
}
