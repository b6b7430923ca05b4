/**
 * live.selection: circles of 5 km while half a million phones move, some people change where they live, and workers put it
 * all in order; at the end the selection is compared with brute force. live.applied: how many moves a second were applied
 * meanwhile, at an even rate.
 *
 * The peer is Redis with the same locations and moves in one geo set: GEOSEARCH in place of the selection, with GEOADD for the
 * moves at the rate at which they were applied here, or as near to it as it comes. It knows no eligibility, no person with
 * several locations, and measures on a sphere.
 */
import { setImmediate } from "node:timers/promises";
import { geodesicMeters } from "../../engine/geo/ellipsoid.js";
import { createPool, releaseMemory } from "../../engine/pool/tasks.js";
import type { LiveRow } from "../../engine/registry/live/placing.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { buildShards } from "../../engine/selection/rows/build.js";
import { viewsOf } from "../../engine/selection/rows/regions.js";
import type { BenchOptions, Report } from "../report.js";
import { line, type Samples, sample } from "../sample.js";
import { type Country, incidentIn, makeCountry, randomFrom } from "./country.js";
import { Redis } from "./redis.js";

const ALARM = { channel: "sms", domain: "alarm", kind: "other", urgency: "normal", atMs: 0 } as const;
const RADIUS_METERS = 5_000;
/** Half a million of 1.6 million have the app and say where they are. */
const WITH_PHONE = 500_000 / 1_600_000;
const MOVES_PER_SECOND = 110_000;
/** One change of address for so many moves: about 500 a second. */
const MOVES_PER_CHANGE = 220;
/** About 100 m in each direction. */
const STEP_DEGREES = 0.001;
/** Moves that are applied in one turn of the event loop at most, as a batch of a request would be. */
const TURN_MOVES = 1_000;
const ROWS_PER_COMMAND = 500;

export async function run(report: Report, options: BenchOptions): Promise<void> {
  const country = makeCountry(options.participants);
  const people = new People(country);
  const runs = options.tiny ? 5 : 3_000;
  const ours = await measureOurs(country, people, runs);
  const theirs = await measureRedis(country, people, Math.ceil(runs / 10), ours.rate);
  const times = theirs && { value: theirs.p50, ratio: theirs.p50 / ours.select.p50 };
  report(line("live.selection", "ms", ours.select, times));
  const rate = { p50: ours.rate, p99: ours.rate, min: ours.rate, max: ours.rate, runs: 1 };
  report(line("live.applied", "/s", rate));
}

/** Where everybody is; each with a location at home, and the first with a phone that moves about. */
class People {
  readonly phones: number;
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  readonly moved = new Map<number, LiveRow>();
  readonly #random = randomFrom(5);
  readonly #country: Country;

  constructor(country: Country) {
    this.#country = country;
    const { lng, lat } = viewsOf(country.locations);
    this.phones = Math.round(country.participants.count * WITH_PHONE);
    this.lng = lng.slice(0, country.participants.count);
    this.lat = lat.slice(0, country.participants.count);
  }

  at(lng: number, lat: number): LiveRow {
    return { lng, lat, channels: 0xffff, terms: 0, municipality: 1 };
  }

  phone(person: number): LiveRow {
    return this.at(this.lng[person]!, this.lat[person]!);
  }

  /** Somebody with a phone goes some way. */
  step(): number {
    const person = Math.floor(this.#random() * this.phones);
    this.lng[person]! += (this.#random() - 0.5) * 2 * STEP_DEGREES;
    this.lat[person]! += (this.#random() - 0.5) * 2 * STEP_DEGREES;
    return person;
  }

  /** Somebody changes all locations for one near that of somebody else. */
  changeAddress(): { person: number; row: LiveRow } {
    const person = Math.floor(this.#random() * this.#country.participants.count);
    const row = this.phone(Math.floor(this.#random() * this.#country.participants.count));
    this.moved.set(person, row);
    return { person, row };
  }
}

async function measureOurs(country: Country, people: People, runs: number): Promise<{ select: Samples; rate: number }> {
  const pool = createPool();
  const shards = await buildShards(pool, country.locations, country.participants, country.terms);
  if (!shards.ok) throw new Error(shards.problem.detail);
  const selector = new PoolSelector(pool, shards.value);
  const { live } = selector;
  await releaseMemory(pool);
  for (let person = 0; person < people.phones; person += 1) live.movePhone(person, people.phone(person));
  const tidied = await live.tidy();
  if (!tidied.ok) throw new Error(tidied.problem.detail);
  await selector.warmUp();
  const moving = moveAll(people, live);
  const area = { type: "Circle", center: incidentIn(country), radiusMeters: RADIUS_METERS } as const;
  const select = async (): Promise<Uint32Array> => {
    const result = await selector.select({ ...ALARM, area });
    if (!result.ok) throw new Error(result.problem.detail);
    return new Uint32Array(result.value.participants);
  };
  try {
    const measured = await sample("live.selection", runs, async () => {
      await setImmediate();
      const startedAt = performance.now();
      await select();
      return performance.now() - startedAt;
    });
    const rate = await moving.stop();
    compare(await select(), country, people);
    return { select: measured, rate };
  } finally {
    await moving.stop();
    await selector.close();
  }
}

/** Moves at an even rate until it is stopped, and then gives the rate, moves a second. */
function moveAll(people: People, live: PoolSelector["live"]): { stop(): Promise<number> } {
  let isOver = false;
  const startedAt = performance.now();
  let moves = 0;
  const move = async (): Promise<number> => {
    while (!isOver) {
      const due = ((performance.now() - startedAt) * MOVES_PER_SECOND) / 1_000;
      const until = Math.min(due, moves + TURN_MOVES);
      for (; moves < until; moves += 1) {
        const person = people.step();
        live.movePhone(person, people.phone(person));
        if (moves % MOVES_PER_CHANGE > 0) continue;
        const change = people.changeAddress();
        const placed = live.place(change.person, [change.row]);
        if (!placed.ok) throw new Error(placed.problem.detail);
      }
      await setImmediate();
    }
    return (moves / (performance.now() - startedAt)) * 1_000;
  };
  const moving = move();
  return {
    stop: () => {
      isOver = true;
      return moving;
    },
  };
}

/** Everybody in the circle and nobody else, by the geodesic to each location that is near at all. */
function compare(roster: Uint32Array, country: Country, people: People): void {
  const [lng, lat] = incidentIn(country);
  const expected = new Set<number>();
  const look = (person: number, x: number, y: number): void => {
    if (Math.abs(x - lng) > 0.2 || Math.abs(y - lat) > 0.2) return;
    if (geodesicMeters(lng, lat, x, y) <= RADIUS_METERS) expected.add(person);
  };
  const homes = viewsOf(country.locations);
  for (let row = 0; row < country.locations.count; row += 1) {
    const person = homes.participant[row]!;
    const isAsked = (homes.channels[row]! & (1 << 2)) !== 0;
    if (isAsked && !people.moved.has(person)) look(person, homes.lng[row]!, homes.lat[row]!);
  }
  for (const [person, row] of people.moved) look(person, row.lng, row.lat);
  for (let person = 0; person < people.phones; person += 1) look(person, people.lng[person]!, people.lat[person]!);
  const extra = roster.filter((person) => !expected.has(person));
  if (roster.length !== expected.size || extra.length > 0) {
    throw new Error(`live.selection: ${roster.length} are asked, ${expected.size} should be`);
  }
}

async function measureRedis(country: Country, people: People, runs: number, rate: number): Promise<Samples | null> {
  const redis = await Redis.start();
  if (redis === undefined) return null;
  try {
    const [moving, searching] = [await redis.client(), await redis.client()];
    const homes = viewsOf(country.locations);
    const add = async (count: number, row: (index: number) => readonly [number, number, string]): Promise<void> => {
      for (let from = 0; from < count; from += ROWS_PER_COMMAND) {
        const rows = Array.from({ length: Math.min(ROWS_PER_COMMAND, count - from) }, (_, index) => row(from + index));
        await moving.send(["GEOADD", "people", ...rows.flat()]);
      }
    };
    const phone = (person: number) => [people.lng[person]!, people.lat[person]!, `p${person}`] as const;
    await add(country.locations.count, (row) => [homes.lng[row]!, homes.lat[row]!, `h${row}`]);
    await add(people.phones, phone);
    let isOver = false;
    const batch = (): Promise<number> => {
      const rows = Array.from({ length: ROWS_PER_COMMAND }, () => phone(people.step()));
      return moving.send(["GEOADD", "people", ...rows.flat()]);
    };
    const busy = (async () => {
      const startedAt = performance.now();
      for (let sent = 0; !isOver; ) {
        const due = ((performance.now() - startedAt) * rate) / 1_000;
        if (sent >= due) {
          await setImmediate();
          continue;
        }
        await batch();
        sent += ROWS_PER_COMMAND;
      }
    })();
    const [lng, lat] = incidentIn(country);
    const circle = ["GEOSEARCH", "people", "FROMLONLAT", lng, lat, "BYRADIUS", RADIUS_METERS, "m", "ASC"];
    const search = await sample("GEOSEARCH", runs, async () => {
      const startedAt = performance.now();
      await searching.send(circle);
      return performance.now() - startedAt;
    });
    isOver = true;
    await busy;
    return search;
  } finally {
    await redis.stop();
  }
}
