/**
 * Takes an operator's file into the store. A file replaces the one of its kind as a whole, in one commit, or nothing happens;
 * the same file again changes nothing and says so. A service that runs knows nothing of it until it starts again.
 */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { PLACES } from "../../schemas/limits.js";
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

/** IMPORT_REFUSED as readPopulation says, INVALID_FIELD for a file that can't be read, or a store's problem. */
export function importPopulation(folder: string, path: string, nowMs: number): Promise<Result<PopulationReport>> {
  return withFile(folder, path, PLACES.populationBytes, async (store, bytes, sha256) => {
    const before = storedPopulation(store);
    if (!before.ok) return before;
    const file = readPopulation(bytes, readGeoNames(["NL"]));
    if (!file.ok) return file;
    const postcodes = new Set(file.value.areas.map(({ postcode }) => postcode));
    const gone = (before.value?.areas ?? []).filter(({ postcode }) => !postcodes.has(postcode)).length;
    const report = { unchanged: before.value?.sha256 === sha256, file: file.value, gone };
    return committed(store, report, nowMs, sha256, (imported) => putPopulation(store, file.value, imported));
  });
}

/** As importPopulation; IMPORT_REFUSED as readBoundaries says. */
export function importBoundaries(folder: string, path: string, nowMs: number): Promise<Result<BoundaryReport>> {
  return withFile(folder, path, PLACES.boundaryBytes, async (store, bytes, sha256) => {
    const before = storedBoundaries(store);
    if (!before.ok) return before;
    const file = readBoundaries(bytes, readGeoNames(["NL"]));
    if (!file.ok) return file;
    const report = { unchanged: before.value?.sha256 === sha256, file: file.value };
    return committed(store, report, nowMs, sha256, (imported) => putBoundaries(store, file.value, imported));
  });
}

async function committed<Report extends { readonly unchanged: boolean }>(
  store: Store,
  report: Report,
  importedAtMs: number,
  sha256: string,
  put: (imported: Imported) => void,
): Promise<Result<Report>> {
  if (report.unchanged) return ok(report);
  const done = await store.commit(() => put({ importedAtMs, sha256 }));
  return done.ok ? ok(report) : done;
}

async function withFile<T>(
  folder: string,
  path: string,
  limitBytes: number,
  work: (store: Store, bytes: Buffer, sha256: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const bytes = readBounded(path, limitBytes);
  if (!bytes.ok) return bytes;
  const store = Store.open(folder);
  if (!store.ok) return store;
  try {
    return await work(store.value, bytes.value, createHash("sha256").update(bytes.value).digest("hex"));
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
