/**
 * Backups: the store as LMDB copies it at one moment while a service goes on writing, root.key as it fits that moment, and a
 * manifest with their checksums. The key encryption key is no part of it, so a backup alone can be read by nobody.
 *
 * Promises that a folder with a manifest was read back whole, every value opened, before the manifest was written; and that
 * a restored folder was read likewise before it gets the name under which a service would find it. What is cut off leaves no
 * backup and no store.
 *
 * A store with damaged records that a start passes over is backed up only on an operator's word, for whoever has whole backups
 * should not see them replaced by damaged ones without knowing; the manifest names each, and a restore has just those.
 *
 * A backup knows who was erased since no better than the store did then: it is to be kept no longer than the erased may be
 * remembered.
 */

import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { chmod, copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { BACKUP } from "../../schemas/limits.js";
import { MEDIA_FOLDER } from "../media/media-folder.js";
import { type KekOptions, PARTIAL_RESTORE } from "../registry/open.js";
import { ROOT_FILE, STORE_FILE } from "../store/folder.js";
import { NO_RUN, putLastRun, readLastRun } from "../store/last-run.js";
import { lockFolder } from "../store/lock.js";
import { openBeside } from "../store/opening/beside.js";
import { FILE_MODE, FOLDER_MODE } from "../store/private.js";
import { Store } from "../store/store.js";
import { defaultKekFile } from "../vault/kek.js";
import { type Contents, readContents } from "./contents.js";
import { MANIFEST_FILE, type Manifest, newManifest, readManifest, sumOf, sync } from "./manifest.js";
import { copyMedia } from "./media-files.js";

export interface BackupOptions extends KekOptions {
  /** Take the store as it is, also with damaged records that a start passes over. */
  readonly withDamage?: boolean | undefined;
}

export interface RestoreOptions extends KekOptions {
  /** Into the commit after which the folder is a restored one. */
  readonly alongside?: ((store: Store) => void) | undefined;
}

const FILES = [STORE_FILE, ROOT_FILE] as const;
/** LMDB makes it for whoever opens the store; it says nothing. */
const LOCK_FILE = `${STORE_FILE}-lock`;

/** Copies the data folder to `target`, which must be empty or not there. A service may run on it. */
export async function backUp(
  dataFolder: string,
  target: string,
  options: BackupOptions = {},
): Promise<Result<Manifest>> {
  if (!Store.exists(dataFolder)) return fail("STORE_UNUSABLE", "there is no store in it", dataFolder);
  if (isUsed(target)) return fail("BACKUP_FAILED", "the folder for the backup is not empty", target);
  const kekFile = options.kekFile ?? defaultKekFile(dataFolder);
  return orProblem(target, async () => {
    mkdirSync(target, { recursive: true, mode: FOLDER_MODE });
    // One that was there, empty: before anything is in it.
    await chmod(target, FOLDER_MODE);
    const copied = await copyUntilWhole(dataFolder, target, { kekFile });
    const beside = copied.ok ? await copyMedia(dataFolder, target, copied.value.media) : copied;
    const whole = copied.ok && beside.ok ? ok(withMissing(copied.value, beside.value.missing)) : copied;
    const contents = whole.ok && options.withDamage !== true ? undamaged(whole.value) : whole;
    if (!contents.ok || !beside.ok) {
      removeFiles(target, [...FILES, LOCK_FILE, MEDIA_FOLDER]);
      return contents.ok ? (beside as Result<never>) : contents;
    }
    removeFiles(target, [LOCK_FILE]);
    const files: Manifest["files"] = {};
    for (const name of FILES) {
      await chmod(join(target, name), FILE_MODE);
      await sync(join(target, name));
    }
    for (const name of [...FILES, ...beside.value.copied]) files[name] = await sumOf(join(target, name));
    const { damaged, media: _, ...counts } = contents.value;
    const takenAt = new Date().toISOString();
    const manifest = newManifest({ takenAt, ...counts, files, ...(damaged.length > 0 && { damaged: [...damaged] }) });
    await writeFile(join(target, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: FILE_MODE });
    await sync(join(target, MANIFEST_FILE));
    await sync(target);
    return ok(manifest);
  });
}

function withMissing(contents: Contents, missing: readonly string[]): Contents {
  return { ...contents, damaged: [...contents.damaged, ...missing].sort() };
}

function undamaged(contents: Contents): Result<Contents> {
  const { damaged } = contents;
  if (damaged.length === 0) return ok(contents);
  const detail = `${damaged.length} records are damaged; a service passes over them, and with --with-damage so does a backup`;
  return fail("STORE_CORRUPT", detail, damaged[0]);
}

/**
 * A service may renew its root while the store is copied. The store is of the moment at which the copying began, so one of the
 * roots that there were meanwhile is its own; if it was missed both are copied again.
 */
async function copyUntilWhole(dataFolder: string, target: string, options: KekOptions): Promise<Result<Contents>> {
  for (let attempt = 1; ; attempt++) {
    const opened = await openBeside(dataFolder);
    if (!opened.ok) return opened;
    const first = await readFile(join(dataFolder, ROOT_FILE));
    const copying = opened.value.copyTo(target);
    const roots = await rootsUntil(copying, dataFolder, first);
    const copied = await copying;
    await opened.value.close();
    if (!copied.ok) return copied;
    const contents = await readWithOneOf(roots, target, options);
    if (contents.ok || contents.problem.code !== "STORE_UNUSABLE" || attempt === BACKUP.attempts) return contents;
    removeFiles(target, [...FILES, LOCK_FILE]);
  }
}

/** The states of root.key from `first` on, each once, until the copy is made. */
async function rootsUntil(copied: Promise<unknown>, dataFolder: string, first: Buffer): Promise<Buffer[]> {
  const roots = [first];
  let isCopied = false;
  void copied.then(() => {
    isCopied = true;
  });
  while (!isCopied && roots.length < BACKUP.roots) {
    const root = await readFile(join(dataFolder, ROOT_FILE));
    if (!root.equals(roots.at(-1)!)) roots.push(root);
  }
  return roots;
}

/** Leaves the root in the folder that opens the store, or the last; STORE_UNUSABLE where none does. */
async function readWithOneOf(roots: readonly Buffer[], target: string, options: KekOptions): Promise<Result<Contents>> {
  let contents: Result<Contents> = fail("STORE_UNUSABLE", "there is no root key", target);
  for (const root of roots) {
    await writeFile(join(target, ROOT_FILE), root, { mode: FILE_MODE });
    contents = await readContents(target, options);
    if (contents.ok || contents.problem.code !== "STORE_UNUSABLE") break;
  }
  return contents;
}

/** Reads a backup whole. BACKUP_FAILED where its files are not those that were written, KEY_WRONG, or STORE_CORRUPT. */
export async function verifyBackup(folder: string, kekFile: string): Promise<Result<Manifest>> {
  const manifest = await checkFiles(folder);
  if (!manifest.ok) return manifest;
  const contents = await readContents(folder, { kekFile });
  removeFiles(folder, [LOCK_FILE]);
  return contents.ok ? compare(manifest.value, contents.value) : contents;
}

/** Makes `dataFolder` what it was when the backup was taken. There must be no store in it. */
export async function restore(
  backup: string,
  dataFolder: string,
  options: RestoreOptions = {},
): Promise<Result<Manifest>> {
  const manifest = await checkFiles(backup);
  if (!manifest.ok) return manifest;
  let lost: Problem | undefined;
  const locked = await lockFolder(dataFolder, (problem) => {
    lost = problem;
  });
  if (!locked.ok) return locked;
  try {
    removePartialRestore(dataFolder);
    if (isUsed(dataFolder))
      return fail("REGISTRY_EXISTS", "restore into an empty folder, or one that is not there", dataFolder);
    const restored = await orProblem(dataFolder, () => restoreInto(backup, dataFolder, manifest.value, options));
    return lost === undefined ? restored : { ok: false, problem: lost };
  } finally {
    locked.value();
  }
}

/** What one that was cut off has left. It began in an empty folder, and moves the store last: without one, root.key is its own. */
function removePartialRestore(dataFolder: string): void {
  if (Store.exists(dataFolder) || !existsSync(join(dataFolder, PARTIAL_RESTORE))) return;
  removeFiles(dataFolder, [ROOT_FILE, MEDIA_FOLDER]);
  rmSync(join(dataFolder, PARTIAL_RESTORE), { recursive: true, force: true });
}

async function restoreInto(
  backup: string,
  dataFolder: string,
  manifest: Manifest,
  { kekFile = defaultKekFile(dataFolder), alongside = () => {} }: RestoreOptions,
): Promise<Result<Manifest>> {
  const partial = join(dataFolder, PARTIAL_RESTORE);
  mkdirSync(partial, { recursive: true, mode: FOLDER_MODE });
  const media = mediaOf(manifest);
  if (media.length > 0) mkdirSync(join(partial, MEDIA_FOLDER), { recursive: true, mode: FOLDER_MODE });
  for (const name of [...FILES, ...media]) {
    await copyFile(join(backup, name), join(partial, name));
    await chmod(join(partial, name), FILE_MODE);
  }
  const contents = await readContents(partial, { kekFile });
  const restored = contents.ok ? compare(manifest, contents.value) : contents;
  const marked = restored.ok ? await markRestored(partial, alongside) : restored;
  if (marked.ok) {
    for (const name of [...FILES, ...media]) await sync(join(partial, name));
    // The store last: with it the folder is one that a service takes.
    const parts = [...(media.length > 0 ? [MEDIA_FOLDER] : []), ROOT_FILE, STORE_FILE];
    for (const name of parts) await rename(join(partial, name), join(dataFolder, name));
    await chmod(dataFolder, FOLDER_MODE);
  }
  rmSync(partial, { recursive: true, force: true });
  await sync(dataFolder);
  return marked.ok ? restored : marked;
}

/** So that a service which starts on it holds what was under way: it may be over since. */
async function markRestored(folder: string, alongside: (store: Store) => void): Promise<Result<void>> {
  const opened = Store.open(folder);
  if (!opened.ok) return opened;
  // Where it is damaged, a start over it holds what was under way just so.
  const last = readLastRun(opened.value);
  const known = last.ok ? last.value : undefined;
  const marked = await opened.value.commit(() => {
    putLastRun(opened.value, { ...NO_RUN, ...known, file: null });
    alongside(opened.value);
  });
  await opened.value.close();
  return marked;
}

async function checkFiles(folder: string): Promise<Result<Manifest>> {
  const manifest = readManifest(folder);
  if (!manifest.ok) return manifest;
  return orProblem(folder, async () => {
    for (const name of [...FILES, ...mediaOf(manifest.value)]) {
      const [said, found] = [manifest.value.files[name], await sumOf(join(folder, name))];
      if (said?.sha256 === found.sha256 && said.bytes === found.bytes) continue;
      return fail("BACKUP_FAILED", "the file is not the one that was written", name);
    }
    return manifest;
  });
}

function mediaOf({ files }: Manifest): string[] {
  return Object.keys(files).filter((name) => name.startsWith(`${MEDIA_FOLDER}/`));
}

function compare(manifest: Manifest, { participants, locations, records, damaged }: Contents): Result<Manifest> {
  const isSame =
    manifest.participants === participants &&
    manifest.locations === locations &&
    Object.entries(manifest.records).every(([table, count]) => (records[table] ?? 0) === count);
  if (!isSame) return fail("BACKUP_FAILED", "not as many records as the backup's manifest says", MANIFEST_FILE);
  const known = new Set(manifest.damaged);
  const other = damaged.find((place) => !known.has(place));
  return other === undefined ? ok(manifest) : fail("STORE_CORRUPT", "damaged, which the manifest does not say", other);
}

function isUsed(folder: string): boolean {
  return existsSync(folder) && readdirSync(resolve(folder)).length > 0;
}

function removeFiles(folder: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
}

/** A full disk, a folder that may not be written: what the file system throws, as a value. */
async function orProblem<T>(folder: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    return fail("BACKUP_FAILED", (error as Error).message, folder);
  }
}
