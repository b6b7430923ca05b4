/**
 * Selections while the main thread changes where people are as fast as it can, and workers put it all in order again and
 * again. Those who move do so such that they are in the circle at every moment, or at none, whatever the order of the
 * changes: so each selection has one right answer, to the last person.
 */

import { setImmediate } from "node:timers/promises";
import type { Piscina } from "piscina";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "../../../../bench/selection/country.js";
import type { Area, LngLat } from "../../../../engine/geo/area.js";
import { TaskPool } from "../../../../engine/pool/tasks.js";
import type { LiveRow } from "../../../../engine/registry/live/placing.js";
import { TermsTable } from "../../../../engine/registry/record/terms.js";
import type { Live } from "../../../../engine/selection/live/live.js";
import { PoolSelector } from "../../../../engine/selection/pool.js";
import type { SearchTask } from "../../../../engine/selection/query/searching.js";
import { buildShards } from "../../../../engine/selection/rows/build.js";
import { makeRows, viewsOf } from "../../../../engine/selection/rows/regions.js";
import { shardColumns } from "../../../../engine/selection/rows/shard.js";
import type { SelectionQuery } from "../../../../engine/selection/selector.js";
import { SELECTION } from "../../../../schemas/limits.js";
import { meters, offset } from "../../../property/world.js";

const MIDDLE: LngLat = [5.1, 52.1];
const RADIUS = 8_000;
/** Enough for several shards, which meet in the middle. */
const STILL = 300_000;
/** Of each kind of those who move. */
const MOVERS = 300;
const SELECTIONS = 40;
const AREA: Area = { type: "Circle", center: MIDDLE, radiusMeters: RADIUS };
const QUERY: SelectionQuery = {
  area: AREA,
  channel: "sms",
  domain: "alarm",
  kind: "other",
  urgency: "normal",
  atMs: 0,
};

const random = randomFrom(11);
const at = ([lng, lat]: LngLat): LiveRow => ({ lng, lat, channels: 0xffff, terms: 0, municipality: 1 });
const inside = (): LiveRow => at(offset(MIDDLE, 360 * random(), 0.99 * RADIUS * random()));
const outside = (): LiveRow => at(offset(MIDDLE, 360 * random(), RADIUS * (1.01 + 3 * random())));

interface Kind {
  /** A location in the registry before anything moves, or none. */
  readonly home: () => LiveRow | undefined;
  /** What is done first, and what again and again. */
  readonly begin?: (live: Live, person: number) => boolean;
  readonly move: (live: Live, person: number, round: number) => boolean;
  readonly isInside: boolean;
}

const nowhere = (): undefined => undefined;

const KINDS: Readonly<Record<string, Kind>> = {
  "a phone that goes about in the circle": {
    home: nowhere,
    begin: (live, person) => live.movePhone(person, inside()).ok,
    move: (live, person) => live.movePhone(person, inside()).ok,
    isInside: true,
  },
  "a phone that stays away": {
    home: nowhere,
    move: (live, person) => live.movePhone(person, outside()).ok,
    isInside: false,
  },
  "a home that moves in the circle": {
    home: inside,
    move: (live, person) => live.place(person, [inside()]).ok,
    isInside: true,
  },
  "a home that stays away, or is given up": {
    home: outside,
    move: (live, person, round) => live.place(person, round % 3 === 0 ? [] : [outside()]).ok,
    isInside: false,
  },
  "home and work that change places over the border of the circle": {
    home: inside,
    move: (live, person, round) =>
      live.place(person, round % 2 === 0 ? [outside(), inside()] : [inside(), outside()]).ok,
    isInside: true,
  },
  "now the home is in the circle, now the phone, and both while they change": {
    home: inside,
    move: (live, person, round) => {
      switch (round % 4) {
        case 0:
          return live.movePhone(person, inside()).ok;
        case 1:
          return live.place(person, round % 8 === 1 ? [] : [outside()]).ok;
        case 2:
          return live.place(person, [inside(), outside()]).ok;
        default:
          if (round % 8 === 3) live.dropPhone(person);
          else return live.movePhone(person, outside()).ok;
          return true;
      }
    },
    isInside: true,
  },
};

/** A pool whose caller has a say before and after each task. */
class Interrupted extends TaskPool {
  between: (name: string | undefined, task?: unknown) => unknown = () => {};

  override async run(...task: Parameters<Piscina["run"]>): Promise<unknown> {
    await this.between(task[1]?.name ?? undefined, task[0]);
    const result: unknown = await super.run(...task);
    await this.between(undefined);
    return result;
  }
}

let pool: Interrupted;
beforeEach(() => {
  pool = new Interrupted(2);
});

const closing: PoolSelector[] = [];
afterEach(async () => {
  for (const selector of closing.splice(0)) await selector.close();
});

interface Scene {
  readonly selector: PoolSelector;
  readonly movers: readonly { readonly person: number; readonly kind: Kind; rounds: number }[];
  /** 1 for each who belongs in every selection. */
  readonly expected: Uint8Array;
  readonly homes: readonly { readonly person: number; readonly row: LiveRow }[];
}

async function scene(singleTaskRows: number): Promise<Scene> {
  const movers = Object.values(KINDS).flatMap((kind, index) => {
    return Array.from({ length: MOVERS }, (_, number) => ({
      kind,
      person: STILL + index * MOVERS + number,
      rounds: 0,
    }));
  });
  const persons = STILL + movers.length;
  const homes = Array.from({ length: STILL }, (_, person) => {
    const spread = (): number => (random() + random() - 1) * 0.6;
    return { person, row: at([MIDDLE[0] + spread(), MIDDLE[1] + spread()]) };
  });
  for (const { person, kind } of movers) {
    const row = kind.home();
    if (row !== undefined) homes.push({ person, row });
  }
  const locations = makeRows(homes.length);
  const columns = viewsOf(locations);
  const expected = new Uint8Array(persons);
  for (const [index, { person, row }] of homes.entries()) {
    columns.lng[index] = row.lng;
    columns.lat[index] = row.lat;
    columns.participant[index] = person;
    columns.channels[index] = row.channels;
    columns.municipality[index] = row.municipality;
    if (person < STILL) expected[person] = meters(MIDDLE, [row.lng, row.lat]) <= RADIUS ? 1 : 0;
  }
  for (const { person, kind } of movers) expected[person] = kind.isInside ? 1 : 0;
  const words = new TermsTable().words();
  const terms = new SharedArrayBuffer(words.byteLength);
  new Uint32Array(terms).set(words);
  const participants = {
    count: persons,
    numbers: new SharedArrayBuffer(8 * persons),
    status: new SharedArrayBuffer(persons),
    language: new SharedArrayBuffer(persons),
    groups: new SharedArrayBuffer(persons),
    addresses: new SharedArrayBuffer(persons),
    asked: new SharedArrayBuffer(8 * persons),
  };
  new Float64Array(participants.numbers).fill(31_600_000_000);
  new Uint8Array(participants.addresses).fill(0xf);
  const shards = await buildShards(pool, locations, participants, terms);
  if (!shards.ok) throw new Error(shards.problem.detail);
  expect(shards.value.shards.length).toBeGreaterThan(3);
  const selector = new PoolSelector(pool, shards.value, singleTaskRows);
  closing.push(selector);
  for (const { person, kind } of movers) kind.begin?.(selector.live, person);
  return { selector, movers, expected, homes };
}

/** How often one who moves does so before the next does: mostly once, but often enough within one selection now and then. */
const IN_A_ROW = [1, 1, 1, 1, 1, 1, 1, 1, 1, 150];

/** Moves everybody in turn, as fast as this thread can, until told to stop; gives how often somebody moved. */
async function moveAll({ selector: { live }, movers }: Scene, stop: () => boolean): Promise<number> {
  let moves = 0;
  while (!stop()) {
    for (const mover of movers) {
      const times = IN_A_ROW[Math.floor(random() * IN_A_ROW.length)]!;
      for (let time = 0; time < times; time += 1) {
        // A change that finds no room is tried again the next time.
        if (!mover.kind.move(live, mover.person, mover.rounds)) break;
        mover.rounds += 1;
        moves += 1;
        if (moves % 200 === 0) await setImmediate();
      }
    }
  }
  return moves;
}

async function tidyAlways({ selector: { live } }: Scene, stop: () => boolean): Promise<number> {
  let times = 0;
  while (!stop()) {
    const done = await live.tidy();
    if (!done.ok) throw new Error(done.problem.detail);
    times += 1;
  }
  return times;
}

async function selectOften({ selector, expected }: Scene, times = SELECTIONS): Promise<void> {
  for (let number = 0; number < times; number += 1) {
    const result = await selector.select(QUERY);
    if (!result.ok) throw new Error(result.problem.detail);
    const missing = expected.slice();
    for (const person of new Uint32Array(result.value.participants)) {
      if (missing[person] !== 1) throw new Error(`${whatIs(person)} is asked, and should not be, or is asked twice`);
      missing[person] = 0;
    }
    const lost = missing.indexOf(1);
    if (lost >= 0) throw new Error(`${whatIs(lost)} is missing in selection ${number}`);
  }
}

function whatIs(person: number): string {
  if (person < STILL) return `somebody who never moved (${person})`;
  return `${Object.keys(KINDS)[Math.floor((person - STILL) / MOVERS)]} (${person})`;
}

describe("while everybody moves and all is put in order", () => {
  it.each([
    ["by one worker", Number.POSITIVE_INFINITY],
    ["shared among all", 1],
  ])("selections %s miss nobody, and ask nobody who stays away", async (_, singleTaskRows) => {
    const acting = await scene(singleTaskRows);
    let isOver = false;
    const stop = (): boolean => isOver;
    const others = [moveAll(acting, stop), tidyAlways(acting, stop)] as const;
    // Two at a time, so that rows that no longer count are wanted by more than one.
    await Promise.all([selectOften(acting), selectOften(acting)]).finally(() => {
      isOver = true;
    });
    const [moves, times] = await Promise.all(others);
    expect(moves).toBeGreaterThan(10 * MOVERS);
    expect(times).toBeGreaterThan(0);
  });

  it("between any two steps of a selection or of upkeep, it is the same", async () => {
    const acting = await scene(1);
    const { live } = acting.selector;
    pool.between = () => {
      for (const mover of acting.movers) {
        // Most stay, so that what was forgotten of them shows.
        if (random() < 0.9) continue;
        for (let times = Math.floor(5 * random()); times > 0; times -= 1) {
          if (mover.kind.move(live, mover.person, mover.rounds)) mover.rounds += 1;
        }
      }
    };
    let isOver = false;
    const tidying = tidyAlways(acting, () => isOver);
    await Promise.all([selectOften(acting, 20), selectOften(acting, 20)]).finally(() => {
      isOver = true;
    });
    expect(await tidying).toBeGreaterThan(1);
  });

  it("counts are right as well", async () => {
    const acting = await scene(Number.POSITIVE_INFINITY);
    let isOver = false;
    const moving = moveAll(acting, () => isOver);
    const recipients = acting.expected.reduce((sum, one) => sum + one, 0);
    for (let number = 0; number < 20; number += 1) {
      const counted = await acting.selector.count(QUERY);
      if (!counted.ok) throw new Error(counted.problem.detail);
      expect(counted.value.recipients).toBe(recipients);
      expect(counted.value.channels).toEqual({
        sms: recipients,
        push: recipients,
        email: recipients,
        voice: recipients,
      });
    }
    isOver = true;
    await moving;
  });
});

describe("phones that are sorted while a selection goes on", () => {
  it("lose nobody whose home is given up when the phone that came into the circle is only in the new table", async () => {
    const { selector, movers } = await scene(1);
    const { live } = selector;
    // At home in the circle, in the shards, and without a phone.
    const { person } = movers.find(({ kind }) => kind === KINDS["a home that moves in the circle"])!;
    const { phones } = live.views;
    let tidying: ReturnType<Live["tidy"]> | undefined;
    pool.between = async (name, task) => {
      if (name !== "gather") return;
      // The share with the home is held; the other worker sorts the phones.
      const { shards } = task as SearchTask;
      if (!shards.some((shard) => shardColumns(shard).participant.includes(person))) return;
      tidying = live.tidy();
      while (live.views.phones === phones) await setImmediate();
      live.movePhone(person, inside());
      live.place(person, [outside()]);
    };
    const result = await selector.select(QUERY);
    expect((await tidying)?.ok).toBe(true);
    if (!result.ok) throw new Error(result.problem.detail);
    expect(new Uint32Array(result.value.participants)).toContain(person);
  });
});

describe("an overlay that is replaced while a selection goes on", () => {
  it("loses nobody who moves from a phone that it has to a home that only the new one has", async () => {
    const { selector, homes } = await scene(1);
    const { live } = selector;
    // In the south-west, far from the circle and in the first region: the others then stay as they are.
    const { person, row } = homes.find(({ row: { lng, lat } }) => lng < MIDDLE[0] - 0.3 && lat < MIDDLE[1] - 0.3)!;
    live.place(person, [row]);
    live.movePhone(person, inside());
    const { overlay, shards } = live.views;
    let regions = 0;
    let selecting: ReturnType<PoolSelector["select"]> | undefined;
    let isReplaced = false;
    pool.between = async (name) => {
      if (name === "renewShard") regions += 1;
      if (name === "renewShard" && regions === shards.length) selecting = selector.select(QUERY);
      if (name !== "gatherPhones" || isReplaced) return;
      while (live.views.overlay === overlay) await setImmediate();
      isReplaced = true;
      live.place(person, [inside()]);
      live.movePhone(person, outside());
    };
    expect((await live.tidy()).ok).toBe(true);
    const result = await selecting;
    if (!result?.ok) throw new Error("no selection was made");
    expect(isReplaced).toBe(true);
    expect(new Uint32Array(result.value.participants)).toContain(person);
  });
});

describe("an overlay without room", () => {
  it("refuses changes until what is there has been taken into the shards", async () => {
    const { selector } = await scene(Number.POSITIVE_INFINITY);
    const { live } = selector;
    // In one turn, so that upkeep can't begin.
    let placed = 0;
    while (live.place(placed, [inside(), outside()]).ok) placed += 1;
    expect(placed).toBe(SELECTION.overlayRows / 2);
    expect(live.place(placed, [inside()])).toMatchObject({ ok: false, problem: { code: "BUSY" } });
    expect((await live.tidy()).ok).toBe(true);
    expect(live.place(placed, [inside()]).ok).toBe(true);
    const result = await selector.select(QUERY);
    if (!result.ok) throw new Error(result.problem.detail);
    const roster = new Set(new Uint32Array(result.value.participants));
    for (let person = 0; person <= placed; person += 1) if (!roster.has(person)) throw new Error(whatIs(person));
  });
});

it("takes out of the shards who has left, once there are many of them", async () => {
  const { selector } = await scene(Number.POSITIVE_INFINITY);
  const { live } = selector;
  const before = live.views.overlay;
  for (let person = 0; person <= SELECTION.overlayRenewRows; person += 1) live.place(person, []);
  while (live.views.overlay === before) await setImmediate();
  expect(live.views.overlay.participants).toBe(0);
  const rows = live.views.shards.map(({ columns }) => columns.participant.subarray(0, columns.count));
  expect(rows.every((persons) => persons.every((person) => person > SELECTION.overlayRenewRows))).toBe(true);
});
