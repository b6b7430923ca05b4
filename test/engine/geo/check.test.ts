/** Every kind of bad area is refused with the place of the mistake, and good ones with unusual shapes are taken. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../bench/selection/country.js";
import type { LngLat } from "../../../engine/geo/area.js";
import { checkArea } from "../../../engine/geo/check.js";
import { meeting } from "../../../engine/geo/crossings.js";
import { API } from "../../../schemas/limits.js";

const square = (x: number, y: number, size: number): LngLat[] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];
/** Positions as a text: "0 0, 4 0, 4 4, 0 0". */
const ring = (text: string): LngLat[] =>
  text.split(", ").map((position): LngLat => {
    const [x, y] = position.split(" ").map(Number);
    return [x!, y!];
  });
const outline = square(0, 0, 10);
const polygon = (...rings: LngLat[][]) =>
  checkArea({ type: "Polygon", coordinates: rings.map((ring) => ring.map(([x, y]): [number, number] => [x, y])) });

function refusal(...rings: LngLat[][]): readonly [code: string, field: string | undefined, detail: string] {
  const result = polygon(...rings);
  return result.ok ? ["none", undefined, ""] : [result.problem.code, result.problem.field, result.problem.detail];
}

describe("checkArea takes", () => {
  it.each([
    ["a square", [outline]],
    ["a square the other way round", [outline.toReversed()]],
    ["a hole", [outline, square(2, 2, 3)]],
    ["two holes that touch in a corner", [outline, square(2, 2, 2), square(4, 4, 2)]],
    ["a hole that touches the outline with a corner", [outline, ring("0 5, 2 4, 2 6, 0 5")]],
    ["positions that repeat", [ring("0 0, 0 0, 4 0, 4 0, 4 4, 0 0, 0 0")]],
    ["corners on a straight line", [ring("0 0, 5 0, 10 0, 10 10, 5 10, 0 10, 0 0")]],
    ["a notch", [ring("0 0, 10 0, 10 10, 5 1, 0 10, 0 0")]],
  ])("%s", (_, rings) => {
    expect(polygon(...rings)).toMatchObject({ ok: true });
  });

  it("a circle and a municipality, by its number", () => {
    const circle = { type: "Circle", center: [5, 52] as [number, number], radiusMeters: 5_000 } as const;
    expect(checkArea(circle)).toEqual({ ok: true, value: circle });
    expect(checkArea({ type: "Municipality", code: "GM0363" })).toEqual({
      ok: true,
      value: { type: "Municipality", code: 363 },
    });
  });

  it("polygons of a MultiPolygon that overlap: they are joined", () => {
    const coordinates = [[square(0, 0, 5)], [square(3, 3, 5)]] as [number, number][][][];
    expect(checkArea({ type: "MultiPolygon", coordinates })).toMatchObject({ ok: true });
  });
});

describe("checkArea refuses", () => {
  it.each<[string, LngLat[][], string, RegExp]>([
    ["a ring that is not closed", [ring("0 0, 4 0, 4 4, 0 4")], "/area/coordinates/0/3", /not closed/],
    ["a ring of three positions", [ring("0 0, 4 0, 0 0")], "/area/coordinates/0", /four positions/],
    ["one point, again and again", [ring("1 1, 1 1, 1 1, 1 1")], "/area/coordinates/0", /encloses nothing/],
    ["a line to and fro", [ring("0 0, 4 4, 2 2, 0 0")], "/area/coordinates/0", /encloses nothing/],
    ["an hourglass", [ring("0 0, 4 4, 4 0, 0 4, 0 0")], "/area/coordinates/0/0", /crosses itself/],
    ["a corner on its own edge", [ring("0 0, 8 0, 8 8, 4 0, 0 8, 0 0")], "/area/coordinates/0/0", /touches itself/],
    ["a spike", [ring("0 0, 8 0, 8 8, 8 4, 0 4, 0 0")], "/area/coordinates/0/1", /(crosses|touches) itself/],
    [
      "two loops through one corner",
      [ring("0 0, 2 2, 4 0, 4 4, 2 2, 0 4, 0 0")],
      "/area/coordinates/0/0",
      /touches itself/,
    ],
    ["a hole outside", [outline, square(20, 20, 2)], "/area/coordinates/1", /not lie in the outline/],
    ["a hole around the outline", [outline, square(-5, -5, 30)], "/area/coordinates/1", /not lie in the outline/],
    [
      "a hole in the notch",
      [ring("0 0, 10 0, 10 10, 5 1, 0 10, 0 0"), square(4.5, 6, 1)],
      "/area/coordinates/1",
      /not lie in/,
    ],
    ["a hole across the outline", [outline, square(8, 8, 4)], "/area/coordinates/1/", /crosses ring 0/],
    [
      "a hole along an edge of the outline",
      [outline, square(0, 2, 3)],
      "/area/coordinates/1/",
      /crosses ring 0|more than one point/,
    ],
    [
      "a hole that touches the outline twice",
      [outline, ring("0 5, 5 0, 5 5, 0 5")],
      "/area/coordinates/",
      /more than one point/,
    ],
    ["holes that overlap", [outline, square(1, 1, 4), square(3, 3, 4)], "/area/coordinates/", /crosses ring/],
    ["a hole in a hole", [outline, square(1, 1, 6), square(2, 2, 2)], "/area/coordinates/2", /lies in hole 1/],
    ["the same hole twice", [outline, square(1, 1, 6), square(1, 1, 6)], "/area/coordinates/", /crosses ring/],
    ["a bad hole", [outline, ring("1 1, 2 1, 2 2, 1 2")], "/area/coordinates/1/3", /not closed/],
  ])("%s", (_, rings, field, detail) => {
    const [code, where, what] = refusal(...rings);
    expect(code).toBe("INVALID_AREA");
    expect(where).toContain(field);
    expect(what).toMatch(detail);
  });

  it("a bad polygon of a MultiPolygon, by its number", () => {
    const coordinates = [[square(0, 0, 1)], [ring("0 0, 4 4, 4 0, 0 4, 0 0")]] as [number, number][][][];
    const result = checkArea({ type: "MultiPolygon", coordinates });
    expect(result).toMatchObject({ ok: false, problem: { code: "INVALID_AREA", field: "/area/coordinates/1/0/0" } });
  });

  it("more vertices than the limit, all rings together", () => {
    const many = (count: number) => round(count, 1, () => 1);
    expect(polygon(many(API.areaVertices - 1))).toMatchObject({ ok: true });
    expect(refusal(many(API.areaVertices)).slice(0, 2)).toEqual(["INVALID_AREA", "/area/coordinates"]);
  });
});

/** A ring of `count` corners and one more to close it, with a radius for each. */
function round(count: number, size: number, reach: (corner: number) => number): LngLat[] {
  const ring = Array.from({ length: count }, (_, corner): LngLat => {
    const angle = (2 * Math.PI * corner) / count;
    const distance = size * reach(corner);
    return [5 + distance * Math.cos(angle), 52 + distance * Math.sin(angle)];
  });
  return [...ring, ring[0]!];
}

describe("crossings", () => {
  it("are found when any two corners of a jagged outline change places", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 6, max: 400 }), (seed, corners) => {
        const random = randomFrom(seed);
        const ring = round(corners, 1, () => 0.5 + random());
        expect(polygon(ring)).toMatchObject({ ok: true });
        const first = 1 + Math.floor(random() * (corners - 3));
        const swapped = ring.with(first, ring[first + 2]!).with(first + 2, ring[first]!);
        expect(polygon(swapped).ok).toBe(!crossesByBruteForce(swapped));
      }),
      { numRuns: 300 },
    );
  });
});

function crossesByBruteForce(ring: readonly LngLat[]): boolean {
  const edges = ring.slice(1).map((end, index) => [...ring[index]!, ...end]);
  return edges.some((edge, a) =>
    edges.some((other, b) => {
      if (a >= b) return false;
      const how = meeting(Float64Array.from([...edge, ...other]), 0, 4);
      const neighbours = b === a + 1 || (a === 0 && b === edges.length - 1);
      return how === "cross" || (how === "touch" && !neighbours);
    }),
  );
}
