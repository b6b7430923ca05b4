/**
 * The seam between two parts of a message, where a carrier has cut a character in two. The part before then ends with what it
 * had of it: an escape of GSM 03.38 as U+001B, bytes of UTF-8 as U+DC80 to U+DCFF, which stand for nothing else there. Halves of a
 * surrogate pair need no more than to be put together.
 *
 * Source: 3GPP TS 23.038, 6.2.1.1 (the extension table). National tables are not known here: of their letters that are cut the
 * plain one is left.
 */

export const CUT_ESCAPE = "\u001b";

/** What stands for a character of the alphabet behind an escape. */
const BEHIND_ESCAPE: Readonly<Record<string, string>> = {
  "\n": "\f",
  Λ: "^",
  "(": "{",
  ")": "}",
  "/": "\\",
  "<": "[",
  "=": "~",
  ">": "]",
  "¡": "|",
  e: "€",
};

const BYTES = 0xdc00;
const ENDS_IN_BYTES = /(?<![\ud800-\udbff])[\udc80-\udcff]{1,3}$/;
const BEGINS_WITH_BYTES = /^[\udc80-\udcff]{1,3}/;
/** Halves of a pair that stands whole are none. */
const LEFT_OVER = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

/** Bytes of a character that was cut, as they stand in the text of a part. */
export function asBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(BYTES + byte)).join("");
}

/** Two neighbouring parts as one text; there may be seams before and behind them. */
export function join(before: string, behind: string): string {
  if (before.endsWith(CUT_ESCAPE) && behind !== "") {
    const first = behind[0]!;
    return before.slice(0, -1) + (BEHIND_ESCAPE[first] ?? first) + behind.slice(1);
  }
  const end = ENDS_IN_BYTES.exec(before)?.[0] ?? "";
  const begin = BEGINS_WITH_BYTES.exec(behind)?.[0] ?? "";
  if (end === "" || begin === "") return before + behind;
  const bytes = Buffer.from(Array.from(end + begin, (unit) => unit.charCodeAt(0) - BYTES));
  return before.slice(0, before.length - end.length) + bytes.toString("utf8") + behind.slice(begin.length);
}

/** A text beside which no part is known: of a character that was cut, its bytes are shown as Latin-1, and an escape is nothing. */
export function closed(text: string): string {
  const whole = text.endsWith(CUT_ESCAPE) ? text.slice(0, -1) : text;
  return whole.replace(LEFT_OVER, (unit) => String.fromCharCode(unit.charCodeAt(0) - BYTES));
}
