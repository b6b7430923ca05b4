/**
 * What an action is about, which is what a participant's wishes are held against, and what it says. Whatever is left out follows
 * from the kind (GET /v1/kinds).
 */
import { z } from "zod";
import { KindId } from "../kinds/kinds-file.js";
import { KINDS } from "../limits.js";
import { CONFIRMABLE, DOMAINS, GROUPS, LANGUAGES, URGENCIES } from "../words.js";

import { Text } from "./action/text.js";

const otherForms = {
  simpleText: Text.optional().meta({ description: "For who needs simple language" }),
  spokenText: Text.optional().meta({ description: "What is spoken to who needs a voice" }),
};
export const Wording = z.strictObject({ text: Text, ...otherForms }).meta({ id: "Wording" });
export type Wording = z.infer<typeof Wording>;

const texts = z
  .partialRecord(z.enum(LANGUAGES), Wording)
  .optional()
  .meta({ description: "By language; `text` is for whoever has none in theirs" });
/** What is said to everybody: one text for whoever has none in their language, and those. */
export interface Wordings extends Wording {
  readonly texts?: Partial<Record<(typeof LANGUAGES)[number], Wording>> | undefined;
}

const FieldValue = Text.trim().max(KINDS.fieldCharacters).meta({ description: "What stands for the field" });
export const Fields = z
  .record(
    z.string().max(KINDS.idCharacters),
    z.union([FieldValue, z.partialRecord(z.enum(LANGUAGES), FieldValue)], {
      error: "What is filled in, or what is by language",
    }),
  )
  .refine((fields) => Object.keys(fields).length <= 2 * KINDS.fields, { error: "More fields than a kind has" })
  .meta({
    description: "What the kind asks for, in place of a text; each for all languages, or by language",
    examples: [{ person: "boy", age: "5", place: "station Weesp" }],
  });
export type Fields = z.infer<typeof Fields>;

/** What is said: written out, or the fields from which the kind's messages make it. */
export const saying = { text: Text.optional(), ...otherForms, texts, fields: Fields.optional() };
export type Saying = { readonly [Member in keyof typeof saying]?: z.infer<(typeof saying)[Member]> | undefined };

export const confirmed = z
  .array(z.enum(CONFIRMABLE))
  .max(CONFIRMABLE.length)
  .optional()
  .meta({ description: "Warnings that the operator has seen and means; without it nothing is sent in spite of them" });

interface Asked {
  readonly domain?: string | undefined;
  readonly urgency?: string | undefined;
}

export function isAlarmIfExtreme({ domain = "alarm", urgency }: Asked): boolean {
  return urgency !== "extreme" || domain === "alarm";
}

export const EXTREME_IS_ALARM = { error: "Extreme urgency is for the domain alarm alone", path: ["urgency"] };

const someGroups = z.array(z.enum(GROUPS)).min(1).max(GROUPS.length);

export const AskedGroups = z.union([z.strictObject({ only: someGroups }), z.strictObject({ first: someGroups })]).meta({
  id: "AskedGroups",
  description:
    "Groups that are asked alone, or before everybody else: what participants themselves have said that they are, or need",
});
export type AskedGroups = z.infer<typeof AskedGroups>;

export const aboutAction = {
  kind: KindId.default("other").meta({ description: "Id of a kind; GET /v1/kinds has those that there are" }),
  domain: z.enum(DOMAINS).optional().meta({ description: "That of the kind when absent; of extreme urgency alarm" }),
  urgency: z
    .enum(URGENCIES)
    .optional()
    .meta({
      description:
        "Extreme is danger to life here and now, for the domain alarm alone: it also comes at hours, and over channels, at which " +
        "nothing else may come, as each participant has chosen; never over a channel that is switched off as a whole. " +
        "That of the kind when absent",
    }),
  groups: AskedGroups.optional(),
  timeCritical: z.boolean().optional().meta({ description: "As the kind when absent" }),
};
