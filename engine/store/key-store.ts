/** API keys at rest: the SHA-256 of each key in hex, with an id, a name and what it is for. The key itself is never stored. */
import type { Result } from "../../schemas/errors.js";
import type { Role } from "../../schemas/words.js";
import type { Store } from "./store.js";

export interface StoredKey {
  readonly keyId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** A key that was stored before there were roles is a control room's. */
  readonly role: Role;
  /** Of a municipality's key: 363 for GM0363. */
  readonly municipality?: number;
}

export class KeyStore {
  /** All that can be read, once: a few hundred control rooms and municipalities at most. */
  readonly #byHash = new Map<string, StoredKey>();
  #damaged = 0;

  constructor(private readonly store: Store) {
    for (const { key, value } of store.table("keys").range()) {
      // Whoever has it is refused, and the store has told of it; the others go on.
      if (!value.ok) {
        this.#damaged++;
        continue;
      }
      const stored = { role: "controlRoom", ...JSON.parse(value.value.toString()) } as StoredKey;
      this.#byHash.set(key.toString("hex"), stored);
    }
  }

  /** How many were stored, also those that can't be read. */
  get size(): number {
    return this.#byHash.size + this.#damaged;
  }

  find(hash: string): StoredKey | undefined {
    return this.#byHash.get(hash);
  }

  /** Known at once, and for good when it settles. */
  async add(hash: string, key: StoredKey): Promise<Result<void>> {
    this.#byHash.set(hash, key);
    const added = await this.store.commit(() => {
      void this.store.table("keys").put(Buffer.from(hash, "hex"), Buffer.from(JSON.stringify(key)));
    });
    if (!added.ok) this.#byHash.delete(hash);
    return added;
  }
}
