/** The shapes of the API with which an answering desk says how it does, and sees what follows. */
import { z } from "zod";
import { DESK } from "../limits.js";

const PerMinute = z.number().min(0).max(DESK.answersPerMinute);

export const DeskReport = z
  .strictObject({
    answersPerMinute: PerMinute.meta({
      description: "Reactions that it can deal with in a minute, with all who are there now",
    }),
    waiting: z
      .int()
      .min(0)
      .max(DESK.waiting)
      .optional()
      .meta({ description: "Callers who wait now; estimated from what came in since when absent" }),
  })
  .meta({
    id: "DeskReport",
    description: `Counts for ${DESK.validMs / 1_000} s; without one nothing is slowed`,
  });
export type DeskReport = z.infer<typeof DeskReport>;

export const Desk = z
  .object({
    answersPerMinute: z.number().nullable().meta({ description: "null while nothing is known of it" }),
    waiting: z.number().nullable().meta({ description: "Callers and replies that wait, as said or as estimated" }),
    expected: z.number().meta({ description: "Reactions that are still to come of who was asked" }),
    reportedAt: z.iso.datetime({ offset: true }).nullable(),
    paced: z
      .array(
        z.object({
          action: z.uuid(),
          mayAskNow: z.int().meta({ description: "Persons, nearest first, within this second" }),
          left: z.int().meta({ description: "Persons still to be asked" }),
        }),
      )
      .meta({ description: "Actions that are slowed; those in danger to life never are" }),
  })
  .meta({ id: "Desk" });
export type Desk = z.infer<typeof Desk>;
