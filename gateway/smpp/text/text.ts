/**
 * Text to short messages, as a carrier wants them: its default alphabet where that has every character, else the cheapest of
 * UCS-2 and the national tables that it allows, in as many parts as it takes.
 *
 * Source: 3GPP TS 23.038, 6.2.1; TS 23.040, 9.2.3.24.15 and .16 (national shifts); SMPP 3.4, 5.2.19. Promises the fewest
 * parts that are possible, and that none ends within an escape pair or a surrogate pair.
 */
import type { TextAdvice } from "../../../engine/dispatch/plan/channel-port.js";
import type { CarrierConfiguration, DefaultAlphabet } from "../../../schemas/carrier.js";
import { assert } from "../../../schemas/errors.js";
import { ESCAPE, hasLockingTable, NATIONAL_LANGUAGE, septets } from "./alphabet.js";
import { join, type Part, split, type Unit } from "./parts.js";

export type TextSettings = Pick<CarrierConfiguration, "alphabet" | "nationalTables" | "concatenation">;

const DATA_CODING_DEFAULT = 0;
const DATA_CODING_UCS2 = 8;
/** esm_class: the short message begins with a user data header. */
const ESM_UDHI = 0x40;
const IEI_SINGLE_SHIFT = 0x24;
const IEI_LOCKING_SHIFT = 0x25;
/** The counts of a concatenation are a byte. */
const PARTS_MAX = 255;
/** The alphabets that are made of septets, with the escape pairs of GSM 03.38. */
const SEPTETS: readonly DefaultAlphabet[] = ["gsm0338", "gsm0338packed"];
/** The last character that data_coding 0 can be. */
const LAST: Readonly<Record<DefaultAlphabet, number>> = {
  ...{ gsm0338: 0xffff, gsm0338packed: 0xffff, latin1: 0xff, ascii: 0x7f, utf8: 0xffff },
};

export interface EncodedText {
  readonly encoding: TextAdvice["encoding"];
  readonly dataCoding: number;
  readonly esmClass: number;
  /** One submit_sm each. */
  readonly parts: readonly Part[];
  /** Short messages on the air. */
  readonly onAir: number;
}

/** One way to write a text. */
interface Writing {
  readonly encoding: TextAdvice["encoding"];
  readonly units: readonly Unit[];
  /** Elements of the header that name national tables. */
  readonly shift: readonly number[];
}

/** In GSM 03.38 with national tables or, as 0 and 0, without; null if a character is in none of them. */
function gsmUnits(text: string, locking: number, single: number): Unit[] | null {
  const table = septets(locking, single);
  const units: Unit[] = [];
  for (let at = 0; at < text.length; at++) {
    const septet = table.get(text.charCodeAt(at));
    if (septet === undefined) return null;
    units.push(septet > 0xff ? { bytes: [ESCAPE, septet & 0xff], cost: 2 } : { bytes: [septet], cost: 1 });
  }
  return units;
}

/**
 * In the carrier's default alphabet. An SMSC that takes Latin-1, ASCII or UTF-8 there turns it into GSM 03.38 for the air: so a
 * character must be in both, and costs what it costs in septets, an escape pair too, whatever its bytes are here.
 */
function plainUnits(text: string, alphabet: DefaultAlphabet): Unit[] | null {
  const units = gsmUnits(text, 0, 0);
  if (units === null || SEPTETS.includes(alphabet)) return units;
  const inBytes: Unit[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character > LAST[alphabet]) return null;
    const bytes = alphabet === "utf8" ? [...Buffer.from(text[at]!)] : [character];
    inBytes.push({ bytes, cost: units[at]!.cost });
  }
  return inBytes;
}

/** In UCS-2, which in practice is UTF-16: a character outside the first plane is a surrogate pair. */
function ucs2Units(text: string): Unit[] {
  const units: Unit[] = [];
  for (const character of text) {
    const bytes: number[] = [];
    for (let at = 0; at < character.length; at++) {
      const unit = character.charCodeAt(at);
      bytes.push(unit >> 8, unit & 0xff);
    }
    units.push({ bytes, cost: bytes.length });
  }
  return units;
}

/** With each pair of the national tables that has every character: those with one table first, whose header is shorter. */
function nationalWritings(text: string, { alphabet, nationalTables }: TextSettings): Writing[] {
  if (alphabet !== "gsm0338") return [];
  const singles = nationalTables.map((name) => NATIONAL_LANGUAGE[name]);
  const lockings = singles.filter(hasLockingTable);
  const pairs = [
    ...singles.map((single) => ({ locking: 0, single })),
    ...lockings.map((locking) => ({ locking, single: 0 })),
    ...lockings.flatMap((locking) => singles.map((single) => ({ locking, single }))),
  ];
  return pairs.flatMap(({ locking, single }) => {
    const units = gsmUnits(text, locking, single);
    if (units === null) return [];
    const shift = [
      ...(locking === 0 ? [] : [IEI_LOCKING_SHIFT, 1, locking]),
      ...(single === 0 ? [] : [IEI_SINGLE_SHIFT, 1, single]),
    ];
    return [{ encoding: "gsm0338" as const, units, shift }];
  });
}

/**
 * The ways to write a text, the preferred first. Every phone shows the default alphabet and UCS-2; one that lacks a national
 * table shows other characters in its place, so that is for where it saves a part.
 */
function writings(text: string, settings: TextSettings): Writing[] {
  const plain = plainUnits(text, settings.alphabet);
  const encoding = settings.alphabet === "gsm0338packed" ? "gsm0338" : settings.alphabet;
  if (plain !== null) return [{ encoding, units: plain, shift: [] }];
  return [{ encoding: "ucs2", units: ucs2Units(text), shift: [] }, ...nationalWritings(text, settings)];
}

/** The same settings for a carrier that knows no TLVs: parts are joined in the text's own header. */
export function withoutTlvs<T extends TextSettings>(settings: T): T {
  return settings.concatenation.startsWith("udh") ? settings : { ...settings, concatenation: "udh8" };
}

/** `reference` as for `join`. */
export function encodeText(text: string, settings: TextSettings, reference: number): EncodedText {
  let best: { writing: Writing; parts: Unit[][] } | undefined;
  for (const writing of writings(text, settings)) {
    const { encoding, units, shift } = writing;
    const parts = split(units, encoding === "ucs2", shift.length, settings.concatenation);
    if (best === undefined || parts.length < best.parts.length) best = { writing, parts };
  }
  const { writing, parts } = best!;
  assert(parts.length <= PARTS_MAX, "a message has at most 255 parts");
  const packed = settings.alphabet === "gsm0338packed" && writing.encoding !== "ucs2";
  const concatenated = parts.length > 1 && settings.concatenation.startsWith("udh");
  return {
    encoding: writing.encoding,
    dataCoding: writing.encoding === "ucs2" ? DATA_CODING_UCS2 : DATA_CODING_DEFAULT,
    esmClass: concatenated || writing.shift.length > 0 ? ESM_UDHI : 0,
    parts: join(parts, writing.shift, settings.concatenation, reference, packed),
    onAir: parts.length,
  };
}

/** In how many parts a text goes out, and why in as many. */
export function adviseText(text: string, settings: TextSettings): TextAdvice {
  const { encoding, parts, onAir } = encodeText(text, settings, 0);
  const forces = (character: string): boolean => plainUnits(character, settings.alphabet) === null;
  const outside = encoding === "ucs2" ? [...new Set(text)].filter(forces) : [];
  return { encoding, segments: parts.length, onAir, outside };
}
