/**
 * GSM 03.38: the 7-bit alphabet of SMS with its extension table, and the national tables that can take the place of either.
 *
 * Source: 3GPP TS 23.038, 6.2.1 (alphabet), 6.2.1.1 (extension), A.2 (single shift: in place of the extension) and A.3
 * (locking shift: in place of the alphabet). SMPP carries septets unpacked, one in a byte.
 */
import type { NationalTable } from "../../../schemas/carrier.js";

export const ESCAPE = 0x1b;
/** National Language Identifiers, TS 23.038 6.2.1.2.4; 0 stands for the default tables. */
export const NATIONAL_LANGUAGE: Readonly<Record<NationalTable, number>> = { turkish: 1, spanish: 2, portuguese: 3 };

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SMALL = "abcdefghijklmnopqrstuvwxyz";
const BEFORE_LETTERS = "%&'()*+,-./0123456789:;<=>?";

/** By language, in the order of the septets. Spanish (2) has no table of its own. */
const ALPHABETS: Readonly<Record<number, string>> = {
  0: `@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤${BEFORE_LETTERS}¡${CAPITALS}ÄÖÑÜ§¿${SMALL}äöñüà`,
  1: `@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bŞşßÉ !"#¤${BEFORE_LETTERS}İ${CAPITALS}ÄÖÑÜ§ç${SMALL}äöñüà`,
  3: `@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\u001bÂâÊÉ !"#º${BEFORE_LETTERS}Í${CAPITALS}ÃÕÚÜ§~${SMALL}ãõ\`üà`,
};

/** What every table behind the escape has. */
const COMMON: Readonly<Record<string, number>> = {
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
const EXTENSIONS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  0: COMMON,
  1: { ...COMMON, Ğ: 0x47, İ: 0x49, Ş: 0x53, ç: 0x63, ğ: 0x67, ı: 0x69, ş: 0x73 },
  2: { ...COMMON, ç: 0x09, Á: 0x41, Í: 0x49, Ó: 0x4f, Ú: 0x55, á: 0x61, í: 0x69, ó: 0x6f, ú: 0x75 },
  3: {
    ...COMMON,
    ...{ ê: 0x05, ç: 0x09, Ô: 0x0b, ô: 0x0c, Á: 0x0e, á: 0x0f, Φ: 0x12, Γ: 0x13, Ω: 0x15, Π: 0x16, Ψ: 0x17, Σ: 0x18 },
    ...{ Θ: 0x19, Ê: 0x1f, À: 0x41, Í: 0x49, Ó: 0x4f, Ú: 0x55, Ã: 0x5b, Õ: 0x5c, Â: 0x61, í: 0x69, ó: 0x6f, ú: 0x75 },
    ...{ ã: 0x7b, õ: 0x7c, â: 0x7f },
  },
};

export function hasLockingTable(language: number): boolean {
  return language !== 0 && ALPHABETS[language] !== undefined;
}

/** For each UTF-16 code unit the septet, or ESCAPE << 8 | septet. */
export type Septets = ReadonlyMap<number, number>;

function septetsOf(locking: number, single: number): Septets {
  const septets = new Map<number, number>();
  for (const [character, septet] of Object.entries(EXTENSIONS[single]!)) {
    septets.set(character.charCodeAt(0), (ESCAPE << 8) | septet);
  }
  const alphabet = ALPHABETS[locking]!;
  for (let at = 0; at < alphabet.length; at++) if (at !== ESCAPE) septets.set(alphabet.charCodeAt(at), at);
  return septets;
}

const BY_LANGUAGES = new Map<number, Septets>();

/** The alphabet that a locking and a single shift make together; both are languages that have such a table, or 0. */
export function septets(locking: number, single: number): Septets {
  const key = (locking << 8) | single;
  let found = BY_LANGUAGES.get(key);
  if (found === undefined) {
    found = septetsOf(locking, single);
    BY_LANGUAGES.set(key, found);
  }
  return found;
}

const BEHIND_ESCAPE = new Map<number, ReadonlyMap<number, string>>(
  Object.entries(EXTENSIONS).map(([language, table]) => [
    Number(language),
    new Map(Object.entries(table).map(([character, septet]) => [septet, character])),
  ]),
);

/**
 * Septets, one in a byte, as text. A language without tables here counts as 0, as TS 23.038 6.2.1.2.1 asks. Behind an escape,
 * what the table lacks is the character of the alphabet itself, and a second escape is a space (6.2.1.1). A septet has no
 * eighth bit: a carrier that sets it sends Latin-1 whatever it says, and is read so.
 */
export function readSeptets(bytes: Uint8Array, locking: number, single: number): string {
  const alphabet = ALPHABETS[locking] ?? ALPHABETS[0]!;
  const extension = BEHIND_ESCAPE.get(single) ?? BEHIND_ESCAPE.get(0)!;
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const septet = bytes[at]!;
    if (septet > 0x7f) text += String.fromCharCode(septet);
    else if (septet !== ESCAPE) text += alphabet[septet]!;
    else if (++at < bytes.length) text += behindEscape(bytes[at]!, alphabet, extension);
  }
  return text;
}

function behindEscape(septet: number, alphabet: string, extension: ReadonlyMap<number, string>): string {
  if (septet === ESCAPE) return " ";
  return extension.get(septet) ?? alphabet[septet] ?? String.fromCharCode(septet);
}
