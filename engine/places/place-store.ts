/**
 * What an operator imported, as it lies in the table `places`: the key is the word "population" or "boundaries", the value
 * a header in JSON, behind its length, and for boundaries the arrays of the outlines after it.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Store } from "../store/store.js";
import type { Boundaries } from "./boundaries.js";
import type { Population, PopulationArea } from "./population.js";

const POPULATION = Buffer.from("population");
const BOUNDARIES = Buffer.from("boundaries");
/** Of what is written here; another one can't be read. */
const VERSION = 1;

/** What is known of an import besides what it brought. */
export interface Imported {
  readonly importedAtMs: number;
  /** SHA-256 of the file, hex: by it the same file is known again. */
  readonly sha256: string;
  /** False where an earlier program derived less from the file than this one: the same file is then taken anew. */
  readonly isWhole?: boolean;
}

interface PopulationHeader extends Imported {
  readonly version: number;
  readonly names: readonly (readonly [number, string])[];
  /** postcode, municipality, adults, km2, lng, lat */
  readonly areas: readonly (readonly [number, number, number, number, number, number])[];
}

interface BoundariesHeader extends Imported {
  readonly version: number;
  readonly names: readonly (readonly [number, string])[];
  readonly vertices: number;
  readonly rings: readonly number[];
  readonly polygons: readonly number[];
  readonly codes: readonly number[];
  /** Absent in those of before it was derived. */
  readonly successors?: readonly (readonly [number, number])[];
}

/** Puts it into the running commit. */
export function putPopulation(store: Store, { areas, names }: Population, imported: Imported): void {
  const header: PopulationHeader = {
    version: VERSION,
    ...imported,
    names: [...names],
    areas: areas.map(({ postcode, municipality, adults, km2, lng, lat }) => [
      postcode,
      municipality,
      adults,
      km2,
      lng,
      lat,
    ]),
  };
  void store.table("places").put(POPULATION, withHeader(header, Buffer.alloc(0)));
}

/** Puts it into the running commit. */
export function putBoundaries(store: Store, { outlines, names, successors }: Boundaries, imported: Imported): void {
  const { coords, rings, polygons, codes } = outlines;
  const header: BoundariesHeader = {
    version: VERSION,
    ...imported,
    names: [...names],
    vertices: coords.length / 2,
    rings: [...rings],
    polygons: [...polygons],
    codes: [...codes],
    successors: [...successors],
  };
  const bytes = Buffer.from(coords.buffer, coords.byteOffset, coords.byteLength);
  void store.table("places").put(BOUNDARIES, withHeader(header, bytes));
}

/** Undefined when none was imported. */
export function storedPopulation(store: Store): Result<(Population & Imported) | undefined> {
  const stored = read<PopulationHeader>(store, POPULATION);
  if (!stored.ok || stored.value === undefined) return stored as Result<undefined>;
  const { names, areas, importedAtMs, sha256 } = stored.value.header;
  const list = areas.map(([postcode, municipality, adults, km2, lng, lat]): PopulationArea => {
    return { postcode, municipality, adults, km2, lng, lat };
  });
  return ok({ areas: list, names: new Map(names), importedAtMs, sha256 });
}

/** Undefined when none were imported. */
export function storedBoundaries(store: Store): Result<(Boundaries & Imported) | undefined> {
  const stored = read<BoundariesHeader>(store, BOUNDARIES);
  if (!stored.ok || stored.value === undefined) return stored as Result<undefined>;
  const { names, vertices, rings, polygons, codes, importedAtMs, sha256, successors } = stored.value.header;
  // Shared, so that workers can draw outlines without a copy of all.
  const coords = new Float64Array(new SharedArrayBuffer(16 * vertices));
  Buffer.from(coords.buffer).set(stored.value.rest);
  const outlines = {
    coords,
    rings: Uint32Array.from(rings),
    polygons: Uint32Array.from(polygons),
    codes: Uint16Array.from(codes),
  };
  const isWhole = successors !== undefined;
  return ok({ outlines, names: new Map(names), successors: new Map(successors), importedAtMs, sha256, isWhole });
}

function withHeader(header: object, rest: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, rest]);
}

function read<Header extends { readonly version: number }>(
  store: Store,
  key: Buffer,
): Result<{ header: Header; rest: Buffer } | undefined> {
  // A store of an earlier version that is only read lacks the table.
  if (!store.names.includes("places")) return ok(undefined);
  const stored = store.table("places").get(key);
  // One that is damaged, which the store has told of, counts as not imported: it can be imported again, and nobody waits for it.
  if (!stored.ok || stored.value === undefined) return ok(undefined);
  const end = 4 + stored.value.readUInt32LE(0);
  const header = JSON.parse(stored.value.toString("utf8", 4, end)) as Header;
  if (header.version === VERSION) return ok({ header, rest: stored.value.subarray(end) });
  return fail("STORE_UNUSABLE", `${key.toString()} is of version ${header.version}; import it again`, "places");
}
