/** Texts of an action from what a dispatcher filled in: in every language of the kind, each in its forms. */
import type { Fields, Wording, Wordings } from "../../../schemas/api/about-action.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { FIRST_LANGUAGE, type Field } from "../../../schemas/kinds/kinds-file.js";
import { API } from "../../../schemas/limits.js";
import type { Language } from "../../../schemas/words.js";
import type { Common } from "./catalogue.js";
import { NOTHING } from "./messages.js";
import type { Occasion, ReadyForms, ReadyKind } from "./ready-kind.js";

/** Where the people are who are told a time of day. */
const TIME_ZONE = "Europe/Amsterdam";

export interface Moment {
  readonly nowMs: number;
  /** When the action ends. */
  readonly untilMs: number;
}

interface Spoken extends Moment {
  readonly common: Common;
}

/** INVALID_FIELD, or INVALID_TEXT where it becomes too long; the field is a JSON pointer into the request. */
export function compose(ready: ReadyKind, what: Occasion, filled: Fields, spoken: Spoken): Result<Wordings> {
  const fault = faultIn(ready, what, filled);
  if (fault) return fault;
  const wordings = new Map<Language, Wording>();
  for (const [language, forms] of ready.said[what].byLanguage) {
    const wording = inLanguage(forms, valuesIn(language, ready, filled, spoken));
    const { text, simpleText = "", spokenText = "" } = wording;
    const length = Math.max(text.length, simpleText.length, spokenText.length);
    if (length > API.textCharacters) {
      const detail = `the text in "${language}" would have ${length} characters, at most ${API.textCharacters}`;
      return fail("INVALID_TEXT", detail, "/fields");
    }
    wordings.set(language, wording);
  }
  const { [FIRST_LANGUAGE]: first, ...texts } = Object.fromEntries(wordings) as Partial<Record<Language, Wording>>;
  return ok({ ...first!, texts });
}

function faultIn({ fields, said, kind }: ReadyKind, what: Occasion, filled: Fields): Result<never> | undefined {
  for (const [name, value] of Object.entries(filled)) {
    const field = fields.get(name);
    const at = `/fields/${name}`;
    if (!field) {
      return fail("INVALID_FIELD", `${kind.id} has no such field; it has ${[...fields.keys()].join(", ")}`, at);
    }
    const { choices } = field;
    const isChoice = !choices || (typeof value === "string" && Object.hasOwn(choices, value));
    if (!isChoice) return fail("INVALID_FIELD", `one of ${Object.keys(choices).join(", ")}`, at);
  }
  const missing = [...said[what].required].find((name) => filledIn(filled[name], FIRST_LANGUAGE) === undefined);
  if (missing === undefined) return undefined;
  const { label, example } = fields.get(missing)!;
  const named = label.en ?? label[FIRST_LANGUAGE];
  return fail("INVALID_FIELD", `it is missing: ${named}, such as "${example}"`, `/fields/${missing}`);
}

function inLanguage({ short, simple, spoken }: ReadyForms, values: Readonly<Record<string, string>>): Wording {
  return {
    text: short.format(values),
    ...(simple && { simpleText: simple.format(values) }),
    ...(spoken && { spokenText: spoken.format(values) }),
  };
}

function valuesIn(
  language: Language,
  { kind, fields }: ReadyKind,
  filled: Fields,
  { common, nowMs, untilMs }: Spoken,
): Record<string, string> {
  const values: Record<string, string> = {
    source: common.source,
    number: common.number,
    kind: kind.names[language] ?? kind.names[FIRST_LANGUAGE]!,
    until: timeOf(untilMs, nowMs, language),
  };
  for (const [name, field] of fields) values[name] = wordFor(field, filled[name], language);
  return values;
}

/** A full stop behind it is the message's own affair. */
function wordFor({ choices }: Field, value: Fields[string] | undefined, language: Language): string {
  const word = filledIn(value, language);
  if (word === undefined) return NOTHING;
  const choice = choices?.[word];
  return choice ? (choice[language] ?? choice[FIRST_LANGUAGE]!) : word;
}

/** What was filled in for this language, or for all. */
function filledIn(value: Fields[string] | undefined, language: Language): string | undefined {
  return typeof value === "object" ? (value[language] ?? value[FIRST_LANGUAGE]) : value;
}

/** From so far ahead on the time of day alone could be that of another day. */
const SAME_NIGHT_MS = 12 * 3_600_000;

/** The time of day, with the day of the week where it is not soon. */
function timeOf(untilMs: number, nowMs: number, language: Language): string {
  const weekday = untilMs - nowMs >= SAME_NIGHT_MS && ({ weekday: "long" } as const);
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: TIME_ZONE } as const;
  return new Intl.DateTimeFormat(language, { ...weekday, ...time }).format(untilMs);
}
