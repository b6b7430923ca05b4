/**
 * The photos and films of a data folder, which lie beside the store: copied as they are, sealed, behind the store that speaks of
 * them. A file never changes once it has its name, so the copy is that of the store's moment; one that is not there any more was removed
 * since, with its record, or is damage.
 */
import { existsSync, mkdirSync } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { type Form, fileName, MEDIA_FOLDER } from "../media/media-folder.js";
import { type MediaRecord, MediaStore } from "../media/media-record.js";
import { openBeside } from "../store/opening/beside.js";
import { FILE_MODE, FOLDER_MODE } from "../store/private.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { sync } from "./manifest.js";

/** A file as a backup names it, below the folder. */
function mediaName(id: string, form: Form): string {
  return `${MEDIA_FOLDER}/${fileName(id, form)}`;
}

function formsOf(record: MediaRecord | undefined): Form[] {
  return Object.keys(record?.keys ?? {}) as Form[];
}

export type MediaIds = Pick<MediaRecord, "actionId" | "id">;

/** By name, those that the records speak of; and records that do not open. */
export function mediaFiles(store: Store, vault: Vault): { files: Map<string, MediaIds>; damaged: Problem[] } {
  const records = new MediaStore(store, vault);
  const files = new Map<string, MediaIds>();
  const damaged: Problem[] = [];
  for (const ids of records.ids()) {
    const record = records.get(ids.actionId, ids.id);
    if (!record.ok) damaged.push({ ...record.problem, field: `media/${ids.id}` });
    else for (const form of formsOf(record.value)) files.set(mediaName(ids.id, form), ids);
  }
  return { files, damaged };
}

/** Gives the names of those that were copied, and of those that are not there although their records are. */
export async function copyMedia(
  dataFolder: string,
  target: string,
  files: ReadonlyMap<string, MediaIds>,
): Promise<Result<{ copied: string[]; missing: string[] }>> {
  if (files.size === 0) return ok({ copied: [], missing: [] });
  mkdirSync(join(target, MEDIA_FOLDER), { recursive: true, mode: FOLDER_MODE });
  const copied: string[] = [];
  const absent: string[] = [];
  for (const name of files.keys()) {
    if (await copyOne(join(dataFolder, name), join(target, name))) copied.push(name);
    else absent.push(name);
  }
  await sync(join(target, MEDIA_FOLDER));
  if (absent.length === 0) return ok({ copied, missing: [] });
  const left = await withRecords(
    dataFolder,
    absent.map((name) => files.get(name)!),
  );
  return left.ok ? ok({ copied, missing: absent.filter((_, at) => left.value[at]) }) : left;
}

async function copyOne(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (existsSync(from)) throw error;
    return false;
  }
  await chmod(to, FILE_MODE);
  await sync(to);
  return true;
}

/** Whether there is still a record of each. */
async function withRecords(dataFolder: string, ids: readonly MediaIds[]): Promise<Result<boolean[]>> {
  const opened = await openBeside(dataFolder);
  if (!opened.ok) return fail("BACKUP_FAILED", opened.problem.detail, dataFolder);
  const known = ids.map((one) => MediaStore.has(opened.value, one));
  await opened.value.close();
  return ok(known);
}
