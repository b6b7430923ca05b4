/**
 * Text to short messages: GSM 03.38 where its alphabet has every character, UCS-2 otherwise, in as many parts as it takes.
 *
 * Source: 3GPP TS 23.038 6.2.1 (alphabet and extension table), TS 23.040 9.2.3.24.1 (concatenation, 8-bit reference).
 * SMPP carries septets unpacked, one in a byte. Promises that no part ends within an escape pair or a surrogate pair.
 */
import type { TextAdvice } from "../../engine/dispatch/carrier-port.js";
import { assert } from "../../schemas/errors.js";

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u0000ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
  "abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPE = 0x1b;
const EXTENSION: Readonly<Record<string, number>> = {
  "\f": 0x0a,
  "^": 0x14,
  "{": 0x28,
  "}": 0x29,
  "\\": 0x2f,
  "[": 0x3c,
  "~": 0x3d,
  "]": 0x3e,
  "|": 0x40,
  "€": 0x65,
};

export const DATA_CODING_DEFAULT = 0;
export const DATA_CODING_UCS2 = 8;
/** esm_class: the short message begins with a user data header. */
export const ESM_UDHI = 0x40;
const CONCATENATION_BYTES = 6;
const GSM_SINGLE = 160;
const GSM_PART = 153;
const UCS2_SINGLE = 140;
const UCS2_PART = 134;
const PARTS_MAX = 255;

export interface EncodedText {
  readonly dataCoding: number;
  readonly esmClass: number;
  /** The short_message of each part, user data header included. */
  readonly segments: readonly Uint8Array[];
}

/** UTF-16 code unit to its septet, or to ESCAPE << 8 | septet. */
const SEPTETS = new Map<number, number>();
for (let at = 0; at < BASIC.length; at++) if (at !== ESCAPE) SEPTETS.set(BASIC.charCodeAt(at), at);
for (const [character, septet] of Object.entries(EXTENSION)) {
  SEPTETS.set(character.charCodeAt(0), (ESCAPE << 8) | septet);
}

/** The characters as units that may not be split, in GSM 03.38, or null if one is not in its alphabet. */
function gsmUnits(text: string): number[][] | null {
  const units: number[][] = [];
  for (let at = 0; at < text.length; at++) {
    const septet = SEPTETS.get(text.charCodeAt(at));
    if (septet === undefined) return null;
    units.push(septet > 0xff ? [septet >> 8, septet & 0xff] : [septet]);
  }
  return units;
}

/** The same in UCS-2, which in practice is UTF-16: a character outside the first plane is a surrogate pair. */
function ucs2Units(text: string): number[][] {
  const units: number[][] = [];
  for (const character of text) {
    const bytes: number[] = [];
    for (let at = 0; at < character.length; at++) {
      const unit = character.charCodeAt(at);
      bytes.push(unit >> 8, unit & 0xff);
    }
    units.push(bytes);
  }
  return units;
}

/** Fills each part as far as whole units go. */
function split(units: readonly number[][], single: number, part: number): number[][] {
  let total = 0;
  for (const unit of units) total += unit.length;
  if (total <= single) return [units.flat()];
  const parts: number[][] = [[]];
  for (const unit of units) {
    if (parts[parts.length - 1]!.length + unit.length > part) parts.push([]);
    parts[parts.length - 1]!.push(...unit);
  }
  return parts;
}

/** `reference` tells parts of different messages to one recipient apart; its lower eight bits are used. */
export function encodeText(text: string, reference = 0): EncodedText {
  const gsm = gsmUnits(text);
  const parts = gsm === null ? split(ucs2Units(text), UCS2_SINGLE, UCS2_PART) : split(gsm, GSM_SINGLE, GSM_PART);
  assert(parts.length <= PARTS_MAX, "a message has at most 255 parts");
  const dataCoding = gsm === null ? DATA_CODING_UCS2 : DATA_CODING_DEFAULT;
  if (parts.length === 1) return { dataCoding, esmClass: 0, segments: [Uint8Array.from(parts[0]!)] };
  const segments = parts.map((part, index) => {
    const header = [CONCATENATION_BYTES - 1, 0x00, 3, reference & 0xff, parts.length, index + 1];
    return Uint8Array.from([...header, ...part]);
  });
  return { dataCoding, esmClass: ESM_UDHI, segments };
}

/** In how many parts a text goes out, and why in as many. */
export function adviseText(text: string): TextAdvice {
  const { dataCoding, segments } = encodeText(text);
  const outside = new Set([...text].filter((character) => gsmUnits(character) === null));
  return {
    encoding: dataCoding === DATA_CODING_UCS2 ? "ucs2" : "gsm0338",
    segments: segments.length,
    outside: [...outside],
  };
}
