/**
 * What the last run of a service knew of where and when it was: by this the next one sees that the folder is a copy, that the
 * registry is another, or that the clock went back; and which version the store has. One record in the table `meta`; a folder of
 * before there was one says nothing.
 *
 * A store's file is told from a copy of it by inode number and time of birth. The inode alone is not enough (ext4 gave a copy
 * the number of the file that it replaced), nor is the device (its number may be another after a reboot). `restore` leaves no
 * file in the record, which is the sure way. What can't be seen from within is a disk that was put back as a whole: its file
 * is the same one.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "../../schemas/errors.js";
import { STORE_FILE } from "./folder.js";
import type { Store } from "./store.js";
import { knownVersion, STORE_VERSION } from "./version.js";

const KEY = Buffer.from("lastRun");

export interface LastRun {
  /** The file of the store; null: it was restored from a backup. */
  readonly file: FileIdentity | null;
  /** Generation of the registry that was loaded. */
  readonly registry: number;
  /** The latest time that is known to have been, as Unix time. */
  readonly clockMs: number;
}

/** Of a folder on which no service has run. */
export const NO_RUN: LastRun = { file: null, registry: 0, clockMs: 0 };

/** Big integers in decimal, for JSON. */
export interface FileIdentity {
  readonly inode: string;
  /** "0" where the file system does not keep it. */
  readonly bornNs: string;
}

export function storeFileOf(folder: string): FileIdentity {
  const { ino, birthtimeNs, ctimeNs } = statSync(join(folder, STORE_FILE), { bigint: true });
  // Where there is no time of birth, Node gives that of the last change.
  return { inode: String(ino), bornNs: String(birthtimeNs === ctimeNs ? 0n : birthtimeNs) };
}

/** True if this file is not the one that was there, but a copy. */
export function isCopy(before: FileIdentity | null, now: FileIdentity): boolean {
  if (before === null || before.inode !== now.inode) return true;
  return before.bornNs !== "0" && now.bornNs !== "0" && before.bornNs !== now.bornNs;
}

/** STORE_UNUSABLE where a later program ran on it. */
export function readLastRun(store: Store): Result<LastRun | undefined> {
  const stored = store.table("meta").get(KEY);
  if (!stored.ok) return stored;
  if (stored.value === undefined) return ok(undefined);
  const { version = 0, ...run } = JSON.parse(stored.value.toString()) as LastRun & { version?: number };
  const known = knownVersion(version, STORE_VERSION, "the store");
  return known.ok ? ok(run) : known;
}

/** The problem of a store on which a later program ran; to be asked before anything is written. */
export function laterStore(store: Store): Result<never> | undefined {
  const last = readLastRun(store);
  return !last.ok && last.problem.code === "STORE_UNUSABLE" ? last : undefined;
}

/** Puts into the running commit. */
export function putLastRun(store: Store, run: LastRun): void {
  void store.table("meta").put(KEY, Buffer.from(JSON.stringify({ version: STORE_VERSION, ...run })));
}
