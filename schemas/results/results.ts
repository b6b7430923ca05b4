/** The shapes of the API with which the results of actions are read, by control rooms and municipalities and, in part, by everybody. */
import { z } from "zod";
import { OUTCOMES } from "../api/action/outcome.js";
import { MunicipalityCode } from "../api/area.js";
import { numberInQuery } from "../api/query.js";
import { REPLY_CHANNELS } from "../replies/words.js";
import { CHANNELS } from "../words.js";

const count = z.int().nullable();
const share = z.number().nullable();
const day = (description: string) => z.iso.date().meta({ description });

const RESULT_FORMATS = ["json", "csv"] as const;

export const ResultsQuery = z.strictObject({
  from: day("First day, in Europe/Amsterdam; by default the first of the running year").optional(),
  to: day("Last day; by default today").optional(),
  kind: z.string().max(64).optional().meta({ description: "Of this kind alone" }),
  municipality: MunicipalityCode.optional().meta({ description: "Of this municipality alone" }),
  format: z.enum(RESULT_FORMATS).default("json"),
});
export type ResultsQuery = z.infer<typeof ResultsQuery>;

export const OpenResultsQuery = z.strictObject({
  year: numberInQuery("By default the running one, to the end of its last month that is over", 2000, 2999),
  format: z.enum(RESULT_FORMATS).default("json"),
});

const Spread = z
  .object({ actions: count, median: z.number().nullable(), p90: z.number().nullable() })
  .meta({ id: "Spread", description: "Seconds; of the actions of which both moments are known" });

const byChannel = z.partialRecord(z.enum(CHANNELS), count);

export const Figures = z
  .object({
    actions: count.meta({ description: "Real ones that asked somebody" }),
    asked: count.meta({ description: "Messages by which somebody was asked, as carriers took them" }),
    messages: byChannel.meta({ description: "All that carriers took, with updates and thanks" }),
    cost: z
      .array(z.object({ currency: z.string(), amount: z.number() }))
      .nullable()
      .meta({ description: "Of those messages, where prices are known" }),
    reactions: count.meta({ description: "Registered: replies, and calls that the desk has noted" }),
    reactionsBy: z.partialRecord(z.enum(REPLY_CHANNELS), count).meta({ description: "By how they came" }),
    withReaction: count.meta({ description: "Actions with at least one" }),
    withReactionShare: share,
    direct: count.meta({ description: "Actions that a participant's information led to success" }),
    directShare: share,
    caught: count.meta({ description: "Actions in which somebody was caught in the act" }),
    caughtShare: share,
    outcomes: z.partialRecord(z.enum([...OUTCOMES, "none"]), count),
    incidentToFirstMessage: Spread,
    firstMessageToFirstReaction: Spread,
    firstMessageToEnd: Spread,
  })
  .meta({
    id: "Figures",
    description: "null: fewer than five, or what would tell of fewer than five; in the report with a key nothing is",
  });
export type Figures = z.infer<typeof Figures>;

export const ResultsReport = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    unsettled: z.int().meta({ description: "Actions among them of which more may become known" }),
    exercises: z.int().meta({ description: "Exercises in this time, which count nowhere else" }),
    tests: z.int().meta({ description: "Tests likewise" }),
    total: Figures,
    timeCritical: Figures,
    months: z.array(Figures.extend({ month: z.string() })),
    kinds: z.array(Figures.extend({ kind: z.string() })),
    municipalities: z
      .array(Figures.extend({ municipality: z.string().nullable() }))
      .meta({ description: "By where the middle of the area lies; null where that is in none" }),
  })
  .meta({ id: "ResultsReport" });
export type ResultsReport = z.infer<typeof ResultsReport>;
