/**
 * Where people live: sites with a number of participants each, either the places of the country or the postcodes of a file.
 * Around a site they are scattered, denser in the middle.
 */

import { iso1A2Code } from "@rapideditor/country-coder";
import { METERS_PER_DEGREE, metersPerDegreeLng } from "../../engine/geo/meters.js";
import { builtUpKm2 } from "../../engine/places/bundled.js";
import { around, type Country, type Place } from "./places.js";
import { allot, type Random } from "./random.js";

export interface Site {
  readonly lng: number;
  readonly lat: number;
  readonly country: Country;
  readonly region: string;
  readonly municipality: number;
  readonly radiusMeters: number;
  /** Whether somebody scattered around it could land in another country. */
  readonly nearBorder: boolean;
}

export interface Home extends Site {
  readonly participants: number;
  /** Index of the place whose workplaces these people go to. */
  readonly place: number;
}

/** Share of the participants who live just across the border. */
const ABROAD = 0.01;
/** Beyond the built-up radius, where farms and hamlets are. */
const RURAL_METERS = 3_000;
const RURAL_SHARE = 0.08;
/** 0.5 would be an even disc; more puts people nearer to the middle. */
const CENTRAL = 0.75;
/** Draws before somebody who keeps landing across the border is put in the middle of the place. */
const DRAWS = 8;

export function placeSites(places: readonly Place[]): Site[] {
  return places.map((place) => {
    const radiusMeters = 1_000 * Math.sqrt(builtUpKm2(place.population) / Math.PI);
    return { ...place, radiusMeters, nearBorder: nearBorder(place, radiusMeters, place.country) };
  });
}

export function nearBorder(point: { lng: number; lat: number }, radiusMeters: number, country: Country): boolean {
  return around(point, radiusMeters + RURAL_METERS).some((other) => other !== country);
}

/** Homes by the inhabitants of the places, a small share abroad. */
export function placeHomes(participants: number, places: readonly Place[], sites: readonly Site[]): Home[] {
  const abroad = Math.round(participants * ABROAD);
  const weights = (inside: boolean) => places.map((p) => ((p.country === "NL") === inside ? p.population : 0));
  const inside = allot(participants - abroad, weights(true));
  const outside = allot(abroad, weights(false));
  const homes = sites.map((site, place) => ({ ...site, place, participants: inside[place]! + outside[place]! }));
  // Dutch ones first: phone numbers are given out by a person's place in this order.
  return [...homes.filter((home) => home.country === "NL"), ...homes.filter((home) => home.country !== "NL")];
}

const toMicroDegrees = (degrees: number) => Math.round(degrees * 1e6) / 1e6;

/** Draws a position around a site into `out`: longitude, latitude, in whole microdegrees (0.1 m). */
export function scatter(site: Site, random: Random, out: Float64Array): void {
  for (let draw = 0; draw < DRAWS; draw++) {
    const rural = random.chance(RURAL_SHARE);
    const share = random.next();
    const meters = rural ? site.radiusMeters + RURAL_METERS * share : site.radiusMeters * share ** CENTRAL;
    const angle = 2 * Math.PI * random.next();
    const dLat = (meters * Math.cos(angle)) / METERS_PER_DEGREE;
    const dLng = (meters * Math.sin(angle)) / metersPerDegreeLng(site.lat);
    out[0] = toMicroDegrees(site.lng + dLng);
    out[1] = toMicroDegrees(site.lat + dLat);
    if (!site.nearBorder || iso1A2Code([out[0], out[1]], { level: "country" }) === site.country) return;
  }
  out[0] = toMicroDegrees(site.lng);
  out[1] = toMicroDegrees(site.lat);
}
