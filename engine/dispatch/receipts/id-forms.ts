/**
 * How carriers spell message_ids. The same message may be "1A2F" in the response and "0000006703" in the receipt: SMPP leaves
 * both to the carrier, and many SMSCs number hexadecimally where they answer and decimally where they report, pad with zeros
 * in one place, or change the case. Given a receipt's id and what the responses look like, this says how the response may
 * have spelt it.
 *
 * Assumes ids of SMPP.messageIdBytes characters at most. Promises never to lose a digit: values beyond 2^53 are BigInts.
 */
import { SMPP } from "../../../schemas/limits.js";

/** `respelt`: the same digits or letters, with other leading zeros or in other case; it is looked for in any. */
export const ID_FORMS = ["same", "respelt", "decimalReceipts", "hexadecimalReceipts"] as const;
/**
 * Beside those: the responses number the parts of a long message, "7-1" and "7-2", and the receipt names the message, "7". The first
 * part is looked for. Short messages of such a carrier have one id in both, so this says nothing of the forms above.
 */
export const WITHOUT_PART = "withoutPart";
export type IdForm = (typeof ID_FORMS)[number] | typeof WITHOUT_PART;

const LOWER = 1;
const UPPER = 2;
const OTHER = 4;

/** What the ids in a carrier's responses look like, as far as a few of them have shown. */
export class IdShape {
  /** Characters of the longest. */
  width = 0;
  #letters = 0;

  /** Equal for shapes that allow the same spellings. */
  get key(): number {
    return this.width * 8 + this.#letters;
  }

  /** True until a character was seen that is no hexadecimal digit. */
  get isNumber(): boolean {
    return (this.#letters & OTHER) === 0;
  }

  get mayBeDecimal(): boolean {
    return this.#letters === 0;
  }

  /** Takes in the `bytes` bytes of an id that start at `words[at]`. */
  learn(words: Uint32Array, at: number, bytes: number): void {
    if (bytes > this.width) this.width = bytes;
    for (let i = 0; i < bytes; i++) this.#letters |= kindOf((words[at + (i >>> 2)]! >>> ((i & 3) * 8)) & 0xff);
  }

  /** The text in each case that the ids may have. */
  inCase(text: string): string[] {
    const lower = text.toLowerCase();
    const upper = text.toUpperCase();
    if (lower === upper) return [text];
    const seen = this.#letters & (LOWER | UPPER);
    if (seen === LOWER) return [lower];
    return seen === UPPER ? [upper] : [lower, upper];
  }
}

function kindOf(character: number): number {
  if (character >= 0x30 && character <= 0x39) return 0;
  if (character >= 0x61 && character <= 0x66) return LOWER;
  if (character >= 0x41 && character <= 0x46) return UPPER;
  // Letters beyond F tell the case too.
  const letter = character | 0x20;
  if (letter < 0x67 || letter > 0x7a) return OTHER;
  return OTHER | (character === letter ? LOWER : UPPER);
}

const DECIMAL = /^[0-9]+$/;
const HEXADECIMAL = /^[0-9a-fA-F]+$/;
/** Digits that are below 2^53 whatever they are. */
const SAFE_DECIMAL = 15;
const SAFE_HEXADECIMAL = 13;
const FIRST_PARTS = ["-1", "_1", ".1", "/1"];

/** How the response may have spelt what the receipt calls `id`, if the two are related by `form`; the likeliest first. */
export function spellings(id: string, form: IdForm, shape: IdShape): string[] {
  switch (form) {
    case "same":
      return [id];
    case "respelt": {
      const isNumber = shape.isNumber && HEXADECIMAL.test(id);
      // Without letters it has no other case, and was looked for as it is.
      const itself = id.toLowerCase() === id.toUpperCase() ? [] : [id];
      return isNumber ? [...itself, ...padded(withoutZeros(id), shape).filter((each) => each !== id)] : itself;
    }
    case "decimalReceipts":
      return shape.isNumber && DECIMAL.test(id) ? padded(toHexadecimal(id), shape) : [];
    case "hexadecimalReceipts":
      return shape.mayBeDecimal && HEXADECIMAL.test(id) ? padded(toDecimal(id), shape) : [];
    case WITHOUT_PART:
      return shape.isNumber ? [] : FIRST_PARTS.map((part) => id + part).filter(isNotTooLong);
  }
}

/** With the width of the responses and without zeros, in each case that they may have. */
function padded(digits: string, shape: IdShape): string[] {
  if (digits.length > SMPP.messageIdBytes) return [];
  return shape
    .inCase(digits)
    .flatMap((each) => (each.length < shape.width ? [each.padStart(shape.width, "0"), each] : [each]));
}

function isNotTooLong(id: string): boolean {
  return id.length <= SMPP.messageIdBytes;
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=.)/, "");
}

function toHexadecimal(decimal: string): string {
  return (decimal.length <= SAFE_DECIMAL ? Number(decimal) : BigInt(decimal)).toString(16);
}

function toDecimal(hexadecimal: string): string {
  if (hexadecimal.length <= SAFE_HEXADECIMAL) return Number.parseInt(hexadecimal, 16).toString();
  return BigInt(`0x${hexadecimal}`).toString();
}
