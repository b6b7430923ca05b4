/**
 * The bundled Dutch places as columns, so that a worker can read them and hand them over. They make up for a population file:
 * of a place it is known how many people it has, of any age, and nothing of its area.
 */

import { readGeoNames } from "./geonames.js";
import type { PopulationArea } from "./population.js";

export interface BundledPlaces {
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  /** Never 0. */
  readonly municipality: Uint16Array;
  /** Inhabitants of any age. */
  readonly inhabitants: Uint32Array;
}

/** Of 17.4 million inhabitants 14.6 are 16 and older (CBS 2021). */
const ADULT_SHARE = 0.836;
/** GeoNames has 0 where it does not know. */
const SMALLEST = 100;

export function bundledPlaces(): BundledPlaces {
  const places = readGeoNames(["NL"]).filter(({ municipality }) => municipality !== 0);
  return {
    lng: Float64Array.from(places, ({ lng }) => lng),
    lat: Float64Array.from(places, ({ lat }) => lat),
    municipality: Uint16Array.from(places, ({ municipality }) => municipality),
    inhabitants: Uint32Array.from(places, ({ population }) => population),
  };
}

/** Inhabitants per square kilometre of the built-up area grow with the place: 900 in a village, 5,000 in Amsterdam. */
export function builtUpKm2(inhabitants: number): number {
  const people = Math.max(inhabitants, SMALLEST);
  return people / (900 * (people / 1_000) ** 0.26);
}

/** The places as areas with people: each its built-up surroundings. */
export function bundledAreas(): PopulationArea[] {
  const { lng, lat, municipality, inhabitants } = bundledPlaces();
  return Array.from(inhabitants, (people, index) => ({
    postcode: 0,
    municipality: municipality[index]!,
    adults: Math.round(people * ADULT_SHARE),
    km2: builtUpKm2(people),
    lng: lng[index]!,
    lat: lat[index]!,
  }));
}
