/** Whether a participant would be asked: by kind of action, place and channel, and why not. */
import { z } from "zod";
import { ASKED_ANSWERS, CHANNELS, DOMAINS, URGENCIES } from "../../words.js";
import { eachOf } from "../counts.js";

export const OwnAsked = z
  .object({
    at: z.iso.datetime({ offset: true }),
    kinds: z.array(
      z.object({
        kind: z.string(),
        domain: z.enum(DOMAINS),
        urgency: z.enum(URGENCIES),
        places: z.array(
          z.object({
            location: z.int().nullable().meta({
              description: "Which of the participant's locations, from 0 on; null: where the phone is",
            }),
            channels: eachOf(CHANNELS, z.enum(ASKED_ANSWERS)),
          }),
        ),
      }),
    ),
  })
  .meta({
    id: "OwnAsked",
    description:
      "Which kinds of action would reach the participant now, at which place and over which channel; where not, the first reason " +
      "that holds",
  });
export type OwnAsked = z.infer<typeof OwnAsked>;
