/**
 * What the desk makes of a reply: useful, led to success, or noise. Table `replyMarks`, by action id and place as the reply itself; a word
 * alone, so it need not be sealed, and it goes with the reply.
 */
import { REPLY_MARKS, type ReplyMark } from "../../schemas/replies/words.js";
import { keysBefore } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import { replyKey } from "./reply-store.js";

export class Marks {
  /** Each is called in the commit in which a reply gets or loses its mark. */
  readonly onChange: ((actionId: string, place: number) => void)[] = [];
  readonly #table: Table;

  constructor(store: Store) {
    this.#table = store.table("replyMarks");
  }

  /** Into the running commit; null takes it away. */
  put(actionId: string, place: number, mark: ReplyMark | null): void {
    const key = replyKey(actionId, place);
    if (mark === null) void this.#table.remove(key);
    else void this.#table.put(key, Buffer.from(mark));
    for (const told of this.onChange) told(actionId, place);
  }

  /** Null where nobody has said anything of it. */
  of(actionId: string, place: number): ReplyMark | null {
    const stored = this.#table.get(replyKey(actionId, place));
    const word = stored.ok ? stored.value?.toString() : undefined;
    return REPLY_MARKS.find((mark) => mark === word) ?? null;
  }

  /** Whether one of an action's replies led to success. */
  ledToSuccess(actionId: string): boolean {
    for (const { value } of this.#table.range(replyKey(actionId, 0), replyKey(actionId, 0xffff_ffff))) {
      if (value.ok && value.value.toString() === "success") return true;
    }
    return false;
  }

  /** Keys of those of actions that were created before this time. */
  before(timeMs: number, limit: number): Buffer[] {
    return keysBefore(this.#table, timeMs, limit);
  }
}
