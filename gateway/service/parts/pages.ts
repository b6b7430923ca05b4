/** Photos and films, and the pages by which citizens see an action and reply to it. A part of service.ts. */
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { Media } from "../../../engine/media/media.js";
import { Links } from "../../../engine/pages/links.js";
import { PageReplies } from "../../../engine/pages/page-replies.js";
import { UploadLinks } from "../../../engine/pages/upload-links.js";
import type { DataFolder } from "../../../engine/registry/open.js";
import { ok, type Problem, type Result } from "../../../schemas/errors.js";
import type { Closing } from "../closing.js";
import type { Dispatch } from "./dispatch.js";

export interface Pages {
  readonly media: Media;
  readonly pageReplies: PageReplies;
  readonly links: Links;
  readonly uploads: UploadLinks;
}

/** STORE_UNUSABLE where the folder of files can't be had. */
export function openPages(
  { store, vault }: DataFolder,
  { replies, marks, replyChanges, replyHandler }: Dispatch,
  onFatal: (problem: Problem) => void,
  closing: Closing,
): Result<Pages> {
  const { now, steadyMs } = MACHINE_CLOCK;
  const media = Media.open({ store, vault, now, onFatal });
  if (!media.ok) return media;
  closing.add(() => media.value.reading.close());
  const pageReplies = new PageReplies({
    store,
    vault,
    replies,
    marks,
    media: media.value,
    now,
    steadyMs,
    onFatal,
    replyHandler,
  });
  for (const { onChange } of [pageReplies.answers, media.value.records]) {
    onChange.push((...reply) => replyChanges.put(...reply));
  }
  return ok({ media: media.value, pageReplies, links: new Links(store), uploads: new UploadLinks(steadyMs) });
}
