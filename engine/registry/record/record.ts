/**
 * The registry's own record in the table `meta`. The record is written in the same commit as
 * the last block; until then what is in the folder is the registry as it was, however far a replacement had come.
 */

import { Builder, ByteBuffer } from "flatbuffers";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { Registry } from "../../../schemas/generated/registry_generated.js";
import type { Store } from "../../store/store.js";
import { ofSevenKinds } from "./terms.js";

/** 3: with the wishes about five kinds of action more (terms.ts, ofSevenKinds). */
const VERSION = 3;
const SEVEN_KINDS = 2;
export const REGISTRY_KEY = Buffer.from("registry");
/**
 * Stands in `meta` while the first registry of a folder is written: 1 where nobody in it exists (a generated one, or one of
 * nobody), 0 for people of an import.
 */
export const BEGUN_KEY = Buffer.from("registryBegun");

export interface RegistryRecord {
  readonly generation: number;
  readonly generated: boolean;
  readonly seed: number;
  /** Participants, without the unused numbers between them. */
  readonly participants: number;
  /** Highest participant number plus one. */
  readonly rows: number;
  readonly locations: number;
  /** TERMS_WORDS words each (terms.ts); row 0 is "always, everything". */
  readonly terms: Uint32Array;
  readonly blockLocations: Uint16Array;
}

export function encodeRecord(record: RegistryRecord): Uint8Array {
  const builder = new Builder(1024 + record.terms.byteLength + record.blockLocations.byteLength);
  const terms = Registry.createTermsVector(builder, record.terms);
  const blockLocations = Registry.createBlockLocationsVector(builder, record.blockLocations);
  Registry.startRegistry(builder);
  Registry.addVersion(builder, VERSION);
  Registry.addGeneration(builder, record.generation);
  Registry.addGenerated(builder, record.generated);
  Registry.addSeed(builder, record.seed);
  Registry.addParticipants(builder, record.participants);
  Registry.addRows(builder, record.rows);
  Registry.addLocations(builder, record.locations);
  Registry.addTerms(builder, terms);
  Registry.addBlockLocations(builder, blockLocations);
  builder.finish(Registry.endRegistry(builder));
  return builder.asUint8Array();
}

export const NO_REGISTRY = fail("REGISTRY_MISSING", "there is no registry in the data folder");

function otherForm(version: number): string {
  const differs = `the registry has form ${version}, this program reads ${VERSION}`;
  if (version > VERSION) return `${differs}; use the version of the program that wrote it, or a later one`;
  return `${differs}, in which everything is encrypted; export it with the version that wrote it and import that into a new folder`;
}

/** The record, or REGISTRY_MISSING, STORE_CORRUPT, or STORE_UNUSABLE for a form that this program does not know. */
export function readRecord(store: Store): Result<RegistryRecord> {
  const stored = store.table("meta").get(REGISTRY_KEY);
  if (!stored.ok) return fail("STORE_CORRUPT", "the registry's record fails its checksum", "meta/registry");
  if (stored.value === undefined) return NO_REGISTRY;
  const registry = Registry.getRootAsRegistry(new ByteBuffer(stored.value));
  const version = registry.version();
  if (version !== VERSION && version !== SEVEN_KINDS) return fail("STORE_UNUSABLE", otherForm(version));
  const terms = Uint32Array.from({ length: registry.termsLength() }, (_, i) => registry.terms(i)!);
  return ok({
    generation: registry.generation(),
    generated: registry.generated(),
    seed: registry.seed(),
    participants: registry.participants(),
    rows: registry.rows(),
    locations: registry.locations(),
    terms: version === SEVEN_KINDS ? ofSevenKinds(terms) : terms,
    blockLocations: Uint16Array.from(
      { length: registry.blockLocationsLength() },
      (_, i) => registry.blockLocations(i)!,
    ),
  });
}
