/**
 * Homes by postcode, from a file of the population (engine/places/population.ts). As many participants as 11 % of the inhabitants of 16 and older.
 *
 * The file names municipalities, the engine numbers them (engine/places/matching.ts).
 */

import { readFileSync } from "node:fs";
import { nearMeters } from "../../engine/geo/meters.js";
import { municipalityNumbers } from "../../engine/places/matching.js";
import { type PopulationRow, populationRows } from "../../engine/places/population.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Place } from "./places.js";
import { allot } from "./random.js";
import { type Home, nearBorder } from "./sites.js";

/** Registered participants among the inhabitants of 16 and older. */
const REGISTERED = 0.11;
export interface PostcodeHomes {
  readonly homes: Home[];
  readonly participants: number;
  /** Municipalities without a number; their people are in none. */
  readonly unmatched: string[];
}

/** Those where somebody lives who may take part. One wrong row is enough to refuse: this is to be the country. */
function readPostcodes(path: string): Result<PopulationRow[]> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return fail("INVALID_FIELD", `the postcode file can't be read: ${(error as Error).message}`, path);
  }
  const read = populationRows(bytes);
  if (!read.ok) return fail("INVALID_FIELD", read.problem.detail, `${path} ${read.problem.field ?? ""}`.trim());
  const [refused] = read.value.refused;
  if (refused !== undefined) return fail("INVALID_FIELD", refused.reason, `${path}:${refused.line}`);
  const postcodes = read.value.rows.filter(({ adults }) => adults > 0);
  if (postcodes.length === 0) return fail("INVALID_FIELD", "no postcode has inhabitants of 16 and older", path);
  return ok(postcodes);
}

export function postcodeHomes(path: string, places: readonly Place[], wanted?: number): Result<PostcodeHomes> {
  const read = readPostcodes(path);
  if (!read.ok) return read;
  const adults = read.value.map((postcode) => postcode.adults);
  const participants = wanted ?? Math.round(REGISTERED * adults.reduce((a, b) => a + b, 0));
  const numbers = municipalityNumbers(read.value, places);
  const shares = allot(participants, adults);
  const homes = read.value.map((postcode, index): Home => {
    const place = nearestPlace(postcode, places);
    const radiusMeters = 1_000 * Math.sqrt(postcode.km2 / Math.PI);
    return {
      lng: postcode.lng,
      lat: postcode.lat,
      country: "NL",
      region: places[place]!.region,
      municipality: numbers.get(postcode.municipality) ?? 0,
      radiusMeters,
      nearBorder: nearBorder(postcode, radiusMeters, "NL"),
      participants: shares[index]!,
      place,
    };
  });
  const names = new Set(read.value.map((postcode) => postcode.municipality));
  return ok({ homes, participants, unmatched: [...names].filter((name) => !numbers.has(name)).sort() });
}

function nearestPlace(postcode: PopulationRow, places: readonly Place[]): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < places.length; index++) {
    const place = places[index]!;
    const distance = place.country === "NL" ? nearMeters(place, postcode) : Number.POSITIVE_INFINITY;
    if (distance < least) {
      least = distance;
      nearest = index;
    }
  }
  return nearest;
}
