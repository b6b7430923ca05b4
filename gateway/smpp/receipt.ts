/**
 * Delivery receipts in text form, as most carriers send them (SMPP 3.4, appendix B):
 * "id:IIII sub:001 dlvrd:001 submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DELIVRD err:000 text:…".
 *
 * Tolerant: fields may be missing, unknown, in another order, in other case, with spaces around the colon, and parted by
 * commas; a state may be a full word or the digit of message_state. Never looks behind "text:", which is the message's own.
 * Works on bytes, in one pass; the result is written into one object that is used again.
 */
import { RECEIPT_STATE } from "../../schemas/link.js";
import { messageIdLength } from "./protocol.js";

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

const LOWER = 0x20;
const COLON = 0x3a;
const SPACE = 0x20;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const DIGIT_ZERO = 0x30;
/** Beyond this an error number is noise. */
const ERROR_MAX = 0xffff_ffff;

/** First four letters of a state in lower case: they tell all spellings apart ("DELIVRD", "Delivered"; "EN ROUTE"). */
const STATES: Readonly<Record<string, number>> = {
  deli: RECEIPT_STATE.delivered,
  dlvr: RECEIPT_STATE.delivered,
  dele: RECEIPT_STATE.deleted,
  enro: RECEIPT_STATE.enroute,
  "en r": RECEIPT_STATE.enroute,
  "en-r": RECEIPT_STATE.enroute,
  en_r: RECEIPT_STATE.enroute,
  sche: RECEIPT_STATE.enroute,
  buff: RECEIPT_STATE.enroute,
  expi: RECEIPT_STATE.expired,
  unde: RECEIPT_STATE.undeliverable,
  fail: RECEIPT_STATE.undeliverable,
  acce: RECEIPT_STATE.accepted,
  unkn: RECEIPT_STATE.unknown,
  reje: RECEIPT_STATE.rejected,
  skip: RECEIPT_STATE.rejected,
};

/** The same as numbers: four lower-case letters in 32 bits. */
const STATES_BY_WORD = new Map(
  Object.entries(STATES).map(([letters, state]) => [word(Buffer.from(letters), 0, letters.length), state]),
);

const FIELD = { id: 0, stat: 1, err: 2, text: 3, other: 4 } as const;
interface Name {
  readonly letters: Uint8Array;
  readonly field: number;
}

const SUBMIT: Name = { letters: Buffer.from("submit date"), field: FIELD.other };
const DONE: Name = { letters: Buffer.from("done date"), field: FIELD.other };
const NAMES: readonly Name[] = [
  { letters: Buffer.from("id"), field: FIELD.id },
  { letters: Buffer.from("sub"), field: FIELD.other },
  { letters: Buffer.from("dlvrd"), field: FIELD.other },
  SUBMIT,
  DONE,
  { letters: Buffer.from("stat"), field: FIELD.stat },
  { letters: Buffer.from("err"), field: FIELD.err },
  { letters: Buffer.from("text"), field: FIELD.text },
];

/** Reads the text into `into`; true if it has an id and a state, as a receipt's text must. */
export function readReceiptText(bytes: Uint8Array, start: number, length: number, into: ReceiptText): boolean {
  const end = start + length;
  into.idLength = 0;
  into.state = 0;
  into.error = 0;
  into.strict = false;
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
    const value = valueAt(bytes, behindName(name.letters, bytes, at, end), end);
    if (field === FIELD.id) {
      if (into.idLength === 0) readId(bytes, value, end, into);
    } else if (field === FIELD.stat) {
      if (into.state === 0) known = readState(bytes, value, end, into);
    } else {
      others++;
      if (field === FIELD.err && into.error === 0) into.error = errorAt(bytes, value, end);
    }
  }
  into.strict = fieldFirst && known && others > 0 && into.idLength > 0;
  return into.idLength > 0 && into.state !== 0;
}

/** RECEIPT_STATE of a message_state; what lies beyond the known ones is unknown. */
export function stateOf(messageState: number): number {
  if (messageState === 0) return RECEIPT_STATE.enroute; // SCHEDULED, SMPP 5.0
  if (messageState === 9) return RECEIPT_STATE.rejected; // SKIPPED, SMPP 5.0: never sent, by a rule of the system
  return messageState <= RECEIPT_STATE.rejected ? messageState : RECEIPT_STATE.unknown;
}

function readId(bytes: Uint8Array, at: number, end: number, into: ReceiptText): void {
  into.idAt = at;
  into.idLength = messageIdLength(bytes, at, endOfWord(bytes, at, end));
}

/** True if the state is one that we know. */
function readState(bytes: Uint8Array, at: number, end: number, into: ReceiptText): boolean {
  if (at >= end) return false;
  const last = endOfWord(bytes, at, end);
  const digit = bytes[at]! - DIGIT_ZERO;
  const state = last - at === 1 && digit >= 0 && digit <= 9 ? stateOf(digit) : STATES_BY_WORD.get(word(bytes, at, end));
  into.state = state ?? RECEIPT_STATE.unknown;
  return state !== undefined;
}

/** Which of the names, with its colon, begins at `at`. */
function nameAt(bytes: Uint8Array, at: number, end: number): Name | null {
  for (const name of NAMES) if (behindName(name.letters, bytes, at, end) >= 0) return name;
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

/** Four letters in 32 bits, in lower case; what lies at or behind `end` counts as spaces. */
function word(bytes: Uint8Array, at: number, end: number): number {
  let packed = 0;
  for (let letter = at; letter < at + 4; letter++) {
    packed = (packed << 8) | ((letter < end ? bytes[letter]! : SPACE) | LOWER);
  }
  return packed;
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
