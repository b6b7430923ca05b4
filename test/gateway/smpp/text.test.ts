import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adviseText, encodeText } from "../../../gateway/smpp/text.js";

describe("text", () => {
  test("boundaries of GSM 03.38", () => {
    expect(adviseText("").segments).toBe(1);
    expect(adviseText("a".repeat(160)).segments).toBe(1);
    expect(adviseText("a".repeat(161)).segments).toBe(2);
    expect(adviseText("a".repeat(306)).segments).toBe(2);
    expect(adviseText("a".repeat(307)).segments).toBe(3);
    expect(adviseText(`${"a".repeat(158)}€`).segments).toBe(1);
    expect(adviseText(`${"a".repeat(159)}€`).segments).toBe(2);
    expect(adviseText("a".repeat(1_530)).segments).toBe(10);
  });

  test("boundaries of UCS-2", () => {
    expect(adviseText(`ë${"a".repeat(69)}`).segments).toBe(1);
    expect(adviseText(`ë${"a".repeat(70)}`).segments).toBe(2);
    expect(adviseText(`ë${"a".repeat(133)}`).segments).toBe(2);
    expect(adviseText(`ë${"a".repeat(134)}`).segments).toBe(3);
    expect(adviseText("😀".repeat(35)).segments).toBe(1);
    expect(adviseText("😀".repeat(36)).segments).toBe(2);
  });

  test("a text with one character outside the alphabet is UCS-2, with bytes in network order", () => {
    const encoded = encodeText("ë€");
    expect(encoded.dataCoding).toBe(8);
    expect([...encoded.segments[0]!]).toEqual([0x00, 0xeb, 0x20, 0xac]);
  });

  test("the header counts the parts and carries the reference", () => {
    const encoded = encodeText("a".repeat(400), 0x1ff);
    expect(encoded.esmClass).toBe(0x40);
    encoded.segments.forEach((part, index) => {
      expect([...part.subarray(0, 6)]).toEqual([5, 0, 3, 0xff, 3, index + 1]);
    });
  });

  test("no part ends within an escape pair or a surrogate pair, or is over its length", () => {
    const unit = fc.constantFrom("a", "€", "{", "😀", "ë", "\n");
    fc.assert(
      fc.property(fc.string({ unit, minLength: 100, maxLength: 900 }), (content) => {
        const { dataCoding, segments } = encodeText(content);
        for (const part of segments) {
          expect(part.length).toBeLessThanOrEqual(dataCoding === 8 || segments.length === 1 ? 160 : 159);
          if (dataCoding === 8) {
            expect(part.length).toBeLessThanOrEqual(140);
            const last = (part[part.length - 2]! << 8) | part[part.length - 1]!;
            expect(last >= 0xd800 && last < 0xdc00).toBe(false);
          } else {
            expect(part[part.length - 1]).not.toBe(0x1b);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
