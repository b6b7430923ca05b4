/**
 * What the desk answers to replies, for whoever has the code of one to read: sealed, by action id, place of the reply and number.
 */
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { PAGES } from "../../schemas/limits.js";
import { CONTENT, replyKey } from "../replies/reply-store.js";
import { keysBefore } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import type { Place } from "./reply-codes.js";

export interface StoredAnswer {
  readonly text: string;
  readonly answeredAtMs: number;
}

export class Answers {
  /** Each is called in the commit in which a reply is answered. */
  readonly onChange: ((actionId: string, place: number) => void)[] = [];
  readonly #table: Table;
  readonly #vault: Vault;

  constructor(store: Store, vault: Vault) {
    this.#table = store.table("answers");
    this.#vault = vault;
  }

  /** Puts into the running commit, in which the vault's `write` comes later. */
  put({ actionId, place }: Place, number: number, answer: StoredAnswer): void {
    const key = answerKey(actionId, place, number);
    void this.#table.put(key, this.#vault.seal(CONTENT, Buffer.from(JSON.stringify(answer)), key));
    for (const told of this.onChange) told(actionId, place);
  }

  /** In their order; one that is damaged is left out, and the store has told of it. */
  of({ actionId, place }: Place): StoredAnswer[] {
    const answers: StoredAnswer[] = [];
    const bounds = [answerKey(actionId, place, 0), answerKey(actionId, place, 0xffff_ffff)] as const;
    for (const { key, value } of this.#table.range(...bounds)) {
      const answer = value.ok ? this.#read(key, value.value) : value;
      if (answer.ok) answers.push(answer.value);
    }
    return answers;
  }

  /** The number of the last; 0 where there is none. */
  last({ actionId, place }: Place): number {
    for (const key of this.#table.keys(answerKey(actionId, place, 0xffff_ffff), answerKey(actionId, place, 0), true)) {
      return key.readUInt32BE(20);
    }
    return 0;
  }

  /** Takes those of a reply out in the running commit, also those that it was to put. */
  removeOf({ actionId, place }: Place): void {
    for (let number = 1; number <= PAGES.answersPerReply; number++) {
      void this.#table.remove(answerKey(actionId, place, number));
    }
  }

  /** Keys of those of actions that were created before this time. */
  before(timeMs: number, limit: number): Buffer[] {
    return keysBefore(this.#table, timeMs, limit);
  }

  /** Those that do not open, with their places. */
  damaged(): Problem[] {
    const damaged: Problem[] = [];
    for (const { key, value } of this.#table.range()) {
      const answer = value.ok ? this.#read(key, value.value) : value;
      if (!answer.ok) damaged.push({ ...answer.problem, field: `answers/${key.toString("hex")}` });
    }
    return damaged;
  }

  #read(key: Buffer, sealed: Buffer): Result<StoredAnswer> {
    const text = this.#vault.open(CONTENT, sealed, key);
    return text.ok ? ok(JSON.parse(text.value.toString()) as StoredAnswer) : text;
  }
}

function answerKey(actionId: string, place: number, number: number): Buffer {
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(number);
  return Buffer.concat([replyKey(actionId, place), tail]);
}
