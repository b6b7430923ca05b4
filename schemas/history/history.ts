/** The shapes of the API with which the history of carriers is read. */
import { z } from "zod";
import { CarrierError, CarrierName } from "../api/operations.js";
import { CHANNELS } from "../words.js";

/** How far back, and with it how fine. */
const HISTORY_SPANS = ["hour", "day", "month"] as const;

export const HistoryQuery = z.strictObject({
  span: z
    .enum(HISTORY_SPANS)
    .default("hour")
    .meta({ description: "Until now; an hour and a day by minutes, a month by quarters of an hour" }),
  carrier: CarrierName.optional().meta({ description: "Of this one alone; all together when absent" }),
  channel: z.enum(CHANNELS).optional().meta({ description: "Of the carriers of this channel alone" }),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

const series = (description: string) => z.array(z.number().nullable()).meta({ description });

export const CarrierHistory = z
  .object({
    step: z.enum(["minute", "quarter"]),
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
    carriers: z.array(z.string()).meta({ description: "Those that are in it" }),
    at: z.array(z.iso.datetime({ offset: true })).meta({
      description: "When each step began; one in which the service was down is absent, one of silence is 0",
    }),
    series: z
      .object({
        submittedPerSecond: series("Messages written"),
        acknowledgedPerSecond: series("Messages that were taken"),
        receiptsPerSecond: series("Receipts"),
        refused: series("Messages that were refused in the step"),
        throttled: series("Messages that were to be sent again later"),
        disconnects: series("Binds that broke"),
        outstanding: series("Messages without an answer, at most"),
        window: series("Messages that might have been without an answer"),
        queued: series("Messages that were granted and not written, at most"),
        allowedPerSecond: series("What was allowed at most, as configured or learnt"),
        latencyP50Ms: series("Half of the answers took no longer; null where there was none"),
        latencyP95Ms: series("95 of a hundred"),
        latencyP99Ms: series("99 of a hundred"),
      })
      .meta({ description: "A value for each of `at`" }),
    errors: z.array(CarrierError).meta({ description: "Over the whole time, by cause, the most frequent first" }),
  })
  .meta({ id: "CarrierHistory", description: "How the carriers did, from nothing personal" });
export type CarrierHistory = z.infer<typeof CarrierHistory>;
