/**
 * What commands do to all the people of a data folder, in its trail. Who makes or replaces them leaves a record in the commit with
 * which they are there (putDeed). Who reads them all out leaves one before and one after it, where no other process has the folder
 * and it can be written. Beside a service the store is the service's to write; and a damaged one, or one on a full disk, is read
 * out all the same, for that is when it is needed.
 */
import { LOCAL } from "../../engine/audit/actor.js";
import { Trail } from "../../engine/audit/trail.js";
import { laterStore } from "../../engine/store/last-run.js";
import { probeStore } from "../../engine/store/probe.js";
import { Store } from "../../engine/store/store.js";
import type { Deed } from "../../schemas/api/audit.js";
import { ok, type Result } from "../../schemas/errors.js";
import { alone } from "./data.js";

/** Into the running commit. */
export function putDeed(store: Store, deed: Deed, refused: string | null = null): void {
  new Trail(store, Date.now).put({ by: LOCAL, deed, on: {}, refused });
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
