/**
 * Generates a registry that looks like the Netherlands, the same for the same seed and size. It goes participant by
 * participant into the store, so memory does not grow with the size; the registry is marked as generated, and the service
 * never sends such a one beyond loopback.
 */

import type { LoadedRegistry } from "../../engine/registry/columns/columns.js";
import { ensureRegistry } from "../../engine/registry/ensure.js";
import { type DataFolder, type KekOptions, openDataFolder } from "../../engine/registry/open.js";
import { type OnProgress, ProgressMeter } from "../../engine/registry/progress.js";
import { type RegistryRecord, readRecord } from "../../engine/registry/record/record.js";
import { type Alongside, RegistryWriter } from "../../engine/registry/record/writer.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import type { Channel } from "../../schemas/words.js";
import { MemorySink } from "./memory.js";
import { type Country, countryPlaces, People } from "./people.js";
import { postcodeHomes } from "./postcodes.js";
import { type Home, placeHomes, placeSites } from "./sites.js";
import { workplaces } from "./work.js";

/** Registered participants of the country [M1]. */
const PARTICIPANTS = 1_600_000;
const SEED = 1;

export interface GenerateOptions extends KekOptions {
  /** 1,600,000 when absent; with postcodes, 11 % of the inhabitants of 16 and older. */
  readonly participants?: number;
  /** A whole number below 2^31. */
  readonly seed?: number;
  /** A file as postcodes.ts describes it. */
  readonly postcodes?: string;
  readonly replace?: boolean;
  /** Where there is a registry, it stays and is reported; a folder that had one and has none stays as it is, too. */
  readonly onlyMissing?: boolean;
  /** How many of them want to be reached where the phone is; none when absent. */
  readonly phones?: number;
  /** Over which channels they want that; by push when absent. */
  readonly phoneChannels?: readonly Channel[];
  readonly alongside?: Alongside;
}

export interface GenerateReport {
  readonly registry: RegistryRecord;
  /** Municipalities of the postcode file whose number is not known. */
  readonly unmatchedMunicipalities: readonly string[];
}

/** Into the store in `folder`. REGISTRY_EXISTS when there is one and neither `replace` nor `onlyMissing` was asked. */
export async function generate(
  folder: string,
  options: GenerateOptions = {},
  onProgress?: OnProgress,
): Promise<Result<GenerateReport>> {
  const country = countryFor(options);
  if (!country.ok) return country;
  const data = openDataFolder(folder, options);
  if (!data.ok) return data;
  try {
    const write = options.onlyMissing ? writeMissing : writeCountry;
    return await write(data.value, country.value, options, onProgress);
  } finally {
    await data.value.store.close();
  }
}

/** Unless there is a registry already, or something of one that was lost. */
async function writeMissing(
  data: DataFolder,
  country: GeneratedCountry,
  options: GenerateOptions,
  onProgress?: OnProgress,
): Promise<Result<GenerateReport>> {
  const ensured = await ensureRegistry(data, () => writeCountry(data, country, options, onProgress));
  const registry = ensured.ok ? readRecord(data.store) : ensured;
  return registry.ok ? ok({ registry: registry.value, unmatchedMunicipalities: country.unmatched }) : registry;
}

async function writeCountry(
  data: DataFolder,
  country: GeneratedCountry,
  options: GenerateOptions,
  onProgress?: OnProgress,
): Promise<Result<GenerateReport>> {
  const { seed = SEED, replace = false, alongside } = options;
  const begun = await RegistryWriter.begin(data, { generated: true, seed, replace, alongside });
  if (!begun.ok) return begun;
  const writer = begun.value;
  const people = new People(country, seed, writer, options.phones, options.phoneChannels);
  const meter = new ProgressMeter(onProgress);
  for (let row = 0; row < people.count; row++) {
    people.add(row);
    if (!writer.full) continue;
    const flushed = await writer.flush();
    if (!flushed.ok) return flushed;
    meter.at(row, people.count);
  }
  const finished = await writer.finish();
  if (!finished.ok) return finished;
  meter.end(people.count);
  return ok({ registry: finished.value, unmatchedMunicipalities: country.unmatched });
}

interface GeneratedCountry extends Country {
  readonly unmatched: readonly string[];
}

function countryFor(options: GenerateOptions): Result<GeneratedCountry> {
  const wanted = options.participants;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= REGISTRY.participants)) {
    return fail("INVALID_FIELD", `a whole number from 1 to ${REGISTRY.participants}`, "participants");
  }
  const seed = options.seed ?? SEED;
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)) {
    return fail("INVALID_FIELD", "a whole number from 0 to 2147483647", "seed");
  }
  const places = countryPlaces();
  const sites = placeSites(places);
  const work = workplaces(places);
  if (options.postcodes === undefined) {
    const homes = placeHomes(wanted ?? PARTICIPANTS, places, sites);
    return ok({ homes: inhabited(homes), sites, work, unmatched: [] });
  }
  const byPostcode = postcodeHomes(options.postcodes, places, wanted);
  if (!byPostcode.ok) return byPostcode;
  const { homes, unmatched } = byPostcode.value;
  return ok({ homes: inhabited(homes), sites, work, unmatched });
}

const inhabited = (homes: readonly Home[]) => homes.filter((home) => home.participants > 0);

/** The same people in memory alone, for tests and benchmarks. */
export function generatedRegistry(participants: number, seed = SEED): LoadedRegistry {
  const country = countryFor({ participants, seed });
  if (!country.ok) throw new Error(country.problem.detail);
  const sink = new MemorySink(participants);
  const people = new People(country.value, seed, sink);
  for (let row = 0; row < people.count; row++) people.add(row);
  return sink.registry();
}
