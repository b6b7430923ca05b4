/** What follows from a kind, what a dispatcher fills in, and what is refused with which field. */
import { describe, expect, it } from "vitest";
import { askedOf } from "../../../../engine/actions/kinds/filled.js";
import { Kinds } from "../../../../engine/actions/kinds/kinds.js";
import { readKindsFile } from "../../../../engine/actions/kinds/shipped.js";
import { textsOf } from "../../../../engine/actions/texts/choice.js";
import { needBit } from "../../../../engine/registry/record/profile/words-bits.js";
import { ActionRequest, EndRequest, PreviewRequest } from "../../../../schemas/api/api.js";
import { LANGUAGES } from "../../../../schemas/words.js";
import { given } from "../../registry/samples.js";

/** 20:00 in Amsterdam. */
const NOW_MS = Date.UTC(2026, 10, 30, 19, 0);
const MOMENT = { nowMs: NOW_MS, untilMs: NOW_MS + 7_200_000 };
const kinds = new Kinds(given(readKindsFile()));
const CENTER = { type: "Circle", center: [5.04, 52.31] } as const;
const BOY = { person: "boy", age: "5", place: "station Weesp", description: "rode jas" };

const asked = (fields: Record<string, unknown>) => ActionRequest.parse({ area: CENTER, ...fields });
const fillIn = (fields: Record<string, unknown>) => kinds.fillIn(asked(fields), NOW_MS);

describe("three fields and an area", () => {
  it("make an action in every language, and everything else follows from the kind", () => {
    const filled = given(fillIn({ kind: "missingPerson", fields: BOY }));
    expect(filled).toMatchObject({ like: "missingPerson", domain: "trace", urgency: "normal", timeCritical: true });
    expect(filled.area).toEqual({ ...CENTER, radiusMeters: 3_000 });
    expect(filled.text).toBe(
      "Burgernet: vermist bij station Weesp: jongen van 5 jaar. rode jas. Gezien? Bel 0800-0011. Tot 00:00.",
    );
    expect(filled.texts?.en?.text).toBe(
      "Burgernet: missing near station Weesp: boy, 5 years old. rode jas. Seen? Call 0800-0011. Until 00:00.",
    );
    expect(filled.simpleText).toContain("Wij zoeken een jongen van 5 jaar.");
    expect(filled.spokenText).toContain("Dit is een bericht van Burgernet.");
  });

  it("leave no gap for what is left out, and take a word for each language", () => {
    const { description: _, ...three } = BOY;
    const filled = given(
      fillIn({ kind: "missingPerson", fields: { ...three, place: { nl: "de kerk", en: "the church" } } }),
    );
    expect(filled.text).toContain("bij de kerk: jongen van 5 jaar. Gezien?");
    expect([filled.texts?.en?.text, filled.texts?.de?.text].map((text) => text?.includes("the church"))).toEqual([
      true,
      false,
    ]);
  });

  it("give way to what is said", () => {
    const given_ = { domain: "alarm", urgency: "extreme", timeCritical: false, expiresAt: "2026-11-30T21:30:00+01:00" };
    const area = { ...CENTER, radiusMeters: 50 };
    const filled = given(
      kinds.fillIn(ActionRequest.parse({ kind: "missingPerson", fields: BOY, area, ...given_ }), NOW_MS),
    );
    expect(filled).toMatchObject({ domain: "alarm", urgency: "extreme", timeCritical: false, area });
    expect(filled.text).toMatch(/Tot 21:30\.$/);
    const tomorrow = { ...given_, expiresAt: "2026-12-01T21:30:00+01:00" };
    const later = kinds.fillIn(ActionRequest.parse({ kind: "missingPerson", fields: BOY, area, ...tomorrow }), NOW_MS);
    expect(given(later).text).toMatch(/Tot dinsdag 21:30\.$/);
  });

  it("are an alarm where lives are in danger, whatever the kind is otherwise", () => {
    expect(given(fillIn({ kind: "burglary", text: "x", urgency: "extreme" }))).toMatchObject({ domain: "alarm" });
    expect(ActionRequest.safeParse({ area: CENTER, text: "x", urgency: "extreme", domain: "trace" }).success).toBe(
      false,
    );
  });

  it("are what a text is for whoever writes one", () => {
    const texts = { en: { text: "boy is missing" } };
    const filled = given(fillIn({ text: "jongen vermist", simpleText: "Een jongen is weg", texts }));
    expect(filled).toMatchObject({
      kind: "other",
      like: "other",
      domain: "alarm",
      timeCritical: true,
      lifeMinutes: 240,
    });
    expect(filled).toMatchObject({ text: "jongen vermist", simpleText: "Een jongen is weg", texts });
  });
});

it.each<[string, Record<string, unknown>, string, string]>([
  ["a kind that there is not", { kind: "picnic", text: "x" }, "KIND_UNKNOWN", "/kind"],
  ["neither a text nor fields", { kind: "burglary" }, "INVALID_FIELD", "/text"],
  ["both", { kind: "missingPerson", text: "x", fields: BOY }, "INVALID_FIELD", "/fields"],
  [
    "a field that is missing",
    { kind: "missingPerson", fields: { person: "boy", place: "A" } },
    "INVALID_FIELD",
    "/fields/age",
  ],
  [
    "a field of another kind",
    { kind: "missingPerson", fields: { ...BOY, plate: "B-AB 1" } },
    "INVALID_FIELD",
    "/fields/plate",
  ],
  [
    "a word that is no choice",
    { kind: "missingPerson", fields: { ...BOY, person: "jongen" } },
    "INVALID_FIELD",
    "/fields/person",
  ],
  [
    "a choice by language",
    { kind: "missingPerson", fields: { ...BOY, person: { nl: "boy" } } },
    "INVALID_FIELD",
    "/fields/person",
  ],
  [
    "a text in a language beside fields",
    { kind: "missingPerson", fields: BOY, texts: { en: { text: "x" } } },
    "INVALID_FIELD",
    "/texts",
  ],
  ["an end in the past", { text: "x", expiresAt: "2026-11-30T19:00:00+01:00" }, "INVALID_FIELD", "/expiresAt"],
  ["a kind for mail alone", { kind: "graveCrime", text: "getuigen gezocht" }, "MAIL_ONLY", "/kind"],
  ["murder in the text", { text: "Burgernet: getuigen gezocht van moord" }, "MAIL_ONLY", "/text"],
  [
    "murder in another language",
    { text: "getuigen gezocht", texts: { en: { text: "Witnesses of a MURDER" } } },
    "MAIL_ONLY",
    "/text",
  ],
  [
    "murder in a field",
    { kind: "other", fields: { place: "A", what: "dader van moord", action: "Bel" } },
    "MAIL_ONLY",
    "/fields",
  ],
])("%s", (_, fields, code, field) => {
  const filled = fillIn(fields);
  expect(filled).toMatchObject({ ok: false, problem: { code, field } });
});

it("murder where lives are in danger now is an alarm all the same, and part of a word is no murder", () => {
  expect(fillIn({ text: "Verdachte van moord, gewapend. Blijf binnen", domain: "alarm", urgency: "extreme" }).ok).toBe(
    true,
  );
  expect(fillIn({ text: "Vermist bij de Moordrechtse Tiendeweg" }).ok).toBe(true);
});

it("a preview needs no text, and says what the kind makes of fields", () => {
  const preview = (fields: object) =>
    kinds.fillInPreview(PreviewRequest.parse({ area: CENTER, kind: "fire", ...fields }), NOW_MS);
  expect(given(preview({}))).toMatchObject({ said: undefined, domain: "alarm", area: { radiusMeters: 1_500 } });
  expect(given(preview({ fields: { place: "de haven", advice: "closeWindows" } })).said?.text).toBe(
    "Burgernet: brand bij de haven. Sluit ramen en deuren. Tot 00:00 of nader bericht.",
  );
  expect(preview({ fields: { place: "de haven" } })).toMatchObject({ problem: { field: "/fields/advice" } });
});

describe("how many are enough", () => {
  const enough = (fields: Record<string, unknown>): unknown => given(fillIn({ text: "x", ...fields })).enough;

  it("is what the kind says where how far it reaches is left to the kind as well, and what is asked in any case", () => {
    expect(enough({ kind: "missingPerson" })).toBe(2_000);
    expect(enough({ kind: "nuisance" })).toBe(500);
    expect(enough({ kind: "missingPerson", enough: 7 })).toBe(7);
    const drawn = { ...CENTER, radiusMeters: 400 };
    expect(enough({ kind: "missingPerson", area: drawn })).toBe(undefined);
    expect(enough({ kind: "missingPerson", area: drawn, enough: 7 })).toBe(7);
    expect(enough({ kind: "missingPerson", area: { type: "Municipality", code: "GM0363" } })).toBe(undefined);
    const preview = PreviewRequest.parse({ area: CENTER, kind: "missingPerson" });
    expect(given(kinds.fillInPreview(preview, NOW_MS)).enough).toBe(2_000);
  });

  it("is nothing of an alarm, of an exercise or of a group alone: those are for whoever is in them", () => {
    expect(enough({ kind: "fire" })).toBe(undefined);
    expect(enough({ kind: "missingPerson", urgency: "extreme" })).toBe(undefined);
    expect(enough({ kind: "missingPerson", mode: "exercise", testGroup: "crew" })).toBe(undefined);
    expect(enough({ kind: "missingPerson", groups: { only: ["careHome"] } })).toBe(undefined);
    expect(enough({ kind: "missingPerson", groups: { first: ["careHome"] } })).toBe(2_000);
  });

  it("follows from the kind of a copy, or of what is changed, unless its radius was said", () => {
    const left = given(fillIn({ kind: "missingPerson", text: "x" }));
    const changed = given(kinds.fillIn({ ...askedOf(left), kind: "nuisance" }, NOW_MS));
    expect([changed.enough, changed.area]).toEqual([500, { ...CENTER, radiusMeters: 1_000 }]);
    const drawn = given(fillIn({ kind: "missingPerson", text: "x", area: { ...CENTER, radiusMeters: 400 } }));
    expect(askedOf(drawn).area).toEqual({ ...CENTER, radiusMeters: 400 });
  });
});

describe("how it ended", () => {
  const action = given(fillIn({ kind: "missingPerson", fields: BOY }));
  const end = (fields: object, of: Parameters<Kinds["fillInEnd"]>[0] = action) =>
    kinds.fillInEnd(of, EndRequest.parse(fields), MOMENT);

  it.each([
    ["success", "Burgernet: de jongen die vermist was, is terecht. Dank voor uw hulp!"],
    ["noSuccess", "Burgernet: de jongen die vermist is, is nog niet gevonden. We zoeken verder. Dank voor uw hulp!"],
    ["partialSuccess", "Burgernet: vermissing: deels opgelost. Dank voor uw hulp!"],
    ["cancelled", "Burgernet: vals alarm. Het bericht over vermissing klopt niet. U hoeft niets te doen. Excuses."],
  ])("%s is said by the kind, with the fields of the action", (outcome, text) => {
    const told = given(end({ outcome }));
    expect([told.outcome, told.text]).toEqual([outcome, text]);
    expect(Object.keys(told.texts ?? {})).toEqual(["en", "de", "fr"]);
  });

  it("is what is written out, where something is", () => {
    expect(given(end({ text: "Hij is terecht." }))).toEqual({ text: "Hij is terecht.", outcome: "success" });
    expect(end({ text: "Hij is terecht.", fields: { result: "x" } })).toMatchObject({ problem: { field: "/fields" } });
  });

  it("can't be said by a kind whose fields nobody filled in", () => {
    const written = given(fillIn({ kind: "missingPerson", text: "jongen vermist" }));
    expect(end({}, written)).toMatchObject({ problem: { code: "INVALID_FIELD", field: "/fields/person" } });
    expect(given(end({ fields: { person: "boy", age: "5", place: "A" } }, written)).text).toContain("de jongen");
    expect(end({}, { ...written, kind: "gone" })).toMatchObject({ problem: { code: "KIND_UNKNOWN", field: "/text" } });
  });
});

describe("who gets which text", () => {
  const simple = needBit("simpleLanguage");
  const said = {
    text: "nl",
    simpleText: "nl simple",
    spokenText: "nl spoken",
    texts: { en: { text: "en" }, de: { text: "de", simpleText: "de simple" }, fr: { text: "nl" } },
  };
  const { texts, numberOf } = textsOf(said);

  it("is by language, then by need; who has none in theirs gets the one for everybody", () => {
    const textFor = (language: (typeof LANGUAGES)[number], needs = 0) =>
      texts[numberOf(LANGUAGES.indexOf(language), needs)];
    expect([textFor("nl"), textFor("en"), textFor("de"), textFor("uk")]).toEqual(["nl", "en", "de", "nl"]);
    expect([textFor("nl", simple), textFor("en", simple), textFor("de", simple), textFor("tr", simple)]).toEqual([
      "nl simple",
      "en",
      "de simple",
      "nl simple",
    ]);
    expect(textFor("nl", needBit("voiceInsteadOfText"))).toBe("nl");
  });

  it("has each text once, and nothing that is spoken", () => {
    expect(texts).toEqual(["nl", "nl simple", "en", "de", "de simple"]);
    expect(textsOf({ text: "one" }).texts).toEqual(["one"]);
  });
});
