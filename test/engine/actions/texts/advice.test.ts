import { describe, expect, it } from "vitest";
import { readKindsFile } from "../../../../engine/actions/kinds/shipped.js";
import { adviceOn } from "../../../../engine/actions/texts/advice.js";
import { fleschDouma } from "../../../../engine/actions/texts/reading.js";
import type { Language } from "../../../../schemas/words.js";
import { given } from "../../registry/samples.js";

const catalogue = given(readKindsFile());
const WHOLE = "Burgernet: vermist bij station Weesp: jongen van 5 jaar. Gezien? Bel 0800-0011. Tot 21:35.";

function codes(text: string, kind = "missingPerson", language: Language = "nl"): string[] {
  const { kind: entry } = given(catalogue.get(kind));
  return adviceOn(text, language, entry, catalogue.common).map(({ code, found }) =>
    found ? `${code} ${found}` : code,
  );
}

describe("what a text has to say", () => {
  it.each<[string, string, string?, Language?]>([
    ["as the kind says it", WHOLE],
    ["in other words", "Politie zoekt meisje, kwijt in de Dorpsstraat. Meld het via 0900-8844 tot 22 uur."],
    [
      "of a place with a capital behind two words",
      "Burgernet: vermist in de omgeving van het Vondelpark, man. Bel 112 tot 12.00",
    ],
    ["in English", "Police: boy missing near Central Station. Call 112 until 21:35.", "missingPerson", "en"],
    ["in German", "Polizei: Junge vermisst am Bahnhof Kleve. 112 anrufen. Bis 21:35.", "missingPerson", "de"],
    ["until it is said otherwise", "Brandweer: brand aan de Kade. Sluit ramen en deuren. Tot nader bericht.", "fire"],
    ["on a motorway", "Burgernet: auto reed door na aanrijding op A12. Bel 112. Tot 20:00", "hitAndRun"],
  ])("is there %s", (_, text, kind, language) => {
    expect(codes(text, kind, language)).toEqual([]);
  });

  it.each<[string, string[]]>([
    ["Vermist bij station Weesp: jongen. Bel 0800-0011. Tot 21:35.", ["NO_SOURCE"]],
    ["Burgernet: jongen bij station Weesp. Bel 0800-0011. Tot 21:35.", ["NO_WHAT"]],
    ["Burgernet: vermist: jongen van 5 jaar, rode jas. Gezien? Bel 0800-0011. Tot 21:35.", ["NO_WHERE"]],
    ["Burgernet: vermist bij station Weesp: jongen van 5 jaar. Tot 21:35.", ["NO_ACTION"]],
    ["Burgernet: vermist bij station Weesp: jongen. Bel 0800-0011.", ["NO_UNTIL"]],
    // "tot" without an end, and "bij" without a name.
    ["Burgernet: vermist bij ons, totdat hij er is. Bel 112.", ["NO_WHERE", "NO_UNTIL"]],
    ["hallo", ["NO_SOURCE", "NO_WHAT", "NO_WHERE", "NO_ACTION", "NO_UNTIL"]],
  ])("is missed in: %s", (text, missing) => {
    expect(codes(text)).toEqual(missing);
  });

  it("is asked of each kind as its entry has it", () => {
    expect(codes("Burgernet: let op in Weesp: oplichters. Sluit uw deur.", "prevention")).toEqual([]);
  });
});

describe("abbreviations", () => {
  it.each([
    [`${WHOLE} Vtg is een Golf`, ["ABBREVIATION vtg"]],
    [`${WHOLE} Zie t.h.v. de kerk, i.v.m. drukte`, ["ABBREVIATION i.v.m.", "ABBREVIATION t.h.v."]],
    [`${WHOLE} De OvD is er, PD is afgezet`, ["ABBREVIATION OvD", "ABBREVIATION PD"]],
    [`${WHOLE} pd, mk2 en Vtgx`, []],
  ])("of the control room are found: %s", (text, found) => {
    expect(codes(text)).toEqual(found);
  });
});

describe("the reading level", () => {
  // By hand: 11 words of 13 syllables (po-li-tie has three) in three sentences.
  it("is the measure of Flesch and Douma", () => {
    expect(fleschDouma("De man is weg. Ziet u hem? Bel dan de politie")).toBe(
      Math.round(206.84 - (77 * 13) / 11 - (0.93 * 11) / 3),
    );
    expect(fleschDouma("Hij is weg. Bel ons.")).toBeUndefined();
    // Numbers, plates and times are not words.
    const plain = "De man is weg. Ziet u hem? Bel dan de politie";
    expect(fleschDouma(`${plain} 0800-0011 12:10 B-AB`)).toBe(fleschDouma(`${plain} B-AB`));
  });

  it("is advice where a text is hard, and none where it is not", () => {
    const hard =
      "Burgernet: vermist bij station Weesp: betrokkene vertoont verward gedrag en heeft vermoedelijk medicamenteuze ondersteuning noodzakelijk. Waarnemingen telefonisch rapporteren, bel 0800-0011. Tot 21:35.";
    expect(codes(hard)).toEqual(["HARD_TO_READ"]);
    expect(codes(hard, "missingPerson", "en")).not.toContain("HARD_TO_READ");
    expect(codes(WHOLE)).toEqual([]);
  });
});

it("what ships needs no advice of its own in the first language", () => {
  for (const kind of catalogue.kinds.filter(({ channels }) => channels.includes("sms"))) {
    const values = { source: "Burgernet", number: "0800-0011", kind: kind.names.nl!, until: "21:35" };
    const fields = Object.fromEntries(
      kind.fields.map(({ name, example, choices }) => [name, choices?.[example]?.nl ?? example]),
    );
    const ready = given(catalogue.get(kind.id));
    const text = ready.said.first.byLanguage.get("nl")!.short.format({ ...values, ...fields });
    expect([text, codes(text, kind.id)]).toEqual([text, []]);
  }
});
