/**
 * Which number a municipality has that a file only names, or numbers as it was years ago. GeoNames has no names of
 * municipalities, but the number of the one in which each place lies, and it is newer than most files: so places vote.
 *
 * Names: each postcode votes, with its inhabitants, for the municipality of the place of its town's name; a municipality gets
 * the number with the most votes. That holds for those that are named after no place, and where one has gone it gives the
 * municipality into which it went. (A vote for the nearest place of any name was wrong four times.)
 *
 * Outlines: the places inside vote, with their inhabitants. One that was divided among several goes to where most of its
 * people went; the others are then short of a part, which the import reports.
 */

import { nearMeters } from "../geo/meters.js";
import type { Place } from "./geonames.js";

/** Municipalities none of whose towns GeoNames has, with their number at Statistics Netherlands. */
const NOT_IN_GEONAMES: ReadonlyMap<string, number> = new Map([
  ["Etten-Leur", 777],
  ["Hardinxveld-Giessendam", 523],
  ["Landgraaf", 882],
  ["Oostzaan", 431],
  ["Rijssen-Holten", 1742],
  ["Vlieland", 96],
  ["West Maas en Waal", 668],
  ["Zuidplas", 1892],
]);
/** A town of the same name further away is another town. */
const SAME_TOWN_METERS = 15_000;

/** What is needed of a postcode to let it vote. */
export interface Voter {
  readonly town: string;
  readonly municipality: string;
  readonly adults: number;
  readonly lng: number;
  readonly lat: number;
}

/** The numbers of the municipalities that are named; one that can't be matched is not among them. */
export function municipalityNumbers(voters: readonly Voter[], places: readonly Place[]): Map<string, number> {
  const byName = placesByName(places);
  const votes = new Map<string, Map<number, number>>();
  for (const voter of voters) {
    if (isNameless(voter.municipality)) continue;
    const named = byName.get(plain(voter.town)) ?? [];
    const town = named.find((place) => nearMeters(place, voter) < SAME_TOWN_METERS);
    if (town) vote(votes, voter.municipality, town.municipality, voter.adults);
  }
  const elected = [...votes].map(([name, counts]) => [name, winnerOf(counts)] as const);
  return new Map([...elected, ...NOT_IN_GEONAMES]);
}

function vote(votes: Map<string, Map<number, number>>, name: string, code: number, weight: number): void {
  const counts = votes.get(name) ?? new Map<number, number>();
  votes.set(name, counts);
  counts.set(code, (counts.get(code) ?? 0) + weight);
}

/** The one with the most votes. */
export function winnerOf(counts: ReadonlyMap<number, number>): number {
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
}

/** The numbers that municipalities have today, as far as the bundled places know. */
export function numbersInUse(places: readonly Place[]): Set<number> {
  const used = places.filter(({ municipality }) => municipality !== 0).map(({ municipality }) => municipality);
  return new Set([...used, ...NOT_IN_GEONAMES.values()]);
}

/** The number of a municipality that is too small, or too oddly named, for a vote. */
export function numberWithoutPlaces(name: string): number | undefined {
  return NOT_IN_GEONAMES.get(name);
}

/** A table may have a few postcodes without a municipality. */
export function isNameless(name: string): boolean {
  return name === "" || name === "NA";
}

/** A name without what is written now this way and now that. */
function plain(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .toLowerCase();
}

function placesByName(places: readonly Place[]): Map<string, Place[]> {
  const byName = new Map<string, Place[]>();
  for (const place of places) {
    if (place.country !== "NL") continue;
    for (const name of new Set(place.names.map(plain))) {
      const others = byName.get(name);
      if (others) others.push(place);
      else byName.set(name, [place]);
    }
  }
  return byName;
}
