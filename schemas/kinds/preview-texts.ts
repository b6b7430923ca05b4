/** How a preview shows the texts of an action: each that can go out, what it costs, and what could be said better. */
import { z } from "zod";
import { LANGUAGES, NEEDS } from "../words.js";

/** What a text could say better; nothing waits for it. */
const ADVICE = ["NO_SOURCE", "NO_WHAT", "NO_WHERE", "NO_ACTION", "NO_UNTIL", "ABBREVIATION", "HARD_TO_READ"] as const;

const Advice = z
  .object({
    code: z.enum(ADVICE),
    detail: z.string().meta({ description: "What could be better, and how" }),
    found: z.string().nullable().meta({ description: "What it is about, as it stands in the text" }),
  })
  .meta({ id: "Advice", description: "What a text could say better; nothing waits for it" });
export type Advice = z.infer<typeof Advice>;

/** An amount of money. */
export const Cost = z.object({ amount: z.number(), currency: z.string().meta({ description: "ISO 4217" }) });

/** What is to be paid for what carriers will share. */
export const SharedCost = Cost.nullable().meta({
  description: "With the recipients divided by the carriers' shares; null where a price is not known",
});

export const PreviewText = z
  .object({
    language: z.enum(LANGUAGES).nullable().meta({ description: "Null: for whoever has no text in their language" }),
    need: z.enum(NEEDS).nullable().meta({ description: "Whom this form is for; null: for all others" }),
    text: z.string(),
    recipients: z.int().nullable().meta({
      description:
        "Who would get it: exact where it is the only text, else to a multiple of five of each language and need that may be told",
    }),
    encoding: z.string().nullable(),
    segmentsPerMessage: z.int().meta({ description: "At the carrier that needs most" }),
    segmentsByCarrier: z.record(z.string(), z.int()).meta({ description: "By the carrier's name" }),
    outside: z.array(z.string()).meta({ description: "Characters for which it needs ucs2" }),
    costPerMessage: SharedCost,
    suggestion: z
      .object({ text: z.string(), segmentsPerMessage: z.int(), costPerMessage: SharedCost })
      .nullable()
      .meta({
        description: "The same in cheaper characters, where that gains something; what is sent is never changed",
      }),
    advice: z.array(Advice),
  })
  .meta({ id: "PreviewText" });
export type PreviewText = z.infer<typeof PreviewText>;
