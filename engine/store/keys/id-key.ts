/**
 * Keys of tables that begin with an id: a UUID as its 16 bytes. The id of an action is of version 7 and begins with 48 bits of
 * milliseconds, so such keys are in the order in which actions were made, and tell when.
 */
import type { Table } from "../store.js";

export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** Of the first 16 bytes. */
export function idOf(key: Buffer): string {
  const hex = key.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** When the action was made with whose id this begins. */
export function madeAtMs(key: Buffer): number {
  return key.readUIntBE(0, 6);
}

/** Keys of those of actions that were made before this time, at most `limit`; where not all keys are of actions, from `start` on. */
export function keysBefore(table: Table, timeMs: number, limit: number, start?: Buffer): Buffer[] {
  const old: Buffer[] = [];
  for (const key of table.keys(start)) {
    if (old.length === limit || madeAtMs(key) >= timeMs) break;
    old.push(key);
  }
  return old;
}

/** The first key behind this one. */
export function behind(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}
