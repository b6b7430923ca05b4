/**
 * What commands do to all the people of a data folder, in its trail. Who makes or replaces them, or the keys that they are under,
 * leaves a record in the commit with which it is done (putDeed), and one with the code where it is refused (orRefused). Who reads
 * them all out leaves one before and one after it (onRecord). Both are where there is a store, no other process has the folder and
 * it can be written: beside a service the store is the service's to write; and a damaged one, or one on a full disk, is read out
 * all the same, for that is when it is needed.
 */
import { LOCAL } from "../../engine/audit/actor.js";
import { Trail } from "../../engine/audit/trail.js";
import { laterStore } from "../../engine/store/last-run.js";
import { probeStore } from "../../engine/store/probe.js";
import { Store } from "../../engine/store/store.js";
import type { Deed } from "../../schemas/api/audit.js";
import { type ErrorCode, ok, type Result } from "../../schemas/errors.js";
import { alone } from "./data.js";

const UNWRITABLE: ReadonlySet<ErrorCode> = new Set(["FOLDER_IN_USE", "STORE_WRITE_FAILED", "DISK_FULL"]);

/** Into the running commit. */
export function putDeed(store: Store, deed: Deed, refused: string | null = null): void {
  new Trail(store, Date.now).put({ by: LOCAL, deed, on: {}, refused });
}

/**
 * What `change` refuses is on record too, also where it was for a key that does not fit. Where the store could not be written,
 * nothing more is written to it, and that is what the command says.
 */
export async function orRefused<T>(folder: string, deed: Deed, change: () => Promise<Result<T>>): Promise<Result<T>> {
  const done = await change();
  if (!done.ok && !UNWRITABLE.has(done.problem.code) && Store.exists(folder))
    await note(folder, deed, done.problem.code);
  return done;
}

/** `before` and `after` are the deeds that are recorded around it. */
export async function onRecord<T>(
  folder: string,
  [before, after]: readonly [Deed, Deed],
  read: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const isNoted = Store.exists(folder) && (await note(folder, before, null));
  const done = await read();
  if (isNoted) await note(folder, after, done.ok ? null : done.problem.code);
  return done;
}

/** Whether it is on record. Where that could not be for another reason than that somebody else has the folder, it is said. */
async function note(folder: string, deed: Deed, refused: string | null): Promise<boolean> {
  const noted = await alone(folder, () => write(folder, deed, refused));
  if (noted.ok) return true;
  const { code, detail } = noted.problem;
  if (code !== "FOLDER_IN_USE") process.stderr.write(`seinpost: not on record: ${code}: ${detail}\n`);
  return false;
}

async function write(folder: string, deed: Deed, refused: string | null): Promise<Result<void>> {
  const sound = probeStore(folder);
  const opened = sound.ok ? Store.open(folder) : sound;
  if (!opened.ok) return opened;
  const store = opened.value;
  const full = store.space.problem;
  // A commit for which there is no room would end the command (store.ts).
  const may = laterStore(store) ?? (full === null ? ok(undefined) : { ok: false, problem: full });
  const noted = may.ok ? await store.commit(() => putDeed(store, deed, refused)) : may;
  await store.close();
  return noted;
}
