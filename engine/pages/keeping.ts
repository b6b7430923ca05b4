/** What is kept as long as replies are, and no longer: files, answers, codes and links of actions that are old. */
import { ok, type Result } from "../../schemas/errors.js";
import { PAGES } from "../../schemas/limits.js";
import type { Media } from "../media/media.js";
import type { Marks } from "../replies/marks.js";
import type { Reacted } from "../replies/reacted.js";
import type { Store } from "../store/store.js";
import type { Links } from "./links.js";
import type { PageReplies } from "./page-replies.js";

export interface KeepingParts {
  readonly store: Store;
  readonly media: Media;
  readonly pageReplies: PageReplies;
  readonly links: Links;
  readonly marks: Marks;
  readonly reacted: Pick<Reacted, "before">;
}

/** A pass: of actions that were created before this time. Gives how many files were removed. */
export async function removeOldPages(parts: KeepingParts, timeMs: number): Promise<Result<number>> {
  const { store, media, pageReplies, links, marks, reacted } = parts;
  const files = media.records.before(timeMs, PAGES.perPass);
  const removed = await media.remove(files);
  if (!removed.ok) return removed;
  const old = {
    answers: pageReplies.answers.before(timeMs, PAGES.perPass),
    replyCodes: pageReplies.codes.old(timeMs),
    links: links.before(timeMs, PAGES.perPass),
    reacted: reacted.before(timeMs, PAGES.perPass),
    replyMarks: marks.before(timeMs, PAGES.perPass),
  };
  if (Object.values(old).every(({ length }) => length === 0)) return ok(files.length);
  const committed = await store.commit(() => {
    for (const [table, keys] of Object.entries(old)) {
      for (const key of keys) void store.table(table as keyof typeof old).remove(key);
    }
  });
  return committed.ok ? ok(files.length) : committed;
}
