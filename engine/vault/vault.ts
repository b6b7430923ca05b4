/**
 * Encryption at rest. Three levels: the key encryption key (KEK), from a file outside the data folder; the root key, which it
 * wraps in `root.key` (root-file.ts); and data keys, all of them in one blob in the store's table `meta`, sealed with the root
 * key. A data key seals one block of the registry, or what is sealed under its name.
 *
 * Forgetting. LMDB leaves old values on free pages, so no value is ever overwritten for certain. What is forgotten is its key:
 * the value is sealed anew under another one (`renewBlockKey`, `renew`) or goes (`dropGeneration`), and the root is renewed in
 * three steps, of which the caller makes the middle one:
 *   1. `prepareRenewal`: a new root goes into the spare slot of `root.key`, fsync;
 *   2. one commit of the store holds what was sealed anew and, by `write`, the blob without the old keys under the new root;
 *   3. `finishRenewal`: the old root is overwritten, fsync.
 * After the third no page of the store, used or free, opens for what was forgotten, even with the KEK. A process that ends
 * between them loses nothing: the blob says which root is right, and the next `open` overwrites the other.
 *
 * A new key is in memory alone until `write`. So whoever seals does it while a commit is put together and calls `write` last;
 * the one exception is a generation that is not the registry yet, whose keys go with the record that makes it so.
 *
 * Assumes one process that writes, and one caller that makes the three steps, one renewal after the other.
 */
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import type { Store } from "../store/store.js";
import { blockKey } from "./block-key.js";
import { openWith, sealWith } from "./box.js";
import { type Keyring, keyOf } from "./keyring.js";
import { beginKeyring, type Opened, openKeyring, sealKeyring } from "./opening.js";
import { clearSlot, newRoot, overwriteSlot, type Root } from "./root-file.js";

const VAULT_KEY = Buffer.from("vault");

export class Vault {
  readonly #ring: Keyring;
  #root: Root;
  #slot: number;
  /** The root of a renewal that is under way, and whether the blob was put under it. */
  #next: { readonly root: Root; readonly kek: Uint8Array; isPut: boolean } | undefined;
  #hasWork: boolean;
  #needsRenewal: boolean;
  /** Blocks whose next sealing makes a new key, by generation and block. */
  readonly #renewing = new Set<string>();
  readonly #store: Store;
  #kek: Uint8Array;

  private constructor(store: Store, kek: Uint8Array, opened: Opened, isNew: boolean) {
    this.#store = store;
    this.#kek = kek;
    this.#ring = opened.ring;
    this.#root = opened.root;
    this.#slot = opened.slot;
    this.#hasWork = isNew;
    this.#needsRenewal = opened.needsRenewal;
  }

  /**
   * Makes what is absent, unless it is to be read only, and ends a renewal that was cut off. KEY_WRONG if the KEK does not fit;
   * STORE_UNUSABLE if root.key is missing, damaged or another store's; STORE_CORRUPT if the blob of data keys is damaged.
   */
  static open(store: Store, kek: Uint8Array, { readOnly = false } = {}): Result<Vault> {
    const blob = store.table("meta").get(VAULT_KEY);
    if (!blob.ok) return fail("STORE_CORRUPT", "the data keys fail their checksum; restore the folder", "meta/vault");
    const isNew = blob.value === undefined;
    const opened = blob.value ? openKeyring(store.folder, blob.value, kek) : beginKeyring(store.folder, kek, readOnly);
    if (!opened.ok) return opened;
    if (opened.value.isOtherUsed && !readOnly) {
      try {
        clearSlot(store.folder, 1 - opened.value.slot);
      } catch (error) {
        return fail("STORE_UNUSABLE", `root.key can't be written: ${(error as Error).message}`, store.folder);
      }
    }
    return ok(new Vault(store, kek, opened.value, isNew));
  }

  /** KEY_BYTES for each block of a generation, for the threads that load it (keyOf in keyring.ts). */
  blockKeys(generation: number): SharedArrayBuffer {
    return this.#ring.blockKeys(generation);
  }

  /** Under the block's key, which is made when it has none or was to be renewed. */
  sealBlock(generation: number, block: number, plain: Uint8Array): Buffer {
    const place = `${generation}/${block}`;
    const known = keyOf(this.#ring.blockKeys(generation), block);
    const isRenewed = this.#renewing.delete(place) && known !== undefined;
    if (isRenewed) this.#needsRenewal = true;
    if (known === undefined || isRenewed) this.#hasWork = true;
    const key = known === undefined || isRenewed ? this.#ring.newBlockKey(generation, block) : known;
    return sealWith(key, blockKey(generation, block), plain);
  }

  openBlock(generation: number, block: number, sealed: Uint8Array): Result<Buffer> {
    const key = keyOf(this.#ring.blockKeys(generation), block);
    const plain = key && openWith(key, blockKey(generation, block), sealed);
    return plain
      ? ok(plain)
      : fail("STORE_CORRUPT", `block ${block} does not open with its key`, `participants/${block}`);
  }

  /** The next sealBlock makes a new key and forgets the old one; until then the block opens as before. */
  renewBlockKey(generation: number, block: number): void {
    this.#renewing.add(`${generation}/${block}`);
  }

  /** Forgets the keys of a registry that was replaced or given up. */
  dropGeneration(generation: number): void {
    if (this.#ring.dropGeneration(generation)) this.#forgot();
  }

  /** Forgets the keys of every generation but this one: also those that an interrupted import left. */
  keepGeneration(generation: number): void {
    for (const other of this.#ring.generations) if (other !== generation) this.dropGeneration(other);
  }

  /** Under the key of this name, which is made when there is none. `aad` says where the value belongs. */
  seal(name: string, plain: Uint8Array, aad: Uint8Array): Buffer {
    let key = this.#ring.named(name);
    if (key === undefined) {
      key = this.#ring.newNamed(name);
      this.#hasWork = true;
    }
    return sealWith(key, aad, plain);
  }

  open(name: string, sealed: Uint8Array, aad: Uint8Array): Result<Buffer> {
    const key = this.#ring.named(name);
    const plain = key && openWith(key, aad, sealed);
    return plain ? ok(plain) : fail("STORE_CORRUPT", `a value does not open with the key "${name}"`, name);
  }

  /** Forgets the key of this name: what it sealed opens no more, and the next seal makes a new one. */
  renew(name: string): void {
    if (this.#ring.dropNamed(name)) this.#forgot();
  }

  #forgot(): void {
    this.#hasWork = true;
    this.#needsRenewal = true;
  }

  /** Whether `write` has anything to put. */
  get hasWork(): boolean {
    return this.#hasWork || (this.#next !== undefined && !this.#next.isPut);
  }

  /** Whether a key was forgotten that the current root still opens on some page of the store; true again after a restart. */
  get needsRenewal(): boolean {
    return this.#needsRenewal;
  }

  /** Puts the blob into the running commit, if it has changed; under the new root, if one was prepared. */
  write(): void {
    if (!this.hasWork) return;
    if (this.#next && !this.#next.isPut) {
      this.#next.isPut = true;
      this.#needsRenewal = false;
    }
    const blob = sealKeyring(this.#ring, this.#next?.root ?? this.#root, this.#needsRenewal);
    void this.#store.table("meta").put(VAULT_KEY, blob);
    this.#hasWork = false;
  }

  /** The first step of a renewal; with `kek` the new root is wrapped with that one. STORE_WRITE_FAILED must end the process. */
  async prepareRenewal(kek: Uint8Array = this.#kek): Promise<Result<void>> {
    assert(this.#next === undefined, "one renewal at a time");
    const next = { root: newRoot(), kek, isPut: false };
    const written = await this.#overwrite(1 - this.#slot, next.root, kek);
    if (written.ok) this.#next = next;
    return written;
  }

  /**
   * The last step, once the commit with `write` is durable. Until it is done, nothing that was forgotten counts as erased; nor
   * after it, while `needsRenewal` says that more was forgotten after `write`.
   */
  async finishRenewal(): Promise<Result<void>> {
    assert(this.#next?.isPut === true, "the blob was put under the new root");
    const cleared = await this.#overwrite(this.#slot, undefined, this.#next.kek);
    if (!cleared.ok) return cleared;
    this.#root.key.fill(0);
    this.#root = this.#next.root;
    this.#kek = this.#next.kek;
    this.#slot = 1 - this.#slot;
    this.#next = undefined;
    return cleared;
  }

  /** All three steps, over a commit of its own that also holds what `put` puts. */
  async commitRenewed(put: () => void, kek: Uint8Array = this.#kek): Promise<Result<void>> {
    const prepared = await this.prepareRenewal(kek);
    if (!prepared.ok) return prepared;
    const committed = await this.#store.commit(() => {
      put();
      this.write();
    });
    return committed.ok ? this.finishRenewal() : committed;
  }

  async #overwrite(slot: number, root: Root | undefined, kek: Uint8Array): Promise<Result<void>> {
    try {
      await overwriteSlot(this.#store.folder, slot, root, kek);
      return ok(undefined);
    } catch (error) {
      return fail("STORE_WRITE_FAILED", `root.key can't be written: ${(error as Error).message}`);
    }
  }
}
