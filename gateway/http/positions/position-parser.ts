/**
 * Reads one position from bytes, a hundred thousand times a second. The form that a program writes, members in their order
 * and no blanks, is read by a loop that makes nothing:
 *
 *     {"participant":1041,"position":[4.88969,52.37403],"at":"2026-01-02T03:04:05.678Z"}
 *
 * Whatever else is valid JSON is left to JSON.parse and the schema (`readSlowly`), so the two must say the same of everything
 * that the loop takes; a test holds them against each other.
 *
 * Numbers are exact: up to fifteen digits are a whole number that a double holds, and so is the power of ten that it is
 * divided by, so that one division rounds correctly (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
 * Programs that don't round write more: what comes behind the fifteenth digit is left out, which is less than the width of
 * an atom.
 */

import { PositionUpdate } from "../../../schemas/api/position.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { parseJson } from "../request/body/json.js";
import { validationProblem } from "../request/problem.js";

const HEAD = Buffer.from('{"participant":');
const MIDDLE = Buffer.from(',"position":[');
const AT = Buffer.from(',"at":"');
/** Digits that a double holds whatever they are; those before the point; and the most characters that are looked at. */
const DIGITS_MAX = 15;
const WHOLES_MAX = 9;
const CHARACTERS_MAX = 32;
const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);

const ZERO = 0x30;
const DOT = 0x2e;
const MINUS = 0x2d;
const COLON = 0x3a;
const COMMA = 0x2c;
const CLOSE_LIST = 0x5d;
const CLOSE = 0x7d;
const QUOTE = 0x22;

export class PositionParser {
  participant = 0;
  lng = 0;
  lat = 0;
  /** Milliseconds since 1970; NaN when it does not say. */
  atMs = Number.NaN;
  /** Where the number or the object ended that was read last. */
  end = 0;
  #number = 0;

  /**
   * Reads the object that begins at `from`; false when it is of another form. There must be a byte behind it that is no part
   * of one, such as a line end.
   */
  read(bytes: Uint8Array, from: number): boolean {
    if (!isAt(bytes, from, HEAD) || !this.#whole(bytes, from + HEAD.length)) return false;
    this.participant = this.#number;
    if (!isAt(bytes, this.end, MIDDLE) || !this.#decimal(bytes, this.end + MIDDLE.length)) return false;
    this.lng = this.#number;
    if (bytes[this.end] !== COMMA || !this.#decimal(bytes, this.end + 1)) return false;
    this.lat = this.#number;
    if (bytes[this.end] !== CLOSE_LIST) return false;
    this.end++;
    this.atMs = Number.NaN;
    if (bytes[this.end] === COMMA && !this.#time(bytes, this.end)) return false;
    return bytes[this.end++] === CLOSE;
  }

  /** A participant number: nine digits at most. */
  #whole(bytes: Uint8Array, from: number): boolean {
    let value = 0;
    let at = from;
    for (; at - from < 10; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#number = value;
    this.end = at;
    const count = at - from;
    return count > 0 && count < 10 && (count === 1 || bytes[from] !== ZERO);
  }

  #decimal(bytes: Uint8Array, from: number): boolean {
    const first = bytes[from] === MINUS ? from + 1 : from;
    let value = 0;
    let at = first;
    let point = -1;
    for (; at - first < CHARACTERS_MAX; at++) {
      const byte = bytes[at]!;
      if (byte === DOT && point < 0) point = at;
      else if (!(byte >= ZERO && byte <= ZERO + 9)) break;
      else if (at - first <= DIGITS_MAX) value = value * 10 + (byte - ZERO);
    }
    this.end = at;
    const wholes = (point < 0 ? at : point) - first;
    const decimals = point < 0 ? 0 : at - point - 1;
    if (at - first === CHARACTERS_MAX || wholes === 0 || wholes > WHOLES_MAX) return false;
    if ((wholes > 1 && bytes[first] === ZERO) || (point >= 0 && decimals === 0)) return false;
    const size = value / POWERS[Math.min(decimals, DIGITS_MAX - wholes)]!;
    this.#number = first === from ? size : -size;
    return true;
  }

  /** `,"at":"2026-01-02T03:04:05Z"` or with three decimals; other ways to say it are left to the schema. */
  #time(bytes: Uint8Array, from: number): boolean {
    if (!isAt(bytes, from, AT)) return false;
    const at = from + AT.length;
    const year = two(bytes, at) * 100 + two(bytes, at + 2);
    const month = two(bytes, at + 5);
    const day = two(bytes, at + 8);
    const hour = two(bytes, at + 11);
    const minute = two(bytes, at + 14);
    const second = two(bytes, at + 17);
    if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS || bytes[at + 10] !== 0x54) return false;
    if (bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return false;
    // Every comparison is false for NaN. Days beyond the 28th are left to the schema where a month may lack them.
    const isDay = month >= 1 && month <= 12 && day >= 1 && (day <= 28 || (day <= 30 && month !== 2));
    if (!(year >= 1970 && isDay && hour <= 23 && minute <= 59 && second <= 59)) return false;
    let end = at + 19;
    let milliseconds = 0;
    if (bytes[end] === DOT) {
      milliseconds = two(bytes, end + 1) * 10 + (two(bytes, end + 2) % 10);
      end += 4;
      if (!(milliseconds >= 0)) return false;
    }
    if (bytes[end] !== 0x5a || bytes[end + 1] !== QUOTE) return false;
    this.end = end + 2;
    this.atMs = (daysUntil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000 + milliseconds;
    return true;
  }
}

function isAt(bytes: Uint8Array, from: number, word: Uint8Array): boolean {
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false;
  return true;
}

/** Two digits; NaN where there are none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Days from 1970 to a day of the Gregorian calendar; the year begins in March, so that a leap day is its last. */
function daysUntil(year: number, month: number, day: number): number {
  const march = month > 2 ? year : year - 1;
  const days = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return 365 * march + Math.floor(march / 4) - Math.floor(march / 100) + Math.floor(march / 400) + days - 719_468;
}

/** What any JSON says, or what is wrong with it. */
export function readSlowly(bytes: Uint8Array): Result<PositionUpdate> {
  const json = parseJson(bytes);
  return json.ok ? checkSlowly(json.value) : json;
}

export function checkSlowly(value: unknown): Result<PositionUpdate> {
  const parsed = PositionUpdate.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const { code, detail, field = "" } = validationProblem(parsed.error.issues);
  return fail(code, field === "" ? detail : `${field}: ${detail}`);
}
