/**
 * The first registry of a data folder in which there is nothing yet: of nobody, so that a service starts and people join, or
 * what the service was told to make. One that was cut off while it was made is made anew, unless it was of people who exist. A
 * folder that holds anything else without a registry is damaged or somebody's, and stays as it is.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Store } from "../store/store.js";
import type { TableName } from "../store/tables.js";
import type { DataFolder } from "./open.js";
import { BEGUN_KEY, readRecord } from "./record/record.js";
import { RegistryWriter } from "./record/writer.js";

/** Writes a registry into a folder that has none. */
export type MakeRegistry = (data: DataFolder) => Promise<Result<unknown>>;

/** What a service leaves behind that had a registry. */
const TRACES: readonly TableName[] = ["actions", "waves", "replies"];

/** REGISTRY_MISSING where there should be one, or a store's problem. */
export async function ensureRegistry(data: DataFolder, make: MakeRegistry = makeEmpty): Promise<Result<void>> {
  const record = readRecord(data.store);
  if (record.ok) return ok(undefined);
  if (record.problem.code !== "REGISTRY_MISSING" || hasAny(data.store, TRACES)) return record;
  if (hasAny(data.store, ["participants"])) {
    const begun = data.store.table("meta").get(BEGUN_KEY);
    if (!begun.ok) return begun;
    if (begun.value === undefined) return record;
    if (begun.value[0] === 0)
      return fail("REGISTRY_MISSING", "an import into the data folder was cut off; give it again");
  }
  const made = await make(data);
  return made.ok ? ok(undefined) : made;
}

function hasAny(store: Store, tables: readonly TableName[]): boolean {
  return tables.some((table) => store.table(table).count() > 0);
}

async function makeEmpty(data: DataFolder): Promise<Result<unknown>> {
  const writer = await RegistryWriter.begin(data, { generated: false, replace: false });
  return writer.ok ? writer.value.finish() : writer;
}
