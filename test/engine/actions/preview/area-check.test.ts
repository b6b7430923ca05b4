/** Where areas are checked: a small one at once, any other in a worker, and the main thread goes on meanwhile. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { areaCheck, requestCheck } from "../../../../engine/actions/preview/area-check.js";
import { checkArea } from "../../../../engine/geo/check.js";
import { checkFlat, type FlatArea, flatten, type PolygonArea } from "../../../../engine/geo/flat-area.js";
import { createPool, runFallible } from "../../../../engine/pool/tasks.js";
import type { Purpose } from "../../../../engine/pool/turns.js";
import { fail, ok, type Result } from "../../../../schemas/errors.js";
import { API, DISPATCH as LIMITS } from "../../../../schemas/limits.js";
import { PRECEDENCES } from "../../../../schemas/words.js";

type Position = [number, number];
const DISPATCH: Purpose = { turn: "normal" };

/** An outline full of triangular holes: whether one lies in another is asked of every two of them, which costs the most. */
function holed(vertices: number): PolygonArea {
  const holes = Math.floor((vertices - 5) / 4);
  const side = Math.ceil(Math.sqrt(holes));
  const outline: Position[] = [
    [4, 52],
    [5, 52],
    [5, 53],
    [4, 53],
    [4, 52],
  ];
  const triangles = Array.from({ length: holes }, (_, hole): Position[] => {
    const [x, y] = [4 + ((hole % side) + 0.2) / side, 52 + (Math.floor(hole / side) + 0.2) / side];
    const size = 0.5 / side;
    return [
      [x, y],
      [x + size, y],
      [x, y + size],
      [x, y],
    ];
  });
  return { type: "Polygon", coordinates: [outline, ...triangles] };
}

it("asks a worker for all but small areas", async () => {
  const asked: FlatArea[] = [];
  const check = areaCheck(async (flat) => {
    asked.push(flat);
    return ok(undefined);
  });
  const small = holed(API.areaVerticesAtOnce);
  expect(await check(small, DISPATCH)).toEqual(ok(small));
  const circle = { type: "Circle", center: [5, 52], radiusMeters: 500 } as const;
  expect(await check({ ...circle, center: [5, 52] }, DISPATCH)).toMatchObject({ ok: true });
  expect(asked).toEqual([]);
  const large = holed(API.areaVerticesAtOnce + 4);
  expect(await check(large, DISPATCH)).toEqual(ok(undefined));
  expect(asked).toEqual([flatten(large)]);
});

it("checks an area that is good once, though whoever claims for it looks before who accepts it; a bad one each time", async () => {
  let checks = 0;
  const known = { municipalityToday: (number: number) => number };
  const check = requestCheck(async (area) => {
    checks++;
    return area.type === "Circle" ? ok(area) : fail("INVALID_AREA", "no");
  }, known);
  const good = { area: { type: "Circle", center: [5, 52], radiusMeters: 500 } } as const;
  for (const turn of ["optional", "normal"] as const) {
    const asked = { area: { ...good.area, center: [5, 52] as [number, number] } };
    expect(await check(asked, { turn })).toMatchObject({ value: good });
    expect(await check({ ...asked }, { turn })).toMatchObject({ value: good });
  }
  expect(checks).toBe(2);
  const bad = { area: holed(20) };
  for (const _ of [1, 2]) expect(await check(bad, DISPATCH)).toMatchObject({ ok: false });
  expect(checks).toBe(4);
});

it("bounds how many wait that are for a preview, and refuses no dispatch for them", async () => {
  const settle: (() => void)[] = [];
  const check = areaCheck(() => new Promise((done) => settle.push(() => done(ok(undefined)))));
  const large = holed(600);
  const waiting = Array.from({ length: API.queuedCounts }, () => check(large, { turn: "optional" }));
  expect(await check(large, { turn: "optional" })).toMatchObject({ ok: false, problem: { code: "BUSY" } });
  const dispatch = check(large, DISPATCH);
  for (const done of settle) done();
  expect((await Promise.all([...waiting, dispatch])).every((settled) => settled.ok)).toBe(true);
});

it("bounds how many wait that are for actions, the most urgent last", async () => {
  const settle: (() => void)[] = [];
  const check = areaCheck(() => new Promise((done) => settle.push(() => done(ok(undefined)))));
  const large = holed(600);
  const waiting: Promise<Result<unknown>>[] = [];
  for (const turn of PRECEDENCES.toReversed()) {
    while (settle.length < LIMITS.actionsUnderWay[turn]) waiting.push(check(large, { turn }));
    const over = check(large, { turn });
    for (const done of turn === "extreme" ? settle : []) done();
    expect(await over).toMatchObject({ ok: false, problem: { code: "BUSY" } });
  }
  expect((await Promise.all(waiting)).every((settled) => settled.ok)).toBe(true);
  const again = check(large, { turn: "normal" });
  settle.at(-1)!();
  expect(await again).toMatchObject({ ok: true });
});

/** A comb, whose edges are all as high as it is itself. */
function comb(vertices: number): PolygonArea {
  const teeth = Math.floor((vertices - 4) / 2);
  const edge = Array.from({ length: teeth }, (_, tooth): Position[] => [
    [4 + (2 * tooth + 1) / (4 * teeth), 52.9],
    [4 + (2 * tooth + 2) / (4 * teeth), 52.1],
  ]);
  return { type: "Polygon", coordinates: [[[4, 52], ...edge.flat(), [5, 52.9], [5, 52], [4, 52]]] };
}

/** A thin ring that goes round and round, and crosses itself at the last of its edges. */
function crossed(vertices: number): PolygonArea {
  const { coordinates } = comb(vertices - 1);
  const [ring] = coordinates as Position[][];
  return { type: "Polygon", coordinates: [[...ring!.slice(0, -1), [4.1, 53], [4, 52]]] };
}

describe("the largest areas that are taken leave the main thread alone while they are checked", () => {
  const shapes: readonly (readonly [string, PolygonArea, boolean])[] = [
    ["holes", holed(API.areaVertices), true],
    ["a comb", comb(API.areaVertices), true],
    ["one that crosses itself at its end", crossed(API.areaVertices), false],
    [
      "many polygons",
      { type: "MultiPolygon", coordinates: Array(API.areaVertices / 5).fill(holed(5).coordinates) },
      true,
    ],
  ];

  it.each(shapes)("%s", async (name, area, isFine) => {
    const pool = createPool(1);
    onTestFinished(() => pool.destroy());
    const tasks: string[] = [];
    const check = areaCheck((flat, purpose) => {
      tasks.push("checkFlat");
      return runFallible(pool, "checkFlat", flat, purpose);
    });
    await check(area, DISPATCH);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedMs = performance.now();
    const checked: Result<unknown> = await check(area, DISPATCH);
    const tookMs = performance.now() - startedMs;
    await sleep(5);
    delay.disable();
    const late = (delay.max / 1e6).toFixed(1);
    console.log(`${name}: ${tookMs.toFixed(0)} ms in a worker, with the main thread late by at most ${late} ms`);
    expect(checked.ok).toBe(isFine);
    // Where it ran, and not how long: this thread is asked for nothing but the flat arrays.
    expect(tasks).toEqual(["checkFlat", "checkFlat"]);
  });
});

it("says in a worker what it would say here", () => {
  const position = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));
  const ring = fc.array(position, { minLength: 3, maxLength: 6 }).map((corners) => [...corners, corners[0]!]);
  const rings = fc.array(ring, { minLength: 1, maxLength: 3 });
  const area = fc.oneof(
    rings.map((coordinates): PolygonArea => ({ type: "Polygon", coordinates })),
    fc
      .array(rings, { minLength: 1, maxLength: 3 })
      .map((all): PolygonArea => ({ type: "MultiPolygon", coordinates: all })),
  );
  fc.assert(
    fc.property(area, (drawn) => {
      const here = checkArea(drawn);
      expect(checkFlat(structuredClone(flatten(drawn)))).toEqual(here.ok ? ok(undefined) : here);
    }),
  );
});
