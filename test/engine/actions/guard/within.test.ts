/** Areas against municipalities that are squares of a degree, so that a plain comparison of numbers tells what is right. */
import { expect, test } from "vitest";
import { liesWithin } from "../../../../engine/actions/guard/within.js";
import type { AreaInput } from "../../../../schemas/api/area.js";

/** 1 west of the fifth degree, 2 east of it; the sea from 52 degrees on, and abroad below 50. */
function at(lng: number, lat: number): number | undefined {
  if (lat > 52) return undefined;
  if (lat < 50) return 0;
  return lng < 5 ? 1 : 2;
}
const circle = (lng: number, lat: number, radiusMeters: number): AreaInput => ({
  type: "Circle",
  center: [lng, lat],
  radiusMeters,
});
const square = (west: number, south: number, east: number, north: number): [number, number][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

test.each([
  ["a circle inside", circle(4.5, 51, 30_000), [1], true],
  ["a circle over the border", circle(4.9, 51, 30_000), [1], false],
  ["the same, of both", circle(4.9, 51, 30_000), [1, 2], true],
  ["a circle elsewhere", circle(5.5, 51, 1_000), [1], false],
  ["a circle over the sea", circle(4.5, 51.99, 5_000), [1], true],
  ["a circle that reaches abroad", circle(4.5, 50.01, 5_000), [1], false],
  ["a polygon inside", { type: "Polygon", coordinates: [square(4, 51, 4.9, 51.5)] }, [1], true],
  ["a polygon with one corner outside", { type: "Polygon", coordinates: [square(4, 51, 5.001, 51.5)] }, [1], false],
  [
    "a polygon whose edge alone goes over",
    {
      type: "Polygon",
      coordinates: [
        [
          [4, 51],
          [4, 51.5],
          [5.2, 51.25],
          [4, 51],
        ],
      ],
    },
    [1],
    false,
  ],
  [
    "two polygons, one elsewhere",
    { type: "MultiPolygon", coordinates: [[square(4, 51, 4.5, 51.5)], [square(6, 51, 6.5, 51.5)]] },
    [1],
    false,
  ],
] as [string, AreaInput, number[], boolean][])("%s", (_, area, municipalities, isInside) => {
  expect(liesWithin(area, municipalities, at)).toBe(isInside);
});

test("ten thousand vertices cost no more look-ups than a few", () => {
  let looked = 0;
  const counted = (lng: number, lat: number): number | undefined => {
    looked++;
    return at(lng, lat);
  };
  const ring = Array.from({ length: 10_000 }, (_, vertex): [number, number] => {
    const turn = (2 * Math.PI * vertex) / 9_999;
    return [4.5 + 0.3 * Math.cos(turn), 51 + 0.3 * Math.sin(turn)];
  });
  expect(liesWithin({ type: "Polygon", coordinates: [ring] }, [1], counted)).toBe(true);
  expect(looked).toBeLessThanOrEqual(512);
});
