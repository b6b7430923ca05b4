/** A store's file and copies of it, on the file system that there is. */

import { appendFileSync, copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { STORE_FILE } from "../../../engine/store/folder.js";
import { isCopy, storeFileOf } from "../../../engine/store/last-run.js";
import { temporaryFolder } from "../../temp-folder.js";

it("is the same file after it was written and moved, and another one where it was copied, also to its old place", async () => {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, STORE_FILE);
  writeFileSync(file, "a");
  await sleep(20);
  appendFileSync(file, "b");
  const before = storeFileOf(folder);
  appendFileSync(file, "c");
  expect(isCopy(before, storeFileOf(folder))).toBe(false);
  const moved = join(dirname(folder), "moved");
  renameSync(folder, moved);
  expect(isCopy(before, storeFileOf(moved))).toBe(false);
  mkdirSync(folder);
  copyFileSync(join(moved, STORE_FILE), file);
  expect(isCopy(before, storeFileOf(folder))).toBe(true);
  // The inode's number may be the one that has just become free.
  rmSync(join(moved, STORE_FILE));
  copyFileSync(file, join(moved, STORE_FILE));
  appendFileSync(join(moved, STORE_FILE), "d");
  expect(isCopy(before, storeFileOf(moved))).toBe(true);
});

it("goes by the inode alone where the file system keeps no time of birth", () => {
  const known = { inode: "7", bornNs: "5" };
  expect(isCopy(known, { inode: "7", bornNs: "0" })).toBe(false);
  expect(isCopy({ inode: "7", bornNs: "0" }, known)).toBe(false);
  expect(isCopy({ inode: "8", bornNs: "0" }, known)).toBe(true);
  expect(isCopy(null, known)).toBe(true);
});
