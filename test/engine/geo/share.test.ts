import { expect, it } from "vitest";
import { shareOf, sketchOf } from "../../../engine/geo/share.js";
import type { AreaInput } from "../../../schemas/api/area.js";

function circle(lng: number, lat: number, radiusMeters: number): AreaInput {
  return { type: "Circle", center: [lng, lat], radiusMeters };
}
/** A square of so many degrees, with so many vertices along each side. */
function square(west: number, south: number, size: number, along = 1): AreaInput & { type: "Polygon" } {
  const side = Array.from({ length: along }, (_, at) => (size * at) / along);
  const ring = [
    ...side.map((x) => [west + x, south]),
    ...side.map((y) => [west + size, south + y]),
    ...side.map((x) => [west + size - x, south + size]),
    ...side.map((y) => [west, south + size - y]),
  ];
  return { type: "Polygon", coordinates: [[...ring, ring[0]!]] as [number, number][][] };
}
const nowhere = () => undefined;
const share = (a: AreaInput, b: AreaInput, at: (lng: number) => number | undefined = nowhere) =>
  shareOf(sketchOf(a), sketchOf(b), at);

it("is all of the same area, nothing of one that is elsewhere, and the larger of the two shares", () => {
  const amsterdam = circle(4.9, 52.37, 2_000);
  expect(share(amsterdam, amsterdam)).toBe(1);
  expect(share(amsterdam, circle(5.12, 52.09, 2_000))).toBe(0);
  expect(share(amsterdam, circle(4.9, 52.37, 20_000))).toBe(1);
  expect(share(circle(4.9, 52.37, 20_000), amsterdam)).toBe(1);
});

it("is within 4 % what the formula of two circles has", () => {
  const meters = 2_000;
  for (const apart of [500, 1_000, 2_000, 3_000]) {
    const half = apart / 2 / meters;
    const lens = (2 * Math.acos(half) - 2 * half * Math.sqrt(1 - half * half)) / Math.PI;
    const there = circle(4.9, 52.37 + apart / 111_195, meters);
    expect(Math.abs(share(circle(4.9, 52.37, meters), there) - lens)).toBeLessThan(0.04);
  }
});

it("is of polygons what it is of their outlines, however many vertices they have", () => {
  expect(share(square(5, 52, 0.1), square(5.05, 52, 0.1))).toBeCloseTo(0.5, 1);
  expect(share(square(5, 52, 0.1, 2_000), square(5.05, 52, 0.1, 3))).toBeCloseTo(0.5, 1);
  const two: AreaInput = {
    type: "MultiPolygon",
    coordinates: [square(5, 52, 0.1).coordinates, square(6, 52, 0.1).coordinates],
  };
  expect(share(two, square(6, 52, 0.1))).toBe(1);
});

it("of a municipality is known by its number, or by the points of what it is compared with", () => {
  const weesp = { type: "Municipality", code: "GM0457" } as const;
  expect(share(weesp, weesp)).toBe(1);
  expect(share(weesp, { type: "Municipality", code: "GM0363" })).toBe(0);
  expect(share(circle(5, 52, 1_000), weesp, () => 457)).toBe(1);
  expect(share(weesp, circle(5, 52, 1_000), (lng) => (lng < 5 ? 457 : 363))).toBeCloseTo(0.5, 1);
});
