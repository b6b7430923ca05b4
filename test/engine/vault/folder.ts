/** What the tests of the vault share: a folder with a few sealed blocks, and what a thief can read of one. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { ROOT_FILE } from "../../../engine/store/folder.js";
import { blockKey, generationOf } from "../../../engine/vault/block-key.js";
import { openWith } from "../../../engine/vault/box.js";
import { defaultKekFile } from "../../../engine/vault/kek.js";
import { Keyring, keyOf } from "../../../engine/vault/keyring.js";
import { ROOT_ID_BYTES, readSlots, unwrap } from "../../../engine/vault/root-file.js";
import type { Vault } from "../../../engine/vault/vault.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given } from "../registry/samples.js";

export const GENERATION = 3;
export const BLOCKS = 6;
export const plainOf = (block: number, version = 0): Buffer =>
  Buffer.from(`people of block ${block}, version ${version}`);

/** Into the running commit. */
export function putBlock({ store, vault }: DataFolder, block: number, version = 0): void {
  const sealed = vault.sealBlock(GENERATION, block, plainOf(block, version));
  void store.table("participants").put(blockKey(GENERATION, block), sealed);
}

/** With BLOCKS blocks in it and a value under the name "content", all of it closed. */
export async function filledFolder(): Promise<string> {
  const folder = temporaryFolder();
  const data = given(openDataFolder(folder));
  given(
    await data.store.commit(() => {
      for (let block = 0; block < BLOCKS; block++) putBlock(data, block);
      void data.store.table("replies").put(Buffer.from("r"), data.vault.seal("content", plainOf(99), Buffer.from("r")));
      data.vault.write();
    }),
  );
  await data.store.close();
  return folder;
}

/** What each block holds, "closed" for one that does not open; -1 for the reply. */
export function contents({ store, vault }: DataFolder): string[] {
  const texts: string[] = [];
  for (const { key, value } of store.table("participants").range()) {
    const block = key.readUInt32BE(4);
    const opened = vault.openBlock(generationOf(key), block, given(value));
    texts.push(opened.ok ? opened.value.toString() : "closed");
  }
  return texts;
}

export function expectedContents(versions: Readonly<Record<number, number>> = {}): string[] {
  return Array.from({ length: BLOCKS }, (_, block) => plainOf(block, versions[block] ?? 0).toString());
}

/** Every value that the store holds or ever held, with its key in hex: what LMDB's free pages may give a thief. */
export class Past {
  readonly blobs: Buffer[] = [];
  readonly blocks: { readonly generation: number; readonly block: number; readonly sealed: Buffer }[] = [];
  readonly replies: Buffer[] = [];

  note({ store }: DataFolder): this {
    const blob = given(store.table("meta").get(Buffer.from("vault")));
    if (blob) this.blobs.push(blob);
    for (const { key, value } of store.table("participants").range()) {
      this.blocks.push({ generation: generationOf(key), block: key.readUInt32BE(4), sealed: given(value) });
    }
    for (const { value } of store.table("replies").range()) this.replies.push(given(value));
    return this;
  }

  /** All that the KEK and the root.key of now open of it: the texts. */
  opensWith(folder: string, kek = kekOf(folder)): Set<string> {
    const roots = readSlots(folder).flatMap((slot) => (typeof slot === "string" ? [] : (unwrap(slot, kek) ?? [])));
    const rings = roots.flatMap((root) =>
      this.blobs.flatMap((blob) => {
        // Also a root that belongs to another blob is tried: it must not open this one.
        const id = blob.subarray(0, ROOT_ID_BYTES);
        const plain = openWith(root.key, id, blob.subarray(ROOT_ID_BYTES));
        return plain ? [Keyring.decode(plain.subarray(2))] : [];
      }),
    );
    const texts = rings.flatMap((ring) => [...this.#blocksWith(ring), ...this.#repliesWith(ring)]);
    return new Set(texts.map((text) => text.toString()));
  }

  #blocksWith(ring: Keyring): Buffer[] {
    return this.blocks.flatMap(({ generation, block, sealed }) => {
      const key = keyOf(ring.blockKeys(generation), block);
      return (key && openWith(key, blockKey(generation, block), sealed)) ?? [];
    });
  }

  #repliesWith(ring: Keyring): Buffer[] {
    const key = ring.named("content");
    return this.replies.flatMap((sealed) => (key && openWith(key, Buffer.from("r"), sealed)) ?? []);
  }
}

export function kekOf(folder: string): Buffer {
  return Buffer.from(readFileSync(defaultKekFile(folder), "utf8").trim(), "hex");
}

/** What the slots of root.key have in them: "empty", "damaged", or "root". */
export function slotStates(folder: string): string[] {
  return readSlots(folder).map((slot) => (typeof slot === "string" ? slot : "root"));
}

/** Which slot is in use. */
export function usedSlot(folder: string): number {
  return slotStates(folder).indexOf("root");
}

/** Changes the file root.key. */
export function damageRoot(folder: string, change: (bytes: Buffer) => Buffer | undefined): void {
  const path = join(folder, ROOT_FILE);
  const bytes = readFileSync(path);
  writeFileSync(path, change(bytes) ?? bytes);
}

/** The block holds somebody no more, and what it held before is forgotten; into the running commit. */
export function eraseIn(data: DataFolder, block: number, version: number): void {
  data.vault.renewBlockKey(GENERATION, block);
  putBlock(data, block, version);
}

export function erase(data: DataFolder, block: number, version: number) {
  return eraseAll(data, { [block]: version });
}

/** The second step of three: that these blocks have these versions now, and the vault with it. */
export async function commitErased(data: DataFolder, versions: Readonly<Record<number, number>>): Promise<void> {
  given(
    await data.store.commit(() => {
      for (const [block, version] of Object.entries(versions)) eraseIn(data, Number(block), version);
      data.vault.write();
    }),
  );
}

/** All three steps, as whoever erases makes them. */
export async function eraseAll(data: DataFolder, versions: Readonly<Record<number, number>>): Promise<void> {
  given(await data.vault.prepareRenewal());
  await commitErased(data, versions);
  given(await data.vault.finishRenewal());
}

export function reopened(folder: string): DataFolder {
  return given(openDataFolder(folder));
}

export type { Vault };
