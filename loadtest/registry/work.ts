/**
 * Where people work: another place, by gravity, that is by its size over the square of its distance. For each place the
 * heaviest few destinations, as cumulative shares to draw from.
 */

import type { Place } from "./places.js";
import type { Random } from "./random.js";

const DESTINATIONS = 24;
/** Keeps the pull of the nearest places finite. */
const NEAR_KM = 3;
const KM_PER_DEGREE = 111.32;

export interface Workplaces {
  /** DESTINATIONS entries a place. */
  readonly places: Uint16Array;
  readonly cumulative: Float64Array;
}

export function workplaces(places: readonly Place[]): Workplaces {
  const count = places.length;
  const found = { places: new Uint16Array(count * DESTINATIONS), cumulative: new Float64Array(count * DESTINATIONS) };
  const pulls = new Float64Array(count);
  for (let from = 0; from < count; from++) {
    pullsFrom(places, from, pulls);
    const heaviest = heaviestOf(pulls);
    let sum = 0;
    heaviest.forEach((to, rank) => {
      sum += pulls[to]!;
      found.places[from * DESTINATIONS + rank] = to;
      found.cumulative[from * DESTINATIONS + rank] = sum;
    });
  }
  return found;
}

function pullsFrom(places: readonly Place[], from: number, pulls: Float64Array): void {
  const home = places[from]!;
  const cosine = Math.cos((home.lat * Math.PI) / 180);
  for (let to = 0; to < places.length; to++) {
    const place = places[to]!;
    const x = (place.lng - home.lng) * cosine * KM_PER_DEGREE;
    const y = (place.lat - home.lat) * KM_PER_DEGREE;
    pulls[to] = to === from ? 0 : place.population / (x * x + y * y + NEAR_KM * NEAR_KM);
  }
}

/** The indices of the largest, largest first, by insertion: only a few ever move. */
function heaviestOf(pulls: Float64Array): number[] {
  const top: number[] = [];
  for (let index = 0; index < pulls.length; index++) {
    if (top.length === DESTINATIONS && pulls[index]! <= pulls[top[DESTINATIONS - 1]!]!) continue;
    let at = top.length;
    while (at > 0 && pulls[top[at - 1]!]! < pulls[index]!) at--;
    top.splice(at, 0, index);
    if (top.length > DESTINATIONS) top.pop();
  }
  return top;
}

export function drawWorkplace(table: Workplaces, place: number, random: Random): number {
  const start = place * DESTINATIONS;
  const last = start + DESTINATIONS - 1;
  const drawn = random.next() * table.cumulative[last]!;
  let at = start;
  while (at < last && table.cumulative[at]! <= drawn) at++;
  return table.places[at]!;
}
