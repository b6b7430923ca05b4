/**
 * When each key was used last. Kept in memory at each request, and written at most once in RIGHTS.useEveryMs for all keys
 * that were used meanwhile: after a kill it is that much older, and who looks for keys that nobody uses any more sees the same.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { RIGHTS } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";

export class KeyUse {
  readonly #lastMs = new Map<string, number>();
  /** Used since it was written last. */
  readonly #unwritten = new Set<string>();
  #writtenMs = Number.NEGATIVE_INFINITY;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    for (const { key, value } of store.table("keyUse").range()) {
      // A damaged one says less than there was, and harms nobody; the store has told of it.
      if (value.ok) this.#lastMs.set(key.toString(), value.value.readDoubleBE());
    }
  }

  note(keyId: string, nowMs: number): void {
    this.#lastMs.set(keyId, nowMs);
    this.#unwritten.add(keyId);
  }

  lastMs(keyId: string): number | null {
    return this.#lastMs.get(keyId) ?? null;
  }

  /** To be called about once a second; settles when what is to be written is durable. */
  async tidy(steadyMs: number): Promise<Result<void>> {
    if (this.#unwritten.size === 0 || steadyMs - this.#writtenMs < RIGHTS.useEveryMs) return ok(undefined);
    this.#writtenMs = steadyMs;
    return this.flush();
  }

  async flush(): Promise<Result<void>> {
    if (this.#unwritten.size === 0) return ok(undefined);
    const used = [...this.#unwritten];
    this.#unwritten.clear();
    return this.#store.commit(() => {
      for (const keyId of used) {
        // Nothing of a key that was forgotten while the commit waited for its turn.
        const atMs = this.#lastMs.get(keyId);
        if (atMs !== undefined) void this.#store.table("keyUse").put(Buffer.from(keyId), bytesOf(atMs));
      }
    });
  }

  /** Into the running commit: the key is gone. */
  forget(keyId: string): void {
    this.#lastMs.delete(keyId);
    this.#unwritten.delete(keyId);
    void this.#store.table("keyUse").remove(Buffer.from(keyId));
  }
}

function bytesOf(atMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(atMs);
  return bytes;
}
