/** Coordinates: every fault by its place, never more than a few of them, and the right ones untouched. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AreaInput } from "../../../schemas/api/area.js";
import { API } from "../../../schemas/limits.js";

const square = [
  [5, 52],
  [6, 52],
  [6, 53],
  [5, 52],
];

function faults(type: "Polygon" | "MultiPolygon", coordinates: unknown): [string, string][] {
  const { error } = AreaInput.safeParse({ type, coordinates });
  return (error?.issues ?? []).map((issue) => [issue.path.join("/"), issue.message]);
}

describe("coordinates", () => {
  it.each([
    ["Polygon", undefined, "coordinates"],
    ["Polygon", {}, "coordinates"],
    ["Polygon", [], "coordinates"],
    ["Polygon", [square, null], "coordinates/1"],
    ["Polygon", [square.slice(1)], "coordinates/0"],
    ["Polygon", [[...square, [5]]], "coordinates/0/4"],
    ["Polygon", [[...square, "ab"]], "coordinates/0/4"],
    ["Polygon", [[...square, [5, 52, 1, 2]]], "coordinates/0/4"],
    ["Polygon", [[...square, [5, 52, "1"]]], "coordinates/0/4/2"],
    ["Polygon", [[...square, [181, 52]]], "coordinates/0/4/0"],
    ["Polygon", [[...square, [5, -90.1]]], "coordinates/0/4/1"],
    ["Polygon", [[...square, [5, Number.NaN]]], "coordinates/0/4/1"],
    ["Polygon", [[...square, ["5", 52]]], "coordinates/0/4/0"],
    ["MultiPolygon", [[square], []], "coordinates/1"],
    ["MultiPolygon", [[square], [square, [[]]]], "coordinates/1/1"],
    ["MultiPolygon", [square], "coordinates/0/0"],
  ] as const)("%s %j", (type, coordinates, place) => {
    expect(faults(type, coordinates)[0]?.[0]).toBe(place);
  });

  it("stops at the first few, however many are wrong", () => {
    expect(faults("Polygon", [Array(20_000).fill([999, 999])]).length).toBeLessThanOrEqual(API.reportedFields + 1);
    expect(faults("MultiPolygon", Array(60_000).fill([]))).toHaveLength(API.reportedFields);
  });

  it("counts the vertices of all rings together", () => {
    const half = Array(API.areaVertices / 2).fill([5, 52]);
    expect(faults("MultiPolygon", [[half], [half]])).toEqual([]);
    expect(faults("MultiPolygon", [[half], [half], [square]])).toEqual([
      ["coordinates/2/0", `An area has at most ${API.areaVertices} vertices`],
    ]);
  });

  it("leaves altitude and bounding box out, as RFC 7946 has them", () => {
    const high = () => square.map(([lng, lat], index) => [lng, lat, 10 * index]);
    const polygon = { type: "Polygon", coordinates: [high()], bbox: [5, 52, 6, 53] };
    expect(AreaInput.parse(polygon)).toEqual({ type: "Polygon", coordinates: [square] });
    const many = { type: "MultiPolygon", coordinates: [[high()], [square]], bbox: [5, 52, -4, 6, 53, 30] };
    expect(AreaInput.parse(many)).toEqual({ type: "MultiPolygon", coordinates: [[square], [square]] });
    const circle = { type: "Circle", center: [5, 52, 3.5], radiusMeters: 10 };
    expect(AreaInput.parse(circle)).toEqual({ ...circle, center: [5, 52] });
    expect(AreaInput.safeParse({ ...polygon, bbox: ["5", 52, 6, 53] }).success).toBe(false);
  });

  it("leaves right ones as they are", () => {
    const position = fc.tuple(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -90, max: 90, noNaN: true }),
    );
    const rings = fc.array(fc.array(position, { minLength: 4, maxLength: 9 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(rings, (coordinates) => {
        const area = { type: "Polygon", coordinates } as const;
        expect(AreaInput.parse(area)).toEqual(area);
        const more = { type: "MultiPolygon", coordinates: [coordinates, coordinates] } as const;
        expect(AreaInput.parse(more)).toEqual(more);
      }),
    );
  });
});
