/** The shapes of the API with which it is read what citizens wrote back. */
import { z } from "zod";
import { REPLIES } from "../../limits.js";
import { ReplyPlace } from "../../replies/place.js";
import { REPLY_CHANNELS, REPLY_MARKS } from "../../replies/words.js";
import { numberInPath, numberInQuery } from "../query.js";
import { MediaView } from "./media.js";
import { ReplyAnswer } from "./page.js";

/** What four bytes hold, which a reply has in its key. */
export const SEQUENCE_MAX = 0xffff_ffff;

/** Which reply, in a path. */
export const ReplySequence = numberInPath("Of the reply", 1, SEQUENCE_MAX);

export const Reply = z
  .object({
    sequence: z.int().meta({ description: "Place in the order of arrival, from 1" }),
    receivedAt: z.iso.datetime({ offset: true }),
    channel: z.enum(REPLY_CHANNELS),
    text: z.string(),
    place: ReplyPlace.optional().meta({ description: "Where it was seen; absent where nobody said" }),
    media: z.array(MediaView).optional().meta({ description: "Its photos and films; absent where it has none" }),
    answers: z.array(ReplyAnswer).optional().meta({ description: "What the desk answered; absent for nothing" }),
    mark: z
      .enum(REPLY_MARKS)
      .optional()
      .meta({ description: "What the desk makes of it; absent where it said nothing" }),
    complete: z.boolean().meta({ description: "False while a part is missing: […] stands in its place" }),
  })
  .meta({ id: "Reply", description: "What a citizen wrote; who it was is not kept" });
export type Reply = z.infer<typeof Reply>;

export const MarkRequest = z
  .strictObject({ mark: z.enum(REPLY_MARKS).nullable().meta({ description: "success: it led to it" }) })
  .meta({ id: "MarkRequest" });

export const ReplyPage = z
  .object({
    replies: z.array(Reply),
    unreadable: z.array(z.int()).meta({ description: "Sequences of replies that came, and whose records are damaged" }),
    next: z.int().nullable().meta({ description: "Value for ?after=" }),
  })
  .meta({ id: "ReplyPage" });
export type ReplyPage = z.infer<typeof ReplyPage>;

export const ReplyQuery = z.strictObject({
  after: numberInQuery("`next` of the page before, or the last sequence that is known", 0, SEQUENCE_MAX),
  limit: numberInQuery("Replies in the page", 1, REPLIES.pageSize),
  masked: z.enum(["true", "false"]).optional().meta({
    description: "With phone numbers, addresses, accounts, and names that people give of themselves, made unreadable",
  }),
});
