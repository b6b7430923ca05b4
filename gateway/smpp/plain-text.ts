/**
 * The text of a delivery receipt as ASCII, where a carrier has sent it in an alphabet in which it is not. data_coding does not
 * tell: at some carriers it is that of the message which the receipt is about.
 */

const QUESTION_MARK = 0x3f;
const UNDERSCORE = 0x5f;
const GSM_UNDERSCORE = 0x11;

/**
 * Copies the text to `plain` and returns its characters; -1 if it can be read where it is. UCS-2 is seen by its first
 * byte, for no receipt begins with NUL.
 */
export function readPlain(bytes: Uint8Array, at: number, length: number, withId: boolean, plain: Uint8Array): number {
  if (length >= 2 && bytes[at] === 0 && bytes[at + 1] !== 0) return plainOfUcs2(bytes, at, length, plain);
  return withId && plainOfGsm(bytes, at, length, plain) ? length : -1;
}

/** UCS-2 as Latin-1, with "?" for what is beyond it; returns the characters. */
function plainOfUcs2(bytes: Uint8Array, at: number, length: number, plain: Uint8Array): number {
  const characters = length >> 1;
  for (let character = 0; character < characters; character++) {
    const high = bytes[at + character * 2]!;
    plain[character] = high === 0 ? bytes[at + character * 2 + 1]! : QUESTION_MARK;
  }
  return characters;
}

/** Of what a message_id is made of, GSM 03.38 differs from ASCII in "_" alone. Copies with that, or is false without it. */
function plainOfGsm(bytes: Uint8Array, at: number, length: number, plain: Uint8Array): boolean {
  let underscore = at;
  while (underscore < at + length && bytes[underscore] !== GSM_UNDERSCORE) underscore++;
  if (underscore === at + length) return false;
  for (let byte = 0; byte < length; byte++) {
    plain[byte] = bytes[at + byte] === GSM_UNDERSCORE ? UNDERSCORE : bytes[at + byte]!;
  }
  return true;
}
