/** Versions of stored records: what a later program wrote is never read as if it were of ours. */
import { fail, ok, type Result } from "../../schemas/errors.js";

/**
 * Of the store as a whole: to be raised with whatever a program of before would read wrongly, in whichever table. It stands in the
 * record of the last run (last-run.ts), which every start reads before anything else.
 */
export const STORE_VERSION = 1;

/** STORE_UNUSABLE, naming the record by its `place`, where it has a version that this program does not know. */
export function knownVersion(version: number, known: number, place: string): Result<void> {
  if (version <= known) return ok(undefined);
  const detail = `${place} has version ${version}, this program reads ${known}`;
  return fail("STORE_UNUSABLE", `${detail}; use the version of the program that wrote it, or a later one`, place);
}
