import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText } from "../../../../gateway/smpp/text/decode.js";
import { adviseText, type EncodedText, encodeText, type TextSettings } from "../../../../gateway/smpp/text/text.js";
import { noHeader } from "../../../../gateway/smpp/text/user-data-header.js";
import { CONCATENATIONS, DEFAULT_ALPHABETS, NATIONAL_TABLES } from "../../../../schemas/carrier.js";
import { EXTENSIONS, LOCKING, septetsFor } from "./tables.js";

const PLAIN: TextSettings = { alphabet: "gsm0338", nationalTables: [], concatenation: "udh8" };
const IDENTIFIERS = { turkish: 1, spanish: 2, portuguese: 3 } as const;

/** Room of a whole message and of a part, as the specifications have them: by tables in the header, then by concatenation. */
const SEPTETS = [
  { whole: 160, udh8: 153, udh16: 152, sar: 153, payload: 153 },
  { whole: 155, udh8: 149, udh16: 148, sar: 149, payload: 149 },
  { whole: 152, udh8: 146, udh16: 145, sar: 146, payload: 146 },
];
const UCS2_CHARACTERS = { whole: 70, udh8: 67, udh16: 66, sar: 67, payload: 67 };

const all = [
  ...new Set([...Object.values(LOCKING).flat(), ...Object.values(EXTENSIONS).flatMap((t) => [...t.values()])]),
];
const inTables = all.filter((character) => character !== "\u001b");
const pieces = [
  fc.string({ unit: fc.constantFrom(...inTables), maxLength: 200, size: "max" }),
  fc.string({ unit: fc.constantFrom(..."abc €{}[]~^|\\"), maxLength: 500, size: "max" }),
  fc.string({ unit: fc.constantFrom(..."şğıİŞĞçaei"), maxLength: 400, size: "max" }),
  fc.string({ unit: fc.constantFrom(..."áíóúÁÍÓÚñeo€"), maxLength: 400, size: "max" }),
  fc.string({ unit: fc.constantFrom(..."ãõâêôÃÕÇªº"), maxLength: 400, size: "max" }),
  fc.string({ unit: fc.constantFrom("😀", "ë", "a"), maxLength: 200, size: "max" }),
  fc.string({ unit: "grapheme", maxLength: 100, size: "max" }),
];
const text = fc.oneof(
  ...pieces,
  fc.array(fc.oneof(...pieces), { maxLength: 3, size: "max" }).map((some) => some.join("")),
);
const settings = fc.record({
  alphabet: fc.constantFrom(...DEFAULT_ALPHABETS),
  nationalTables: fc.subarray([...NATIONAL_TABLES]),
  concatenation: fc.constantFrom(...CONCATENATIONS),
});

interface Received {
  /** Of the header. */
  readonly bytes: number;
  readonly body: Uint8Array;
  readonly locking: number;
  readonly single: number;
  readonly reference: number | null;
  readonly total: number;
  readonly number: number;
}

function uint(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** Tag or element identifier to value. */
function elements(bytes: Uint8Array, width: 1 | 2): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const length = uint(bytes.subarray(at + width, at + 2 * width));
    found.set(uint(bytes.subarray(at, at + width)), bytes.subarray(at + 2 * width, at + 2 * width + length));
    at += 2 * width + length;
    expect(at).toBeLessThanOrEqual(bytes.length);
  }
  return found;
}

/** As a phone, or the SMSC before it, takes a part in. */
function receive({ esmClass, parts }: EncodedText): Received[] {
  return parts.map(({ message, tlvs }) => {
    const optional = elements(tlvs, 2);
    const whole = optional.get(0x0424) ?? message;
    if (optional.has(0x0424)) expect(message).toHaveLength(0);
    const headerBytes = esmClass === 0x40 ? whole[0]! + 1 : 0;
    const header = elements(whole.subarray(1, headerBytes), 1);
    const short = header.get(0x00);
    const long = header.get(0x08);
    const sar = [0x020c, 0x020e, 0x020f].map((tag) => optional.get(tag));
    const body = whole.subarray(headerBytes);
    const tables = {
      bytes: headerBytes,
      body,
      locking: header.get(0x25)?.[0] ?? 0,
      single: header.get(0x24)?.[0] ?? 0,
    };
    if (short) return { ...tables, reference: short[0]!, total: short[1]!, number: short[2]! };
    if (long) return { ...tables, reference: uint(long.subarray(0, 2)), total: long[2]!, number: long[3]! };
    if (sar[0]) return { ...tables, reference: uint(sar[0]), total: sar[1]![0]!, number: sar[2]![0]! };
    return { ...tables, reference: null, total: 1, number: 1 };
  });
}

/** The fewest parts into which characters of these costs fit, by trying every cut. */
function fewest(costs: readonly number[], whole: number, part: number): number {
  if (sumOf(costs) <= whole) return 1;
  const best = [0];
  for (let end = 1; end <= costs.length; end++) {
    let least = Number.POSITIVE_INFINITY;
    for (let start = end - 1, used = costs[start]!; start >= 0 && used <= part; used += costs[--start] ?? 0) {
      least = Math.min(least, best[start]! + 1);
    }
    best.push(least);
  }
  return best[costs.length]!;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** The same where each character also has bytes, of which short_message takes 254, header and all. */
function fewestInUtf8(characters: readonly string[], { concatenation }: TextSettings): number {
  const costs = characters.map((character) => septetsFor(character, 0, 0));
  const bytes = characters.map((character) => Buffer.byteLength(character));
  const short = concatenation === "payload" ? Number.POSITIVE_INFINITY : 254;
  if (sumOf(costs) <= SEPTETS[0]!.whole && sumOf(bytes) <= short) return 1;
  const header = concatenation === "udh16" ? 7 : 6;
  let parts = 1;
  let [used, usedBytes] = [0, 0];
  for (const [at, cost] of costs.entries()) {
    used += cost;
    usedBytes += bytes[at]!;
    if (used <= SEPTETS[0]![concatenation] && usedBytes <= short - header) continue;
    parts++;
    [used, usedBytes] = [cost, bytes[at]!];
  }
  return parts;
}

/** The fewest parts of a text in septets, or infinitely many where a character is in neither table. */
function fewestInSeptets(characters: readonly string[], locking: number, single: number, by: TextSettings): number {
  const costs = characters.map((character) => septetsFor(character, locking, single));
  if (costs.includes(0)) return Number.POSITIVE_INFINITY;
  const room = SEPTETS[Math.sign(locking) + Math.sign(single)]!;
  return fewest(costs, room.whole, room[by.concatenation]);
}

function fewestOfAll(content: string, by: TextSettings): number {
  const characters = [...content];
  const last = { gsm0338: "\uffff", gsm0338packed: "\uffff", latin1: "\u00ff", ascii: "\u007f", utf8: "\uffff" }[
    by.alphabet
  ];
  const plain = characters.every((character) => character <= last) ? fewestInSeptets(characters, 0, 0, by) : Infinity;
  if (plain !== Infinity) return by.alphabet === "utf8" ? fewestInUtf8(characters, by) : plain;
  const units = characters.map((character) => character.length);
  const counts = [fewest(units, UCS2_CHARACTERS.whole, UCS2_CHARACTERS[by.concatenation])];
  const languages = by.alphabet === "gsm0338" ? by.nationalTables.map((name) => IDENTIFIERS[name]) : [];
  for (const locking of [0, ...languages.filter((language) => language !== 2)]) {
    for (const single of [0, ...languages]) {
      if (locking + single > 0) counts.push(fewestInSeptets(characters, locking, single, by));
    }
  }
  return Math.min(...counts);
}

describe("text", () => {
  const segments = (content: string, by: Partial<TextSettings> = {}) =>
    adviseText(content, { ...PLAIN, ...by }).segments;

  test("boundaries of GSM 03.38", () => {
    expect(segments("")).toBe(1);
    expect(segments("a".repeat(160))).toBe(1);
    expect(segments("a".repeat(161))).toBe(2);
    expect(segments("a".repeat(306))).toBe(2);
    expect(segments("a".repeat(307))).toBe(3);
    expect(segments(`${"a".repeat(158)}€`)).toBe(1);
    expect(segments(`${"a".repeat(159)}€`)).toBe(2);
    expect(segments("a".repeat(1_530))).toBe(10);
    expect(segments("a".repeat(304), { concatenation: "udh16" })).toBe(2);
    expect(segments("a".repeat(305), { concatenation: "udh16" })).toBe(3);
  });

  test("boundaries of UCS-2", () => {
    expect(segments(`ë${"a".repeat(69)}`)).toBe(1);
    expect(segments(`ë${"a".repeat(70)}`)).toBe(2);
    expect(segments(`ë${"a".repeat(133)}`)).toBe(2);
    expect(segments(`ë${"a".repeat(134)}`)).toBe(3);
    expect(segments(`ë${"a".repeat(131)}`, { concatenation: "udh16" })).toBe(2);
    expect(segments(`ë${"a".repeat(132)}`, { concatenation: "udh16" })).toBe(3);
    expect(segments("😀".repeat(35))).toBe(1);
    expect(segments("😀".repeat(36))).toBe(2);
  });

  test("a payload is one submission, whatever goes over the air", () => {
    const advice = adviseText("a".repeat(307), { ...PLAIN, concatenation: "payload" });
    expect(advice).toEqual({ encoding: "gsm0338", segments: 1, onAir: 3, outside: [] });
  });

  test("the advice names each character that forces UCS-2, and none where nothing is forced", () => {
    expect(adviseText("België is één patiënt 😀😀", PLAIN).outside).toEqual(["ë", "😀"]);
    expect(adviseText("Tot €5", { ...PLAIN, alphabet: "latin1" })).toMatchObject({ encoding: "ucs2", outside: ["€"] });
    expect(adviseText("één", { ...PLAIN, alphabet: "ascii" })).toMatchObject({ encoding: "ucs2", outside: ["é"] });
    expect(adviseText("één", { ...PLAIN, alphabet: "latin1" })).toMatchObject({ encoding: "latin1", outside: [] });
    expect(adviseText("één €", PLAIN)).toMatchObject({ encoding: "gsm0338", outside: [] });
  });

  test("bytes of data_coding 0 are the carrier's: septets, Latin-1 or ASCII, at the same cost", () => {
    const bytes = (alphabet: TextSettings["alphabet"]) => encodeText("@{é", { ...PLAIN, alphabet }, 0);
    expect([...bytes("gsm0338").parts[0]!.message]).toEqual([0x00, 0x1b, 0x28, 0x05]);
    expect([...bytes("latin1").parts[0]!.message]).toEqual([0x40, 0x7b, 0xe9]);
    expect(bytes("ascii").dataCoding).toBe(8);
    expect([...bytes("utf8").parts[0]!.message]).toEqual([0x40, 0x7b, 0xc3, 0xa9]);
    expect(bytes("utf8").encoding).toBe("utf8");
    // 0000000 0011011 0101000 0000101, from the lowest bit of the first byte on.
    expect([...bytes("gsm0338packed").parts[0]!.message]).toEqual([0x80, 0x0d, 0xaa, 0x00]);
    expect(bytes("gsm0338packed").encoding).toBe("gsm0338");
    for (const alphabet of DEFAULT_ALPHABETS) {
      expect(segments("{".repeat(80), { alphabet })).toBe(1);
      expect(segments("{".repeat(81), { alphabet })).toBe(2);
    }
  });

  test("packed septets are those that handsets send: behind a header they begin on a septet's border", () => {
    const packed = { ...PLAIN, alphabet: "gsm0338packed" } as const;
    const hello = encodeText("hellohello", packed, 0).parts[0]!.message;
    expect(Buffer.from(hello).toString("hex")).toBe("e8329bfd4697d9ec37");
    const parts = encodeText("a".repeat(306), packed, 5).parts.map(({ message }) => message);
    expect(parts.map((message) => message.length)).toEqual([140, 140]);
    expect([...parts[0]!.subarray(0, 8)]).toEqual([5, 0, 3, 5, 2, 1, 0xc2, 0xe1]);
    // Seven bits that are left are a carriage return, for as zeros they would be an "@".
    expect(encodeText("abcdefg", packed, 0).parts[0]!.message.at(-1)! >> 1).toBe(0x0d);
  });

  test("UTF-8 that is short enough for the air may be too long for short_message", () => {
    const utf8 = { ...PLAIN, alphabet: "utf8" } as const;
    expect(encodeText("£".repeat(127), utf8, 0).parts.map(({ message }) => message.length)).toEqual([254]);
    expect(encodeText("£".repeat(128), utf8, 0).parts.map(({ message }) => message.length)).toEqual([254, 14]);
    const payload = encodeText("£".repeat(160), { ...utf8, concatenation: "payload" }, 0);
    expect([payload.onAir, payload.parts.length, payload.parts[0]!.tlvs.length]).toEqual([1, 1, 324]);
  });

  test("a text with one character outside the alphabet is UCS-2, with bytes in network order", () => {
    const encoded = encodeText("ë€", PLAIN, 0);
    expect(encoded.dataCoding).toBe(8);
    expect([...encoded.parts[0]!.message]).toEqual([0x00, 0xeb, 0x20, 0xac]);
  });

  test("national tables are for where they save a part, and the header names them", () => {
    const by: TextSettings = { ...PLAIN, nationalTables: ["turkish", "portuguese"] };
    expect(encodeText("ş".repeat(70), by, 0).encoding).toBe("ucs2");
    const single = encodeText(`${"a".repeat(80)}ş`, by, 0);
    expect(single).toMatchObject({ encoding: "gsm0338", dataCoding: 0, esmClass: 0x40 });
    expect([...single.parts[0]!.message.subarray(0, 5)]).toEqual([3, 0x24, 1, 1, 0x61]);
    const locking = encodeText("ş".repeat(100), by, 0);
    expect([...locking.parts[0]!.message.subarray(0, 5)]).toEqual([3, 0x25, 1, 1, 0x1d]);
    const both = encodeText(`${"ş".repeat(130)}ã`, by, 0);
    expect([...both.parts[0]!.message.subarray(0, 8)]).toEqual([6, 0x25, 1, 1, 0x24, 1, 3, 0x1d]);
    const parts = encodeText(`${"a".repeat(200)}ş`, by, 0x1ff).parts;
    expect([...parts[1]!.message.subarray(0, 9)]).toEqual([8, 0x00, 3, 0xff, 2, 2, 0x24, 1, 1]);
  });

  test("what a phone gets is the text, in the fewest parts, none over its limit or ending within a character", () => {
    fc.assert(
      fc.property(text, settings, fc.nat(0xffff), (content, by, reference) => {
        const encoded = encodeText(content, by, reference);
        const received = receive(encoded);
        const decoded = received.map(({ bytes, body, locking, single }, at) => {
          const part = received.length === 1 ? {} : { part: at + 1, parts: received.length };
          return decodeText(encoded.dataCoding, by.alphabet, body, { ...noHeader(), bytes, locking, single, ...part });
        });
        // Of packed septets the last can't be told from what fills a byte up.
        const isPacked = by.alphabet === "gsm0338packed" && encoded.dataCoding === 0;
        const shown = (text: string) => (isPacked ? text.replaceAll("\r", "").replace(/@$/, "") : text);
        const [whole, joined] = [content, decoded.join("")];
        expect([shown(whole), isPacked ? whole.replaceAll("\r", "") : whole]).toContain(
          isPacked ? joined.replaceAll("\r", "") : joined,
        );
        expect(encoded.onAir).toBe(fewestOfAll(content, by));
        expect(received.length).toBe(by.concatenation === "payload" ? 1 : encoded.onAir);
        const several = received.length > 1;
        received.forEach((part, at) => {
          expect(part).toMatchObject({ total: received.length, number: at + 1 });
          const expected = by.concatenation === "udh8" ? reference & 0xff : reference;
          expect(part.reference).toBe(several ? expected : null);
          const languages = by.nationalTables.map((name) => IDENTIFIERS[name]);
          for (const language of [part.locking, part.single]) expect([0, ...languages]).toContain(language);
          if (encoded.onAir > received.length) return;
          const tables = Math.sign(part.locking) + Math.sign(part.single);
          const room = encoded.dataCoding === 8 ? UCS2_CHARACTERS : SEPTETS[tables]!;
          const costs = [...decoded[at]!].map((character) =>
            encoded.dataCoding === 8 ? character.length : septetsFor(character, part.locking, part.single),
          );
          expect(costs).not.toContain(0);
          const used = costs.reduce((sum, cost) => sum + cost, 0);
          expect(used).toBeLessThanOrEqual(several ? room[by.concatenation] : room.whole);
          expect(part.body.length + 1).toBeLessThanOrEqual(256);
          if (encoded.dataCoding === 8) expect(/[\ud800-\udbff]$/.test(decoded[at]!)).toBe(false);
          else if (by.alphabet === "gsm0338") expect(part.body.at(-1)).not.toBe(0x1b);
        });
      }),
      { numRuns: 1_500 },
    );
  });
});
