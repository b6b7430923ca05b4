/** The shapes of the API for an action's page, for what is replied there, and for what the desk answers. */
import { z } from "zod";
import { ERRORS, type ErrorCode } from "../../errors.js";
import { PAGES } from "../../limits.js";
import { MEDIA_KINDS, MEDIA_STATES } from "../../media/words.js";
import { SeenAt } from "../../replies/place.js";
import { LANGUAGES } from "../../words.js";
import { MediaId } from "./media.js";
import { Text } from "./text.js";

export const LinkName = z
  .string()
  .regex(/^[A-Za-z0-9]{11}$/)
  .meta({ description: "As it stands in the link" });

export const ReplyCode = z
  .string()
  .max(PAGES.codeCharacters)
  .meta({ description: "The code that was given for a reply" });

export const PageLink = z
  .object({
    link: LinkName,
    url: z.url().meta({ description: "For a text; it counts while the action runs, and is the same for everybody" }),
  })
  .meta({ id: "PageLink" });
export type PageLink = z.infer<typeof PageLink>;

export const PageView = z
  .object({
    text: z.string(),
    texts: z.partialRecord(z.enum(LANGUAGES), z.string()).meta({ description: "By language, where there are others" }),
    startedAt: z.iso.datetime({ offset: true }),
    expiresAt: z.iso.datetime({ offset: true }),
    media: z.array(z.object({ media: MediaId, kind: z.enum(MEDIA_KINDS), width: z.int(), height: z.int() })),
  })
  .meta({ id: "PageView", description: "What an action's page shows while the action runs" });
export type PageView = z.infer<typeof PageView>;

const long = { error: `At most ${PAGES.replyCharacters} characters` };
/** A longer one than goes out by SMS. */
const Written = z.string().trim().min(1).max(PAGES.replyCharacters, long).meta({ description: "What somebody saw" });

export const PageReply = z.strictObject({ text: Written, place: SeenAt.optional() }).meta({ id: "PageReply" });
export type PageReply = z.infer<typeof PageReply>;

export const NotAgain = z
  .strictObject({ number: z.string().max(32).meta({ description: "By which one was asked; it is stored nowhere" }) })
  .meta({ id: "NotAgain" });

export const ReplyTaken = z
  .object({
    code: z
      .string()
      .meta({ description: "Brings photos to it, and the desk's answer; it is told once and kept nowhere" }),
  })
  .meta({ id: "ReplyTaken" });
export type ReplyTaken = z.infer<typeof ReplyTaken>;

export const DeskReply = z
  .strictObject({
    channel: z.literal("voice").meta({ description: "A telephone call" }),
    text: Written,
    place: SeenAt.optional(),
  })
  .meta({ id: "DeskReply", description: "What the desk writes down of a call" });
export type DeskReply = z.infer<typeof DeskReply>;

export const ReplyPlaced = z
  .object({ sequence: z.int().meta({ description: "Place in the order of arrival, from 1" }) })
  .meta({ id: "ReplyPlaced" });

export const AnswerRequest = z
  .strictObject({ text: Text.max(PAGES.answerCharacters) })
  .meta({ id: "AnswerRequest", description: "For whoever has the reply's code" });

export const ReplyAnswer = z
  .object({ text: z.string(), answeredAt: z.iso.datetime({ offset: true }) })
  .meta({ id: "ReplyAnswer" });
export type ReplyAnswer = z.infer<typeof ReplyAnswer>;

const File = z.object({
  media: MediaId,
  state: z.enum(MEDIA_STATES),
  refused: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).nullable(),
});

export const OwnReply = z
  .object({ media: z.array(File), answers: z.array(ReplyAnswer) })
  .meta({ id: "OwnReply", description: "What became of a reply, for whoever has its code" });
export type OwnReply = z.infer<typeof OwnReply>;

export const UploadRequest = z
  .strictObject({ number: z.string().max(32).meta({ description: "A mobile phone number; it is stored nowhere" }) })
  .meta({ id: "UploadRequest", description: "Whom the desk asks for a photo, by SMS with a link that counts once" });
