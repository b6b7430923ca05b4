import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText } from "../../../gateway/smpp/decode.js";
import { DEFAULT_ALPHABETS } from "../../../schemas/carrier.js";
import { EXTENSIONS, LOCKING } from "./tables.js";

const gsm = (...bytes: number[]) => decodeText(0, "gsm0338", Uint8Array.from(bytes));

describe("the text of an incoming message", () => {
  test("septets are what the tables of TS 23.038 say, under each pair of national tables", () => {
    for (const locking of [0, 1, 2, 3]) {
      for (const single of [0, 1, 2, 3]) {
        const alphabet = LOCKING[locking] ?? LOCKING[0]!;
        for (let septet = 0; septet < 128; septet++) {
          if (septet === 0x1b) continue;
          expect(decodeText(0, "gsm0338", Uint8Array.of(septet), locking, single)).toBe(alphabet[septet]);
          const behindEscape = EXTENSIONS[single]!.get(septet) ?? alphabet[septet];
          expect(decodeText(0, "gsm0338", Uint8Array.of(0x1b, septet), locking, single)).toBe(behindEscape);
        }
      }
    }
  });

  test("escapes that lead nowhere, languages without tables, and bytes that are no septets", () => {
    expect(gsm(0x1b, 0x1b, 0x41)).toBe(" A");
    expect(gsm(0x41, 0x1b)).toBe("A");
    expect(gsm(0x1b, 0xeb, 0xeb)).toBe("ëë");
    expect(decodeText(0, "gsm0338", Uint8Array.of(0x1b, 0x65, 0x40), 9, 13)).toBe("€¡");
  });

  test("data_coding 0 is the carrier's alphabet", () => {
    const bytes = Uint8Array.of(0x40, 0x5f, 0xe9);
    expect(decodeText(0, "gsm0338", bytes)).toBe("¡§é");
    expect(decodeText(0, "latin1", bytes)).toBe("@_é");
    expect(decodeText(0, "ascii", bytes)).toBe("@_é");
  });

  test("other codings, and GSM's own schemes, whatever the alphabet", () => {
    for (const alphabet of DEFAULT_ALPHABETS) {
      for (const coding of [1, 2, 3, 4, 0x04, 0x14, 0xf4, 0xf5]) {
        expect(decodeText(coding, alphabet, Uint8Array.of(0x40, 0x5f, 0xe9))).toBe("@_é");
      }
      for (const coding of [8, 0x18, 0x19, 0xe0, 0xe8]) {
        expect(decodeText(coding, alphabet, Uint8Array.of(0x00, 0xeb, 0x20, 0xac))).toBe("ë€");
      }
    }
    for (const coding of [0, 0x10, 0x11, 0x20, 0x80, 0xc0, 0xd0, 0xf0, 0xf1, 0xf3]) {
      expect(decodeText(coding, "gsm0338", Uint8Array.of(0x00, 0x11))).toBe("@_");
      expect(decodeText(coding, "latin1", Uint8Array.of(0x40, 0x5f))).toBe("@_");
    }
  });

  test("UCS-2 of odd length loses its half character, and keeps half a pair for the next part", () => {
    expect(decodeText(8, "gsm0338", Uint8Array.of(0, 0x41, 0))).toBe("A");
    const [first, second] = [Uint8Array.of(0xd8, 0x3d), Uint8Array.of(0xde, 0x00)];
    expect(decodeText(8, "gsm0338", first) + decodeText(8, "gsm0338", second)).toBe("😀");
  });

  test("any bytes give a text of at most as many characters, and stay as they were", () => {
    const language = fc.nat(255);
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.constantFrom(...DEFAULT_ALPHABETS),
        fc.uint8Array({ maxLength: 300 }),
        language,
        language,
        (coding, alphabet, bytes, locking, single) => {
          const before = Uint8Array.from(bytes);
          const text = decodeText(coding, alphabet, bytes, locking, single);
          expect(text.length).toBeLessThanOrEqual(bytes.length);
          expect(text).not.toContain("undefined");
          expect(bytes).toEqual(before);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
