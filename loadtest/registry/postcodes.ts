/**
 * Homes by postcode, from a file with the columns of the CBS table: pc4, plaats, gemeente_2022, provincie, inwoners,
 * inwoners16plus, km2, lon, lat. As many participants as 11 % of the inhabitants of 16 and older.
 *
 * The file names municipalities, the engine numbers them (engine/places/matching.ts).
 */

import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { municipalityNumbers } from "../../engine/places/matching.js";
import { nearMeters } from "../../engine/places/meters.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Place } from "./places.js";
import { allot } from "./random.js";
import { type Home, nearBorder } from "./sites.js";

/** Registered participants among the inhabitants of 16 and older. */
const REGISTERED = 0.11;
interface Postcode {
  readonly town: string;
  readonly municipality: string;
  readonly adults: number;
  readonly km2: number;
  readonly lng: number;
  readonly lat: number;
}

export interface PostcodeHomes {
  readonly homes: Home[];
  readonly participants: number;
  /** Municipalities without a number; their people are in none. */
  readonly unmatched: string[];
}

const COLUMNS = ["plaats", "gemeente_2022", "inwoners16plus", "km2", "lon", "lat"];

function readPostcodes(path: string): Result<Postcode[]> {
  let rows: Record<string, string>[];
  try {
    rows = parse(readFileSync(path), { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[];
  } catch (error) {
    return fail("INVALID_FIELD", `the postcode file can't be read: ${(error as Error).message}`, path);
  }
  const missing = COLUMNS.filter((name) => rows[0]?.[name] === undefined);
  if (missing.length > 0) return fail("INVALID_FIELD", `columns missing: ${missing.join(", ")}`, path);
  const postcodes: Postcode[] = [];
  for (const [index, row] of rows.entries()) {
    const postcode: Postcode = {
      town: row.plaats!,
      municipality: row.gemeente_2022!,
      adults: Number(row.inwoners16plus),
      km2: Number(row.km2),
      lng: Number(row.lon),
      lat: Number(row.lat),
    };
    if (![postcode.adults, postcode.km2, postcode.lng, postcode.lat].every(Number.isFinite)) {
      return fail("INVALID_FIELD", "inhabitants, area and position must be numbers", `${path}:${index + 2}`);
    }
    if (postcode.adults > 0) postcodes.push(postcode);
  }
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

function nearestPlace(postcode: Postcode, places: readonly Place[]): number {
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
