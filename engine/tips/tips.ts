/**
 * Tips, which are replies by what they are worth: the desk says that of each, and has units told of it. Either leaves its record of who
 * did it, in the same commit. A unit is told ids alone; what somebody wrote or photographed it reads by the API, as long as there is
 * something to read.
 */

import { dateTime } from "../../schemas/api/date-time.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { ReplyMark } from "../../schemas/replies/words.js";
import type { Mode } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import type { Marks } from "../replies/marks.js";
import type { ReplyStore } from "../replies/reply-store.js";
import type { Store } from "../store/store.js";
import type { Webhooks } from "../webhooks/webhooks.js";

export interface TipsParts {
  readonly store: Pick<Store, "commit">;
  readonly replies: Pick<ReplyStore, "has">;
  readonly marks: Marks;
  readonly trail: Pick<Trail, "put">;
  readonly webhooks: Pick<Webhooks, "tell" | "isTold">;
  /** The results of an action are others: a success was marked, or taken back. */
  changed(actionId: string): void;
  /** Ids of the photos and films of a reply that can be shown. */
  mediaOf(actionId: string, place: number): string[];
  now(): number;
}

export class Tips {
  readonly #parts: TipsParts;

  constructor(parts: TipsParts) {
    this.#parts = parts;
  }

  markOf(actionId: string, place: number): ReplyMark | null {
    return this.#parts.marks.of(actionId, place);
  }

  /** NOT_FOUND where the action has no such reply. */
  check(actionId: string, place: number, field = "sequence"): Result<void> {
    const isThere = place > 0 && this.#parts.replies.has(actionId, place);
    return isThere ? ok(undefined) : fail("NOT_FOUND", "the action has no reply of this sequence", field);
  }

  /** Null takes the mark away. */
  async mark(actionId: string, place: number, mark: ReplyMark | null, by: Actor): Promise<Result<void>> {
    let there = this.check(actionId, place);
    if (!there.ok) return there;
    const { store, marks, trail, changed } = this.#parts;
    const committed = await store.commit(() => {
      // Its sender may have taken it back while this waited for its turn.
      there = this.check(actionId, place);
      if (!there.ok) return;
      marks.put(actionId, place, mark);
      changed(actionId);
      trail.put({ by, deed: "reply.marked", on: { action: actionId, reply: String(place), mark: mark ?? "" } });
    });
    return committed.ok ? there : committed;
  }

  /** A tip has become an update: it was useful, where nobody says more of it. */
  async used(actionId: string, place: number, by: Actor): Promise<Result<void>> {
    if (this.markOf(actionId, place) === "success") return ok(undefined);
    return this.mark(actionId, place, "useful", by);
  }

  /** Tells every webhook of the topic `reply`. WRONG_STATE where there is none. */
  async forward(action: { readonly id: string; readonly mode: Mode }, place: number, by: Actor): Promise<Result<void>> {
    const there = this.check(action.id, place);
    if (!there.ok) return there;
    const { store, trail, webhooks, mediaOf, now } = this.#parts;
    if (!webhooks.isTold("reply")) return fail("WRONG_STATE", "no webhook has the topic reply: nobody would be told");
    const type = action.mode === "actual" ? "reply.forwarded" : `${action.mode}.reply.forwarded`;
    const data = { id: action.id, mode: action.mode, reply: place, media: mediaOf(action.id, place) };
    return store.commit(() => {
      webhooks.tell("reply", { type, timestamp: dateTime(now()), data });
      trail.put({ by, deed: "reply.forwarded", on: { action: action.id, reply: String(place) } });
    });
  }
}
