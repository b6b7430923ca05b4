/**
 * Which root key is right when a data folder is opened, and what is wrong when none is. The blob of data keys names the root
 * that seals it; the slots of `root.key` hold that one, and after a renewal that was cut off another one beside it.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { openWith, sealWith } from "./box.js";
import { Keyring } from "./keyring.js";
import { createRootFile, newRoot, ROOT_ID_BYTES, type Root, readSlots, type Slot, unwrap } from "./root-file.js";

/** The blob: the root's id, then the data keys as the root key seals them. */
export function sealKeyring(ring: Keyring, root: Root): Buffer {
  return Buffer.concat([root.id, sealWith(root.key, root.id, ring.encode())]);
}

export interface Opened {
  readonly root: Root;
  readonly slot: number;
  readonly ring: Keyring;
  /** The other slot is not empty: it is to be overwritten. */
  readonly isOtherUsed: boolean;
}

export function openKeyring(folder: string, blob: Buffer, kek: Uint8Array): Result<Opened> {
  const slots = readSlots(folder);
  const id = blob.subarray(0, ROOT_ID_BYTES);
  for (const [slot, held] of slots.entries()) {
    if (typeof held === "string" || !held.id.equals(id)) continue;
    const root = unwrap(held, kek);
    if (root === undefined) return fail("KEY_WRONG", "root.key was wrapped with another key encryption key", folder);
    const plain = openWith(root.key, id, blob.subarray(ROOT_ID_BYTES));
    if (plain === undefined)
      return fail("STORE_CORRUPT", "the data keys do not open with their root key", "meta/vault");
    return ok({ root, slot, ring: Keyring.decode(plain), isOtherUsed: isUsed(slots[1 - slot]!) });
  }
  return fail("STORE_UNUSABLE", `${misfit(slots)}; restore the store and root.key from the same backup`, folder);
}

function misfit(slots: readonly Slot[]): string {
  if (slots.every((slot) => slot === "empty")) return "root.key is missing or empty, and without it nothing opens";
  if (slots.includes("damaged")) return "root.key is damaged";
  return "root.key belongs to another store, or to another state of this one";
}

function isUsed(slot: Slot): boolean {
  return slot !== "empty";
}

/**
 * For a store in which nothing is sealed yet. A root that is there already, of a first start that was cut off or of a store
 * that somebody took away for a while, is used and never replaced.
 */
export function beginKeyring(folder: string, kek: Uint8Array, readOnly: boolean): Result<Opened> {
  const slots = readSlots(folder);
  const ring = new Keyring();
  for (const [slot, held] of slots.entries()) {
    if (typeof held === "string") continue;
    const root = unwrap(held, kek);
    if (root) return ok({ root, slot, ring, isOtherUsed: isUsed(slots[1 - slot]!) });
  }
  if (slots.some((slot) => typeof slot !== "string")) {
    return fail("KEY_WRONG", "root.key was wrapped with another key encryption key", folder);
  }
  const root = newRoot();
  try {
    if (!readOnly) createRootFile(folder, root, kek);
  } catch (error) {
    return fail("STORE_UNUSABLE", `root.key can't be made: ${(error as Error).message}`, folder);
  }
  return ok({ root, slot: 0, ring, isOtherUsed: false });
}
