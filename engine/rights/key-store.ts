/** The records of API keys on the disk, in their two tables (key-record.ts). */
import type { Result } from "../../schemas/errors.js";
import type { Store } from "../store/store.js";
import { decodeKey, decodeOldKey, encodeKey, type KeyRecord } from "./key-record.js";

export class KeyStore {
  /** Hashes under which the records of before stand that are as they were. */
  readonly #old = new Map<string, Buffer>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All that can be read, and how many can't: whoever has one of those is refused, and the store has told of it. */
  load(): { readonly records: KeyRecord[]; readonly damaged: number } {
    const records: KeyRecord[] = [];
    let damaged = 0;
    const take = (read: Result<KeyRecord>): void => {
      if (read.ok) records.push(read.value);
      else damaged++;
    };
    for (const { key, value } of this.#store.table("rights").range()) {
      take(value.ok ? decodeKey(value.value, key.toString()) : value);
    }
    for (const { key, value } of this.#store.table("keys").range()) {
      if (!value.ok) take(value);
      else {
        const record = decodeOldKey(value.value, key.toString("hex"));
        this.#old.set(record.keyId, key);
        records.push(record);
      }
    }
    return { records, damaged };
  }

  /** Into the running commit, in place of what there was of this key. */
  put(record: KeyRecord): void {
    void this.#store.table("rights").put(Buffer.from(record.keyId), encodeKey(record));
    this.#removeOld(record.keyId);
  }

  remove(keyId: string): void {
    void this.#store.table("rights").remove(Buffer.from(keyId));
    this.#removeOld(keyId);
  }

  #removeOld(keyId: string): void {
    const key = this.#old.get(keyId);
    if (key === undefined) return;
    void this.#store.table("keys").remove(key);
    this.#old.delete(keyId);
  }
}
