import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importBoundaries, importPopulation } from "../../../engine/places/import.js";
import { Places } from "../../../engine/places/places.js";
import { createPool, runTask } from "../../../engine/pool/tasks.js";
import { chanceOfAtLeast, meanFor } from "../../../engine/reach/poisson.js";
import { Reach, type ReachTasks } from "../../../engine/reach/reach.js";
import type { Page, ReachCounts, ReachRequest } from "../../../engine/reach/task.js";
import { TERMS_WORDS } from "../../../engine/registry/record/terms.js";
import { knownShard, type Views } from "../../../engine/selection/live/view.js";
import { PoolSelector } from "../../../engine/selection/pool.js";
import { buildShards } from "../../../engine/selection/rows/build.js";
import type { ReachFormat, ReachReport } from "../../../schemas/api/reach.js";
import { fail, type Result } from "../../../schemas/errors.js";
import { REACH } from "../../../schemas/limits.js";
import { seeded } from "../../random.js";
import { temporaryFolder } from "../../temp-folder.js";
import { BOUNDARIES, POPULATION } from "../places/files.js";
import { given, withStore } from "../registry/samples.js";
import { columnsOf, countedBy, someSpots, viewOf } from "./country.js";

const pool = createPool();
afterAll(() => pool.destroy());

const TASKS: ReachTasks = {
  count: async (task) => {
    const done = await runTask<Result<ReachCounts>>(pool, "countReach", task);
    return done.ok ? done.value : done;
  },
  page: (task) => runTask<Page>(pool, "reachPage", task),
};

const REQUEST: ReachRequest = {
  level: "municipality",
  cellMeters: 1_000,
  radiusMeters: 1_000,
  people: 5,
  chance: 0.95,
  behindPercent: 75,
  onlyBehind: false,
  limit: 5_000,
};

const country = someSpots(4_000, seeded(7));
let clock = 1_000_000;
let view = viewOf(country);
beforeAll(() => {
  view = viewOf(country);
});

/** As engine/selection/live/view.ts has it, over shards that a test can put in the place of others. */
const during: Views["during"] = (count) =>
  count({ shards: view.shards.map((data, region) => knownShard(data, region)), live: undefined });

async function placesOf(files: { population?: string; boundaries?: string }): Promise<Places> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  if (files.population) given(await importPopulation(folder, join(folder, "population"), 1));
  if (files.boundaries) given(await importBoundaries(folder, join(folder, "boundaries"), 1));
  return withStore(folder, async (store) => given(await Places.load(store)));
}

async function reachWith(files: { population?: string; boundaries?: string }, tasks = TASKS): Promise<Reach> {
  const people = { views: { during, persons: country.status.length }, status: view.status };
  return new Reach(await placesOf(files), people, tasks, () => clock);
}

const WHOLE = { population: POPULATION, boundaries: BOUNDARIES };
const whole = () => reachWith(WHOLE);

async function reportOf(reach: Reach, request: Partial<ReachRequest> = {}): Promise<ReachReport> {
  return JSON.parse(
    Buffer.from(given(await reach.page({ ...REQUEST, ...request }, "json")).bytes).toString(),
  ) as ReachReport;
}

async function textOf(reach: Reach, request: Partial<ReachRequest>, format: ReachFormat): Promise<string> {
  return Buffer.from(given(await reach.page({ ...REQUEST, ...request }, format)).bytes).toString();
}

test("share, chance and need follow from what is shown, and from nothing else", async () => {
  const reach = await whole();
  for (const level of ["municipality", "district", "cell"] as const) {
    for (const asked of [{}, { people: 40, chance: 0.9, radiusMeters: 400, behindPercent: 90 }]) {
      const request = { ...REQUEST, level, ...asked };
      const { areas, national, wanted, populationFrom } = await reportOf(reach, request);
      expect(areas.length).toBeGreaterThan(1);
      expect(populationFrom).toBe("file");
      const circle = Math.PI * (request.radiusMeters / 1_000) ** 2;
      expect(wanted.perKm2).toBeCloseTo(meanFor(request.people, request.chance) / circle, 9);
      // One municipality has participants, and the file nothing of it.
      const [unknown] = areas.filter(({ km2 }) => km2 === null);
      if (level === "municipality")
        expect(unknown).toMatchObject({ population: 0, share: null, chance: null, needed: null });
      for (const area of areas.filter(({ km2 }) => km2 !== null)) {
        const there = area.participants ?? 0;
        if (area.population === 0) {
          expect([area.needed, area.behind]).toEqual([null, []]);
          continue;
        }
        const missing = Math.max(0, Math.ceil(wanted.perKm2 * area.km2! - there));
        // The area that is shown is rounded to a thousandth, so a need may be off by one.
        expect(Math.abs(area.needed! - missing)).toBeLessThanOrEqual(wanted.perKm2 * 0.001 + 1);
        if (area.participants === null) expect([area.share, area.chance]).toEqual([null, null]);
        else expect(area.chance).toBeCloseTo(chanceOfAtLeast(request.people, (there / area.km2!) * circle), 2);
        const share = national.share! * (request.behindPercent / 100);
        if (area.population > 200) {
          expect(area.behind.includes("share")).toBe(there / area.population < share);
          expect(area.share ?? 0).toBeCloseTo(there / area.population, 4);
        }
        expect(area.behind.includes("chance")).toBe(area.needed! > 0);
      }
    }
  }
});

test("so many more as are needed would give the wanted chance, and one less would not", async () => {
  const { areas, wanted } = await reportOf(await whole(), { people: 900, chance: 0.9, level: "district" });
  const short = areas.filter(({ needed }) => needed! > 0);
  expect(short.length).toBeGreaterThan(2);
  for (const { participants, needed, km2 } of short) {
    const chance = (people: number) => chanceOfAtLeast(wanted.k, (people / km2!) * Math.PI);
    expect(chance((participants ?? 0) + needed!)).toBeGreaterThanOrEqual(0.9);
    expect(chance((participants ?? 0) + needed! - 1)).toBeLessThan(0.9);
  }
});

test("only those behind, only one municipality, in pages: always a part of the same areas", async () => {
  const reach = await whole();
  const all = await reportOf(reach, { level: "cell" });
  expect(all.next).toBeNull();
  const behind = await reportOf(reach, { level: "cell", onlyBehind: true });
  expect(behind.areas).toEqual(all.areas.filter((area) => area.behind.length > 0));
  const woerden = await reportOf(reach, { level: "cell", municipality: 632 });
  expect(woerden.areas).toEqual(all.areas.filter(({ municipality }) => municipality === "GM0632"));
  expect(woerden.areas.length).toBeGreaterThan(1);
  expect(woerden.areas.length).toBeLessThan(all.areas.length);
  const paged: ReachReport["areas"] = [];
  let next: number | null | undefined;
  do {
    const page = await reportOf(reach, { level: "cell", limit: 7, after: next ?? undefined });
    paged.push(...page.areas);
    next = page.next;
    expect(page.areas.length).toBeLessThanOrEqual(7);
  } while (next !== null);
  expect(paged).toEqual(all.areas);
});

test("who has changed since the shards were built counts where they are now, and once", async () => {
  const world = someSpots(2_000, seeded(12));
  const { locations, status } = columnsOf(world);
  const none = new SharedArrayBuffer(0);
  const columns = { numbers: none, status, language: none, groups: none, addresses: none, asked: none };
  const participants = { count: world.status.length, ...columns };
  const terms = new SharedArrayBuffer(4 * TERMS_WORDS);
  const selector = new PoolSelector(pool, given(await buildShards(pool, locations, participants, terms)));
  const { live } = selector;
  const reach = new Reach(await placesOf(WHOLE), { views: live.views, status }, TASKS, () => clock);
  const check = async (spots: typeof world.spots) => {
    clock += REACH.keptMs;
    const expected = countedBy({ ...world, spots }, ({ municipality }) => municipality);
    for (const { code, participants } of (await reportOf(reach)).areas) {
      const count = expected.get(Number(code.slice(2))) ?? 0;
      expect([code, participants]).toEqual([code, count < 5 ? null : 5 * Math.round(count / 5)]);
    }
  };
  await check(world.spots);
  // Every third moves to Bodegraven, with two locations there; every tenth leaves; both more than once.
  let spots = world.spots;
  for (let round = 0; round < 2; round += 1) {
    for (let person = 0; person < world.status.length; person += 1) {
      const moved = { person, lng: 4.75 + round / 100, lat: 52.08, municipality: 1901 };
      const now = person % 10 === 0 ? [] : person % 3 === 0 ? [moved, { ...moved, lat: 52.09 }] : undefined;
      if (now === undefined) continue;
      given(
        live.place(
          person,
          now.map((spot) => ({ ...spot, channels: 1, terms: 0 })),
        ),
      );
      spots = [...spots.filter((spot) => spot.person !== person), ...now];
    }
    await check(spots);
  }
});

test("counts are kept for a minute, and then made anew", async () => {
  const reach = await whole();
  const total = async () => (await reportOf(reach)).national.participants;
  const before = await total();
  view = viewOf(someSpots(1_000, seeded(8)));
  expect(await total()).toBe(before);
  clock += REACH.keptMs - 1;
  expect(await total()).toBe(before);
  clock += 1;
  expect(await total()).toBeLessThan(before! / 2);
  view = viewOf(country);
});

test("without a file of postcodes the bundled places stand in, for all but postcodes", async () => {
  const reach = await reachWith({});
  const { areas, populationFrom } = await reportOf(reach);
  expect(populationFrom).toBe("bundledPlaces");
  expect(areas.length).toBeGreaterThan(330);
  const woerden = areas.find(({ code }) => code === "GM0632")!;
  expect(woerden.population).toBeGreaterThan(20_000);
  expect(woerden.participants).toBeGreaterThan(500);
  expect(await reach.page({ ...REQUEST, level: "district" }, "json")).toMatchObject({
    ok: false,
    problem: { code: "POSTCODES_MISSING" },
  });
});

interface Feature {
  readonly id: string;
  readonly geometry: null | {
    readonly type: string;
    readonly coordinates: [number, number][][] & [number, number][][][];
  };
  readonly properties: { readonly code: string };
}

test("GeoJSON draws cells as squares, municipalities by their outlines, counterclockwise", async () => {
  const reach = await whole();
  const features = async (level: ReachRequest["level"]) =>
    (JSON.parse(await textOf(reach, { level }, "geojson")) as { features: Feature[] }).features;
  const area = (ring: [number, number][]) =>
    ring.slice(1).reduce((sum, [x, y], at) => sum + ring[at]![0] * y - x * ring[at]![1], 0) / 2;
  for (const { id, geometry, properties } of await features("cell")) {
    expect([id, geometry?.type]).toEqual([properties.code, "Polygon"]);
    const [ring] = geometry!.coordinates as [number, number][][];
    expect(ring![0]).toEqual(ring![4]);
    expect(area(ring!)).toBeGreaterThan(0);
  }
  const municipalities = await features("municipality");
  const outlined = municipalities.filter(({ geometry }) => geometry?.type === "MultiPolygon");
  expect(outlined.map(({ id }) => id)).toEqual(["GM0632", "GM1901"]);
  for (const { geometry } of outlined) expect(area(geometry!.coordinates[0]![0]! as never)).toBeGreaterThan(0);
  const district = (await features("district")).find(({ id }) => id === "3441")!;
  expect(district.geometry).toEqual({ type: "Point", coordinates: [4.887, 52.087] });
});

test("CSV has a row an area, with nothing where nothing is told, and a name stays text", async () => {
  const named = POPULATION.replaceAll('"Bodegraven-Reeuwijk"', '"=Bodegraven, ""Reeuwijk"""');
  const reach = await reachWith({ population: named });
  const lines = (await textOf(reach, {}, "csv")).split("\r\n");
  expect(lines[0]).toBe("code,name,municipality,lng,lat,km2,population,participants,share,chance,needed,behind");
  expect(lines.at(-1)).toBe("");
  const { areas } = await reportOf(reach);
  expect(lines).toHaveLength(areas.length + 2);
  expect(lines.find((line) => line.startsWith("GM1901"))).toContain(
    `"'=Bodegraven, ""Reeuwijk""",GM1901,4.746,52.082,40,`,
  );
  const few = areas.find(({ participants }) => participants === null);
  if (few) expect(lines.find((line) => line.startsWith(few.code))).toMatch(/,,,,\d+,/);
});

test("one count at a time; too many queries are refused; what fails is tried again", async () => {
  let running = 0;
  let most = 0;
  let fails = 1;
  let broken = false;
  const reach = await reachWith(
    { population: POPULATION },
    {
      ...TASKS,
      count: async (task) => {
        if (broken) throw new Error("a mistake");
        running += 1;
        most = Math.max(most, running);
        const result = await TASKS.count(task);
        running -= 1;
        fails -= 1;
        return fails === 0 ? fail("WORKER_DIED", "it did") : result;
      },
    },
  );
  expect(await reach.page(REQUEST, "json")).toMatchObject({ ok: false, problem: { code: "WORKER_DIED" } });
  broken = true;
  await expect(reach.page(REQUEST, "json")).rejects.toThrow("a mistake");
  broken = false;
  const sizes = [500, 1_000, 2_000, 4_000, 8_000, 500, 1_000, 2_000];
  const pages = sizes.map((cellMeters) => reach.page({ ...REQUEST, level: "cell", cellMeters }, "csv"));
  expect(await reach.page(REQUEST, "json")).toMatchObject({ ok: false, problem: { code: "BUSY" } });
  expect((await Promise.all(pages)).every(({ ok }) => ok)).toBe(true);
  expect(most).toBe(1);
  expect(-fails).toBe(5);
  expect(await reach.page(REQUEST, "json")).toMatchObject({ ok: true });
});
