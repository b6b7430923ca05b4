/** Advice on texts, with the carriers' own encoding as the judge of what it is worth. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costOf } from "../../../../engine/actions/preview/cost.js";
import { adviseOnText, segmentsOfAll, worstAdvice } from "../../../../engine/actions/preview/text-advice.js";
import { adviseText, type TextSettings } from "../../../../gateway/smpp/text/text.js";
import type { Wordings } from "../../../../schemas/api/about-action.js";

function carrier(
  settings: Partial<TextSettings> = {},
  share = 1,
  costPerSegment: number | null = null,
  currency = "EUR",
) {
  const all: TextSettings = { alphabet: "gsm0338", nationalTables: [], concatenation: "udh8", ...settings };
  return { adviseText: (text: string) => adviseText(text, all), share, costPerSegment, currency };
}

const suggested = (text: string, ...carriers: ReturnType<typeof carrier>[]) =>
  adviseOnText(text, carriers.length === 0 ? [carrier()] : carriers)?.suggestion?.text ?? null;

describe("advice on a text", () => {
  test("offers the text in characters of the SMS alphabet, with what Dutch needs", () => {
    expect(suggested("Patiënt vermist in België, draagt een beïge jas")).toBe(
      "Patient vermist in Belgie, draagt een beige jas",
    );
    expect(suggested("één café, à la crème: über, Ärger, ñ, Ç — ê")).toBe(
      "één café, à la crème: über, Ärger, ñ, Ç - e",
    );
    expect(suggested("façade, ĳs, vóór, dáár, coördineren, enquête, skûtsje, hôtel")).toBe(
      "facade, ijs, voor, daar, coördineren, enquete, skutsje, hotel",
    );
    expect(suggested("“Rijd niet – blijf binnen…”, zei ‘hij’\u00a0nu")).toBe(
      "\"Rijd niet - blijf binnen...\", zei 'hij' nu",
    );
    expect(suggested("Şişli, Łódź, œuvre, 4½ uur, 20 m²\tLeeuwarden™ €5")).toBe(
      "Sisli, Lodz, oeuvre, 4 1/2 uur, 20 m2 LeeuwardenTM €5",
    );
    expect(suggested("zacht\u00adaf\u200bbreken")).toBe("zachtafbreken");
    expect(suggested("prijs €5", carrier({ alphabet: "ascii" }))).toBe("prijs EUR5");
  });

  test("an accent that came apart from its letter is put together, not dropped", () => {
    expect(suggested("e\u0301e\u0301n patie\u0308nt")).toBe("één patient");
  });

  test("nothing is offered for what is in the alphabet, nor where it would gain nothing", () => {
    expect(adviseOnText("Eén café, €5 {tot} [6]", [carrier()])).toEqual({
      ...{ encoding: "gsm0338", segmentsPerMessage: 1, outside: [], suggestion: null },
    });
    expect(suggested("Вызовите полицию, й")).toBe(null);
    expect(suggested("اتصل بالشرطة")).toBe(null);
    expect(suggested("😀")).toBe(null);
    expect(suggested("Ярë")).toBe("Ярe");
    expect(adviseOnText("patiënt", [])).toBe(null);
  });

  test("says what is saved, at the carrier where the text costs most", () => {
    const text = `Patiënt vermist. ${"a".repeat(100)}`;
    expect(adviseOnText(text, [carrier()])).toEqual({
      encoding: "ucs2",
      segmentsPerMessage: 2,
      outside: ["ë"],
      suggestion: { text: text.replace("ë", "e"), segmentsPerMessage: 1 },
    });
    const carriers = [carrier(), carrier({ alphabet: "ascii" }), carrier({ alphabet: "latin1" })];
    expect(adviseOnText("één €", carriers)).toMatchObject({ encoding: "ucs2", outside: ["é", "€"] });
    const payload = carrier({ concatenation: "payload" });
    expect(adviseOnText("a".repeat(400), [payload])?.segmentsPerMessage).toBe(3);
  });

  test("what is offered never costs more, has fewer characters outside or fewer parts, and needs no advice again", () => {
    const carriers = fc
      .array(
        fc.record({
          alphabet: fc.constantFrom("gsm0338", "latin1", "ascii"),
          nationalTables: fc.constant([]),
          concatenation: fc.constantFrom("udh8", "udh16", "payload"),
        }),
        { minLength: 1, maxLength: 3 },
      )
      .map((all) => all.map((settings) => carrier(settings)));
    const unit = fc.oneof(
      fc.constantFrom(..."aeëïê€…“”—½ĳœ😀й\u0301\u00a0\u200b"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 300, size: "max" }), carriers, (characters, all) => {
        const text = characters.join("");
        const before = worstAdvice(text, all)!;
        const advice = adviseOnText(text, all)!;
        expect(advice).toMatchObject({ segmentsPerMessage: before.onAir, outside: before.outside });
        if (advice.suggestion === null) return;
        const after = worstAdvice(advice.suggestion.text, all)!;
        expect(advice.suggestion.segmentsPerMessage).toBe(after.onAir);
        expect(after.onAir).toBeLessThanOrEqual(before.onAir);
        expect(after.onAir < before.onAir || after.outside.length < before.outside.length).toBe(true);
        expect(adviseOnText(advice.suggestion.text, all)?.suggestion).toBe(null);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("a text that needs too many parts is named, whichever it is", () => {
  const long = "ж".repeat(700);
  const field = (said: Wordings) => {
    const segments = segmentsOfAll(said, [carrier()]);
    return segments.ok ? segments.value : segments.problem.field;
  };
  expect(field({ text: "a", texts: { en: { text: "b".repeat(161) } } })).toBe(2);
  expect(field({ text: long })).toBe("/text");
  expect(field({ text: "a", simpleText: long })).toBe("/simpleText");
  expect(field({ text: "a", texts: { en: { text: "a", simpleText: long } } })).toBe("/texts/en/simpleText");
});

describe("the cost of a text", () => {
  test("is recipients by parts by price, divided by the shares", () => {
    const long = `ë${"a".repeat(100)}`;
    expect(costOf(1_000, long, [carrier({}, 1, 0.05)])).toEqual({ amount: 100, currency: "EUR" });
    const withTable = carrier({ nationalTables: ["spanish"] }, 3, 0.02);
    const spanish = `á${"a".repeat(100)}`;
    // A quarter at two parts of 0.05, three quarters at one of 0.02.
    expect(costOf(1_000, spanish, [carrier({}, 1, 0.05), withTable])).toEqual({ amount: 40, currency: "EUR" });
    expect(costOf(7, "a", [carrier({}, 1, 0.0333)])).toEqual({ amount: 0.2331, currency: "EUR" });
    expect(costOf(10, "a".repeat(161), [carrier({ concatenation: "payload" }, 1, 0)])?.amount).toBe(0);
    expect(costOf(10, "a".repeat(161), [carrier({ concatenation: "payload" }, 1, 1)])?.amount).toBe(20);
  });

  test("is not known where a price is missing, currencies differ, or there is no carrier", () => {
    expect(costOf(10, "a", [carrier({}, 1, 0.05), carrier()])).toBe(null);
    expect(costOf(10, "a", [carrier({}, 1, 0.05), carrier({}, 1, 0.05, "USD")])).toBe(null);
    expect(costOf(10, "a", [])).toBe(null);
  });
});
