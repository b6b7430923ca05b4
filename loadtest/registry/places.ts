/**
 * The places of a generated country: every Dutch place with its inhabitants and municipality, and those across the border
 * that are near enough to hear of an action.
 */

import { iso1A2Code } from "@rapideditor/country-coder";
import { METERS_PER_DEGREE, metersPerDegreeLng } from "../../engine/geo/meters.js";
import { type Place as AnyPlace, readGeoNames } from "../../engine/places/geonames.js";

export type Country = "NL" | "DE" | "BE";

export interface Place extends AnyPlace {
  readonly country: Country;
}

/** The Netherlands with a margin; what lies outside can't be within reach of the border. */
const BOX = { west: 3.0, east: 7.6, south: 50.5, north: 53.8 };
/** How far across the border a place still counts. */
const REACH_METERS = [5_000, 10_000, 15_000];
const DIRECTIONS = 16;

export function readPlaces(): Place[] {
  return readGeoNames(["NL", "DE", "BE"]).filter(isNear);
}

function isNear(place: AnyPlace): place is Place {
  const { lng, lat, country } = place;
  if (country === "NL") return true;
  if (!(lng > BOX.west && lng < BOX.east && lat > BOX.south && lat < BOX.north)) return false;
  return REACH_METERS.some((meters) => around(place, meters).some((found) => found === "NL"));
}

/** The countries on a circle around a point. */
export function around(point: { readonly lng: number; readonly lat: number }, meters: number): (string | null)[] {
  const dLat = meters / METERS_PER_DEGREE;
  const dLng = meters / metersPerDegreeLng(point.lat);
  return Array.from({ length: DIRECTIONS }, (_, i) => {
    const angle = (2 * Math.PI * i) / DIRECTIONS;
    return iso1A2Code([point.lng + dLng * Math.sin(angle), point.lat + dLat * Math.cos(angle)], { level: "country" });
  });
}
