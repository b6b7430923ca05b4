/** The shapes of the API for photos and films of an action. */
import { z } from "zod";
import { ERRORS, type ErrorCode } from "../../errors.js";
import { MEDIA } from "../../limits.js";
import { MEDIA_KINDS, MEDIA_SENDERS, MEDIA_STATES } from "../../media/words.js";
import { numberInQuery } from "../query.js";

export const MediaId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .meta({ description: "Of a photo or film" });

const pixels = (least: number) => z.int().min(least).max(MEDIA.edgePixels);
const Blur = z.strictObject({ left: pixels(0), top: pixels(0), width: pixels(1), height: pixels(1) }).meta({
  id: "Blur",
  description: "A part of a picture that nobody but the desk is to make out, in its pixels as it is shown",
});

export const MediaView = z
  .object({
    media: MediaId,
    from: z.enum(MEDIA_SENDERS),
    state: z.enum(MEDIA_STATES).meta({
      description:
        "Waiting until it was read; then it can be looked at, or was refused for the reason that the code says",
    }),
    refused: z
      .enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]])
      .nullable()
      .meta({ description: "Why it can't be looked at: a stable code" }),
    kind: z.enum(MEDIA_KINDS).nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    receivedAt: z.iso.datetime({ offset: true }),
    bytes: z.int().meta({ description: "Of the file as it came" }),
    sha256: z.string().nullable().meta({ description: "Of the file as it came, once it was read" }),
    out: z.boolean().meta({ description: "Whether it stands on the action's page" }),
    blurs: z.array(Blur),
  })
  .meta({ id: "Media", description: "A photo or film; who sent it is not kept" });
export type MediaView = z.infer<typeof MediaView>;

export const MediaList = z
  .object({
    media: z.array(MediaView),
    next: z.string().nullable().meta({ description: "Value for ?after=" }),
  })
  .meta({ id: "MediaList" });
export type MediaList = z.infer<typeof MediaList>;

export const MediaQuery = z.strictObject({
  after: MediaId.optional().meta({ description: "`next` of the page before" }),
  limit: numberInQuery("Files in the page", 1, MEDIA.pageSize),
});

export const MediaChange = z
  .strictObject({
    out: z.boolean().optional().meta({ description: "Show it on the action's page, or show it no more" }),
    blurs: z.array(Blur).max(MEDIA.blurs).optional().meta({ description: "All of them, in place of those before" }),
  })
  .meta({ id: "MediaChange", description: "What is left out stays" });
export type MediaChange = z.infer<typeof MediaChange>;
