/**
 * Looks the store's file over before LMDB opens it. Damage to LMDB's own pages is not an error that comes back: the library
 * trusts what it reads, runs into unmapped memory, and Node ends by SIGSEGV or SIGBUS, which nothing catches. So the pages
 * are read here by read(2) and held against each other (page-walk.ts); what does not fit becomes STORE_UNUSABLE, with the page
 * and the table.
 *
 * Promises that what it lets through LMDB can read and write, all tables and the list of free pages. It does not look into values:
 * each has a checksum of its own (seal.ts), which is held against it when it is read, and one that fails costs that record and
 * not the process. Damage that comes while the service runs is beyond it.
 *
 * 80 ms for 1.6 million participants (129 MB), of which the file is read whole, as the start does then anyway. Assumes that nobody
 * writes meanwhile.
 */

import { closeSync, existsSync, fstatSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { ROOT_FILE, STORE_FILE } from "./folder.js";
import { PageWalk } from "./page-walk.js";
import { PageFile, readMeta } from "./pages.js";
import { Store } from "./store.js";

/** Fine for a folder that has no store yet. */
export function probeStore(folder: string): Result<void> {
  if (!Store.exists(folder) || isHardlyBegun(folder)) return ok(undefined);
  try {
    const descriptor = openSync(join(folder, STORE_FILE), "r");
    try {
      const damage = damageIn(new PageFile(descriptor, fstatSync(descriptor).size));
      return damage === undefined ? ok(undefined) : unusable(`is damaged: ${damage}`, folder);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return unusable(`can't be read: ${(error as Error).message}`, folder);
  }
}

/** LMDB had made the file and not written to it when the first start was cut off; anything else of the folder came later. */
function isHardlyBegun(folder: string): boolean {
  return statSync(join(folder, STORE_FILE)).size === 0 && !existsSync(join(folder, ROOT_FILE));
}

function damageIn(file: PageFile): string | undefined {
  const meta = readMeta(file);
  return typeof meta === "string" ? meta : new PageWalk(file, meta).run();
}

function unusable(what: string, folder: string): Result<never> {
  return fail("STORE_UNUSABLE", `the store's file ${what}; restore the folder from a backup`, folder);
}
