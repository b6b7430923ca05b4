/** What a preview tells: who would be asked, when it would be done and for how much, who would not be asked, and what looks like a mistake. */
import { z } from "zod";
import { Cost, PreviewText, SharedCost } from "../../kinds/preview-texts.js";
import { CHANNELS, LANGUAGES, LEFT_OUT, WARNINGS } from "../../words.js";
import { eachOf } from "../counts.js";

export const TextAdvice = z
  .object({
    encoding: z.enum(["gsm0338", "latin1", "ascii", "utf8", "ucs2"]),
    segmentsPerMessage: z.int(),
    outside: z
      .array(z.string())
      .meta({ description: "Each character for which the text needs ucs2, with less than half as many in a part" }),
    suggestion: z.object({ text: z.string(), segmentsPerMessage: z.int() }).nullable().meta({
      description: "The text in cheaper characters, where that gains something; what is sent is never changed",
    }),
  })
  .meta({ id: "TextAdvice", description: "What a text costs at the carrier where it costs most, and why" });
export type TextAdvice = z.infer<typeof TextAdvice>;

export const Warning = z
  .object({
    code: z.enum(WARNINGS),
    detail: z.string().meta({ description: "What looks like a mistake, and what to do" }),
    field: z.string().optional().meta({ description: "JSON pointer into the request" }),
  })
  .meta({ id: "Warning" });
export type Warning = z.infer<typeof Warning>;

const Few = z.int().nullable().meta({
  description:
    "To a multiple of five. Null: fewer than five, or as many as could tell of fewer, also by what another preview has told",
});

export const Preview = z
  .object({
    warnings: z
      .array(Warning)
      .meta({ description: "What looks like a mistake; dispatching is the operator's decision" }),
    recipients: z.int().meta({ description: "Persons who would get the message by SMS, each counted once" }),
    nearest: z
      .object({ enough: z.int(), radiusMeters: z.int() })
      .nullable()
      .meta({
        description:
          "Where the area holds fewer than are enough: the nearest, so many in all, and within how far of its middle they live, to a hundred metres; " +
          "the counts below are of all within that, and null where the area is no circle. Null where the area alone is asked",
      }),
    segmentsPerMessage: z.int().meta({ description: "At the carrier that needs most" }),
    segments: z.int().meta({
      description: "Of all messages; whoever's text may not be told is counted with the longest",
    }),
    byChannel: z
      .array(
        z.object({
          channel: z.enum(CHANNELS),
          recipients: z.int(),
          segments: z.int(),
          durationMs: z.int(),
          finishedAt: z.iso.datetime({ offset: true }).nullable(),
          cost: SharedCost,
        }),
      )
      .meta({ description: "For each channel over which it would be sent, which is SMS alone so far" }),
    text: TextAdvice.nullable().meta({ description: "Null without a text, or without a carrier" }),
    texts: z.array(PreviewText).meta({ description: "Each text that can go out by SMS; none without a text" }),
    channels: eachOf(CHANNELS, Few).meta({ description: "Persons who could be asked over each channel" }),
    languages: eachOf(LANGUAGES, Few).meta({ description: "Recipients by the language that they have chosen" }),
    municipalities: z.array(z.object({ code: z.string().nullable(), recipients: z.int() })).meta({
      description:
        "Recipients by municipality of their nearest location; those of which the number is told, in multiples of five. Null: abroad",
    }),
    leftOut: eachOf(LEFT_OUT, Few).meta({
      description:
        "Persons inside who would not be asked, each under the first reason that holds: unconfirmed, paused, the channel off as a " +
        "whole, no number, nothing like it welcome at any place inside, welcome at other hours, in none of the groups, asked as often as may be in an hour or " +
        "a day, asked by another action that runs where this one is of a kind that comes alone",
    }),
    fatigue: z.object({ area: z.number().nullable(), country: z.number().nullable() }).meta({
      description:
        "How often a participant was asked in the last 30 days, on average: of those inside, and of all. Null: fewer than five, or not " +
        "counted yet",
    }),
    forecast: z.object({
      segmentsPerSecond: z.number(),
      waitingSegments: z.int().meta({ description: "Of running actions that would go first" }),
      durationMs: z.int(),
      finishedAt: z.iso.datetime({ offset: true }).nullable(),
      cost: SharedCost,
    }),
  })
  .meta({ id: "Preview" });
export type Preview = z.infer<typeof Preview>;

export const WaveForecast = z
  .object({
    recipients: z.int(),
    finishedAt: z.iso.datetime({ offset: true }).nullable(),
    cost: Cost.nullable(),
  })
  .meta({
    id: "WaveForecast",
    description: "What was expected when the wave opened; null where that could not be told",
  });

export const ForecastError = z
  .object({
    durationMs: z.int().nullable().meta({ description: "Later than expected; negative: earlier" }),
    recipients: z.int().meta({ description: "For whom a carrier took the message, or may have, more than expected" }),
    cost: z.number().nullable().meta({ description: "More than expected, at the prices that were" }),
  })
  .meta({
    id: "ForecastError",
    description: "What it really was, less what was expected; null until the last recipient has an outcome",
  });
