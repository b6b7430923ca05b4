/** The shapes of the API with which keys are made, listed, rotated and revoked. */
import { z } from "zod";
import { RIGHTS } from "../limits.js";
import { SCOPES } from "../words.js";
import { MunicipalityCode } from "./area.js";
import { DateTimeInput } from "./date-time.js";
import { nextPage, numberInQuery } from "./query.js";

/** In a path. */
export const KeyId = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .meta({ description: "Id of an API key; no part of its secret" });

const Scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);
/** One line that can be read. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(RIGHTS.nameCharacters)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, { error: "One line, without control characters" })
  .meta({ description: "Whose it is: an organisation or a system, and no person" });

const moment = (description: string) => z.iso.datetime({ offset: true }).nullable().meta({ description });

const Cost = z.strictObject({
  amount: z.number().min(0).max(RIGHTS.costPerDay),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .meta({ description: "ISO 4217" }),
});

export const KeyBudget = z
  .strictObject({
    messagesPerDay: z.int().min(0).max(RIGHTS.messagesPerDay).nullable().default(null),
    costPerDay: Cost.nullable().default(null),
  })
  .meta({
    id: "KeyBudget",
    description:
      "What may be sent with the key in a day of Europe/Amsterdam: messages, one for each person, and their price",
  });
export type KeyBudget = z.infer<typeof KeyBudget>;

export const KeyRequest = z
  .strictObject({
    name: Name,
    scopes: Scopes,
    municipalities: z
      .array(MunicipalityCode)
      .min(1)
      .max(RIGHTS.municipalities)
      .nullable()
      .default(null)
      .meta({ description: "Where it counts; null for everywhere" }),
    budget: KeyBudget.default({ messagesPerDay: null, costPerDay: null }),
    expiresAt: DateTimeInput.nullable().default(null),
  })
  .meta({ id: "KeyRequest" });
export type KeyRequest = z.infer<typeof KeyRequest>;

export const RotateRequest = z
  .strictObject({
    graceMinutes: z.int().min(0).max(RIGHTS.graceMinutesMax).default(RIGHTS.graceMinutes).meta({
      description: "How long the secret of before goes on counting; 0 where somebody else may have it",
    }),
  })
  .meta({ id: "RotateRequest" });

export const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(["active", "expired", "revoked"]),
    scopes: z.array(z.enum(SCOPES)),
    municipalities: z.array(z.string()).nullable(),
    budget: z.object({ messagesPerDay: z.int().nullable(), costPerDay: Cost.nullable() }),
    today: z.object({ messages: z.int(), cost: z.number() }).meta({
      description: "What was sent with it today, and its price in the currency of the budget, where it has one",
    }),
    createdAt: z.iso.datetime({ offset: true }),
    expiresAt: moment("From when on it counts no more; null: it does not expire"),
    revokedAt: moment("When it was revoked"),
    lastUsedAt: moment("Up to a minute late; null: never"),
    secrets: z
      .array(z.object({ createdAt: z.iso.datetime({ offset: true }), endsAt: moment("When a rotation ends it") }))
      .meta({ description: "The newest last; of the secret itself a hash alone is stored" }),
  })
  .meta({ id: "Key" });
export type Key = z.infer<typeof Key>;

export const MadeKey = Key.extend({
  secret: z.string().meta({ description: "What is sent as Authorization: Bearer …; shown this once" }),
}).meta({ id: "MadeKey" });
export type MadeKey = z.infer<typeof MadeKey>;

export const KeyPage = z
  .object({
    keys: z.array(Key),
    next: nextPage,
  })
  .meta({ id: "KeyPage" });
export type KeyPage = z.infer<typeof KeyPage>;

export const KeyQuery = z.strictObject({
  after: KeyId.optional().meta({ description: "`next` of the page before" }),
  limit: numberInQuery("Keys in the page at most", 1, RIGHTS.pageSize),
});
