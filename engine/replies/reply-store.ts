/**
 * Replies at rest: JSON, sealed (engine/vault) because people write names and numbers into them, by action id (16 bytes) and
 * place in the order of arrival (4 bytes, from 1), both big-endian. Messages of no action stand under the nil UUID, the last
 * REPLIES.unassigned of them.
 *
 * Nothing of the sender is in a record, and the time is to the second: to the millisecond it could be laid beside
 * the times of other records.
 */
import type { Reply, ReplyPage } from "../../schemas/api/action/reply.js";
import { dateTime } from "../../schemas/api/date-time.js";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { REPLIES } from "../../schemas/limits.js";
import type { ReplyChannel } from "../../schemas/replies/words.js";
import { idBytes, keysBefore } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { placeView, type StoredPlace } from "./place.js";

/** The name of the key that seals what people wrote, and what the desk answers. */
export const CONTENT = "content";
/** All that it seals: whoever renews it seals each of these anew. */
const SEALED = ["replies", "answers"] as const;
/** Stands in place of the id of an action. */
export const UNASSIGNED = "00000000-0000-0000-0000-000000000000";

export interface StoredReply {
  readonly receivedAtMs: number;
  readonly channel: ReplyChannel;
  readonly text: string;
  /** Where it was seen; absent where nobody said. */
  readonly seen?: StoredPlace;
  /** Parts that have not come. */
  readonly missing: number;
}

export class ReplyStore {
  /** Each is called with each reply in the commit that it is put into, or in which its sender takes it back. */
  readonly onChange: ((actionId: string, place: number) => void)[] = [];
  /** The last place given out, by action: puts of a commit that is under way can't be read yet. */
  readonly #last = new Map<string, number>();
  /** Keys of those that the commit under way takes out, and that are still read as if they were there. */
  readonly #going = new Set<string>();
  readonly #store: Store;
  readonly #vault: Vault;

  constructor(store: Store, vault: Vault) {
    this.#store = store;
    this.#vault = vault;
  }

  /** The place of the last reply; for an action, how many it has. */
  last(actionId: string): number {
    const known = this.#last.get(actionId);
    if (known !== undefined) return known;
    let last = 0;
    for (const key of this.#store.table("replies").keys(replyKey(actionId, 0xffff_ffff), replyKey(actionId, 0), true)) {
      last = key.readUInt32BE(16);
      break;
    }
    if (this.#last.size < REPLIES.known) this.#last.set(actionId, last);
    return last;
  }

  has(actionId: string, place: number): boolean {
    const key = replyKey(actionId, place);
    return !this.#going.has(key.toString("hex")) && this.#store.table("replies").has(key);
  }

  /** A place for one more; 0 when the action has as many as are kept. */
  nextPlace(actionId: string): number {
    const place = this.last(actionId) + 1;
    if (actionId !== UNASSIGNED && place > REPLIES.perAction) return 0;
    this.#last.set(actionId, place);
    return place;
  }

  /** Puts into the running commit, in which the vault's `write` comes later. */
  put(actionId: string, place: number, reply: StoredReply): void {
    this.#changed(actionId, place);
    const replies = this.#store.table("replies");
    if (actionId === UNASSIGNED) {
      const oldest = this.last(actionId) - REPLIES.unassigned;
      // A part may come for one that is gone.
      if (place <= oldest) return;
      if (place > REPLIES.unassigned) void replies.remove(replyKey(actionId, place - REPLIES.unassigned));
    }
    const key = replyKey(actionId, place);
    void replies.put(key, this.#vault.seal(CONTENT, Buffer.from(JSON.stringify(reply)), key));
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
    const table = this.#store.table("replies");
    for (const { key, value } of table.range(undefined, replyKey(UNASSIGNED, 0xffff_ffff))) {
      const reply = value.ok ? this.#read(key, value.value) : value;
      // When a damaged one came is not known: it goes when it is one too many.
      if (!reply.ok) continue;
      if (old.length === limit || reply.value.receivedAtMs >= timeMs) break;
      old.push(key);
    }
    const ofActions = keysBefore(table, timeMs, limit - old.length, replyKey(UNASSIGNED, 0xffff_ffff));
    return ok([...old, ...ofActions]);
  }

  /** Its sender takes it back: out in the running commit, as if it had never come. */
  withdraw(actionId: string, place: number): void {
    this.remove([replyKey(actionId, place)]);
    this.#changed(actionId, place);
  }

  /** Takes these out in the running commit: they were kept long enough, which changes nothing of what came of them. */
  remove(keys: readonly Buffer[]): void {
    const names = keys.map((key) => key.toString("hex"));
    for (const key of keys) void this.#store.table("replies").remove(key);
    for (const name of names) this.#going.add(name);
    this.#store.settled(() => {
      for (const name of names) this.#going.delete(name);
    });
  }

  /** At most `limit` from behind `after`, in the order of arrival; places are coarse unless `isExact`. One that is damaged hides no other, and its place is told. */
  page(actionId: string, after: number, limit: number, isExact = false): ReplyPage {
    const page: ReplyPage = { replies: [], unreadable: [], next: null };
    const from = replyKey(actionId, Math.min(after + 1, 0xffff_ffff));
    let last = after;
    for (const { key, value } of this.#store.table("replies").range(from, replyKey(actionId, 0xffff_ffff))) {
      if (page.replies.length + page.unreadable.length === limit) return { ...page, next: last };
      last = key.readUInt32BE(16);
      const reply = value.ok ? this.#read(key, value.value) : value;
      if (reply.ok) page.replies.push(show(last, reply.value, isExact));
      else page.unreadable.push(last);
    }
    return page;
  }

  /**
   * When those of an action from behind place `after` on came, and how, so many at most; those that can't be read are left out. Where to
   * go on; undefined where there is no more.
   */
  reactions(
    actionId: string,
    after: number,
    most: number,
    each: (reaction: Pick<StoredReply, "receivedAtMs" | "channel">) => void,
  ): number | undefined {
    let [looked, last] = [0, after];
    const from = replyKey(actionId, after + 1);
    for (const { key, value } of this.#store.table("replies").range(from, replyKey(actionId, 0xffff_ffff))) {
      if (looked++ === most) return last;
      last = key.readUInt32BE(16);
      const reply = value.ok ? this.#read(key, value.value) : value;
      if (reply.ok) each(reply.value);
    }
    return undefined;
  }

  /** Those of all replies that do not open, with their places. */
  damaged(): Problem[] {
    const damaged: Problem[] = [];
    for (const { key, value } of this.#store.table("replies").range()) {
      const reply = value.ok ? this.#read(key, value.value) : value;
      if (!reply.ok) damaged.push({ ...reply.problem, field: `replies/${key.toString("hex")}` });
    }
    return damaged;
  }

  /** One; NOT_FOUND, or why it can't be read. */
  one(actionId: string, place: number, isExact = false): Result<Reply> {
    const key = replyKey(actionId, place);
    const stored = this.has(actionId, place) ? this.#store.table("replies").get(key) : ok(undefined);
    if (!stored.ok) return stored;
    if (stored.value === undefined) return fail("NOT_FOUND", "There is no such reply", "sequence");
    const reply = this.#read(key, stored.value);
    return reply.ok ? ok(show(place, reply.value, isExact)) : reply;
  }

  /** The last one before this place; those that can't be read are passed over. Undefined where there is none. */
  lastBefore(actionId: string, place: number, isExact = false): Reply | undefined {
    const bounds = [replyKey(actionId, place), replyKey(actionId, 0)] as const;
    for (const { key, value } of this.#store.table("replies").range(...bounds, true)) {
      const reply = value.ok && key.readUInt32BE(16) < place ? this.#read(key, value.value) : undefined;
      if (reply?.ok) return show(key.readUInt32BE(16), reply.value, isExact);
    }
    return undefined;
  }

  #changed(actionId: string, place: number): void {
    for (const told of this.onChange) told(actionId, place);
  }

  #read(key: Buffer, sealed: Buffer): Result<StoredReply> {
    const text = this.#vault.open(CONTENT, sealed, key);
    return text.ok ? ok(JSON.parse(text.value.toString()) as StoredReply) : text;
  }
}

/**
 * Seals every reply and what was answered anew under another key, all in one commit: a key of a name seals all or nothing. Gives how
 * many are damaged: they stay as they are, and keep no other under the old key.
 */
export async function resealReplies(store: Store, vault: Vault): Promise<Result<number>> {
  const opened: { readonly table: Table; readonly key: Buffer; readonly plain: Buffer }[] = [];
  let damaged = 0;
  for (const table of SEALED.map((name) => store.table(name))) {
    for (const { key, value } of table.range()) {
      const plain = value.ok ? vault.open(CONTENT, value.value, key) : value;
      if (plain.ok) opened.push({ table, key, plain: plain.value });
      else damaged++;
    }
  }
  const committed = await store.commit(() => {
    vault.renew(CONTENT);
    for (const { table, key, plain } of opened) void table.put(key, vault.seal(CONTENT, plain, key));
    vault.write();
  });
  return committed.ok ? ok(damaged) : committed;
}

function show(sequence: number, { receivedAtMs, channel, text, missing, seen }: StoredReply, isExact: boolean): Reply {
  const place = seen && { place: placeView(seen, isExact) };
  return { sequence, receivedAt: dateTime(receivedAtMs), channel, text, ...place, complete: missing === 0 };
}

/** Where a reply stands. */
export function replyKey(actionId: string, place: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(place);
  return Buffer.concat([idBytes(actionId), number]);
}
