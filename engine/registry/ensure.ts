/**
 * An empty registry for a data folder in which there is nothing yet, so that a service starts with nobody and people join. A
 * folder that holds anything else without a registry is damaged or somebody's, and stays as it is.
 */
import { ok, type Result } from "../../schemas/errors.js";
import type { TableName } from "../store/store.js";
import type { DataFolder } from "./open.js";
import { readRecord } from "./record.js";
import { RegistryWriter } from "./writer.js";

/** What a service leaves behind that had a registry. */
const TRACES: readonly TableName[] = ["participants", "actions", "waves", "replies"];

/** REGISTRY_MISSING where there should be one, or a store's problem. */
export async function ensureRegistry(data: DataFolder): Promise<Result<void>> {
  const record = readRecord(data.store);
  if (record.ok) return ok(undefined);
  const isNew = TRACES.every((table) => data.store.table(table).count() === 0);
  if (record.problem.code !== "REGISTRY_MISSING" || !isNew) return record;
  const writer = await RegistryWriter.begin(data, { generated: false, replace: false });
  if (!writer.ok) return writer;
  const made = await writer.value.finish();
  return made.ok ? ok(undefined) : made;
}
