/** API keys at rest: the SHA-256 of each key in hex, with a name and an id. The key itself is never stored. */
import type { Result } from "../../schemas/errors.js";
import type { Store } from "./store.js";

export interface StoredKey {
  readonly keyId: string;
  readonly name: string;
  readonly createdAtMs: number;
}

export class KeyStore {
  /** All of them, read once: there are a few hundred control rooms at most. */
  readonly #byHash = new Map<string, StoredKey>();

  constructor(private readonly store: Store) {
    for (const { key, value } of store.table("keys").range()) {
      if (value.ok) this.#byHash.set(key.toString("hex"), JSON.parse(value.value.toString()) as StoredKey);
    }
  }

  get size(): number {
    return this.#byHash.size;
  }

  find(hash: string): StoredKey | undefined {
    return this.#byHash.get(hash);
  }

  async add(hash: string, key: StoredKey): Promise<Result<void>> {
    const added = await this.store.commit(() => {
      void this.store.table("keys").put(Buffer.from(hash, "hex"), Buffer.from(JSON.stringify(key)));
    });
    if (added.ok) this.#byHash.set(hash, key);
    return added;
  }
}
