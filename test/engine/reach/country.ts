/** A country of a few towns, its people as columns in shards, and reach over it by plain sets. */

import type { PopulationArea } from "../../../engine/places/population.js";
import { baseCellAt } from "../../../engine/reach/cells.js";
import type { ReachView } from "../../../engine/reach/count.js";
import { toRd } from "../../../engine/reach/rd.js";
import { makeRows, viewsOf } from "../../../engine/selection/rows/regions.js";
import { buildShard } from "../../../engine/selection/rows/shard.js";

export interface Spot {
  readonly person: number;
  readonly lng: number;
  readonly lat: number;
  readonly municipality: number;
}

export const TOWNS: readonly PopulationArea[] = [
  { postcode: 3441, municipality: 632, adults: 20_000, km2: 6, lng: 4.887, lat: 52.087 },
  { postcode: 3471, municipality: 632, adults: 3_000, km2: 24, lng: 4.896, lat: 52.112 },
  { postcode: 2411, municipality: 1901, adults: 16_000, km2: 40, lng: 4.746, lat: 52.082 },
  { postcode: 3453, municipality: 344, adults: 9_000, km2: 5, lng: 5.03, lat: 52.08 },
  { postcode: 3642, municipality: 736, adults: 50, km2: 30, lng: 4.87, lat: 52.21 },
];

/** People with one to four locations each, most near towns and some anywhere; some abroad, some not active. */
export function someSpots(persons: number, random: () => number): { spots: Spot[]; status: Uint8Array } {
  const spots: Spot[] = [];
  const status = new Uint8Array(persons);
  for (let person = 0; person < persons; person += 1) {
    status[person] = random() < 0.9 ? (random() < 0.1 ? 0x10 : 0) : 1 + Math.floor(random() * 3);
    for (let count = random() < 0.5 ? 1 : Math.ceil(random() * 4); count > 0; count -= 1) {
      const town = TOWNS[Math.floor(random() ** 2 * TOWNS.length)]!;
      const spread = random() < 0.8 ? 0.03 : 0.2;
      const municipality = random() < 0.03 ? 0 : town.municipality;
      const lng = town.lng + (random() - 0.5) * 2 * spread;
      spots.push({ person, lng, lat: town.lat + (random() - 0.5) * spread, municipality });
    }
  }
  return { spots, status };
}

/** The spots as rows of the registry, and who is active. */
export function columnsOf({ spots, status }: { spots: readonly Spot[]; status: Uint8Array }) {
  const locations = makeRows(spots.length);
  const columns = viewsOf(locations);
  for (const [row, { person, lng, lat, municipality }] of spots.entries()) {
    columns.lng[row] = lng;
    columns.lat[row] = lat;
    columns.participant[row] = person;
    columns.municipality[row] = municipality;
  }
  const shared = new SharedArrayBuffer(status.length);
  new Uint8Array(shared).set(status);
  return { locations, status: shared };
}

/** The spots in three shards, as they come. */
export function viewOf(country: { spots: readonly Spot[]; status: Uint8Array }): ReachView {
  const { locations, status } = columnsOf(country);
  const { length } = country.spots;
  const [third, twoThirds] = [Math.floor(length / 3), Math.floor((2 * length) / 3)];
  const parts = [
    [0, third],
    [third, twoThirds],
    [twoThirds, length],
  ] as const;
  const shards = parts.filter(([from, to]) => to > from).map(([from, to]) => buildShard(locations, from, to));
  return { shards, live: undefined, persons: status.byteLength, status };
}

/** Persons by what `areaOf` says of each of their spots; those who are not active, and spots abroad, count for nothing. */
export function countedBy(
  { spots, status }: { spots: readonly Spot[]; status: Uint8Array },
  areaOf: (spot: Spot) => number | undefined,
): Map<number, number> {
  const persons = new Map<number, Set<number>>();
  for (const spot of spots) {
    const area = areaOf(spot);
    if (area === undefined || spot.municipality === 0 || (status[spot.person]! & 0x0f) !== 0) continue;
    const known = persons.get(area) ?? new Set();
    persons.set(area, known.add(spot.person));
  }
  return new Map([...persons].map(([area, set]) => [area, set.size]));
}

/** The number of the cell of this level around a spot. */
export function cellOf(spot: Spot, level: number): number | undefined {
  const at = new Float64Array(2);
  toRd(spot.lng, spot.lat, at);
  const base = baseCellAt(at[0]!, at[1]!);
  return base === undefined ? undefined : base >> (2 * level);
}

/** The postcode whose centre is nearest. */
export function nearestTown({ lng, lat }: Spot): number {
  const [at, centre] = [new Float64Array(2), new Float64Array(2)];
  toRd(lng, lat, at);
  let [nearest, least] = [0, Infinity];
  for (const town of TOWNS) {
    toRd(town.lng, town.lat, centre);
    const distance = Math.hypot(at[0]! - centre[0]!, at[1]! - centre[1]!);
    if (distance < least) [nearest, least] = [town.postcode, distance];
  }
  return nearest;
}
