/**
 * The text of a delivery receipt as ASCII, whatever alphabet a carrier has sent it in: data_coding does not tell, for at some
 * carriers it is that of the message which the receipt is about.
 *
 * A receipt's fields are ASCII. In UCS-2, whichever byte goes first and wherever it begins, every other byte is then NUL, so
 * the text is what is left without them; of GSM 03.38, in which ids are ASCII but for "_", only that is changed. Marks of the
 * order of bytes at the begin are none of the text (U+FEFF in UTF-8 and either order of UTF-16).
 */
import { unpackSeptets } from "../text/packed.js";

const UNDERSCORE = 0x5f;
const GSM_UNDERSCORE = 0x11;
/** Of so many bytes one is NUL at least where it is UCS-2, although the message that a receipt quotes may have other letters. */
const WIDE_SHARE = 3;

/** Copies the text to `plain`, which is as long, and returns its characters; -1 if it can be read where it is. */
export function readPlain(bytes: Uint8Array, start: number, length: number, plain: Uint8Array): number {
  const at = start + markBytes(bytes, start, length);
  const end = start + length;
  let nuls = 0;
  let underscores = 0;
  for (let place = at; place < end; place++) {
    if (bytes[place] === 0) nuls++;
    else if (bytes[place] === GSM_UNDERSCORE) underscores++;
  }
  const isWide = nuls > 1 && nuls * WIDE_SHARE >= end - at;
  if (at === start && !isWide && underscores === 0) return -1;
  let characters = 0;
  for (let place = at; place < end; place++) {
    const byte = bytes[place]!;
    if (byte === 0 && isWide) continue;
    plain[characters++] = byte === GSM_UNDERSCORE ? UNDERSCORE : byte;
  }
  return characters;
}

/** The same of septets that are packed as on the air, behind `fill` bits. */
export function readPackedPlain(
  bytes: Uint8Array,
  start: number,
  length: number,
  fill: number,
  plain: Uint8Array,
): number {
  const characters = unpackSeptets(bytes, start, length, fill, plain);
  for (let place = 0; place < characters; place++) {
    if (plain[place] === GSM_UNDERSCORE) plain[place] = UNDERSCORE;
  }
  return characters;
}

/** Bytes of a byte order mark. */
function markBytes(bytes: Uint8Array, at: number, length: number): number {
  if (length < 2) return 0;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) return 2;
  return length > 2 && first === 0xef && second === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0;
}
