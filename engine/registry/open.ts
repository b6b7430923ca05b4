/**
 * Opens a data folder: its store and the vault over it. Every command and the service go through here, so that all of them
 * look for the key encryption key in the same places and refuse the same folders.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { VAULT } from "../../schemas/limits.js";
import { laterStore } from "../store/last-run.js";
import { openBeside } from "../store/opening/beside.js";
import { Store } from "../store/store.js";
import { defaultKekFile, makeKek, readKek, removeEmptyKek } from "../vault/kek.js";
import { rootFileExists } from "../vault/root-file.js";
import { Vault } from "../vault/vault.js";
import { NO_REGISTRY, type RegistryRecord, readRecord } from "./record/record.js";

/** Where a restored folder is until it was read (engine/backup). */
export const PARTIAL_RESTORE = ".restoring";

export interface KekOptions {
  /** File of the key encryption key; `<data folder>.kek` when absent. */
  readonly kekFile?: string | undefined;
  /** A new one was made, in this file: somebody should be told to keep it elsewhere too. */
  readonly onKekMade?: ((file: string) => void) | undefined;
}

export interface DataFolder {
  readonly store: Store;
  readonly vault: Vault;
}

/**
 * To read and write; makes what is absent. KEY_MISSING, KEY_WRONG, CONFIGURATION_INVALID (a key in the data folder),
 * STORE_CORRUPT, or STORE_UNUSABLE, also for a registry of another form and for what a later program wrote.
 */
export function openDataFolder(folder: string, options: KekOptions = {}): Result<DataFolder> {
  const lost = lostStore(folder);
  if (lost !== undefined) return fail("STORE_UNUSABLE", lost, folder);
  const file = options.kekFile ?? defaultKekFile(folder);
  // Nothing is made for a key that was named and is not there, nor for one that already seals something.
  const mayMake = options.kekFile === undefined && !rootFileExists(folder);
  if (mayMake) removeEmptyKek(file);
  const kek = readKek(folder, file);
  if (!kek.ok) return kek;
  if (kek.value === undefined && !mayMake) return missing(folder, file);
  const store = Store.open(folder);
  if (!store.ok) return store;
  const vault = openVault(store.value, kek.value, file, options);
  if (vault.ok) return ok({ store: store.value, vault: vault.value });
  void store.value.close();
  return vault;
}

/** Why a folder without a store is not one to begin in. A first start makes the store before root.key, so it is never this. */
function lostStore(folder: string): string | undefined {
  if (Store.exists(folder)) return undefined;
  if (existsSync(join(folder, PARTIAL_RESTORE))) return "restoring into the data folder was cut off; give it again";
  if (!rootFileExists(folder)) return undefined;
  return "the store is gone and its root.key is there; put the store back, or restore a backup into an empty folder";
}

function openVault(store: Store, known: Buffer | undefined, file: string, options: KekOptions): Result<Vault> {
  const later = laterStore(store);
  if (later) return later;
  const record = readRecord(store);
  if (!record.ok && record.problem.code === "STORE_UNUSABLE") return record;
  if (known) return Vault.open(store, known);
  const made = makeKek(file);
  if (!made.ok) return made;
  options.onKekMade?.(file);
  return Vault.open(store, made.value);
}

function missing(folder: string, file: string): Result<never> {
  const toDo = rootFileExists(folder)
    ? "the data folder opens with that key alone; SEINPOST_KEK_FILE says where it is"
    : "one that is named is not made for you; make it, as by: (umask 077; openssl rand -hex 32 > FILE)";
  return fail("KEY_MISSING", `the file of the key encryption key is not there (${file}); ${toDo}`, "SEINPOST_KEK_FILE");
}

/** Runs `use` over the registry in a folder, opened to read, and closes it. REGISTRY_MISSING, or as openDataFolder. */
export async function withRegistry<T>(
  folder: string,
  { kekFile }: KekOptions,
  use: (opened: DataFolder & { readonly record: RegistryRecord }) => Promise<Result<T>> | Result<T>,
): Promise<Result<T>> {
  if (!Store.exists(folder)) return NO_REGISTRY;
  const opened = await openBeside(folder);
  if (!opened.ok) return opened;
  const store = opened.value;
  try {
    const record = laterStore(store) ?? readRecord(store);
    if (!record.ok) return record;
    const file = kekFile ?? defaultKekFile(folder);
    const kek = readKek(folder, file);
    if (!kek.ok) return kek;
    if (kek.value === undefined) return missing(folder, file);
    const vault = await readVault(store, kek.value);
    return vault.ok ? await use({ store, vault: vault.value, record: record.value }) : vault;
  } finally {
    await store.close();
  }
}

/** A service may be renewing the root meanwhile: what was read of root.key is then older than what is read of the store. */
async function readVault(store: Store, kek: Uint8Array): Promise<Result<Vault>> {
  for (let attempt = 1; ; attempt++) {
    const vault = Vault.open(store, kek, { readOnly: true });
    if (vault.ok || vault.problem.code !== "STORE_UNUSABLE" || attempt === VAULT.openAttempts) return vault;
    await sleep(1);
  }
}
