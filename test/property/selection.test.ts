/**
 * The selection of random areas over random registries is, to the last person, what brute force over all locations says;
 * nobody is in it twice, and it runs nearest first. Whole selections here run the worker's task in this thread; the pool
 * has its own tests.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../bench/selection/country.js";
import type { Area, LngLat, Rings } from "../../engine/geo/area.js";
import { NO_SPARING } from "../../engine/selection/query/persons.js";
import { viewsOf } from "../../engine/selection/rows/regions.js";
import type { ShardData } from "../../engine/selection/rows/shard.js";
import type { SelectionQuery } from "../../engine/selection/selector.js";
import { ACTION_KINDS, CHANNELS, type Channel, channelSet, DOMAINS, URGENCIES } from "../../schemas/words.js";
import { originOf, run, shardsOf } from "./in-thread.js";
import { eligibleRows, GRID, makeWorld, meters, offset, orderTolerance, rowsOver, type World } from "./world.js";

/** The same persons, each once, and in an order that the geodesic distances to each one's nearest location confirm. */
function check(world: World, shards: ShardData[], query: SelectionQuery): void {
  const { count, part } = run(world, shards, query);
  if (part === undefined) throw new Error("there was no memory to answer in");
  const reached = query.besides ? rowsOver(world, query) : undefined;
  const rows = reached ? reached.map(({ row }) => row) : eligibleRows(world, query);
  const columns = viewsOf(world.locations);
  const origin = originOf(shards, query);
  const nearest = new Map<number, number>();
  for (const row of rows) {
    const person = columns.participant[row]!;
    const distance = meters(origin, [columns.lng[row]!, columns.lat[row]!]);
    nearest.set(person, Math.min(nearest.get(person) ?? Infinity, distance));
  }
  const roster = [...part.participants];
  expect(count).toBe(roster.length);
  expect(roster.toSorted((a, b) => a - b)).toEqual([...nearest.keys()].sort((a, b) => a - b));
  let farthest = 0;
  for (const person of roster) {
    const distance = nearest.get(person)!;
    // Across the world the chord no longer orders what the geodesic does; the areas of this engine end long before.
    if (distance < 1_000_000) expect(distance).toBeGreaterThanOrEqual(farthest - orderTolerance(distance));
    farthest = Math.max(farthest, distance);
  }
  const channels = new Map(reached?.map((each) => [columns.participant[each.row]!, each.channels]));
  expect(part.channels && [...part.channels]).toEqual(reached && roster.map((person) => channels.get(person)));
}

/** With a further channel at least, or several. */
function withMore(asked: SelectionQuery, random: () => number): SelectionQuery {
  const others = CHANNELS.filter((channel) => channel !== asked.channel);
  const besides = others.filter((_, at) => at === 0 || random() < 0.6);
  return { ...asked, besides };
}

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const query = (area: Area, random: () => number): SelectionQuery => ({
  area,
  channel: CHANNELS[Math.floor(random() * 4)]!,
  domain: DOMAINS[Math.floor(random() * 4)]!,
  kind: ACTION_KINDS[Math.floor(random() * ACTION_KINDS.length)]!,
  urgency: URGENCIES[Math.floor(random() * 2)]!,
  atMs: NOON_MS + Math.floor(random() * 31_536_000_000),
});

/** Where circles are hard: the poles, beside them, the date line on both sides, the equator, and the Netherlands. */
const center = fc.oneof(
  fc.constantFrom<LngLat[]>([0, 90], [17, -90], [180, 0], [-180, 12], [179.9999, 65], [-179.99, -16.5], [5.1, 52.1]),
  fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })),
  fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(89.9, 89.999_99, -89.5)),
  fc.tuple(fc.double({ min: 3.4, max: 7.2, noNaN: true }), fc.double({ min: 50.7, max: 53.5, noNaN: true })),
);
const radius = fc.oneof(
  fc.constantFrom(1, 500_000),
  fc.double({ min: 0, max: 5.69, noNaN: true }).map((power) => 10 ** power),
);
const seed = fc.integer({ min: 0, max: 2 ** 31 });

describe("circles", () => {
  it("select exactly whom the geodesic does", () => {
    fc.assert(
      fc.property(center, radius, seed, fc.integer({ min: 1, max: 4 }), (middle, radiusMeters, state, parts) => {
        const random = randomFrom(state);
        const positions = Array.from({ length: 60 + Math.floor(600 * random() ** 2) }, (_, index): LngLat => {
          if (index % 10 === 0) return [360 * random() - 180, 180 * random() - 90];
          // Every third within millimetres of the rim, on either side of it.
          const near = index % 3 === 0 ? radiusMeters + (random() - 0.5) * 0.012 : radiusMeters * 2 * random();
          return offset(middle, 360 * random(), near);
        });
        const world = makeWorld(positions, random);
        const shards = shardsOf(world, parts);
        const asked = query({ type: "Circle", center: middle, radiusMeters }, random);
        check(world, shards, random() < 0.3 ? withMore(asked, random) : asked);
      }),
      { numRuns: 2_500 },
    );
  });

  it("reach over a pole and over the date line", () => {
    const random = randomFrom(7);
    for (const middle of [
      [30, 89.5],
      [-100, -89.9],
      [179.9, 51.5],
      [-179.7, -16],
      [180, 0],
    ] as const) {
      const positions = Array.from({ length: 2_500 }, () => offset(middle, 360 * random(), 600_000 * random()));
      const world = makeWorld(positions, random);
      const shards = shardsOf(world, 3);
      for (const radiusMeters of [50, 20_000, 120_000, 500_000]) {
        check(world, shards, query({ type: "Circle", center: middle, radiusMeters }, random));
      }
    }
  });
});

/** A star-shaped ring on the grid, so that edges don't cross; corners in random directions. */
function star([lng, lat]: LngLat, size: number, corners: number, random: () => number): LngLat[] {
  const angles = Array.from({ length: corners }, () => 2 * Math.PI * random()).sort((a, b) => a - b);
  const ring = angles.map((angle): LngLat => {
    const reach = size * (0.4 + 0.6 * random());
    return [snap(lng + reach * Math.cos(angle)), snap(lat + reach * Math.sin(angle))];
  });
  return [...ring, ring[0]!];
}

function snap(degrees: number): number {
  return Math.round(degrees / GRID) * GRID;
}

function randomRings(middle: LngLat, size: number, corners: number, random: () => number): Rings {
  const outline = star(middle, size, corners, random);
  return random() < 0.5 ? [outline] : [outline, star(middle, size * 0.3, 3 + Math.floor(random() * 20), random)];
}

/** Points around an area, among them its corners and points on its edges. */
function pointsNear(rings: Rings, middle: LngLat, size: number, random: () => number): LngLat[] {
  const corners = rings.flat();
  return Array.from({ length: 80 + Math.floor(1_500 * random() ** 2) }, (_, index): LngLat => {
    const a = corners[Math.floor(random() * corners.length)]!;
    if (index % 5 === 0) return a;
    const [dx, dy] = [snap((random() - 0.5) * 2.6 * size), snap((random() - 0.5) * 2.6 * size)];
    // On the same latitude as a corner, where a ray passes through it.
    if (index % 5 === 1) return [snap(middle[0] + dx), a[1]];
    return [snap(middle[0] + dx), snap(middle[1] + dy)];
  });
}

describe("polygons", () => {
  const place = fc.tuple(fc.integer({ min: -150, max: 150 }), fc.integer({ min: -70, max: 70 }));
  const size = fc.double({ min: 0.0001, max: 15, noNaN: true });

  it("select whom the even-odd rule in whole numbers does, boundary included", () => {
    fc.assert(
      fc.property(place, size, fc.integer({ min: 3, max: 120 }), seed, (middle, degrees, corners, state) => {
        const random = randomFrom(state);
        const rings = randomRings(middle, degrees, corners, random);
        const world = makeWorld(pointsNear(rings, middle, degrees, random), random);
        check(world, shardsOf(world, 2), query({ type: "Polygon", coordinates: rings }, random));
      }),
      { numRuns: 1_000 },
    );
  });

  it("of a MultiPolygon are joined, overlapping or not", () => {
    // What is drawn reaches 39 degrees from the middle, and there is nothing beyond a pole.
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: -150, max: 150 }), fc.integer({ min: -45, max: 45 })),
        size,
        seed,
        (middle, degrees, state) => {
          const random = randomFrom(state);
          const near = (): LngLat => [snap(middle[0] + degrees * random()), snap(middle[1] + degrees * random())];
          const polygons = Array.from({ length: 3 }, () => randomRings(near(), degrees / 2, 12, random));
          const world = makeWorld(pointsNear(polygons.flat(), middle, 2 * degrees, random), random);
          check(world, shardsOf(world, 3), query({ type: "MultiPolygon", coordinates: polygons }, random));
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("municipalities and counts", () => {
  it("select by the column, and count as brute force does", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 0, max: 9 }), fc.boolean(), (state, code, circle) => {
        const random = randomFrom(state);
        const middle: LngLat = [5, 52];
        const world = makeWorld(
          Array.from({ length: 200 }, () => offset(middle, 360 * random(), 9_000 * random())),
          random,
        );
        const shards = shardsOf(world, 3);
        const area: Area = circle
          ? { type: "Circle", center: middle, radiusMeters: 5_000 }
          : { type: "Municipality", code };
        const asked = query(area, random);
        check(world, shards, asked);
        check(world, shards, withMore(asked, random));
        checkCounts(world, shards, asked);
      }),
      { numRuns: 300 },
    );
  });
});

function checkCounts(world: World, shards: ShardData[], asked: SelectionQuery): void {
  const columns = viewsOf(world.locations);
  const origin = originOf(shards, asked);
  const { counted } = run(world, shards, asked, NO_SPARING);
  if (counted === undefined) throw new Error("it was to be counted");
  const addresses = new Uint8Array(world.participants.addresses);
  const rowsWith = (channel: Channel): number[] => {
    const bit = channelSet([channel]);
    const rows = eligibleRows(world, { ...asked, channel });
    return rows.filter((row) => (addresses[columns.participant[row]!]! & bit) !== 0);
  };
  const expected = CHANNELS.map((channel) => new Set(rowsWith(channel).map((row) => columns.participant[row]!)).size);
  expect(counted.channels).toEqual(expected);
  const byDistance = rowsWith(asked.channel)
    .map((row) => ({ row, distance: meters(origin, [columns.lng[row]!, columns.lat[row]!]) }))
    .sort((a, b) => a.distance - b.distance);
  const nearest = new Map<number, number>();
  for (const { row } of byDistance) {
    const person = columns.participant[row]!;
    if (!nearest.has(person)) nearest.set(person, columns.municipality[row]!);
  }
  const tally = new Map<number, number>();
  for (const code of nearest.values()) tally.set(code, (tally.get(code) ?? 0) + 1);
  const { municipalities } = counted;
  const pairs = municipalities.flatMap((code, at) => (at % 2 === 0 ? [[code, municipalities[at + 1]!] as const] : []));
  expect(new Map(pairs)).toEqual(tally);
  expect(counted.count).toBe(nearest.size);
}
