/**
 * Delivery receipts in text form, as most carriers send them (SMPP 3.4, appendix B):
 * "id:IIII sub:001 dlvrd:001 submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DELIVRD err:000 text:…".
 *
 * Tolerant: fields may be missing, unknown, in another order, in other case, with spaces around the colon, and parted by
 * commas; a state may be a word of any make (receipt-state.ts), the digit of message_state, or left to the counts. Never looks
 * behind "text:", which is the message's own. Works on bytes, in one pass; the result is written into one object that is used
 * again.
 */
import { RECEIPT_STATE } from "../../../schemas/link.js";
import { messageIdLength } from "../pdu/protocol.js";
import { stateOf, stateOfWord } from "./receipt-state.js";

/** What a receipt's text says; lengths of 0 and states of 0 where it says nothing. */
export interface ReceiptText {
  idAt: number;
  idLength: number;
  /** RECEIPT_STATE; `unknown` for a word that means nothing to us. */
  state: number;
  error: number;
  /** The shape that nobody but an SMSC writes: a field first, an id, a state that we know, and one more field. */
  strict: boolean;
}

/** Letters of a state that are looked at: more than the longest word that we know has. */
const STATE_LETTERS = 16;
const LOWER = 0x20;
const COLON = 0x3a;
const SPACE = 0x20;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const UNDERSCORE = 0x5f;
const HYPHEN = 0x2d;
const DIGIT_ZERO = 0x30;
/** Beyond this an error number is noise. */
const ERROR_MAX = 0xffff_ffff;

const FIELD = { id: 0, stat: 1, err: 2, text: 3, sub: 4, dlvrd: 5, other: 6 } as const;
interface Name {
  readonly letters: Uint8Array;
  readonly field: number;
}

const SUBMIT: Name = { letters: Buffer.from("submit date"), field: FIELD.other };
const DONE: Name = { letters: Buffer.from("done date"), field: FIELD.other };
const NAMES: readonly Name[] = [
  { letters: Buffer.from("id"), field: FIELD.id },
  { letters: Buffer.from("sub"), field: FIELD.sub },
  { letters: Buffer.from("dlvrd"), field: FIELD.dlvrd },
  SUBMIT,
  DONE,
  { letters: Buffer.from("stat"), field: FIELD.stat },
  { letters: Buffer.from("status"), field: FIELD.stat },
  { letters: Buffer.from("state"), field: FIELD.stat },
  { letters: Buffer.from("err"), field: FIELD.err },
  { letters: Buffer.from("text"), field: FIELD.text },
];

/** By first letter, from "a" on: most words of a receipt begin like none of them, and this is asked at each word. */
const BY_LETTER: readonly (readonly Name[])[] = Array.from({ length: 26 }, (_, letter) =>
  NAMES.filter(({ letters }) => letters[0] === 0x61 + letter),
);

/** The place behind the name that was found last, and its colon. */
let behind = 0;

/** Of the text that is being read: -1 where it does not say. */
const counts = { sub: -1, dlvrd: -1 };

/** Reads the text into `into`; true if it has an id and a state, as a receipt's text must. */
export function readReceiptText(bytes: Uint8Array, start: number, length: number, into: ReceiptText): boolean {
  const end = start + length;
  into.idLength = 0;
  into.state = 0;
  into.error = 0;
  into.strict = false;
  counts.sub = -1;
  counts.dlvrd = -1;
  let fieldFirst = false;
  let others = 0;
  let known = false;
  const first = behindGap(bytes, start, end);
  for (let at = first; at < end; at = behindGap(bytes, endOfWord(bytes, at, end), end)) {
    const name = nameAt(bytes, at, end);
    if (name === null) continue;
    const { field } = name;
    if (at === first) fieldFirst = true;
    if (field === FIELD.text) break;
    const value = valueAt(bytes, behind, end);
    if (field === FIELD.id) {
      if (into.idLength === 0) readId(bytes, value, end, into);
    } else if (field === FIELD.stat) {
      if (into.state === 0) known = readState(bytes, value, end, into);
    } else {
      others++;
      readOther(bytes, value, end, field, into);
    }
  }
  if (!known && infer(into)) known = true;
  into.strict = fieldFirst && known && others > 0 && into.idLength > 0;
  return into.idLength > 0 && into.state !== 0;
}

function readOther(bytes: Uint8Array, at: number, end: number, field: number, into: ReceiptText): void {
  if (field === FIELD.err && into.error === 0) into.error = errorAt(bytes, at, end);
  if (field === FIELD.sub && counts.sub < 0) counts.sub = countAt(bytes, at, end);
  if (field === FIELD.dlvrd && counts.dlvrd < 0) counts.dlvrd = countAt(bytes, at, end);
}

/**
 * Where there is no state, or a word that nobody knows, the counts may tell: what was delivered is, and what was submitted and
 * not delivered, with an error, is not. True if they did.
 */
function infer(into: ReceiptText): boolean {
  const { sub, dlvrd } = counts;
  if (sub < 0 || dlvrd < 0) return false;
  if (dlvrd > 0) into.state = RECEIPT_STATE.delivered;
  else if (sub > 0 && into.error !== 0) into.state = RECEIPT_STATE.undeliverable;
  else return false;
  return true;
}

function readId(bytes: Uint8Array, at: number, end: number, into: ReceiptText): void {
  into.idAt = at;
  into.idLength = messageIdLength(bytes, at, endOfWord(bytes, at, end));
}

/** True if the state is one that we know. */
function readState(bytes: Uint8Array, at: number, end: number, into: ReceiptText): boolean {
  if (at >= end) return false;
  const last = endOfWord(bytes, at, end);
  if (last === at) return false;
  const digit = bytes[at]! - DIGIT_ZERO;
  const isDigit = last - at === 1 && digit >= 0 && digit <= 9;
  const state = isDigit ? stateOf(digit) : stateOfWord(letters, lettersAt(bytes, at, end));
  into.state = state ?? RECEIPT_STATE.unknown;
  return state !== undefined;
}

const letters = new Uint8Array(STATE_LETTERS);

/** Collects the letters of a state of one word or several ("EN_ROUTE", "NO-CREDITS", "Delivery failed"); returns how many. */
function lettersAt(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end && count < STATE_LETTERS; at++) {
    const byte = bytes[at]!;
    const letter = byte | LOWER;
    if (letter >= 0x61 && letter <= 0x7a) letters[count++] = letter;
    else if (byte === SPACE ? !goesOn(bytes, at + 1, end) : byte !== UNDERSCORE && byte !== HYPHEN) break;
  }
  return count;
}

/** True if another word of the state begins at `at`, and not a field. */
function goesOn(bytes: Uint8Array, at: number, end: number): boolean {
  const last = endOfWord(bytes, at, end);
  for (let place = at; place < last; place++) if (bytes[place] === COLON) return false;
  return last > at && nameAt(bytes, at, end) === null;
}

/** Which of the names, with its colon, begins at `at`; `behind` says where they end. */
function nameAt(bytes: Uint8Array, at: number, end: number): Name | null {
  const letter = (bytes[at]! | LOWER) - 0x61;
  if (letter < 0 || letter >= 26) return null;
  const names = BY_LETTER[letter]!;
  for (let i = 0; i < names.length; i++) {
    behind = behindName(names[i]!.letters, bytes, at, end);
    if (behind >= 0) return names[i]!;
  }
  return null;
}

/** The place behind the name and its colon, -1 if it does not stand at `at`. */
function behindName(name: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= name.length) return -1;
  for (let letter = 0; letter < name.length; letter++) {
    if ((bytes[start + letter]! | LOWER) !== name[letter]) return -1;
  }
  let at = start + name.length;
  while (at < end && bytes[at] === SPACE) at++;
  return at < end && bytes[at] === COLON ? at + 1 : -1;
}

/** Where the value behind a colon begins; `end` where it is left out, so that the next field is not taken for it. */
function valueAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at++;
  if (at === start) return at;
  const last = endOfWord(bytes, at, end);
  for (let place = at; place < last; place++) if (bytes[place] === COLON) return end;
  const isField = behindName(SUBMIT.letters, bytes, at, end) >= 0 || behindName(DONE.letters, bytes, at, end) >= 0;
  return isField ? end : at;
}

function isGap(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === SEMICOLON;
}

function endOfWord(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !isGap(bytes[at]!)) at++;
  return at;
}

function behindGap(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isGap(bytes[at]!)) at++;
  return at;
}

/** A count ("001", "1"); -1 where there is none. */
function countAt(bytes: Uint8Array, at: number, end: number): number {
  const last = endOfWord(bytes, at, end);
  let count = last > at ? 0 : -1;
  for (let place = at; place < last && count >= 0; place++) {
    const digit = bytes[place]! - DIGIT_ZERO;
    count = digit >= 0 && digit <= 9 ? Math.min(count * 10 + digit, ERROR_MAX) : -1;
  }
  return count;
}

/** Decimal, or hexadecimal where one of its letters is in it ("00B"); of other words ("SYS-12") the digits. */
function errorAt(bytes: Uint8Array, at: number, end: number): number {
  const last = endOfWord(bytes, at, end);
  let digits = 0;
  let hexadecimal = 0;
  let letters = false;
  let others = false;
  for (let place = at; place < last; place++) {
    const byte = bytes[place]!;
    const digit = byte - DIGIT_ZERO;
    const letter = (byte | LOWER) - 0x61;
    if (digit >= 0 && digit <= 9) {
      digits = Math.min(digits * 10 + digit, ERROR_MAX);
      hexadecimal = Math.min(hexadecimal * 16 + digit, ERROR_MAX);
    } else if (letter >= 0 && letter < 6) {
      letters = true;
      hexadecimal = Math.min(hexadecimal * 16 + 10 + letter, ERROR_MAX);
    } else others = true;
  }
  return letters && !others ? hexadecimal : digits;
}
