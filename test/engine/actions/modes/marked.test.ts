/** Every text of an exercise or a test says what it is, in every wave and every language; and no real one begins as if it were one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { honest, marked } from "../../../../engine/actions/modes/marked.js";
import { newWave } from "../../../../engine/actions/waves/new-wave.js";
import type { Wordings } from "../../../../schemas/api/about-action.js";
import { ACTION_WAVE_KINDS, LANGUAGES, MODES } from "../../../../schemas/words.js";
import { filled } from "../harness.js";
import { draftOf, NOW_MS } from "../transitions/action-events.js";

const UNREAL = MODES.filter((mode) => mode !== "actual");
const inGerman = { exercise: "ÜBUNG: ", test: "TEST: " };
const begins = { exercise: /^OEFENING: /, test: /^TEST: / };

describe.each(UNREAL)("a text of an %s", (mode) => {
  it.each(ACTION_WAVE_KINDS)("is marked in each wave: %s", (kind) => {
    const texts = { de: { text: "auf Deutsch" } };
    const end = { text: "he was found", texts, outcome: "success" } as const;
    const record = { ...draftOf(), request: filled({ mode, testGroup: "desk", texts }), end };
    const { made: wave, numberOf } = newWave(record, kind, 1, NOW_MS);
    expect(wave.texts[0]).toMatch(begins[mode]);
    expect(wave.texts[numberOf(LANGUAGES.indexOf("de"), 0)]).toBe(`${inGerman[mode]}auf Deutsch`);
    expect(wave.texts).toHaveLength(2);
    expect([wave.mode, wave.timeCritical, wave.extreme]).toEqual([mode, false, false]);
  });

  it("is marked in its own language, with a word that none of the others has to be read in", () => {
    const texts = Object.fromEntries(LANGUAGES.map((language) => [language, { text: language, simpleText: "simple" }]));
    const said: Wordings = { text: "for all", simpleText: "simple", spokenText: "spoken", texts };
    const sent = marked(mode, said);
    expect([sent.text, sent.simpleText, sent.spokenText].every((text) => begins[mode].test(text!))).toBe(true);
    for (const language of LANGUAGES) {
      const { text, simpleText } = sent.texts![language]!;
      expect(text!.endsWith(language)).toBe(true);
      expect([text!.length > language.length + 3, simpleText!.endsWith("simple")]).toEqual([true, true]);
      expect(simpleText!.slice(0, -"simple".length)).toBe(text!.slice(0, -language.length));
    }
    expect(sent.texts!.de!.text).toBe(`${inGerman[mode]}de`);
  });

  it("is marked whatever it says itself", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => begins[mode].test(marked(mode, { text }).text)));
  });
});

describe("a text of a real action", () => {
  it("is sent as it is", () => {
    fc.assert(fc.property(fc.string(), (text) => marked("actual", { text }).text === text));
    const wave = newWave({ ...draftOf(), request: filled() }, "first", 1, NOW_MS).made;
    expect([wave.texts, wave.mode]).toEqual([["boy is missing"], undefined]);
  });

  it("is refused where it begins as one that is not real would, in any language", () => {
    for (const mode of UNREAL) {
      for (const language of LANGUAGES) {
        const sent = marked(mode, { text: "go home", texts: { [language]: { text: "go home" } } }).texts![language]!
          .text;
        for (const text of [sent, sent.toLowerCase(), `  *** ${sent}`, sent.normalize("NFD"), sent.replace(":", "!")]) {
          expect([text, honest("actual", { text }).ok]).toEqual([text, false]);
          expect(honest(mode, { text }).ok).toBe(true);
        }
      }
    }
    for (const text of ["ubung: x", "\u200bOEFENING x", "TEST"]) expect(honest("actual", { text }).ok).toBe(false);
  });

  it.each(["Testlocatie gesloten", "boy is missing", "Er is geen oefening", "112", "…"])(
    "is taken else: %s",
    (text) => {
      expect(honest("actual", { text, simpleText: text, texts: { nl: { text } } }).ok).toBe(true);
    },
  );

  it("names which of its texts it is", () => {
    const said = { text: "fine", texts: { de: { text: "fine", simpleText: "Übung" } } };
    expect(honest("actual", said)).toMatchObject({
      ok: false,
      problem: { code: "TEXT_MISLEADS", field: "/texts/de/simpleText" },
    });
  });
});

it("no other place makes a wave of an action", () => {
  const actions = fileURLToPath(new URL("../../../../../engine/actions/", import.meta.url));
  const files = readdirSync(actions, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const holding = (what: RegExp) => files.filter((file) => what.test(readFileSync(join(actions, file), "utf8")));
  expect(holding(/\bopenWave\(/)).toHaveLength(1);
  // Whoever opens one has it made by newWave, which is the only place that says its texts.
  for (const file of holding(/\bopenWave\(/)) expect(holding(/\bnewWave\(/)).toContain(file);
  expect(holding(/(\)|const \w+): NewWave (=|\{)/)).toEqual(["waves/new-wave.ts"]);
  expect(holding(/\bmarked\(/)).toContain("waves/new-wave.ts");
});
