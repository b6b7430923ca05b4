import { expect, test } from "vitest";
import { readBoundaries } from "../../../engine/places/boundaries.js";
import { readGeoNames } from "../../../engine/places/geonames.js";
import { Outlines } from "../../../engine/places/outlines.js";
import { PLACES } from "../../../schemas/limits.js";
import { given } from "../registry/samples.js";
import { BOUNDARIES, collection, feature, ring, WOERDEN, WOERDEN_BOX } from "./files.js";

const places = readGeoNames(["NL"]);
const read = (text: string) => readBoundaries(Buffer.from(text), places);
const SQUARE = [ring([5, 52, 5.1, 52.1])];
const BOW_TIE = [
  [5, 52],
  [5.1, 52.1],
  [5.1, 52],
  [5, 52.1],
  [5, 52],
];

test("codes are found under their several names, and names stand in for them", () => {
  const box = [ring(WOERDEN_BOX)];
  const woerden: readonly object[] = [
    feature({ statcode: "GM0632" }, box),
    feature({ gemeentecode: "0632" }, box),
    feature({ code: "GM0632", name: "Woerden" }, box),
    feature({}, box, "Polygon", "GM0632"),
    feature({ naam: "Woerden" }, box),
    feature({ statnaam: "Woerden", identificatie: "NL.IMBAG.1" }, box),
  ];
  for (const one of woerden) expect([...given(read(collection(one))).outlines.codes]).toEqual([WOERDEN]);
});

test("what was merged since goes to where its people live today, and what was divided is reported", () => {
  // Menterwolde (GM1987) became part of Midden-Groningen (GM1952), Haaren (GM0788) was divided among four.
  const menterwolde = feature({ statcode: "GM1987", statnaam: "Menterwolde" }, [ring([6.8, 53.11, 6.97, 53.22])]);
  const haaren = feature({ statcode: "GM0788", statnaam: "Haaren" }, [ring([5.17, 51.56, 5.3, 51.64])]);
  const old = feature({ statcode: "GM9998" }, [ring([4.0, 53.0, 4.1, 53.1])]);
  const { outlines, merged, divided, unmatched, names, municipalities } = given(
    read(collection(menterwolde, haaren, old)),
  );
  expect(merged).toContainEqual({ was: "Menterwolde", code: 1952 });
  expect(divided).toEqual(["Haaren"]);
  expect(unmatched).toEqual(["GM9998"]);
  expect(municipalities).toBe(3);
  expect(names.size).toBe(0);
  expect(new Outlines(outlines).at(6.9, 53.15)).toBe(1952);
});

test("a name that no place tells is left out and reported; one that GeoNames lacks is known all the same", () => {
  const atSea = [ring([4.0, 53.0, 4.1, 53.1])];
  const { outlines, unmatched } = given(
    read(
      collection(feature({ naam: "Utopia" }, atSea), feature({ naam: "Vlieland" }, [ring([4.9, 53.22, 5.1, 53.3])])),
    ),
  );
  expect(unmatched).toEqual(["Utopia"]);
  expect([...outlines.codes]).toEqual([96]);
});

test("rings are turned as RFC 7946 wants them, and holes are no part of a municipality", () => {
  const [outer, hole] = [ring([5, 52, 6, 53]), ring([5.4, 52.4, 5.6, 52.6])];
  const { outlines } = given(read(collection(feature({ code: "GM0344" }, [outer, [...hole].reverse()]))));
  const area = (from: number, to: number) => {
    let sum = 0;
    for (let at = from; at + 1 < to; at += 1) {
      const [x1, y1, x2, y2] = outlines.coords.subarray(2 * at, 2 * at + 4);
      sum += x1! * y2! - x2! * y1!;
    }
    return sum;
  };
  expect(area(outlines.rings[0]!, outlines.rings[1]!)).toBeGreaterThan(0);
  expect(area(outlines.rings[1]!, outlines.rings[2]!)).toBeLessThan(0);
  const index = new Outlines(outlines);
  expect([index.at(5.5, 52.5), index.at(5.3, 52.5)]).toEqual([undefined, 344]);
});

const BAD: readonly (readonly [unknown, RegExp])[] = [
  [null, /neither a code/],
  [feature({}, SQUARE), /neither a code/],
  [feature({ code: "0000" }, SQUARE), /neither a code/],
  [feature({ code: "GM0632" }, [5, 52], "Point"), /no Polygon/],
  [{ type: "Feature", properties: { code: "GM0632" }, geometry: null }, /no Polygon/],
  [feature({ code: "GM0632" }, []), /no rings|no coordinates/],
  [feature({ code: "GM0632" }, [], "MultiPolygon"), /no coordinates/],
  [feature({ code: "GM0632" }, [SQUARE[0]!.slice(0, 3)]), /four positions/],
  [feature({ code: "GM0632" }, [SQUARE[0]!.slice(0, 4)]), /not closed/],
  [
    feature({ code: "GM0632" }, [
      [
        ["5", "52"],
        [5, 53],
        [6, 53],
        ["5", "52"],
      ],
    ]),
    /pair of numbers/,
  ],
  [feature({ code: "GM0632" }, [ring([121_000, 455_000, 122_000, 456_000])]), /not degrees/],
  [feature({ code: "GM0632" }, [ring([52, 5, 52.1, 5.1])]), /exchanged/],
  [feature({ code: "GM0632" }, [BOW_TIE]), /crosses itself, at the edge from 5/],
  [feature({ code: "GM0632" }, [ring([5, 52, 5.2, 52.2]), ring([5.1, 52.1, 5.3, 52.15])]), /crosses itself/],
];

test("a bad feature is refused by its place, and costs nothing but itself", () => {
  const good = JSON.parse(BOUNDARIES).features[0];
  for (const [bad, reason] of BAD) {
    const { outlines, refused } = given(read(collection(good, bad as object)));
    expect([...outlines.codes]).toEqual([WOERDEN]);
    const name = /neither/.test(String(reason)) ? "" : "GM0632";
    expect(refused).toEqual([{ feature: 2, name, reason: expect.stringMatching(reason) }]);
  }
});

test("a file that is none, or cut off anywhere, or over a limit, is refused as a whole", () => {
  const code = (text: string) => {
    const result = read(text);
    return result.ok ? "taken" : `${result.problem.code} ${result.problem.detail}`;
  };
  expect(code("")).toMatch(/IMPORT_REFUSED.*not JSON/);
  expect(code("[]")).toMatch(/IMPORT_REFUSED.*FeatureCollection/);
  expect(code("null")).toMatch(/IMPORT_REFUSED.*FeatureCollection/);
  expect(code(collection())).toMatch(/IMPORT_REFUSED.*no feature/);
  expect(code(collection(BAD[1]![0] as object))).toMatch(/IMPORT_REFUSED feature 1: it has neither/);
  for (let length = 1; length < BOUNDARIES.length; length += 37) {
    expect(code(BOUNDARIES.slice(0, length))).toMatch(/IMPORT_REFUSED/);
  }
  const long = Array.from({ length: PLACES.boundaryVertices }, (_, at) => [5 + at / 1e6, 52 + (at % 2) / 1e3]);
  expect(code(collection(feature({ code: "GM0632" }, [[...long, long[0]!]])))).toMatch(/IMPORT_REFUSED.*vertices/);
});

test("an outline's boundary belongs to it, and two that share one leave nobody between them", () => {
  const outlines = new Outlines(given(read(BOUNDARIES)).outlines);
  for (let step = 0; step <= 100; step += 1) {
    const lat = 52.04 + step / 1_000;
    expect(outlines.at(4.8, lat)).toBe(WOERDEN);
    expect(outlines.at(4.8 - Number.EPSILON * 4, lat)).toBe(1901);
    expect(outlines.at(4.99, lat)).toBe(WOERDEN);
  }
  expect(outlines.at(4.99 + 1e-12, 52.1)).toBeUndefined();
});
