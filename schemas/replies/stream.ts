/**
 * The messages by which a desk follows the replies to all running actions, one source of types and of /asyncapi.json.
 *
 * The first is a `snapshot`, the newest there are. Each `changes` after it holds, whole, the replies that came or are other than
 * before, and which are gone. Its cursor is the place up to which all is known: whoever connects again with it is told what changed
 * meanwhile, or gets a snapshot where that can't be told any more.
 */
import { z } from "zod";
import { Reply } from "../api/action/reply.js";
import { STREAM } from "../limits.js";

export const STREAM_PROTOCOL = "seinpost.replies.v1.json";

const CURSOR = new RegExp(`^[0-9a-f]{${2 * STREAM.runBytes}}-[0-9]{1,15}$`);

export const StreamedReply = Reply.extend({ action: z.uuid() }).meta({
  id: "StreamedReply",
  description: "A reply, with the action that it belongs to",
});
export type StreamedReply = z.infer<typeof StreamedReply>;

export const ReplyMessage = z
  .object({
    type: z.enum(["snapshot", "changes"]),
    cursor: z.string().meta({ description: "Value for ?after=, to go on from here" }),
    at: z.iso.datetime(),
    replies: z.array(StreamedReply).meta({ description: "In the order that was asked for" }),
    gone: z
      .array(z.object({ action: z.uuid(), sequence: z.int() }))
      .meta({ description: "Replies that were taken back, or kept long enough" }),
    over: z.array(z.uuid()).meta({ description: "Actions that run no more: of them nothing more is told" }),
    more: z.boolean().meta({ description: "There are older ones than those of this snapshot: GET …/replies has them" }),
  })
  .meta({ id: "ReplyMessage" });
export type ReplyMessage = z.infer<typeof ReplyMessage>;

export const StreamQuery = z.strictObject({
  after: z
    .string()
    .regex(CURSOR, { error: "Not a cursor of a message" })
    .optional()
    .meta({ description: "The cursor of the last message that came; a snapshot comes without one" }),
  order: z.enum(["newest", "nearest"]).optional().meta({
    description: "Of the replies in a message; nearest: to their action's area, those without a place last",
  }),
  masked: z.enum(["true", "false"]).optional().meta({
    description: "With phone numbers, addresses, accounts, and names that people give of themselves, made unreadable",
  }),
});
export type StreamQuery = z.infer<typeof StreamQuery>;
