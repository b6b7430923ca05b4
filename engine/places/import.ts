/**
 * Takes an operator's file into the store. A file replaces the one of its kind as a whole, in one commit, or nothing happens;
 * the same file again changes nothing and says so. A service that runs knows nothing of it until it starts again.
 */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { PLACES } from "../../schemas/limits.js";
import type { Charset } from "../files/file-text.js";
import { Store } from "../store/store.js";
import { type BoundaryFile, readBoundaries } from "./boundaries.js";
import { readGeoNames } from "./geonames.js";
import { type Imported, putBoundaries, putPopulation, storedBoundaries, storedPopulation } from "./place-store.js";
import { type PopulationFile, readPopulation } from "./population.js";

export interface PopulationReport {
  /** True when exactly this file was imported before. */
  readonly unchanged: boolean;
  readonly file: PopulationFile;
  /** Postcodes of the file before that this one has not. */
  readonly gone: number;
}

export interface BoundaryReport {
  readonly unchanged: boolean;
  readonly file: BoundaryFile;
}

export interface ImportOptions {
  /** Into the commit that holds the file. */
  readonly alongside?: (store: Store) => void;
}

/** IMPORT_REFUSED as readPopulation says, INVALID_FIELD for a file that can't be read, or a store's problem. */
export async function importPopulation(
  folder: string,
  path: string,
  nowMs: number,
  { charset, alongside = () => {} }: ImportOptions & { readonly charset?: Charset | undefined } = {},
): Promise<Result<PopulationReport>> {
  const bytes = readBounded(path, PLACES.populationBytes);
  if (!bytes.ok) return bytes;
  const file = readPopulation(bytes.value, readGeoNames(["NL"]), charset);
  if (!file.ok) return file;
  const imported = { importedAtMs: nowMs, sha256: sha256Of(bytes.value) };
  return withStore(folder, async (store) => {
    const before = storedPopulation(store);
    if (!before.ok) return before;
    const postcodes = new Set(file.value.areas.map(({ postcode }) => postcode));
    const gone = (before.value?.areas ?? []).filter(({ postcode }) => !postcodes.has(postcode)).length;
    const unchanged = isSame(before.value, imported);
    if (!unchanged) {
      const done = await store.commit(() => {
        putPopulation(store, file.value, imported);
        alongside(store);
      });
      if (!done.ok) return done;
    }
    return ok({ unchanged, file: file.value, gone });
  });
}

/** As importPopulation; IMPORT_REFUSED as readBoundaries says. */
export async function importBoundaries(
  folder: string,
  path: string,
  nowMs: number,
  { alongside = () => {} }: ImportOptions = {},
): Promise<Result<BoundaryReport>> {
  const bytes = readBounded(path, PLACES.boundaryBytes);
  if (!bytes.ok) return bytes;
  const file = readBoundaries(bytes.value, readGeoNames(["NL"]));
  if (!file.ok) return file;
  const imported = { importedAtMs: nowMs, sha256: sha256Of(bytes.value) };
  return withStore(folder, async (store) => {
    const before = storedBoundaries(store);
    if (!before.ok) return before;
    const unchanged = isSame(before.value, imported);
    if (!unchanged) {
      const done = await store.commit(() => {
        putBoundaries(store, file.value, imported);
        alongside(store);
      });
      if (!done.ok) return done;
    }
    return ok({ unchanged, file: file.value });
  });
}

function isSame(before: Imported | undefined, now: Imported): boolean {
  return before?.sha256 === now.sha256 && before.isWhole !== false;
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function withStore<T>(folder: string, work: (store: Store) => Promise<Result<T>>): Promise<Result<T>> {
  const store = Store.open(folder);
  if (!store.ok) return store;
  try {
    return await work(store.value);
  } finally {
    await store.value.close();
  }
}

function readBounded(path: string, limitBytes: number): Result<Buffer> {
  try {
    if (statSync(path).size > limitBytes) return fail("IMPORT_REFUSED", `it has over ${limitBytes} bytes`, path);
    return ok(readFileSync(path));
  } catch (error) {
    return fail("INVALID_FIELD", `the file can't be read: ${(error as Error).message}`, path);
  }
}
