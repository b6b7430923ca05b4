/** The catalogue that ships can be used as it is, and every mistake in a file of one's own is told by its entry and place. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCatalogue } from "../../../../engine/actions/kinds/catalogue.js";
import { compose } from "../../../../engine/actions/kinds/compose.js";
import { OCCASIONS } from "../../../../engine/actions/kinds/ready-kind.js";
import { eachText } from "../../../../engine/actions/texts/choice.js";
import { adviseText } from "../../../../gateway/smpp/text/text.js";
import { ACTION_KINDS } from "../../../../schemas/words.js";
import { given } from "../../registry/samples.js";

const SHIPPED = readFileSync(new URL("../../../../../schemas/kinds/kinds.json", import.meta.url), "utf8");
const GSM = { alphabet: "gsm0338", nationalTables: [], concatenation: "udh8" } as const;
const NOW_MS = Date.UTC(2026, 10, 30, 19, 0);

const shipped = given(readCatalogue(SHIPPED));

describe("the catalogue that ships", () => {
  it("has an entry for each kind that participants choose by, and one that goes by mail alone", () => {
    const ids = shipped.kinds.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([...ACTION_KINDS]));
    expect(shipped.kinds.find(({ id }) => id === "graveCrime")?.channels).toEqual(["email"]);
    for (const kind of shipped.kinds) {
      if ((ACTION_KINDS as readonly string[]).includes(kind.id))
        expect([kind.id, kind.like]).toEqual([kind.id, kind.id]);
    }
  });

  it.each(shipped.kinds.map((kind) => [kind.id, kind] as const))(
    "says %s in four languages and the alphabet of SMS, in two parts at most",
    (id, kind) => {
      const fields = Object.fromEntries(
        [...kind.fields, ...shipped.common.fields].map(({ name, example }) => [name, example]),
      );
      const spoken = { common: shipped.common, nowMs: NOW_MS, untilMs: NOW_MS + kind.lifeMinutes * 60_000 };
      for (const what of OCCASIONS) {
        const said = given(compose(given(shipped.get(id)), what, fields, spoken));
        expect(Object.keys(said.texts ?? {}).sort()).toEqual(["de", "en", "fr"]);
        for (const { text } of eachText(said)) {
          const { onAir, outside } = adviseText(text, GSM);
          expect([text, outside, onAir <= 2]).toEqual([text, [], true]);
          expect(text).not.toMatch(/none|\{|\}|\.\.| {2}/);
        }
      }
      const filled = given(compose(given(shipped.get(id)), "first", fields, spoken));
      if (kind.channels.includes("sms"))
        expect([filled.simpleText, filled.spokenText].map((form) => typeof form)).toEqual(["string", "string"]);
    },
  );
});

const OWN = {
  id: "bicycleTheft",
  like: "burglary",
  names: { nl: "fietsendiefstal" },
  domain: "trace",
  theme: "safety",
  timeCritical: true,
  channels: ["sms"],
  radiusMeters: 800,
  lifeMinutes: 60,
  enough: 300,
  lateArrivals: false,
  mustSay: ["source", "what"],
  words: { nl: ["fiets"] },
  fields: [{ name: "bicycle", label: { nl: "Fiets" }, example: "rode bakfiets" }],
  first: { nl: { short: "{source}: fiets gestolen: {bicycle}. Bel {number}." } },
};

function own(entry: object, more: object = {}): ReturnType<typeof readCatalogue> {
  return readCatalogue(SHIPPED, JSON.stringify({ kinds: [entry], ...more }));
}

describe("an organisation's own file", () => {
  it("adds entries, and says otherwise what it names of one that ships", () => {
    const added = given(own(OWN));
    expect(added.kinds.length).toBe(shipped.kinds.length + 1);
    expect(given(added.get("bicycleTheft")).kind).toMatchObject({ urgency: "normal", later: {} });
    const changed = given(
      own(
        { id: "burglary", radiusMeters: 700 },
        { source: "Politie", verified: { numbers: ["0900-8844"], hosts: [] } },
      ),
    );
    expect(given(changed.get("burglary")).kind).toEqual({ ...given(shipped.get("burglary")).kind, radiusMeters: 700 });
    expect(changed.common).toMatchObject({ source: "Politie", number: "0800-0011", verified: { hosts: [] } });
  });

  it.each<[string, object, string, RegExp]>([
    ["a radius of no length", { id: "burglary", radiusMeters: 0 }, "/kinds/0/radiusMeters", /kind "burglary"/],
    ["a new entry that lacks something", { id: "mine", like: "other" }, "/kinds/0/names", /kind "mine"/],
    ["an unknown member", { ...OWN, colour: "red" }, "/kinds/0", /kind "bicycleTheft".*colour/],
    ["a kind that nobody chooses by", { ...OWN, like: "bicycles" }, "/kinds/0/like", /kind "bicycleTheft"/],
    ["danger that is no alarm", { ...OWN, urgency: "extreme" }, "/kinds/0/urgency", /alarm/],
    [
      "no text in the first language",
      { ...OWN, first: { en: { short: "stolen: {bicycle}" } } },
      "/kinds/0/first",
      /"nl"/,
    ],
    [
      "a message that is cut off",
      { ...OWN, first: { nl: { short: "fiets {bicycle" } } },
      "/kinds/0/first/nl/short",
      /ICU/,
    ],
    [
      "an argument of no field",
      { ...OWN, first: { nl: { short: "{bicycle} {colour}" } } },
      "/kinds/0/first/nl/short",
      /no field "colour"/,
    ],
    [
      "a date, which nobody fills in",
      { ...OWN, first: { nl: { short: "{bicycle, date}" } } },
      "/kinds/0/first/nl/short",
      /and nothing else/,
    ],
    [
      "what may be left out, where it would leave a gap",
      { ...OWN, fields: [{ ...OWN.fields[0], required: false }] },
      "/kinds/0/first/nl/short",
      /may be left out.*select/,
    ],
    [
      "a field that is nowhere",
      { ...OWN, fields: [...OWN.fields, { ...OWN.fields[0], name: "lock" }] },
      "/kinds/0/fields/1",
      /"lock"/,
    ],
    ["a field twice", { ...OWN, fields: [...OWN.fields, ...OWN.fields] }, "/kinds/0/fields/1/name", /one of this name/],
    [
      "a field named as what is given",
      { ...OWN, fields: [{ ...OWN.fields[0], name: "until" }] },
      "/kinds/0/fields/0/name",
      /taken/,
    ],
    [
      "an example that is no choice",
      { ...OWN, fields: [{ ...OWN.fields[0], choices: { red: { nl: "rood" } } }] },
      "/kinds/0/fields/0/example",
      /choices/,
    ],
  ])("with %s is refused", (_, entry, field, detail) => {
    const read = own(entry);
    expect(read).toMatchObject({ ok: false, problem: { code: "CONFIGURATION_INVALID", field } });
    expect(!read.ok && read.problem.detail).toMatch(detail);
  });

  it("is refused where it is no JSON, or has an entry twice", () => {
    expect(readCatalogue(SHIPPED, '{"kinds": [}')).toMatchObject({
      ok: false,
      problem: { detail: "not JSON at line 1, column 12" },
    });
    const twice = readCatalogue(SHIPPED, JSON.stringify({ kinds: [OWN, OWN] }));
    expect(twice).toMatchObject({
      ok: false,
      problem: { field: "/kinds/1/id", detail: expect.stringContaining("bicycleTheft") },
    });
  });
});
