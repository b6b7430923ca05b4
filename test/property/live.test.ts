/**
 * After any changes in any order, with upkeep between them at any time, a selection has exactly those whom brute force finds
 * among the locations as they should be by then: for each kind of area, made by one worker and by all, and when counted.
 */

import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../bench/selection/country.js";
import type { Area, LngLat } from "../../engine/geo/area.js";
import { createPool, type TaskPool } from "../../engine/pool/tasks.js";
import { ASKED_BYTES } from "../../engine/registry/columns/columns.js";
import type { LiveRow } from "../../engine/registry/live/placing.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { partOf } from "../../engine/selection/roster.js";
import type { Shards } from "../../engine/selection/rows/build.js";
import { type Borders, makeRows, regionOf, viewsOf } from "../../engine/selection/rows/regions.js";
import { buildShard } from "../../engine/selection/rows/shard.js";
import type { SelectionQuery } from "../../engine/selection/selector.js";
import { ACTION_KINDS, CHANNELS, channelSet, DOMAINS, URGENCIES } from "../../schemas/words.js";
import {
  eligibleRows,
  GRID,
  makeWorld,
  meters,
  offset,
  orderTolerance,
  randomTerms,
  rowsOver,
  shared,
  type World,
} from "./world.js";

let pool: TaskPool;
beforeAll(() => {
  pool = createPool();
});
afterAll(() => pool.destroy());

const MIDDLE: LngLat = [5.25, 52.125];
const RADIUS = 5_000;
/** Of the participants, the last ones have no location at the beginning. */
const ROWS = 150;
const NEWCOMERS = 20;
const TERMS = 8;

const AREAS: readonly Area[] = [
  { type: "Circle", center: MIDDLE, radiusMeters: RADIUS },
  { type: "Polygon", coordinates: [ring(0.0625), ring(0.015625)] },
  { type: "MultiPolygon", coordinates: [[ring(0.03125)], [ring(0.0625, 0.03125)]] },
  { type: "Municipality", code: 3 },
  { type: "Circle", center: MIDDLE, radiusMeters: 500_000 },
];

function ring(size: number, shift = 0): LngLat[] {
  const [lng, lat] = [MIDDLE[0] + shift, MIDDLE[1]];
  return [
    [lng - size, lat],
    [lng, lat - size],
    [lng + size, lat],
    [lng + size / 2, lat + size],
    [lng - size, lat],
  ];
}

interface Change {
  /** `tidySoon`: what comes next is done meanwhile. */
  readonly what: "place" | "move" | "drop" | "leave" | "tidy" | "tidySoon" | "terms" | "select" | "count";
  readonly seed: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  what: fc.constantFrom(
    "place",
    "place",
    "move",
    "move",
    "move",
    "drop",
    "leave",
    "tidy",
    "tidySoon",
    "terms",
    "select",
    "count",
  ),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

/** Of everybody, where they are to be found; what the selector should know. */
class Model {
  readonly places = new Map<number, readonly LiveRow[]>();
  readonly phones = new Map<number, LiveRow>();
  terms: Uint32Array;
  readonly #world: World;

  constructor(random: () => number, fromNobody: boolean) {
    const positions = Array.from({ length: fromNobody ? 0 : ROWS }, () => somewhere(random));
    const world = makeWorld(positions, random);
    this.terms = randomTerms(TERMS, random);
    const { lng, lat, participant, channels, terms, municipality } = viewsOf(world.locations);
    for (let row = 0; row < positions.length; row += 1) {
      const place = {
        lng: lng[row]!,
        lat: lat[row]!,
        channels: channels[row]!,
        terms: terms[row]!,
        municipality: municipality[row]!,
      };
      this.places.set(participant[row]!, [...(this.places.get(participant[row]!) ?? []), place]);
    }
    const persons = world.participants.count + NEWCOMERS;
    const status = new SharedArrayBuffer(persons);
    new Uint8Array(status).set(new Uint8Array(world.participants.status));
    const numbers = new SharedArrayBuffer(8 * persons);
    new Float64Array(numbers).fill(31_600_000_000);
    const addresses = new SharedArrayBuffer(persons);
    new Uint8Array(addresses).fill(0xf).set(new Uint8Array(world.participants.addresses));
    const asked = new SharedArrayBuffer(ASKED_BYTES * persons);
    this.#world = {
      ...world,
      participants: {
        ...world.participants,
        count: persons,
        status,
        numbers,
        groups: new SharedArrayBuffer(persons),
        addresses,
        asked,
      },
      terms: shared(this.terms),
    };
  }

  get persons(): number {
    return this.#world.participants.count;
  }

  /** As shards of four regions. */
  shards(): Shards {
    const borders: Borders = { depth: 2, splits: Float64Array.of(0, MIDDLE[0], MIDDLE[1], MIDDLE[1] - 0.01) };
    const { lng, lat } = viewsOf(this.#world.locations);
    const regions = [0, 1, 2, 3].map((region) => {
      return [...lng.keys()].filter((row) => regionOf(borders, lng[row]!, lat[row]!) === region);
    });
    const inhabited = [0, 1, 2, 3].filter((region) => regions[region]!.length > 0);
    const shards = inhabited.map((region) => {
      const rows = pick(this.#world, regions[region]!);
      return buildShard(rows, 0, rows.count);
    });
    return { shards, regions: inhabited, borders, participants: this.#world.participants, terms: this.#world.terms };
  }

  /** All locations of this moment, for brute force. */
  now(): World {
    const all = [...this.places].flatMap(([person, places]) => places.map((place) => ({ person, place })));
    for (const [person, place] of this.phones) all.push({ person, place });
    const locations = makeRows(all.length);
    const columns = viewsOf(locations);
    for (const [row, { person, place }] of all.entries()) {
      columns.lng[row] = place.lng;
      columns.lat[row] = place.lat;
      columns.participant[row] = person;
      columns.channels[row] = place.channels;
      columns.terms[row] = place.terms;
      columns.municipality[row] = place.municipality;
    }
    return { ...this.#world, locations, terms: shared(this.terms) };
  }

  someone(random: () => number): number {
    return Math.floor(random() * this.persons);
  }

  somePlace(random: () => number): LiveRow {
    const [lng, lat] = somewhere(random);
    return {
      lng,
      lat,
      channels: random() < 0.7 ? 0xffff : Math.floor(random() * 65_536),
      terms: random() < 0.5 ? 0 : Math.floor(random() * (this.terms.length / 8)),
      municipality: Math.floor(random() * 8),
    };
  }
}

function pick(world: World, rows: readonly number[]) {
  const target = makeRows(rows.length);
  const [from, to] = [viewsOf(world.locations), viewsOf(target)];
  for (const [at, row] of rows.entries()) {
    for (const column of ["lng", "lat", "participant", "channels", "terms", "municipality"] as const) {
      to[column][at] = from[column][row]!;
    }
  }
  return target;
}

/** On the grid of polygons; some within millimetres of the circle's rim, as near as the grid has any. */
function somewhere(random: () => number): LngLat {
  if (random() < 0.02) return [Math.round(360 * random()) - 180, Math.round(178 * random()) - 89];
  const distance = random() < 0.2 ? RADIUS + (random() - 0.5) * 0.5 : 2.5 * RADIUS * random();
  const [lng, lat] = offset(MIDDLE, 360 * random(), distance);
  return [Math.round(lng / GRID) * GRID, Math.round(lat / GRID) * GRID];
}

function someQuery(random: () => number): SelectionQuery {
  return {
    area: AREAS[Math.floor(random() * AREAS.length)]!,
    channel: CHANNELS[Math.floor(random() * 4)]!,
    domain: DOMAINS[Math.floor(random() * 4)]!,
    kind: ACTION_KINDS[Math.floor(random() * ACTION_KINDS.length)]!,
    urgency: URGENCIES[Math.floor(random() * 2)]!,
    atMs: Date.UTC(2026, 0, 1) + Math.floor(random() * 31_536_000_000),
    ...(random() < 0.5 ? {} : { origin: somewhere(random) }),
    ...(random() < 0.5 ? {} : { besides: CHANNELS.filter(() => random() < 0.5) }),
  };
}

async function apply(model: Model, selector: PoolSelector, { what, seed }: Change): Promise<void> {
  const random = randomFrom(seed);
  const person = model.someone(random);
  const { live } = selector;
  switch (what) {
    case "place":
    case "leave": {
      const rows = Array.from({ length: what === "leave" ? 0 : 1 + Math.floor(3 * random()) }, () => {
        return model.somePlace(random);
      });
      model.places.set(person, rows);
      expect(live.place(person, rows).ok).toBe(true);
      return;
    }
    case "move": {
      const place = model.somePlace(random);
      model.phones.set(person, place);
      expect(live.movePhone(person, place).ok).toBe(true);
      return;
    }
    case "drop":
      model.phones.delete(person);
      live.dropPhone(person);
      return;
    case "terms": {
      const more = randomTerms(model.terms.length / 8 + 1, random);
      model.terms = Uint32Array.of(...model.terms, ...more.subarray(model.terms.length));
      live.setTerms(model.terms);
      return;
    }
    case "tidy":
      expect((await live.tidy()).ok).toBe(true);
      return;
    case "tidySoon":
      void live.tidy();
      return setImmediate();
    case "select":
      return checkRoster(model.now(), selector, someQuery(random));
    case "count":
      return checkCounts(model.now(), selector, someQuery(random));
  }
}

async function checkRoster(world: World, selector: PoolSelector, query: SelectionQuery): Promise<void> {
  const result = await selector.select(query);
  if (!result.ok) throw new Error(result.problem.detail);
  const part = partOf(result.value);
  const roster = [...part.participants];
  expect(roster.length).toBe(result.value.count);
  const { lng, lat, participant } = viewsOf(world.locations);
  const origin = query.origin ?? (query.area.type === "Circle" ? query.area.center : undefined);
  const nearest = new Map<number, number>();
  const reached = query.besides?.length ? rowsOver(world, query) : undefined;
  const rows = reached ? reached.map(({ row }) => row) : eligibleRows(world, query);
  for (const row of rows) {
    const distance = origin === undefined ? 0 : meters(origin, [lng[row]!, lat[row]!]);
    nearest.set(participant[row]!, Math.min(nearest.get(participant[row]!) ?? Infinity, distance));
  }
  expect(roster.toSorted((a, b) => a - b)).toEqual([...nearest.keys()].sort((a, b) => a - b));
  let farthest = 0;
  for (const person of roster) {
    const distance = nearest.get(person)!;
    // Across the world the chord no longer orders what the geodesic does; and keys are centimetres, or a few.
    if (distance < 1_000_000) expect(distance).toBeGreaterThanOrEqual(farthest - orderTolerance(distance) - 0.03);
    farthest = Math.max(farthest, distance);
  }
  const channels = new Map(reached?.map((each) => [participant[each.row]!, each.channels]));
  expect(part.channels && [...part.channels]).toEqual(reached && roster.map((person) => channels.get(person)));
}

async function checkCounts(world: World, selector: PoolSelector, query: SelectionQuery): Promise<void> {
  const result = await selector.count(query);
  if (!result.ok) throw new Error(result.problem.detail);
  const { participant } = viewsOf(world.locations);
  const addresses = new Uint8Array(world.participants.addresses);
  for (const channel of CHANNELS) {
    const bit = channelSet([channel]);
    const rows = eligibleRows(world, { ...query, channel });
    const persons = new Set(rows.map((row) => participant[row]!).filter((person) => (addresses[person]! & bit) !== 0));
    expect(result.value.channels[channel]).toBe(persons.size);
    if (channel === query.channel) expect(result.value.recipients).toBe(persons.size);
  }
  const sum = [...result.value.municipalities.values()].reduce((a, b) => a + b, 0);
  expect(sum).toBe(result.value.recipients);
}

describe("after changes", () => {
  const changes = fc.array(change, { minLength: 5, maxLength: 60 });
  const seed = fc.integer({ min: 0, max: 2 ** 31 });

  it.each([
    ["made by one worker", Infinity, 60],
    ["shared among all", 1, 60],
  ])("a selection %s finds whom brute force finds", async (_, singleTaskRows, numRuns) => {
    await fc.assert(
      fc.asyncProperty(seed, fc.boolean(), changes, async (state, fromNobody, list) => {
        const model = new Model(randomFrom(state), fromNobody);
        const selector = new PoolSelector(pool, model.shards(), singleTaskRows);
        for (const each of list) await apply(model, selector, each);
        const random = randomFrom(state + 1);
        for (let query = 0; query < 3; query += 1) {
          await checkRoster(model.now(), selector, someQuery(random));
          await checkCounts(model.now(), selector, someQuery(random));
        }
      }),
      { numRuns },
    );
  });
});
