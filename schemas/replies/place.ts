/** The shapes of the API for where something was seen: as a position, in words, or both. */
import { z } from "zod";
import { Position } from "../coordinates.js";
import { PAGES } from "../limits.js";

export const SeenAt = z
  .strictObject({
    position: Position.optional(),
    words: z
      .string()
      .trim()
      .min(1)
      .max(PAGES.placeCharacters, { error: `At most ${PAGES.placeCharacters} characters` })
      .optional()
      .meta({ description: "As somebody says it: behind the station" }),
  })
  .refine(({ position, words }) => position !== undefined || words !== undefined, {
    error: "Give a position, words, or both",
  })
  .meta({ id: "SeenAt", description: "Where it was seen" });
export type SeenAt = z.infer<typeof SeenAt>;

export const ReplyPlace = z
  .object({
    position: z.array(z.number()).length(2).nullable().meta({ description: "[lng, lat] in degrees, WGS84" }),
    exact: z.boolean().meta({
      description: `False where the position and the distance are coarse (${PAGES.placeDegrees}°, ${PAGES.placeMeters} m): exact ones are for keys with the scope evidence`,
    }),
    words: z.string().nullable(),
    distanceMeters: z.number().nullable().meta({
      description: "To the area that the action had then, 0 within it; null without a position, and of a municipality",
    }),
  })
  .meta({ id: "ReplyPlace" });
export type ReplyPlace = z.infer<typeof ReplyPlace>;
