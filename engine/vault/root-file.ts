/**
 * The file `root.key` in the data folder: two slots of one page each, overwritten in place. A slot holds a root key, wrapped
 * by the key encryption key (KEK), under an id that the store's blob of data keys names. Outside of a renewal one slot is in
 * use and the other is empty.
 *
 * In place, because that is the only way to make a file forget: a copy that is renamed over it leaves the old bytes on the
 * disk. Assumes a file system that overwrites blocks where they are (ext4, XFS). One that copies on write, a snapshot or a
 * drive that moves its blocks may keep an old slot, and that one opens with the KEK of its time alone: `seinpost keys rotate`
 * and destroying the old KEK ends those as well.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ROOT_FILE } from "../store/folder.js";
import { BOX_BYTES, KEY_BYTES, openWith, sealWith } from "./box.js";
import { createDurably, overwriteDurably } from "./files.js";

/** A page each, so that a write of one that is cut off can't touch the other. */
const SLOT_BYTES = 4_096;
const SLOTS = 2;
const MAGIC = Buffer.from("seinpost root 1\n");
export const ROOT_ID_BYTES = 16;
const BOX_AT = MAGIC.length + ROOT_ID_BYTES;
const CRC_AT = BOX_AT + BOX_BYTES + KEY_BYTES;

export interface Root {
  /** Random; what the blob of data keys calls it. */
  readonly id: Buffer;
  readonly key: Buffer;
}

/** A root key as it stands in a slot. */
export interface WrappedRoot {
  readonly id: Buffer;
  readonly box: Buffer;
}

export type Slot = WrappedRoot | "empty" | "damaged";

export function newRoot(): Root {
  return { id: randomBytes(ROOT_ID_BYTES), key: randomBytes(KEY_BYTES) };
}

export function unwrap({ id, box }: WrappedRoot, kek: Uint8Array): Root | undefined {
  const key = openWith(kek, id, box);
  return key && { id, key };
}

export function rootFileExists(folder: string): boolean {
  return existsSync(join(folder, ROOT_FILE));
}

/** What is in each slot; two empty ones when there is no file. */
export function readSlots(folder: string): Slot[] {
  const bytes = rootFileExists(folder) ? readFileSync(join(folder, ROOT_FILE)) : Buffer.alloc(0);
  return Array.from({ length: SLOTS }, (_, slot) => parse(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)));
}

function parse(bytes: Buffer): Slot {
  if (bytes.every((byte) => byte === 0)) return "empty";
  const isWhole = bytes.length === SLOT_BYTES && bytes.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isWhole || bytes.readUInt32LE(CRC_AT) !== crc32(bytes.subarray(0, CRC_AT))) return "damaged";
  return { id: bytes.subarray(MAGIC.length, BOX_AT), box: bytes.subarray(BOX_AT, CRC_AT) };
}

function format(root: Root | undefined, kek: Uint8Array): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  if (root === undefined) return bytes;
  MAGIC.copy(bytes);
  root.id.copy(bytes, MAGIC.length);
  sealWith(kek, root.id, root.key).copy(bytes, BOX_AT);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CRC_AT)), CRC_AT);
  return bytes;
}

/** Makes the file, with this root in the first slot; durable when it returns. Throws what the file system does. */
export function createRootFile(folder: string, root: Root, kek: Uint8Array): void {
  createDurably(join(folder, ROOT_FILE), "w", Buffer.concat([format(root, kek), format(undefined, kek)]));
}

/** Empties a slot while nothing else goes on, when the folder is opened. */
export function clearSlot(folder: string, slot: number): void {
  overwriteDurably(join(folder, ROOT_FILE), Buffer.alloc(SLOT_BYTES), slot * SLOT_BYTES);
}

/** Overwrites a slot with this root, or empties it, beside the work of the main thread; durable when it settles. */
export async function overwriteSlot(
  folder: string,
  slot: number,
  root: Root | undefined,
  kek: Uint8Array,
): Promise<void> {
  const bytes = format(root, kek);
  const file = await open(join(folder, ROOT_FILE), "r+");
  try {
    for (let written = 0; written < bytes.length; ) {
      written += (await file.write(bytes, written, bytes.length - written, slot * SLOT_BYTES + written)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
