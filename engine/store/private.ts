/**
 * The data folder is its owner's alone, whoever made it and under whatever umask: the folder 0700, what is in it 0600. What is
 * more open is mended; what can't be, as another user's, is refused, for whoever may read it has the numbers of keys that are
 * used and the times of all that is sent, and whoever may write it can do anything.
 */
import { chmodSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../schemas/errors.js";

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;
/** What the group and others may. */
const OTHERS = 0o077;

/** The names of what was too open and is not any more. STORE_UNUSABLE where that can't be mended. Assumes that it is locked. */
export function makePrivate(folder: string): Result<string[]> {
  const mended: string[] = [];
  try {
    for (const path of [realpathSync(folder), ...readdirSync(folder).map((name) => join(folder, name))]) {
      const before = lstatSync(path, { throwIfNoEntry: false });
      // What a link leads to is where its owner wanted it.
      if (before === undefined || before.isSymbolicLink() || (before.mode & OTHERS) === 0) continue;
      chmodSync(path, before.isDirectory() ? FOLDER_MODE : FILE_MODE);
      if ((lstatSync(path).mode & OTHERS) !== 0) {
        return fail("STORE_UNUSABLE", "others may open it, and its file system keeps no permissions", path);
      }
      mended.push(path);
    }
    return ok(mended);
  } catch (error) {
    return fail("STORE_UNUSABLE", `others may open it, and that can't be mended: ${(error as Error).message}`, folder);
  }
}
