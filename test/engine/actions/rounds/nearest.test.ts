/**
 * The nearest so many, by whole selections through the pool: to the last person what the geodesics to everybody say, and, but for who
 * lives where sphere and ellipsoid differ, what geokdbush says.
 */
import { around } from "geokdbush";
import KDBush from "kdbush";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCountry, randomFrom } from "../../../../bench/selection/country.js";
import { enoughAround, nearest, type SelectNew } from "../../../../engine/actions/rounds/nearest.js";
import type { Area } from "../../../../engine/geo/area.js";
import { geodesicMeters } from "../../../../engine/geo/ellipsoid.js";
import { createPool } from "../../../../engine/pool/tasks.js";
import { PoolSelector } from "../../../../engine/selection/pool.js";
import { buildShards } from "../../../../engine/selection/rows/build.js";
import { viewsOf } from "../../../../engine/selection/rows/regions.js";
import type { Roster } from "../../../../engine/selection/selector.js";
import { given as must } from "../../registry/samples.js";

const ALARM = { channel: "sms", domain: "alarm", kind: "other", urgency: "normal", atMs: 0 } as const;
/** What the sphere is off by at the latitudes of the Netherlands, and more. */
const SPHERE_SHARE = 0.005;
const country = makeCountry(20_000);
const columns = viewsOf(country.locations);
let selector: PoolSelector;

beforeAll(async () => {
  const pool = createPool();
  selector = new PoolSelector(
    pool,
    must(await buildShards(pool, country.locations, country.participants, country.terms)),
  );
});
afterAll(() => selector.close());

const select: SelectNew = (area) => selector.select({ ...ALARM, area: area as Area });
const people = ({ participants, count }: Roster): number[] => [...new Uint32Array(participants).subarray(0, count)];

/** Everybody who can be asked, by how far the nearest of their places is. */
function distances(center: readonly [number, number]): Map<number, number> {
  const nearestOf = new Map<number, number>();
  for (let row = 0; row < country.locations.count; row++) {
    if ((columns.channels[row]! & 0xf) === 0) continue;
    const meters = geodesicMeters(center[0], center[1], columns.lng[row]!, columns.lat[row]!);
    const person = columns.participant[row]!;
    nearestOf.set(person, Math.min(nearestOf.get(person) ?? Infinity, meters));
  }
  return nearestOf;
}

it("are exactly those whom geodesics say, at any place and for any number", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  for (let round = 0; round < 12; round++) {
    const center: [number, number] = [3.6 + 3.4 * random(), 51 + 2.3 * random()];
    const count = 1 + Math.floor(random() ** 3 * 5_000);
    const byDistance = distances(center);
    const order = [...byDistance].sort(([, a], [, b]) => a - b);
    const found = must(await nearest({ type: "Circle", center, radiusMeters: 500 }, count, select)).roster;
    const cut = order[count - 1]![1];
    expect(new Set(people(found)).size, `seed ${seed}`).toBe(count);
    // Who lives within a millimetre of the last may be in another's place.
    for (const person of people(found))
      expect(byDistance.get(person)!, `seed ${seed}`).toBeLessThanOrEqual(cut + 0.001);
    expectReferee(center, people(found), byDistance, cut);
  }
});

function expectReferee(
  center: [number, number],
  found: number[],
  meters: ReadonlyMap<number, number>,
  cut: number,
): void {
  const index = new KDBush(country.locations.count);
  for (let row = 0; row < country.locations.count; row++) index.add(columns.lng[row]!, columns.lat[row]!);
  index.finish();
  const mine = new Set(found);
  const theirs = new Set<number>();
  const isAsked = (row: number): boolean => (columns.channels[row]! & 0xf) !== 0;
  for (const row of around(index, ...center, Infinity, (cut * 1.01) / 1_000, isAsked) as number[]) {
    if (theirs.size < found.length) theirs.add(columns.participant[row]!);
  }
  for (const person of [...mine, ...theirs]) {
    if (mine.has(person) && theirs.has(person)) continue;
    expect(Math.abs(meters.get(person)! - cut)).toBeLessThanOrEqual(cut * SPHERE_SHARE + 0.001);
  }
}

it("besides those in an area make up what is missing there, and nobody where it is enough", async () => {
  const [lng, lat] = country.towns[40]!;
  const area = { type: "Circle", center: [lng, lat] as [number, number], radiusMeters: 800 } as const;
  const inside = people(must(await select(area)));
  const wide = must(await enoughAround(area, inside.length + 40, select));
  expect(people(wide.roster).slice(0, inside.length)).toEqual(inside);
  expect(new Set(people(wide.roster)).size).toBe(inside.length + 40);
  expect(people(must(await enoughAround(area, inside.length, select)).roster)).toEqual(inside);
  expect(must(await nearest(area, 0, select)).roster.count).toBe(0);
});

it("are all that there are, where there are fewer", async () => {
  const all = must(await nearest({ type: "Circle", center: [5, 52], radiusMeters: 1 }, 1_000_000, select));
  expect(all.roster.count).toBe(distances([5, 52]).size);
});
