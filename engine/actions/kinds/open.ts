/** The kinds of a service: those of a catalogue, or those that ship. */
import { ok, type Result } from "../../../schemas/errors.js";
import type { Catalogue } from "./catalogue.js";
import { Kinds } from "./kinds.js";
import { readKindsFile } from "./shipped.js";

/** CONFIGURATION_INVALID. */
export function openKinds(catalogue: Catalogue | undefined): Result<Kinds> {
  const read = catalogue ? ok(catalogue) : readKindsFile();
  return read.ok ? ok(new Kinds(read.value)) : read;
}
