import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closed, join } from "../../../../engine/replies/seams.js";
import { decodeText } from "../../../../gateway/smpp/text/decode.js";
import { noHeader } from "../../../../gateway/smpp/text/user-data-header.js";
import { DEFAULT_ALPHABETS } from "../../../../schemas/carrier.js";
import { EXTENSIONS, LOCKING } from "./tables.js";

const gsm = (...bytes: number[]) => decodeText(0, "gsm0338", Uint8Array.from(bytes));

describe("the text of an incoming message", () => {
  test("septets are what the tables of TS 23.038 say, under each pair of national tables", () => {
    for (const locking of [0, 1, 2, 3]) {
      for (const single of [0, 1, 2, 3]) {
        const alphabet = LOCKING[locking] ?? LOCKING[0]!;
        for (let septet = 0; septet < 128; septet++) {
          if (septet === 0x1b) continue;
          expect(decodeText(0, "gsm0338", Uint8Array.of(septet), { ...noHeader(), locking, single })).toBe(
            alphabet[septet],
          );
          const behindEscape = EXTENSIONS[single]!.get(septet) ?? alphabet[septet];
          expect(decodeText(0, "gsm0338", Uint8Array.of(0x1b, septet), { ...noHeader(), locking, single })).toBe(
            behindEscape,
          );
        }
      }
    }
  });

  test("escapes that lead nowhere, languages without tables, and bytes that are no septets", () => {
    expect(gsm(0x1b, 0x1b, 0x41)).toBe(" A");
    expect(gsm(0x41, 0x1b)).toBe("A");
    expect(gsm(0x1b, 0xeb, 0xeb)).toBe("ëë");
    expect(decodeText(0, "gsm0338", Uint8Array.of(0x1b, 0x65, 0x40), { ...noHeader(), locking: 9, single: 13 })).toBe(
      "€¡",
    );
  });

  test("data_coding 0 is the carrier's alphabet", () => {
    const bytes = Uint8Array.of(0x40, 0x5f, 0xe9);
    expect(decodeText(0, "gsm0338", bytes)).toBe("¡§é");
    expect(decodeText(0, "latin1", bytes)).toBe("@_é");
    expect(decodeText(0, "ascii", bytes)).toBe("@_é");
    expect(decodeText(0, "utf8", Buffer.from("één € 😀"))).toBe("één € 😀");
    expect(decodeText(0, "utf8", bytes)).toBe("@_é");
    expect(decodeText(0, "gsm0338packed", Buffer.from("e8329bfd4697d9ec37", "hex"))).toBe("hellohello");
  });

  test("packed septets: seven bits that are left are no character, whether filled with a carriage return or with zeros", () => {
    const seven = Buffer.from("61f1985c369fd1", "hex");
    expect(decodeText(0, "gsm0338packed", seven)).toBe("abcdefgh".slice(0, 7) + (seven[6]! >> 1 === 0x68 ? "h" : ""));
    for (const filling of [0x00, 0x1a]) {
      const bytes = Uint8Array.from([...seven.subarray(0, 6), (seven[6]! & 1) | filling]);
      expect(decodeText(0, "gsm0338packed", bytes)).toBe("abcdefg");
    }
  });

  test("a character that is cut between two parts is whole when they are together, wherever it is cut", () => {
    const content = "€[{~}]^\\|é£ 😀 ";
    const cases = [
      [
        "gsm0338",
        Buffer.from("1b651b3c1b281b3d1b291b3e1b141b2f1b400501201b1b20".replace("1b1b", ""), "hex"),
        "€[{~}]^\\|é£  ",
      ],
      ["utf8", Buffer.from(content), content],
    ] as const;
    for (const [alphabet, bytes, whole] of cases) {
      for (let cut = 1; cut < bytes.length; cut++) {
        const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
        const texts = parts.map((part, at) => decodeText(0, alphabet, part, { ...noHeader(), part: at + 1, parts: 2 }));
        expect(join(texts[0]!, texts[1]!)).toBe(whole);
      }
    }
    const first = decodeText(0, "gsm0338", Uint8Array.of(0x41, 0x1b), { ...noHeader(), part: 1, parts: 2 });
    expect(closed(first)).toBe("A");
    const utf8 = decodeText(0, "utf8", Buffer.from("A€").subarray(0, 3), { ...noHeader(), part: 1, parts: 2 });
    expect([closed(utf8), join(utf8, "x")].map((text) => closed(text))).toEqual(["Aâ\x82", "Aâ\x82x"]);
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
          const text = decodeText(coding, alphabet, bytes, { ...noHeader(), locking, single });
          expect(text.length).toBeLessThanOrEqual(Math.ceil((bytes.length * 8) / 7));
          expect(text).not.toContain("undefined");
          expect(bytes).toEqual(before);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
