/** A slow reader of receipts' texts, on strings and with expressions, to compare with. */
import { stateOfWord } from "../../gateway/smpp/messages/receipt-state.js";
import { SMPP } from "../../schemas/limits.js";
import { RECEIPT_STATE } from "../../schemas/link.js";

export interface Said {
  id: string;
  /** RECEIPT_STATE, 0 where the text says none. */
  state: number;
  error: number;
  strict: boolean;
}

const FIELD = /^(id|sub|dlvrd|submit[\0 ]date|done[\0 ]date|stat|status|state|err|text) *:( *)([^\0-\x20,;]*)/i;
const DATE_FOLLOWS = /^(?:submit|done)[\0 ]date *:/i;
/** Another word, and no field. */
const WORD_FOLLOWS = /^[^\0-\x20,;:]+(?:[\0-\x20,;]|$)/;
const BY_DIGIT = [1, 1, 2, 3, 4, 5, 6, 7, 8, 8];

/** The same rules, on strings; see gateway/smpp/messages/receipt.ts for why they are these. */
export function readSlowly(text: string): Said {
  const said: Said = { id: "", state: 0, error: 0, strict: false };
  const counts: { sub?: number; dlvrd?: number } = {};
  let known = false;
  let others = 0;
  let first: boolean | undefined;
  for (
    let rest = text.replace(/^[\0-\x20,;]+/, "");
    rest !== "";
    rest = rest.replace(/^[^\0-\x20,;]*[\0-\x20,;]*/, "")
  ) {
    const field = FIELD.exec(rest);
    first ??= field !== null;
    if (field === null) continue;
    const [whole, name, gap, word] = field as unknown as [string, string, string, string];
    const key = name.toLowerCase();
    if (key === "text") break;
    const valueAt = whole.length - word.length;
    const leftOut = gap !== "" && (word.includes(":") || DATE_FOLLOWS.test(rest.slice(valueAt)));
    const value = leftOut ? "" : word;
    if (key === "id") said.id ||= value.slice(0, 64);
    else if (key.startsWith("stat")) {
      if (said.state !== 0 || value === "") continue;
      const state = stateOf(rest.slice(valueAt), value);
      known = state !== undefined;
      said.state = state ?? RECEIPT_STATE.unknown;
    } else {
      others++;
      if (key === "err") said.error ||= errorOf(value);
      if ((key === "sub" || key === "dlvrd") && /^[0-9]+$/.test(value)) counts[key] ??= Number(value);
    }
  }
  const { sub, dlvrd } = counts;
  const inferred = known || sub === undefined || dlvrd === undefined ? 0 : inferredFrom(sub, dlvrd, said.error);
  said.state = inferred || said.state;
  said.strict = first === true && (known || inferred > 0) && others > 0 && said.id !== "";
  return said;
}

function inferredFrom(sub: number, dlvrd: number, error: number): number {
  if (dlvrd > 0) return RECEIPT_STATE.delivered;
  return sub > 0 && error > 0 ? RECEIPT_STATE.undeliverable : 0;
}

/** What the words mean is not compared: the table is the same. */
function stateOf(rest: string, value: string): number | undefined {
  if (/^[0-9]$/.test(value)) return BY_DIGIT[Number(value)];
  const letters = Buffer.from(lettersOf(rest));
  return stateOfWord(letters, letters.length);
}

function lettersOf(rest: string): string {
  let letters = "";
  for (let at = 0; at < rest.length && letters.length < 16; at++) {
    const character = rest[at]!;
    const behind = rest.slice(at + 1);
    if (/[a-z]/i.test(character)) letters += character.toLowerCase();
    else if (character === " " ? !WORD_FOLLOWS.test(behind) || FIELD.test(behind) : !/[-_]/.test(character)) break;
  }
  return letters;
}

function errorOf(value: string): number {
  const isHexadecimal = /^[0-9a-f]+$/i.test(value) && /[a-f]/i.test(value);
  const digits = isHexadecimal ? value : value.replace(/[^0-9]/g, "");
  return Math.min(Number.parseInt(digits || "0", isHexadecimal ? 16 : 10), 0xffff_ffff);
}

/** A receipt's text behind a header of so many bytes, or from its first byte, or packed: the first that is a receipt, or the first. */
export function readInAnyAlphabet(text: Buffer, header: number, isReceipt: boolean): Said {
  const places = header > 0 && text.length > header ? [header, 0] : [header];
  const ways = places.map((place) => readSlowly(plainOf(text.subarray(place, place + SMPP.messageBytes))));
  const packed = text.length > header && isReceipt ? places.map((place) => readSlowly(unpackedOf(text, place))) : [];
  return [...ways, ...packed].find(({ id, state }) => id !== "" && state !== 0) ?? ways[0]!;
}

/** ASCII out of UCS-2 in either order and out of GSM 03.38, without a mark of the order of bytes. */
function plainOf(text: Buffer): string {
  const unmarked = text.toString("latin1").replace(/^(?:\xfe\xff|\xff\xfe|\xef\xbb\xbf)/, "");
  const nuls = unmarked.split("\0").length - 1;
  return (nuls > 1 && nuls * 3 >= unmarked.length ? unmarked.replaceAll("\0", "") : unmarked).replaceAll("\x11", "_");
}

/** Septets out of bits, the lowest of each byte first. */
function unpackedOf(text: Buffer, header: number): string {
  const codes: number[] = [];
  let [bits, count] = [0, -((7 - ((header * 8) % 7)) % 7)];
  for (const byte of text.subarray(header)) {
    bits |= count < 0 ? (byte >> -count) << 0 : byte << count;
    count += 8;
    for (; count >= 7 && codes.length < SMPP.messageBytes; count -= 7) {
      codes.push(bits & 0x7f);
      bits >>= 7;
    }
  }
  return String.fromCharCode(...codes).replaceAll("\x11", "_");
}
