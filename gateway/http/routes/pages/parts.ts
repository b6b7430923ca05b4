/** What the routes of an action's page need, and how they see what there is of an action. */

import type { Media } from "../../../../engine/media/media.js";
import type { MediaRecord } from "../../../../engine/media/media-record.js";
import type { StoredAnswer } from "../../../../engine/pages/answers.js";
import type { Links } from "../../../../engine/pages/links.js";
import type { PageReplies } from "../../../../engine/pages/page-replies.js";
import type { UploadLinks } from "../../../../engine/pages/upload-links.js";
import type { Principal } from "../../../../engine/rights/principal.js";
import type { Tips } from "../../../../engine/tips/tips.js";
import type { MediaView } from "../../../../schemas/api/action/media.js";
import type { ReplyAnswer } from "../../../../schemas/api/action/page.js";
import type { Reply } from "../../../../schemas/api/action/reply.js";
import type { Action } from "../../../../schemas/api/api.js";
import { dateTime } from "../../../../schemas/api/date-time.js";
import type { Result } from "../../../../schemas/errors.js";

export interface PageParts {
  readonly media: Media;
  readonly replies: PageReplies;
  readonly links: Links;
  readonly uploads: UploadLinks;
  readonly tips: Tips;
  /** An action as whoever holds this key sees it. */
  action(id: string, by: Principal): Result<Action>;
  /** Any action. */
  anyAction(id: string): Result<Action>;
  /** By which address citizens reach the service; undefined where nobody said. */
  readonly publicUrl: string | undefined;
  /** An SMS to somebody who is on the telephone, in the way of codes. NUMBER_…, or CODE_NOT_SENT. */
  sendSms(number: string, text: string, expiresInMs: number): Result<void>;
}

/** What clients may say that a file is; what it is, its content says. */
export const FILE_TYPES = [
  "application/octet-stream",
  "image/jpeg",
  "image/png",
  "image/webp",
  "video/mp4",
  "video/quicktime",
  "video/webm",
] as const;

/** Why a file is not taken, before it was read. */
export const FILE_PROBLEMS = ["BUSY", "TOO_MANY_MEDIA", "MEDIA_TYPE", "STORE_WRITE_FAILED"] as const;

export function viewOf(record: MediaRecord): MediaView {
  const { id, from, state, refused, found, bytes, sha256, isOut, blurs, receivedAtMs } = record;
  return {
    ...{ media: id, from, state, refused, bytes, sha256, blurs: [...blurs], out: isOut },
    ...{ kind: found?.kind ?? null, width: found?.width ?? null, height: found?.height ?? null },
    receivedAt: dateTime(receivedAtMs),
  };
}

export function answerView({ text, answeredAtMs }: StoredAnswer): ReplyAnswer {
  return { text, answeredAt: dateTime(answeredAtMs) };
}

/** A reply with its photos and with what the desk has answered. */
export function completed(
  { media, replies, tips }: Pick<PageParts, "media" | "replies" | "tips">,
  actionId: string,
  reply: Reply,
): Reply {
  const at = { actionId, place: reply.sequence };
  const mark = tips.markOf(actionId, reply.sequence);
  const [files, answers] = [media.records.of(actionId, reply.sequence), replies.answers.of(at)];
  return {
    ...reply,
    ...(mark !== null && { mark }),
    ...(files.length > 0 && { media: files.map(viewOf) }),
    ...(answers.length > 0 && {
      answers: answers.map(answerView),
    }),
  };
}
