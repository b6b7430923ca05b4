/** How far a place is from an area, against the circle on the ellipsoid and a polygon that is one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { metersToArea } from "../../../engine/geo/distance.js";

const around = {
  lng: fc.double({ min: 4.9, max: 5.3, noNaN: true }),
  lat: fc.double({ min: 51.9, max: 52.3, noNaN: true }),
};

/** A circle of so many metres as a polygon of 720 corners, in the plane of its middle. */
function polygonOf([lng, lat]: [number, number], meters: number): [number, number][] {
  return Array.from({ length: 721 }, (_, at) => {
    const turn = (2 * Math.PI * (at % 720)) / 720;
    const east = 111_270 * Math.cos((lat * Math.PI) / 180);
    return [lng + (meters * Math.cos(turn)) / east, lat + (meters * Math.sin(turn)) / 111_270];
  });
}

test("a polygon that is a circle is as far as the circle, to a hundredth", () => {
  const center: [number, number] = [5.1, 52.1];
  const circle = { type: "Circle" as const, center, radiusMeters: 3_000 };
  const polygon = { type: "Polygon" as const, coordinates: [polygonOf(center, 3_000)] };
  fc.assert(
    fc.property(around.lng, around.lat, (lng, lat) => {
      const [one, other] = [metersToArea(circle, [lng, lat])!, metersToArea(polygon, [lng, lat])!];
      expect(Math.abs(one - other)).toBeLessThan(20 + one / 100);
    }),
  );
});

test("a hole is outside, several polygons are as near as the nearest, and a municipality tells nothing", () => {
  const ring = (at: number, size: number): [number, number][] => [
    ...([
      [at, 52],
      [at + size, 52],
      [at + size, 52 + size],
      [at, 52 + size],
      [at, 52],
    ] as [number, number][]),
  ];
  const hole: [number, number][] = [
    [5.02, 52.02],
    [5.08, 52.02],
    [5.08, 52.08],
    [5.02, 52.08],
    [5.02, 52.02],
  ];
  const holed = { type: "Polygon" as const, coordinates: [ring(5, 0.1), hole] };
  expect(metersToArea(holed, [5.01, 52.05])).toBe(0);
  expect(metersToArea(holed, [5.05, 52.05])).toBeGreaterThan(1_000);
  const both = { type: "MultiPolygon" as const, coordinates: [[ring(5, 0.1)], [ring(6, 0.1)]] };
  expect(metersToArea(both, [6.05, 52.05])).toBe(0);
  expect(metersToArea(both, [5.11, 52.05])).toBeCloseTo(metersToArea(both, [5.99, 52.05])!, -1);
  expect(metersToArea({ type: "Municipality", code: "GM0344" }, [5, 52])).toBeNull();
});
