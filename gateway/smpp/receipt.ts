/**
 * Delivery receipts in text form, as most carriers send them (SMPP 3.4, appendix B):
 * "id:IIII sub:001 dlvrd:001 submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DELIVRD err:000 text:…".
 *
 * Tolerant: fields may be missing, in another order, in other case. Never looks behind "text:", which is the message's own.
 * Works on bytes; the result is written into one object that is used again.
 */
import { RECEIPT_STATE } from "../../schemas/link.js";

/** What a receipt's text says; lengths of 0 and states of 0 where it says nothing. */
export interface ReceiptText {
  idAt: number;
  idLength: number;
  state: number;
  error: number;
}

const LOWER = 0x20;
const COLON = 0x3a;
const SPACE = 0x20;

/** First three letters of a stat, lower case, to the state; three letters tell all variants apart but DELIVRD and DELETED. */
const STATES: Readonly<Record<string, number>> = {
  deli: RECEIPT_STATE.delivered,
  dele: RECEIPT_STATE.deleted,
  enro: RECEIPT_STATE.enroute,
  expi: RECEIPT_STATE.expired,
  unde: RECEIPT_STATE.undeliverable,
  acce: RECEIPT_STATE.accepted,
  unkn: RECEIPT_STATE.unknown,
  reje: RECEIPT_STATE.rejected,
};

/** The same as numbers: four lower-case letters in 32 bits. */
const STATES_BY_WORD = new Map(
  Object.entries(STATES).map(([letters, state]) => [word(Buffer.from(letters), 0), state]),
);

const ID = Buffer.from("id");
const STAT = Buffer.from("stat");
const ERR = Buffer.from("err");
const TEXT = Buffer.from("text");

function word(bytes: Uint8Array, at: number): number {
  let packed = 0;
  for (let letter = at; letter < at + 4; letter++) packed = (packed << 8) | ((bytes[letter] ?? 0) | LOWER);
  return packed;
}

/** The place behind "name:" between `at` and `end`, where a name begins the text or follows a space; -1 if there is none. */
function behindName(name: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + name.length < end; at++) {
    if (at > start && bytes[at - 1]! > SPACE) continue;
    let same = 0;
    while (same < name.length && (bytes[at + same]! | LOWER) === name[same]) same++;
    if (same === name.length && bytes[at + same] === COLON) return at + same + 1;
  }
  return -1;
}

/** The end of a value: a space, a NUL or the end of the text. */
function endOf(bytes: Uint8Array, at: number, end: number): number {
  let place = at;
  while (place < end && bytes[place]! > SPACE) place++;
  return place;
}

function numberAt(bytes: Uint8Array, at: number, end: number): number {
  let number = 0;
  for (let place = at; place < end && number < 1e8; place++) {
    const digit = bytes[place]! - 48;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return number;
}

/** Reads the text into `into`; true if it is a receipt's: at least an id and a stat. */
export function readReceiptText(bytes: Uint8Array, start: number, length: number, into: ReceiptText): boolean {
  const whole = start + length;
  const text = behindName(TEXT, bytes, start, whole);
  const end = text < 0 ? whole : text - TEXT.length - 1;
  const id = behindName(ID, bytes, start, end);
  into.idAt = id;
  into.idLength = id < 0 ? 0 : endOf(bytes, id, end) - id;
  const stat = behindName(STAT, bytes, start, end);
  into.state = stat < 0 ? 0 : (STATES_BY_WORD.get(word(bytes, stat)) ?? RECEIPT_STATE.unknown);
  const error = behindName(ERR, bytes, start, end);
  into.error = error < 0 ? 0 : numberAt(bytes, error, end);
  return into.idLength > 0 && stat >= 0;
}
