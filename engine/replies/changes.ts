/**
 * Which replies have changed, in order, for whoever shows them while they come: that one came, grew, was marked or answered, has a
 * photo more, or is gone. What became of it stands in the store; here is only that somebody has to look again.
 *
 * A number for each change, in memory: whoever was away asks for what changed since the last number that they had, and is told that it
 * can't be said any more once more than STREAM.remembered have come since, or the process is another.
 */
import { randomBytes } from "node:crypto";
import { STREAM } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";

export interface ChangedReply {
  readonly actionId: string;
  /** 0: of the action itself something has changed. */
  readonly place: number;
}

export class ReplyChanges {
  /** Of this process: numbers of another mean other changes. */
  readonly run = randomBytes(STREAM.runBytes).toString("hex");
  /** Who follows them now. */
  followers = 0;
  #sequence = 0;
  readonly #ring: ChangedReply[] = [];
  readonly #store: Pick<Store, "settled">;

  constructor(store: Pick<Store, "settled">) {
    this.#store = store;
  }

  /** Of the last change. */
  get sequence(): number {
    return this.#sequence;
  }

  /** To be called in the commit that changes it: until that is on the disk nobody reads it anew. */
  put(actionId: string, place: number): void {
    this.#store.settled(({ ok }) => {
      if (ok) this.note({ actionId, place });
    });
  }

  /** It has changed. */
  note(changed: ChangedReply): void {
    this.#ring[this.#sequence++ % STREAM.remembered] = changed;
  }

  /** The first of them behind this number, STREAM.perRound at most; undefined where that is too long ago, or never was. */
  since(sequence: number): ChangedReply[] | undefined {
    const behind = this.#sequence - sequence;
    if (behind < 0 || behind > STREAM.remembered) return undefined;
    const count = Math.min(behind, STREAM.perRound);
    return Array.from({ length: count }, (_, at) => this.#ring[(sequence + at) % STREAM.remembered]!);
  }
}
