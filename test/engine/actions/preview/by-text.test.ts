/** What messages in several texts come to, by who reads which: never less than it is, exact where that tells nothing, and of no fewer than five. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Kinds } from "../../../../engine/actions/kinds/kinds.js";
import { readKindsFile } from "../../../../engine/actions/kinds/shipped.js";
import { costOfDivision, divided, segmentsOfDivision } from "../../../../engine/actions/preview/by-text.js";
import { showTexts } from "../../../../engine/actions/preview/text-list.js";
import { textFor } from "../../../../engine/actions/texts/choice.js";
import type { ChannelPort } from "../../../../engine/dispatch/plan/channel-port.js";
import type { SelectionCounts } from "../../../../engine/selection/selector.js";
import { adviseText, type TextSettings } from "../../../../gateway/smpp/text/text.js";
import { LANGUAGES, type Language } from "../../../../schemas/words.js";
import { given } from "../../registry/samples.js";

type Readers = Pick<SelectionCounts, "languages" | "simple">;

/** A part for each character, and two of them at the other carrier; a part costs a euro, and there two. */
const PORTS = [port(1, 1, 3), port(2, 2, 1)];

function port(parts: number, costPerSegment: number, share: number): ChannelPort {
  const adviseText = (text: string) => {
    return { encoding: "gsm0338", segments: text.length, onAir: text.length * parts, outside: [] };
  };
  return { share, costPerSegment, currency: "EUR", adviseText } as unknown as ChannelPort;
}

/** What a message of one part costs, divided by the shares. */
const PRICE = (3 * 1 + 1 * 4) / 4;

function readers(counts: Partial<Record<Language, readonly [plain: number, simple: number]>>): Readers {
  const by = (count: (counts: readonly [number, number]) => number) =>
    Object.fromEntries(LANGUAGES.map((language) => [language, count(counts[language] ?? [0, 0])]));
  return { languages: by(([plain, simple]) => plain + simple), simple: by(([, simple]) => simple) } as Readers;
}

it("of one text, and of texts that are as long, is exact", () => {
  const one = divided({ text: "aa" }, 7, readers({ nl: [7, 0] }));
  expect([one.texts[0]!.told, segmentsOfDivision(one, PORTS)]).toEqual([7, 28]);
  expect(costOfDivision(one, PORTS)).toEqual({ amount: 7 * 2 * PRICE, currency: "EUR" });
  const two = divided({ text: "aa", texts: { en: { text: "bb" } } }, 61, readers({ nl: [58, 0], en: [3, 0] }));
  expect(segmentsOfDivision(two, PORTS)).toBe(61 * 4);
  expect(costOfDivision(two, PORTS)).toEqual({ amount: 61 * 2 * PRICE, currency: "EUR" });
});

it("of people of whom it is not told what they read is as of the dearest text", () => {
  const said = { text: "a", simpleText: "aaaa", texts: { en: { text: "bb" } } };
  const told = divided(said, 114, readers({ nl: [60, 40], en: [3, 0], de: [11, 0] }));
  // Of three who read English nothing is told, nor of the eleven, who would tell how many those are.
  expect(told.texts.map((text) => text.told)).toEqual([60, 40, null]);
  expect(told.rest).toBe(114 - 58 - 38);
  expect(segmentsOfDivision(told, PORTS)).toBe(2 * (58 + 4 * 38 + 4 * 18));
  expect(costOfDivision(divided(said, 10, undefined), PORTS)).toEqual({ amount: 40 * PRICE, currency: "EUR" });
});

it("is never less than it is, nor more than if everybody got the dearest, and tells what the counts tell alone", () => {
  const count = fc.integer({ min: 0, max: 40 });
  const length = fc.integer({ min: 1, max: 4 }).map((parts) => "x".repeat(parts));
  const some = fc.record({ nl: fc.tuple(count, count), en: fc.tuple(count, count), de: fc.tuple(count, count) });
  fc.assert(
    fc.property(some, fc.array(length, { minLength: 4, maxLength: 4 }), (people, [text, simpleText, en, simpleEn]) => {
      const said = { text: text!, simpleText: simpleText!, texts: { en: { text: en!, simpleText: simpleEn! } } };
      const counts = readers(people);
      let [recipients, exact, most] = [0, 0, 0];
      for (const language of ["nl", "en", "de"] as const) {
        for (const isSimple of [false, true]) {
          const { length: parts } = textFor(said, language, isSimple).text;
          const readers = people[language][isSimple ? 1 : 0]!;
          recipients += readers;
          exact += readers * parts;
        }
      }
      most = recipients * Math.max(...[text, simpleText, en, simpleEn].map((each) => each!.length));
      const division = divided(said, recipients, counts);
      expect(segmentsOfDivision(division, PORTS)).toBeGreaterThanOrEqual(2 * exact);
      expect(segmentsOfDivision(division, PORTS)).toBeLessThanOrEqual(2 * most);
      expect(costOfDivision(division, PORTS)!.amount).toBeGreaterThanOrEqual(exact * PRICE);
      for (const { told } of division.texts) expect(told === null || (told % 5 === 0 && told > 0)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it("shows of each text what its characters cost, and the cheaper one, beside the other languages", () => {
  const kinds = new Kinds(given(readKindsFile()));
  const settings: TextSettings = { alphabet: "gsm0338", nationalTables: [], concatenation: "udh8" };
  const north = { ...port(1, 0.05, 1), name: "north", adviseText: (text: string) => adviseText(text, settings) };
  const long = `patiënt vermist in België${" bij het station".repeat(4)}`;
  const said = { text: "Burgernet: boy is missing", texts: { fy: { text: long } } };
  const [all, frisian] = showTexts(divided(said, 20, undefined).texts, "other", kinds.catalogue, [north]);
  expect(all).toMatchObject({ language: null, recipients: null, segmentsPerMessage: 1, suggestion: null });
  expect(frisian).toMatchObject({
    ...{ language: "fy", outside: ["ë"], segmentsByCarrier: { north: 2 }, costPerMessage: { amount: 0.1 } },
    suggestion: { text: long.replaceAll("ë", "e"), segmentsPerMessage: 1, costPerMessage: { amount: 0.05 } },
  });
});
