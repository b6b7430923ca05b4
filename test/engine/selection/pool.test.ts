/**
 * Selection through the real pool, over a registry large enough for several shards: the same persons as brute force says,
 * whether one worker does it or all share it; and what happens when workers die, or when too much is asked at a time.
 */

import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../../bench/selection/country.js";
import type { Area, LngLat } from "../../../engine/geo/area.js";
import { prepareArea } from "../../../engine/geo/search/search.js";
import { collectGarbage } from "../../../engine/pool/memory.js";
import { createPool, releaseMemory, runTask, type TaskPool } from "../../../engine/pool/tasks.js";
import { PoolSelector } from "../../../engine/selection/pool.js";
import { CENTIMETER_KEYS } from "../../../engine/selection/query/eligible.js";
import { NO_SPARING } from "../../../engine/selection/query/persons.js";
import { SharedTerms } from "../../../engine/selection/query/welcome.js";
import { partOf } from "../../../engine/selection/roster.js";
import { buildShards, type Shards } from "../../../engine/selection/rows/build.js";
import { viewsOf } from "../../../engine/selection/rows/regions.js";
import type { Roster, SelectionQuery } from "../../../engine/selection/selector.js";
import { API, SELECTION } from "../../../schemas/limits.js";
import { CHANNELS, TIME_ZONES } from "../../../schemas/words.js";
import { eligibleRows, makeWorld, meters, orderTolerance, rowsOver, type World } from "../../property/world.js";

/** Enough for a large selection, and few enough to ask brute force about each of them. */
const ROWS = 600_000;
const SINGLE_TASK_ROWS = 524_288;
let world: World;
let pool: TaskPool;
/** Threads that have loaded their code: Node does not survive it where one is terminated in the middle of that (see stress.ts). */
const loaded = new Set<number>();
const loadedThreads = (): Worker[] => pool.threads.filter(({ threadId }) => loaded.has(threadId));
let shards: Shards;
let selector: PoolSelector;

beforeAll(async () => {
  const random = randomFrom(3);
  // Dense in the middle, and every hundredth row at one address.
  const spread = () => (random() + random() + random() - 1.5) ** 3;
  const positions = Array.from(
    { length: ROWS },
    (_, row): LngLat => (row % 100 === 0 ? [5.1, 52.1] : [5.1 + spread(), 52.1 + spread()]),
  );
  world = makeWorld(positions, random);
  pool = createPool();
  pool.on("workerCreate", ({ id }: { readonly id: number }) => loaded.add(id));
  const built = await buildShards(pool, world.locations, world.participants, world.terms);
  if (!built.ok) throw new Error(built.problem.detail);
  shards = built.value;
  selector = new PoolSelector(pool, shards, SINGLE_TASK_ROWS);
});
afterAll(() => selector.close());

const ASKED = { channel: "sms", domain: "alarm", kind: "other", urgency: "extreme", atMs: 30 * 3_600_000 } as const;
const ask = (area: Area): SelectionQuery => ({ area, ...ASKED });
const circle = (center: LngLat, radiusMeters: number): Area => ({ type: "Circle", center, radiusMeters });
const nationwide = circle([5.1, 52.1], 500_000);
const small = circle([5.2, 52.2], 3_000);
const acrossShards = circle([5.1, 52.1], 12_000);

async function rosterOf(query: SelectionQuery): Promise<Roster> {
  const result = await selector.select(query);
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

/** Buffers compare natively; vitest would take a second for each roster. */
function isSame(a: Roster, b: Roster): boolean {
  const isSameIn = (one?: SharedArrayBuffer, other?: SharedArrayBuffer): boolean => {
    return one === other || (one !== undefined && other !== undefined && Buffer.from(one).equals(Buffer.from(other)));
  };
  return isSameIn(a.participants, b.participants) && isSameIn(a.channels, b.channels);
}

function personsOf(query: SelectionQuery): Set<number> {
  const { participant } = viewsOf(world.locations);
  return new Set(eligibleRows(world, query).map((row) => participant[row]!));
}

/** Likewise those with an address, as a count has them. */
function addressedIn(query: SelectionQuery): Set<number> {
  const { participant } = viewsOf(world.locations);
  return new Set(rowsOver(world, query).map(({ row }) => participant[row]!));
}

describe("shards", () => {
  it("hold every row once, within their memory budget", () => {
    expect(shards.shards.length).toBeGreaterThan(4);
    expect(shards.shards.reduce((sum, shard) => sum + shard.count, 0)).toBe(ROWS);
    expect(shards.shards.reduce((sum, shard) => sum + shard.buffer.byteLength, 0) / ROWS).toBeLessThan(44);
    for (const shard of shards.shards) expect(shard.count).toBeLessThan(2 * SELECTION.shardRows);
  });

  it("leave no memory behind that only workers still know", async () => {
    const built = await buildShards(pool, world.locations, world.participants, world.terms);
    expect(built.ok).toBe(true);
    // What this thread keeps alive is gone after this, so that the rest is the workers'.
    await collectGarbage();
    const before = process.memoryUsage.rss();
    await releaseMemory(pool);
    const regroupedBytes = 26 * ROWS;
    expect(before - process.memoryUsage.rss()).toBeGreaterThan(regroupedBytes / 2);
  });

  it("are built of no rows, too", async () => {
    const empty = makeWorld([], randomFrom(1));
    const built = await buildShards(pool, empty.locations, empty.participants, empty.terms);
    expect(built).toMatchObject({ ok: true, value: { shards: [] } });
    if (!built.ok) return;
    const nobody = new PoolSelector(pool, built.value);
    await nobody.warmUp();
    expect(await nobody.select(ask(nationwide))).toMatchObject({
      ok: true,
      value: { count: 0 },
    });
  });
});

describe("select", () => {
  const outline: LngLat[] = [
    [5.11, 52],
    [5.3, 52.1],
    [5.05, 52.3],
    [4.9, 52.05],
    [5.11, 52],
  ];
  it.each<[string, Area]>([
    ["a small circle", small],
    ["a circle of a metre at an address of thousands", circle([5.1, 52.1], 1)],
    ["a circle across all shards", acrossShards],
    ["a circle around everybody", nationwide],
    ["a circle around nobody", circle([-120, -40], 20_000)],
    ["a polygon", { type: "Polygon", coordinates: [outline] }],
    ["a municipality", { type: "Municipality", code: 3 }],
    ["no municipality", { type: "Municipality", code: 999 }],
  ])("%s", async (_, area) => {
    const roster = await rosterOf(ask(area));
    const persons = [...new Uint32Array(roster.participants)];
    expect(persons.length).toBe(roster.count);
    const expected = personsOf(ask(area));
    expect(persons.length).toBe(expected.size);
    expect(persons.every((person) => expected.has(person))).toBe(true);
    expect(new Set(persons).size).toBe(persons.length);
  });

  it.each([
    ["one worker", small],
    ["all workers", nationwide],
  ])("has nobody of a bitmap, and everybody else in the same order, by %s", async (_, area) => {
    const all = [...partOf(await rosterOf(ask(area))).participants];
    const asked = all.filter((_, at) => at % 3 === 0);
    // The bitmap ends before the last participants do: those are not in it.
    const words = new Uint32Array(new SharedArrayBuffer(4 * Math.ceil(world.participants.count / 64)));
    for (const person of asked) if (person >>> 5 < words.length) words[person >>> 5]! |= 1 << (person & 31);
    const isIn = (person: number): boolean => (((words[person >>> 5] ?? 0) >>> (person & 31)) & 1) === 1;
    const rest = [...partOf(await rosterOf({ ...ask(area), without: words.buffer })).participants];
    expect(rest).toHaveLength(all.filter((person) => !isIn(person)).length);
    expect(rest.length).toBeLessThan(all.length);
    expect(
      Buffer.from(Uint32Array.from(rest).buffer).equals(
        Buffer.from(Uint32Array.from(all.filter((person) => !isIn(person))).buffer),
      ),
    ).toBe(true);
  });

  it("goes from near to far, from the origin that was asked for", async () => {
    const origin: LngLat = [5.4, 52.4];
    const query = { ...ask(nationwide), origin };
    const roster = new Uint32Array((await rosterOf(query)).participants);
    const { lng, lat, participant } = viewsOf(world.locations);
    const nearest = new Map<number, number>();
    for (const row of eligibleRows(world, query)) {
      const distance = meters(origin, [lng[row]!, lat[row]!]);
      nearest.set(participant[row]!, Math.min(distance, nearest.get(participant[row]!) ?? Infinity));
    }
    let farthest = 0;
    let outOfOrder = 0;
    for (const person of roster) {
      const distance = nearest.get(person)!;
      if (distance < farthest - orderTolerance(distance)) outOfOrder += 1;
      farthest = Math.max(farthest, distance);
    }
    expect(outOfOrder).toBe(0);
  });

  it.each([
    ["one worker", small, SINGLE_TASK_ROWS],
    ["one worker, of more people than there is memory to answer in", nationwide, Infinity],
    ["all of them", nationwide, SINGLE_TASK_ROWS],
  ])("says over which of several channels each can be asked, by %s", async (_, area, singleTaskRows) => {
    const selecting = new PoolSelector(pool, shards, singleTaskRows);
    for (const besides of [CHANNELS.slice(1), CHANNELS.slice(2, 3)]) {
      const query = { ...ask(area), besides };
      const selected = await selecting.select(query);
      if (!selected.ok) throw new Error(selected.problem.detail);
      const { participants, channels } = partOf(selected.value);
      const { participant } = viewsOf(world.locations);
      const expected = new Map(rowsOver(world, query).map((each) => [participant[each.row]!, each.channels]));
      expect(new Set(participants).size).toBe(expected.size);
      expect(participants.length).toBe(expected.size);
      expect(participants.every((person, row) => channels![row] === expected.get(person))).toBe(true);
    }
    // Nothing of it is left behind for a selection over one.
    expect((await rosterOf(ask(area))).channels).toBe(undefined);
    expect((await rosterOf(ask(area))).count).toBe(personsOf(ask(area)).size);
  });

  it("counts as it selects, shared out or not", async () => {
    // The last is shared as the one before it is, and must not find its marks.
    for (const area of [small, nationwide, acrossShards]) {
      const result = await selector.count(ask(area));
      if (!result.ok) throw new Error(result.problem.detail);
      expect(result.value.recipients).toBe(addressedIn(ask(area)).size);
      expect([...result.value.municipalities.values()].reduce((a, b) => a + b, 0)).toBe(result.value.recipients);
      for (const channel of CHANNELS) {
        expect(result.value.channels[channel]).toBe(addressedIn({ ...ask(area), channel }).size);
      }
    }
  });
});

describe("more workers", () => {
  it("make the same rosters and counts, in five ranges of distance", async () => {
    const five = new PoolSelector(createPool(5), shards, SINGLE_TASK_ROWS);
    try {
      const roster = await five.select(ask(nationwide));
      expect(roster.ok && isSame(roster.value, await rosterOf(ask(nationwide)))).toBe(true);
      const bySeveral = { ...ask(nationwide), besides: CHANNELS.slice(1) };
      const several = await five.select(bySeveral);
      expect(several.ok && isSame(several.value, await rosterOf(bySeveral))).toBe(true);
      expect(await five.count(ask(nationwide))).toEqual(await selector.count(ask(nationwide)));
    } finally {
      await five.close();
    }
  });
});

describe("a worker that dies", () => {
  it("in a selection costs nothing but time", async () => {
    for (const query of [ask(nationwide), { ...ask(nationwide), besides: CHANNELS.slice(1) }]) {
      const expected = await rosterOf(query);
      for (const delayMs of [0, 5, 15, 30]) {
        const running = rosterOf(query);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await loadedThreads()[0]?.terminate();
        expect(isSame(await running, expected)).toBe(true);
      }
    }
  });

  it("in a count does not change it", async () => {
    const expected = await selector.count(ask(nationwide));
    const running = selector.count(ask(nationwide));
    await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all(loadedThreads().map((thread) => thread.terminate()));
    expect(await running).toEqual(expected);
  });

  it("each time it is tried gives a Problem, and the pool goes on", async () => {
    const kill = (thread: Worker) => setTimeout(() => void thread.terminate(), 20);
    const killAll = () => loadedThreads().forEach(kill);
    pool.on("workerCreate", killAll);
    const dying = runTask(pool, "select", endlessTask()).finally(() => pool.off("workerCreate", killAll));
    killAll();
    expect(await dying).toMatchObject({ ok: false, problem: { code: "WORKER_DIED" } });
    expect((await rosterOf(ask(small))).count).toBeGreaterThan(0);
  });
});

/** A selection that takes seconds: all shards, many times over. */
function endlessTask(): object {
  return {
    area: prepareArea(nationwide),
    origin: [0, 0, 0],
    keysPerUnit: CENTIMETER_KEYS,
    channel: 0,
    domain: 2,
    kind: 0,
    danger: false,
    hours: new Uint8Array(TIME_ZONES.length),
    counting: { people: world.participants, sparing: NO_SPARING },
    several: undefined,
    live: undefined,
    shards: Array.from({ length: 10 }, () => shards.shards).flat(),
    persons: world.participants.count,
    status: world.participants.status,
    terms: SharedTerms.of(new Uint32Array(world.terms)).buffer,
  };
}

describe("a worker that dies before it is ready", () => {
  it("is replaced, and what waits is answered", async () => {
    const waiting = Array.from({ length: 6 }, () => rosterOf(ask(circle([5.1, 52.1], 30_000))));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(pool.threads.map((thread) => thread.terminate()));
    }
    const rosters = await Promise.all(waiting);
    expect(new Set(rosters.map((roster) => roster.count)).size).toBe(1);
  });
});

describe("too much at a time", () => {
  const here = ask(circle([5.2, 52.2], 500));

  it("is refused where it is optional, and what was accepted is answered", async () => {
    const asked = Array.from({ length: API.queuedCounts + 3 }, () => selector.count(here));
    const results = await Promise.all(asked);
    expect(results.filter((result) => result.ok).length).toBe(API.queuedCounts);
    expect(results.at(-1)).toMatchObject({ ok: false, problem: { code: "BUSY" } });
    expect(await selector.count(here)).toMatchObject({ ok: true });
  });

  it("is never too much to dispatch, whatever else waits", async () => {
    const counts = Array.from({ length: API.queuedCounts }, () => selector.count(ask(nationwide)));
    const rosters = await Promise.all(Array.from({ length: 2 * API.queuedCounts }, () => selector.select(here)));
    expect(rosters.every(({ ok }) => ok)).toBe(true);
    expect((await Promise.all(counts)).every(({ ok }) => ok)).toBe(true);
  });

  it.each([
    ["small", small],
    ["large", nationwide],
  ])("lets a %s dispatch pass, and the count under way begin anew", async (_, area) => {
    let counted = 0;
    const counts = Array.from({ length: 10 }, async () => {
      const result = await selector.count(ask(nationwide));
      counted += 1;
      return result;
    });
    await new Promise((resolve) => setImmediate(resolve));
    await selector.select(ask(area), "extreme");
    // On a busy machine the one under way may have ended before the dispatch was asked for; those that wait never go first.
    expect(counted).toBeLessThanOrEqual(1);
    const results = await Promise.all(counts);
    expect(new Set(results.map((result) => (result.ok ? result.value.recipients : result.problem.code)))).toEqual(
      new Set([addressedIn(ask(nationwide)).size]),
    );
  });

  it("is let go where nobody waits for it any more, before and while it is made", async () => {
    const leaving = new AbortController();
    const counts = [nationwide, nationwide, small].map((area) => selector.count(ask(area), leaving.signal));
    const staying = selector.count(ask(nationwide));
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    for (const result of (await Promise.all(counts)).slice(0, 2)) {
      expect(result).toMatchObject({ ok: false, problem: { code: "CANCELLED" } });
    }
    expect(await staying).toMatchObject({ ok: true });
    expect(await selector.count(ask(nationwide))).toEqual(await staying);
  });

  it("large ones go one after the other and don't mix", async () => {
    expect((await rosterOf(ask(nationwide))).count).toBeGreaterThan(SELECTION.copiedRows);
    const areas = [nationwide, circle([5.3, 52.1], 60_000), circle([4.9, 52.2], 60_000)];
    const alone = [];
    for (const area of areas) alone.push(await rosterOf(ask(area)));
    const together = await Promise.all(areas.map((area) => rosterOf(ask(area))));
    for (const [index, roster] of together.entries()) expect(isSame(roster, alone[index]!)).toBe(true);
  });
});

describe("close", () => {
  it("answers what is still waiting", async () => {
    const second = new PoolSelector(createPool(), shards, SINGLE_TASK_ROWS);
    const waiting = Array.from({ length: 10 }, () => second.select(ask(nationwide)));
    await second.close();
    for (const result of await Promise.all(waiting)) {
      if (!result.ok) expect(result.problem.code).toBe("NOT_READY");
    }
    expect(await second.select(ask(nationwide))).toMatchObject({ ok: false, problem: { code: "NOT_READY" } });
  });
});
