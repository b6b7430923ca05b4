/**
 * Receipts that belonged to no one, for whoever looks into a carrier's ways: the last RECEIPTS.straysKept of them. They say
 * nothing of a person: the phone number is left out.
 *
 * Keys count up, eight bytes in big-endian order; each one that comes removes the one that is too old.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import { RECEIPTS } from "../../../schemas/limits.js";
import type { Store, Table } from "../../store/store.js";

export interface Stray {
  readonly atMs: number;
  readonly carrier: string;
  readonly messageId: string;
  /** RECEIPT_STATE. */
  readonly state: number;
  readonly error: number;
}

export class StrayStore {
  readonly #table: Table;
  #next = 0n;

  constructor(store: Store) {
    this.#table = store.table("strays");
    for (const { key } of this.#table.range(undefined, undefined, true)) {
      this.#next = key.readBigUInt64BE(0) + 1n;
      break;
    }
  }

  /** Puts them into the running commit. */
  put(strays: readonly Stray[]): void {
    for (const stray of strays) {
      void this.#table.put(strayKey(this.#next), Buffer.from(JSON.stringify(stray)));
      const tooOld = this.#next - BigInt(RECEIPTS.straysKept);
      if (tooOld >= 0n) void this.#table.remove(strayKey(tooOld));
      this.#next++;
    }
  }

  /** Keys of those that came before this time, the oldest first, at most `limit`. */
  before(timeMs: number, limit: number): Result<Buffer[]> {
    const keys: Buffer[] = [];
    for (const { key, value } of this.#table.range()) {
      // A damaged one goes when it is one too many.
      if (!value.ok) continue;
      if (keys.length === limit || (JSON.parse(value.value.toString()) as Stray).atMs >= timeMs) break;
      keys.push(key);
    }
    return ok(keys);
  }

  /** Takes these out in the running commit. */
  remove(keys: readonly Buffer[]): void {
    for (const key of keys) void this.#table.remove(key);
  }

  /** The last `limit` that are durable, newest first. */
  newest(limit: number): Result<Stray[]> {
    const strays: Stray[] = [];
    for (const { value } of this.#table.range(undefined, undefined, true)) {
      if (!value.ok) continue;
      strays.push(JSON.parse(value.value.toString()) as Stray);
      if (strays.length === limit) break;
    }
    return ok(strays);
  }
}

function strayKey(sequence: bigint): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeBigUInt64BE(sequence);
  return key;
}
