/**
 * A folder of a test's own, gone when the test is done. It stands in a folder of its own, so that what a data folder has
 * beside it (the key encryption key) goes with it.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export function temporaryFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "seinpost-test-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, "data");
  mkdirSync(folder);
  return folder;
}

/** A data folder as it stands at this moment, with its key encryption key. */
export function copyOf(folder: string): string {
  const copy = temporaryFolder();
  // Without LMDB's table of readers, and without the socket, which belong to the processes that have the store open.
  const filter = (source: string): boolean => !/-lock$|\.sock$/.test(source);
  cpSync(dirname(folder), dirname(copy), { recursive: true, filter });
  return copy;
}
