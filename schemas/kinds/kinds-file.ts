/**
 * The file of kinds of action: what a dispatcher may start, and everything that follows from it. `kinds.json` beside this file ships
 * with the program; an organisation's own file has the same form (engine/actions/kinds/catalogue.ts puts the two together). What a
 * shape can't say, such as whether a message can be made of its fields, is said there.
 *
 * A message is one of ICU MessageFormat. Its arguments are the fields, and `source` and `number` (of the file), `kind` (the name of
 * the entry) and `until` (when the action ends). Of a field that may be left out `none` stands for nothing:
 * "{description, select, none {} other {{description}. }}".
 */
import { z } from "zod";
import { API, KINDS } from "../limits.js";
import { ACTION_KINDS, CHANNELS, DOMAINS, LANGUAGES, URGENCIES } from "../words.js";

/** The language of who has said nothing else; each text is there in it. */
export const FIRST_LANGUAGE = "nl";

/** What an action is for, whatever it is about [leefbaarheid, zelfredzaamheid]. */
const THEMES = ["safety", "liveability", "selfReliance"] as const;

/** What a text has to say, in the order of a message. */
const SAYINGS = ["source", "what", "where", "do", "until"] as const;
export type Saying = (typeof SAYINGS)[number];

const Name = z.string().trim().min(1).max(KINDS.nameCharacters);
const Message = z.string().trim().min(1).max(KINDS.messageCharacters);
const Words = z.array(z.string().trim().min(1).max(KINDS.nameCharacters)).max(KINDS.words);

function byLanguage<T extends z.ZodType>(value: T) {
  return z.partialRecord(z.enum(LANGUAGES), value).refine((texts) => texts[FIRST_LANGUAGE] !== undefined, {
    error: `There is one in "${FIRST_LANGUAGE}", for whoever has none in their language`,
  });
}

/** The short form, and beside it one in simple language and one to be spoken. */
const Forms = z.strictObject({ short: Message, simple: Message.optional(), spoken: Message.optional() });
export type Forms = z.infer<typeof Forms>;
const Texts = byLanguage(Forms);
export type Texts = z.infer<typeof Texts>;

/** What is said once an action has ended, and while it goes on; an entry may have its own. */
const Later = z.strictObject({
  update: Texts,
  success: Texts,
  partialSuccess: Texts,
  noSuccess: Texts,
  falseAlarm: Texts,
});

export const KindId = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, { error: "An id is letters and digits, a small letter first" })
  .max(KINDS.idCharacters);

const Field = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/, { error: "A name is letters and digits, a small letter first" }),
  label: byLanguage(Name),
  required: z.boolean().default(true),
  example: z.string().trim().min(1).max(KINDS.fieldCharacters),
  choices: z
    .record(z.string().max(KINDS.idCharacters), byLanguage(Name))
    .refine((choices) => Object.keys(choices).length <= KINDS.choices, { error: `At most ${KINDS.choices} choices` })
    .optional()
    .meta({ description: "What may be filled in, with the words that stand for it in each language" }),
});
export type Field = z.infer<typeof Field>;
const Fields = z.array(Field).max(KINDS.fields);

export const Kind = z
  .strictObject({
    id: KindId,
    like: z.enum(ACTION_KINDS).meta({ description: "What participants' wishes are held against" }),
    names: byLanguage(Name),
    domain: z.enum(DOMAINS),
    theme: z.enum(THEMES),
    urgency: z.enum(URGENCIES).default("normal"),
    timeCritical: z.boolean(),
    alone: z.boolean().default(false).meta({
      description:
        "Whoever is asked by another action that runs is not asked by one of this kind, unless it is extreme",
    }),
    channels: z.array(z.enum(CHANNELS)).min(1),
    radiusMeters: z.int().min(API.radiusMetersMin).max(API.radiusMetersMax),
    lifeMinutes: z
      .int()
      .min(1)
      .max(API.expiresHoursMax * 60),
    enough: z.int().min(1).max(KINDS.enoughMax).meta({
      description:
        "Persons that are enough to ask: where a circle of radiusMeters holds fewer, the nearest are asked besides; not of an alarm",
    }),
    lateArrivals: z.boolean().meta({ description: "Whoever comes into the area while it runs is asked, too" }),
    mustSay: z.array(z.enum(SAYINGS)),
    words: byLanguage(Words).meta({ description: "One of these says what it is about" }),
    notFor: byLanguage(z.string().trim().min(1).max(KINDS.fieldCharacters)).optional(),
    fields: Fields,
    first: Texts,
    later: Later.partial().default({}).meta({ description: "What it says otherwise than all kinds" }),
  })
  .meta({ id: "Kind", description: "A kind of action, and all that follows from it" });
export type Kind = z.infer<typeof Kind>;

const Abbreviation = z.strictObject({
  short: z.string().trim().min(1).max(KINDS.idCharacters),
  means: Name,
});

/** What all kinds have in common. */
const common = {
  source: Name.meta({ description: "Who speaks, in the texts" }),
  number: Name.meta({ description: "The phone number in the texts" }),
  fields: Fields.meta({ description: "Those of what is said later, of any kind" }),
  later: Later,
  signs: z
    .strictObject({ source: Words, where: byLanguage(Words), do: byLanguage(Words), until: byLanguage(Words) })
    .meta({ description: "Words by which a text shows that it says what it has to" }),
  mailOnly: z
    .strictObject({ words: byLanguage(Words), why: byLanguage(z.string().max(KINDS.fieldCharacters)) })
    .meta({ description: "What suits no message but mail; of extreme urgency it does" }),
  abbreviations: z.array(Abbreviation).max(KINDS.words).meta({ description: "What citizens don't know" }),
  verified: z
    .strictObject({
      numbers: Words.meta({ description: "Phone numbers of the organisation" }),
      hosts: Words.meta({ description: "Names of its sites, with all that end in them" }),
    })
    .meta({ description: "What a text may tell citizens to call or open without a second word" }),
};

export const KindsFile = z.strictObject({ kinds: z.array(Kind).min(1).max(KINDS.entries), ...common });
export type KindsFile = z.infer<typeof KindsFile>;

/** As the API shows them. */
export const KindList = KindsFile.meta({
  id: "KindList",
  description: "Messages are ICU MessageFormat; their arguments are the fields, and source, number, kind and until",
});

/**
 * An organisation's own file: an entry of a known id replaces what it names, another one is new and whole; what it says beside them
 * replaces what ships.
 */
export const OwnKindsFile = z
  .strictObject({ kinds: z.array(z.looseObject({ id: KindId })).max(KINDS.entries), ...common })
  .partial();
export type OwnKindsFile = z.infer<typeof OwnKindsFile>;
