/** Damage to single records of a store that is closed: as a bit that turned in a value, or a record that is not there. */

import { join } from "node:path";
import { type Database, open } from "lmdb";
import { STORE_FILE } from "../../../engine/store/folder.js";
import { TABLES, type TableName } from "../../../engine/store/tables.js";

type Raw = Database<Buffer, Buffer>;

/** Opens the tables as they lie, with their seals. */
export async function withRaw<T>(folder: string, use: (table: (name: TableName) => Raw) => T | Promise<T>): Promise<T> {
  const environment = open<Buffer, Buffer>({
    path: join(folder, STORE_FILE),
    encoding: "binary",
    keyEncoding: "binary",
    // With lmdb's default it leaves other flags in the file, which a start refuses.
    overlappingSync: false,
    maxDbs: TABLES.length,
  });
  try {
    return await use((name) => environment.openDB<Buffer, Buffer>({ name, encoding: "binary", keyEncoding: "binary" }));
  } finally {
    await environment.close();
  }
}

/** Turns a bit in the middle of a value. */
export async function turnBit(folder: string, name: TableName, key: Buffer): Promise<void> {
  await withRaw(folder, async (table) => {
    const bytes = Buffer.from(table(name).get(key)!);
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 0x10;
    await table(name).put(key, bytes);
  });
}

export async function takeAway(folder: string, name: TableName, key: Buffer): Promise<void> {
  await withRaw(folder, (table) => table(name).remove(key));
}

/** All records of these tables, keys and values in hexadecimal. */
export function dump(folder: string, names: readonly TableName[]): Promise<string[]> {
  return withRaw(folder, (table) =>
    names.flatMap((name) =>
      [...table(name).getRange()].map(({ key, value }) => `${name} ${key.toString("hex")} ${value.toString("hex")}`),
    ),
  );
}
