/**
 * Replies at rest: JSON by action id (16 bytes) and place in the order of arrival (4 bytes, from 1), both big-endian. Messages
 * of no action stand under the nil UUID, the last REPLIES.unassigned of them.
 *
 * Nothing of the sender is in a record, and the time is to the second: to the millisecond it could be laid beside
 * the times of other records.
 */
import type { Reply, ReplyPage } from "../../schemas/api.js";
import { ok, type Result } from "../../schemas/errors.js";
import { REPLIES } from "../../schemas/limits.js";
import type { Channel } from "../../schemas/words.js";
import type { Store } from "../store/store.js";

/** Stands in place of the id of an action. */
export const UNASSIGNED = "00000000-0000-0000-0000-000000000000";

export interface StoredReply {
  readonly receivedAtMs: number;
  readonly channel: Channel;
  readonly text: string;
  /** Parts that have not come. */
  readonly missing: number;
}

export class ReplyStore {
  /** The last place given out, by action: puts of a commit that is under way can't be read yet. */
  readonly #last = new Map<string, number>();

  constructor(private readonly store: Store) {}

  /** The place of the last reply; for an action, how many it has. */
  last(actionId: string): number {
    const known = this.#last.get(actionId);
    if (known !== undefined) return known;
    let last = 0;
    for (const key of this.store.table("replies").keys(replyKey(actionId, 0xffff_ffff), replyKey(actionId, 0), true)) {
      last = key.readUInt32BE(16);
      break;
    }
    if (this.#last.size < REPLIES.known) this.#last.set(actionId, last);
    return last;
  }

  /** A place for one more; 0 when the action has as many as are kept. */
  nextPlace(actionId: string): number {
    const place = this.last(actionId) + 1;
    if (actionId !== UNASSIGNED && place > REPLIES.perAction) return 0;
    this.#last.set(actionId, place);
    return place;
  }

  /** Puts into the running commit. */
  put(actionId: string, place: number, reply: StoredReply): void {
    const replies = this.store.table("replies");
    if (actionId === UNASSIGNED) {
      const oldest = this.last(actionId) - REPLIES.unassigned;
      // A part may come for one that is gone.
      if (place <= oldest) return;
      if (place > REPLIES.unassigned) void replies.remove(replyKey(actionId, place - REPLIES.unassigned));
    }
    void replies.put(replyKey(actionId, place), Buffer.from(JSON.stringify(reply)));
  }

  /** All that was put is on the disk: what need not be held in memory is let go. */
  committed(): void {
    for (const actionId of this.#last.keys()) {
      if (this.#last.size <= REPLIES.known) return;
      this.#last.delete(actionId);
    }
  }

  /**
   * Keys of replies that have been kept since before this time, at most `limit`: those of an action by when it was created,
   * which its id tells; those of no action by when they came.
   */
  before(timeMs: number, limit: number): Result<Buffer[]> {
    const old: Buffer[] = [];
    const table = this.store.table("replies");
    for (const { key, value } of table.range(undefined, replyKey(UNASSIGNED, 0xffff_ffff))) {
      if (!value.ok) return value;
      if (old.length === limit || (JSON.parse(value.value.toString()) as StoredReply).receivedAtMs >= timeMs) break;
      old.push(key);
    }
    for (const key of table.keys(replyKey(UNASSIGNED, 0xffff_ffff))) {
      // A UUID of version 7 begins with 48 bits of milliseconds.
      if (old.length === limit || key.readUIntBE(0, 6) >= timeMs) break;
      old.push(key);
    }
    return ok(old);
  }

  /** Takes these out in the running commit. */
  remove(keys: readonly Buffer[]): void {
    for (const key of keys) void this.store.table("replies").remove(key);
  }

  page(actionId: string, after: number, limit: number): Result<ReplyPage> {
    const replies: Reply[] = [];
    const from = replyKey(actionId, Math.min(after + 1, 0xffff_ffff));
    for (const { key, value } of this.store.table("replies").range(from, replyKey(actionId, 0xffff_ffff))) {
      if (!value.ok) return value;
      if (replies.length === limit) return ok({ replies, next: replies[limit - 1]!.sequence });
      replies.push(show(key.readUInt32BE(16), JSON.parse(value.value.toString()) as StoredReply));
    }
    return ok({ replies, next: null });
  }
}

function show(sequence: number, { receivedAtMs, channel, text, missing }: StoredReply): Reply {
  return { sequence, receivedAt: new Date(receivedAtMs).toISOString(), channel, text, complete: missing === 0 };
}

function replyKey(actionId: string, place: number): Buffer {
  const key = Buffer.alloc(20);
  key.write(actionId.replaceAll("-", ""), 0, "hex");
  key.writeUInt32BE(place, 16);
  return key;
}
