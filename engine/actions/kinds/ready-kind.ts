/** An entry of the catalogue with its messages compiled and held against its fields: whatever is filled in by then makes a text. */
import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import type { Field, Forms, Kind, KindsFile, Texts } from "../../../schemas/kinds/kinds-file.js";
import type { Language } from "../../../schemas/words.js";
import { compileMessage, type Message } from "./messages.js";

/** On which occasions in the life of an action its kind has something to say. */
export const OCCASIONS = ["first", "update", "success", "partialSuccess", "noSuccess", "falseAlarm"] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** What every message can have without anybody filling it in. */
const GIVEN = ["source", "number", "kind", "until"] as const;

/** Members of an action's record that are looked for in its text (action-store.ts). */
const RESERVED: readonly string[] = [...GIVEN, "status", "version"];

export type ReadyForms = { readonly [Form in keyof Forms]: Message };

export interface ReadyTexts {
  readonly byLanguage: ReadonlyMap<Language, ReadyForms>;
  /** Fields without which it can't be said. */
  readonly required: ReadonlySet<string>;
}

export interface ReadyKind {
  readonly kind: Kind;
  /** Its own, and those that all kinds have. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly said: Readonly<Record<Occasion, ReadyTexts>>;
}

/** CONFIGURATION_INVALID; its field is a JSON pointer. `place`: of the entry in the file. */
export function readyKind(kind: Kind, common: Omit<KindsFile, "kinds">, place: string): Result<ReadyKind> {
  if (kind.urgency === "extreme" && kind.domain !== "alarm") {
    return fail("CONFIGURATION_INVALID", "extreme urgency is for the domain alarm alone", `${place}/urgency`);
  }
  const fields = new Map<string, Field>();
  const ofEntry = addFields(fields, kind.fields, `${place}/fields`);
  const added = ofEntry.ok ? addFields(fields, common.fields, "/fields") : ofEntry;
  if (!added.ok) return added;
  const said: Partial<Record<Occasion, ReadyTexts>> = {};
  for (const what of OCCASIONS) {
    const [texts, at] = textsOf(what, kind, common, place);
    const ready = readyTexts(texts, fields, at);
    if (!ready.ok) return ready;
    said[what] = ready.value;
  }
  const unused = kind.fields.find(({ name }) => !needsOf(said.first!).has(name));
  if (unused) {
    const at = kind.fields.indexOf(unused);
    return fail("CONFIGURATION_INVALID", `"${unused.name}" stands in no first message`, `${place}/fields/${at}`);
  }
  return ok({ kind, fields, said: said as Record<Occasion, ReadyTexts> });
}

function addFields(fields: Map<string, Field>, more: readonly Field[], place: string): Result<void> {
  for (const [at, field] of more.entries()) {
    const { name, choices, example } = field;
    const wrong = (detail: string, member: string) =>
      fail("CONFIGURATION_INVALID", `field "${name}": ${detail}`, `${place}/${at}/${member}`);
    if (RESERVED.includes(name)) return wrong("this name is taken", "name");
    if (fields.has(name)) return wrong("there is one of this name", "name");
    if (choices && !Object.hasOwn(choices, example)) return wrong("the example is one of the choices", "example");
    fields.set(name, field);
  }
  return ok(undefined);
}

/** And where they stand. */
function textsOf(what: Occasion, kind: Kind, common: Omit<KindsFile, "kinds">, place: string): [Texts, string] {
  if (what === "first") return [kind.first, `${place}/first`];
  const own = kind.later[what];
  return own ? [own, `${place}/later/${what}`] : [common.later[what], `/later/${what}`];
}

function readyTexts(texts: Texts, fields: ReadonlyMap<string, Field>, place: string): Result<ReadyTexts> {
  const byLanguage = new Map<Language, ReadyForms>();
  const required = new Set<string>();
  for (const [language, forms] of Object.entries(texts) as [Language, Forms][]) {
    const ready: Partial<Record<keyof Forms, Message>> = {};
    for (const [form, source] of Object.entries(forms) as [keyof Forms, string][]) {
      const message = compileMessage(source, language);
      const fault = message.ok ? faultOf(message.value, fields) : message.problem.detail;
      if (!message.ok || fault) return fail("CONFIGURATION_INVALID", fault ?? "", `${place}/${language}/${form}`);
      ready[form] = message.value;
      for (const name of message.value.always) if (fields.has(name)) required.add(name);
    }
    assert(ready.short !== undefined, "every text has its short form");
    byLanguage.set(language, ready as ReadyForms);
  }
  return ok({ byLanguage, required });
}

function faultOf({ needs, always }: Message, fields: ReadonlyMap<string, Field>): string | undefined {
  const isGiven = (name: string): boolean => (GIVEN as readonly string[]).includes(name);
  const unknown = [...needs].find((name) => !isGiven(name) && !fields.has(name));
  if (unknown !== undefined) return `there is no field "${unknown}"`;
  const optional = [...always].find((name) => fields.get(name)?.required === false);
  if (optional === undefined) return undefined;
  return `"${optional}" may be left out, so it stands in {${optional}, select, none {} other {{${optional}}}}`;
}

function needsOf({ byLanguage }: ReadyTexts): Set<string> {
  const messages = [...byLanguage.values()].flatMap((forms) => Object.values(forms) as Message[]);
  return new Set(messages.flatMap(({ needs }) => [...needs]));
}
