/**
 * The text of an incoming short message, by its data_coding.
 *
 * Source: SMPP 3.4, 5.2.19; from 0x10 up, values are a GSM Data Coding Scheme (3GPP TS 23.038, clause 4), which SMSCs
 * pass on as it came. Any bytes give a text: what can't be told apart from text is shown as Latin-1, and nothing throws.
 */
import type { DefaultAlphabet } from "../../schemas/carrier.js";
import { readSeptets } from "./alphabet.js";

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
const GSM_GROUPS_END = 0x80;
const MESSAGE_WAITING_UCS2 = 0xe0;
const MESSAGE_CLASS = 0xf0;

function codingOf(dataCoding: number): Coding {
  if (dataCoding < 0x10) return SMPP_CODINGS[dataCoding] ?? "default";
  if (dataCoding < GSM_GROUPS_END) return GSM_CODINGS[(dataCoding >> 2) & 3]!;
  if (dataCoding >= MESSAGE_CLASS) return (dataCoding & 4) === 0 ? "default" : "latin1";
  return dataCoding >= MESSAGE_WAITING_UCS2 ? "ucs2" : "default";
}

/**
 * `bytes` without a user data header; `locking` and `single` are the languages that it named, 0 for none. One part of a
 * message may end within a surrogate pair: its halves are kept, so that the parts together are the text.
 */
export function decodeText(
  dataCoding: number,
  alphabet: DefaultAlphabet,
  bytes: Uint8Array,
  locking = 0,
  single = 0,
): string {
  const coding = codingOf(dataCoding);
  if (coding === "ucs2") return readUcs2(bytes);
  if (coding === "default" && alphabet === "gsm0338") return readSeptets(bytes, locking, single);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Big-endian; an odd byte at the end is half a character, and is dropped. */
function readUcs2(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString("utf16le");
}
