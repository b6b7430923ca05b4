/**
 * Small registries for property tests, and selection by brute force: every location against the area by the plainest
 * formula, geodesics for circles and a textbook even-odd test in whole numbers for polygons.
 */

import geodesic from "geographiclib-geodesic";
import type { Area, LngLat, Rings } from "../../engine/geo/area.js";
import type { LocationRows, ParticipantColumns } from "../../engine/registry/columns/columns.js";
import { ALWAYS } from "../../engine/registry/record/profile/schedule.js";
import { isExcepted, kindBit, TERMS_WORDS, TermsTable, termsAt } from "../../engine/registry/record/terms.js";
import { makeRows, viewsOf } from "../../engine/selection/rows/regions.js";
import type { SelectionQuery } from "../../engine/selection/selector.js";
import {
  CHANNELS,
  channelBit,
  channelSet,
  IN_DANGER,
  STATUS_MASK,
  switchedOffBit,
  TIME_ZONES,
} from "../../schemas/words.js";

export interface World {
  readonly locations: LocationRows;
  readonly participants: ParticipantColumns;
  readonly terms: SharedArrayBuffer;
}

export function meters(a: LngLat, b: LngLat): number {
  return geodesic.Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0], geodesic.Geodesic.DISTANCE).s12!;
}

/** The position at a distance and direction. */
export function offset([lng, lat]: LngLat, azimuth: number, distance: number): LngLat {
  const end = geodesic.Geodesic.WGS84.Direct(lat, lng, azimuth, distance);
  const lng2 = (end as { lon2?: number }).lon2!;
  return [Math.max(-180, Math.min(180, lng2)), end.lat2!];
}

/** A world of these positions; people have one to four of them, and their own wishes. */
export function makeWorld(positions: readonly LngLat[], random: () => number): World {
  const count = positions.length;
  const persons = Math.max(1, Math.ceil(count * 0.6));
  const locations = makeRows(count);
  const columns = viewsOf(locations);
  const termsCount = 6;
  for (const [row, [lng, lat]] of positions.entries()) {
    columns.lng[row] = lng;
    columns.lat[row] = lat;
    columns.participant[row] = Math.floor(random() * persons);
    columns.channels[row] = random() < 0.5 ? 0xffff : Math.floor(random() * 65_536);
    columns.terms[row] = Math.floor(random() * termsCount);
    columns.municipality[row] = Math.floor(random() * 8);
  }
  const participants = {
    count: persons,
    numbers: new SharedArrayBuffer(8 * persons),
    status: new SharedArrayBuffer(persons),
    language: new SharedArrayBuffer(persons),
    groups: new SharedArrayBuffer(persons),
    addresses: new SharedArrayBuffer(persons),
    asked: new SharedArrayBuffer(8 * persons),
  };
  const status = new Uint8Array(participants.status);
  const addresses = new Uint8Array(participants.addresses);
  new Float64Array(participants.numbers).fill(31_600_000_000);
  for (let person = 0; person < persons; person += 1) {
    addresses[person] = random() < 0.8 ? 0xf : Math.floor(random() * 16);
    status[person] = random() < 0.85 ? 0 : Math.floor(random() * 4);
    for (const channel of CHANNELS) if (random() < 0.1) status[person]! |= switchedOffBit(channel);
  }
  return { locations, participants, terms: shared(randomTerms(termsCount, random)) };
}

/** A table of terms, of which the first says always and everything. */
export function randomTerms(count: number, random: () => number): Uint32Array {
  const table = new TermsTable();
  while (table.size < count) {
    table.add({
      hours: Uint32Array.from(ALWAYS, (word) => random() * word),
      except: random() < 0.5 ? 0 : Math.floor(random() * 2 ** 48),
      zone: Math.floor(random() * TIME_ZONES.length),
      inDanger: Math.floor(random() * IN_DANGER.length),
    });
  }
  return table.words();
}

export function shared(words: Uint32Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(words.byteLength);
  new Uint32Array(buffer).set(words);
  return buffer;
}

/** For each terms of a table: whether a location with a mask welcomes what is asked, in the words of schemas/words.ts. */
export function welcomeMasks(words: Uint32Array, query: SelectionQuery): ((mask: number) => boolean)[] {
  const { channel, domain, kind, urgency, atMs } = query;
  const danger = domain === "alarm" && urgency === "extreme";
  return Array.from({ length: words.length / TERMS_WORDS }, (_, row) => {
    const terms = termsAt(words, row);
    const wish = IN_DANGER[terms.inDanger]!;
    const hour = hourOnTheWall(TIME_ZONES[terms.zone]!, atMs);
    const isOpen = ((terms.hours[Math.floor(hour / 32)]! >>> (hour % 32)) & 1) === 1;
    const isWanted = !isExcepted(terms.except, kindBit(channel, kind));
    return (mask) => {
      if (danger && wish === "channels") return true;
      const isTimely = isOpen || (danger && wish === "hours");
      return isTimely && isWanted && (mask & channelBit(channel, domain)) !== 0;
    };
  });
}

/** The hour of the week in a time zone, by the date and time that it shows there, taken as if they were of UTC. */
export function hourOnTheWall(timeZone: string, atMs: number): number {
  const shown = new Date(atMs).toLocaleString("sv-SE", { timeZone });
  const wall = new Date(`${shown.replace(" ", "T")}Z`);
  return ((wall.getUTCDay() + 6) % 7) * 24 + wall.getUTCHours();
}

/** Rows of the area that are eligible, in the order of the world; also of those who are not to be asked anywhere, where that is wanted. */
export function eligibleRows(world: World, query: SelectionQuery, ofAnybody = false): number[] {
  const columns = viewsOf(world.locations);
  const status = new Uint8Array(world.participants.status);
  const masks = welcomeMasks(new Uint32Array(world.terms), query);
  const inArea = rowsIn(world, query.area);
  const rows: number[] = [];
  for (let row = 0; row < world.locations.count; row += 1) {
    const state = ofAnybody ? 0 : status[columns.participant[row]!]!;
    if ((state & STATUS_MASK) !== 0 || (state & switchedOffBit(query.channel)) !== 0) continue;
    if (!masks[columns.terms[row]!]!(columns.channels[row]!)) continue;
    if (inArea[row] === 1) rows.push(row);
  }
  return rows;
}

/** A row over any of whose channels its person can be asked, and over which by all of their rows. */
export interface ReachedRow {
  readonly row: number;
  readonly channels: number;
}

/** By brute force, what a query over several channels finds: those that are welcome there and for which there is an address. */
export function rowsOver(world: World, query: SelectionQuery): ReachedRow[] {
  const { participant } = viewsOf(world.locations);
  const addresses = new Uint8Array(world.participants.addresses);
  const rows = new Set<number>();
  const byPerson = new Map<number, number>();
  for (const channel of [query.channel, ...(query.besides ?? [])]) {
    const bit = channelSet([channel]);
    for (const row of eligibleRows(world, { ...query, channel })) {
      const person = participant[row]!;
      if ((addresses[person]! & bit) === 0) continue;
      rows.add(row);
      byPerson.set(person, (byPerson.get(person) ?? 0) | bit);
    }
  }
  return [...rows].map((row) => ({ row, channels: byPerson.get(participant[row]!)! }));
}

/** All rows of the area, whoever's. */
export function rowsInside(world: World, area: Area): number[] {
  return [...rowsIn(world, area).entries()].flatMap(([row, isInside]) => (isInside === 1 ? [row] : []));
}

/** Remembered by area, because tests ask several things about one. */
const remembered = new WeakMap<Area, { readonly world: World; readonly inArea: Uint8Array }>();

function rowsIn(world: World, area: Area): Uint8Array {
  const before = remembered.get(area);
  if (before?.world === world) return before.inArea;
  const { lng, lat, municipality } = viewsOf(world.locations);
  const inArea = new Uint8Array(world.locations.count);
  for (let row = 0; row < inArea.length; row += 1) {
    inArea[row] = isIn(area, [lng[row]!, lat[row]!], municipality[row]!) ? 1 : 0;
  }
  remembered.set(area, { world, inArea });
  return inArea;
}

export function isIn(area: Area, position: LngLat, municipality: number): boolean {
  switch (area.type) {
    case "Circle":
      return meters(area.center, position) <= area.radiusMeters;
    case "Polygon":
      return isInRings(area.coordinates, position);
    case "MultiPolygon":
      return area.coordinates.some((rings) => isInRings(rings, position));
    case "Municipality":
      return area.code === municipality;
  }
}

/** Coordinates of test polygons and of the points tested against them are multiples of this, so all is whole numbers. */
export const GRID = 1 / 1_048_576;

type WholePosition = readonly [x: bigint, y: bigint];

/** Rings in whole numbers, remembered because every location is tested against them. */
const whole = new WeakMap<Rings, readonly (readonly WholePosition[])[]>();

function inWholeNumbers([lng, lat]: LngLat): WholePosition {
  return [BigInt(Math.round(lng / GRID)), BigInt(Math.round(lat / GRID))];
}

function isInRings(rings: Rings, position: LngLat): boolean {
  const wholeRings = whole.get(rings) ?? rings.map((ring) => ring.map(inWholeNumbers));
  whole.set(rings, wholeRings);
  const [px, py] = inWholeNumbers(position);
  let inside = false;
  for (const ring of wholeRings) {
    for (let index = 1; index < ring.length; index += 1) {
      const [ax, ay] = ring[index - 1]!;
      const [bx, by] = ring[index]!;
      const cross = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
      const between = (px - ax) * (px - bx) + (py - ay) * (py - by) <= 0n;
      if (cross === 0n && between) return true;
      if (ay > py !== by > py && cross > 0n === by > ay) inside = !inside;
    }
  }
  return inside;
}

/** How far apart the order by chord and the order by geodesic may be at a distance: see order() in the test. */
export function orderTolerance(distance: number): number {
  const [a, b] = [6_378_137, 6_356_752.314245];
  const bulge = distance ** 3 / 24;
  return bulge * ((a / b ** 2) ** 2 - (b / a ** 2) ** 2) + 0.02;
}
