import fc from "fast-check";
import { expect, test } from "vitest";
import { readGeoNames } from "../../../engine/places/geonames.js";
import { readPopulation } from "../../../engine/places/population.js";
import { given } from "../registry/samples.js";
import { BODEGRAVEN_REEUWIJK, HEADER, POPULATION, ROWS, UTRECHT, WOERDEN } from "./files.js";

const places = readGeoNames(["NL"]);
const read = (text: string) => readPopulation(Buffer.from(text), places);

test("postcodes get their municipality's number by the town's name, and a nameless one that of its neighbour", () => {
  const { areas, names, nameless, refused, unmatched } = given(read(POPULATION));
  expect(areas.map(({ postcode, municipality }) => [postcode, municipality])).toEqual([
    [3441, WOERDEN],
    [3442, WOERDEN],
    [3448, WOERDEN],
    [3449, WOERDEN],
    [3471, WOERDEN],
    [3481, WOERDEN],
    [2411, BODEGRAVEN_REEUWIJK],
    [3453, UTRECHT],
  ]);
  expect(areas[0]).toEqual({ postcode: 3441, municipality: WOERDEN, adults: 8_000, km2: 3.2, lng: 4.887, lat: 52.087 });
  expect(names.get(BODEGRAVEN_REEUWIJK)).toBe("Bodegraven-Reeuwijk");
  expect({ nameless, refused, unmatched }).toEqual({ nameless: 1, refused: [], unmatched: [] });
});

test("a file of Dutch Excel has a decimal comma, and its eight thousand people are not eight", () => {
  const dutch = [
    "pc4;plaats;gemeente_2022;provincie;inwoners;inwoners16plus;km2;lon;lat;",
    "3441;Woerden;Woerden;Utrecht;9.600;8.822;3,2;4,887;52,087;",
    "3442;Woerden;Woerden;Utrecht;6.000;1.008.822;1.024,5;4,87;52,093;",
    "3448;Woerden;Woerden;Utrecht;7.000;8,822;2,1;4,905;52,077;",
    "",
  ].join("\r\n");
  const { areas, refused } = given(readPopulation(Buffer.from(dutch, "latin1"), places, "windows-1252"));
  expect(areas[0]).toMatchObject({ postcode: 3441, adults: 8_822, km2: 3.2, lng: 4.887, lat: 52.087 });
  expect(refused.map(({ line }) => line)).toEqual([3, 4]);
});

test("a municipality that nobody knows is reported, and its people count for none", () => {
  const { areas, unmatched } = given(read(`${POPULATION}1000,"Utopia","Utopia",Fl,1,1,1,5.5,52.5\n`));
  expect(unmatched).toEqual(["Utopia"]);
  expect(areas.at(-1)?.municipality).toBe(0);
});

test("columns come in any order and of any year, others are passed over; CR LF, a BOM and empty lines are taken", () => {
  const [columns, row] = [
    "lat,lon,x,KM2,gemeente_2025,inwoners16plus,plaats,pc4",
    "52.087,4.887,a,3.2,Woerden,8000,Woerden,3441",
  ];
  const { areas } = given(read(`\ufeff${columns}\r\n\r\n${row}\r\n`));
  expect(areas).toMatchObject([{ postcode: 3441, municipality: WOERDEN, adults: 8_000, lng: 4.887, lat: 52.087 }]);
});

const BAD: readonly (readonly [string, RegExp])[] = [
  ["0999,W,Woerden,U,1,1,1,4.8,52", /pc4/],
  ["344,W,Woerden,U,1,1,1,4.8,52", /pc4/],
  ["3441AB,W,Woerden,U,1,1,1,4.8,52", /pc4/],
  ["3443,W,Woerden,U,1,-5,1,4.8,52", /inwoners16plus/],
  ["3443,W,Woerden,U,1,,1,4.8,52", /inwoners16plus/],
  ["3443,W,Woerden,U,1,1e9,1,4.8,52", /inwoners16plus/],
  ["3443,W,Woerden,U,1,1,99999,4.8,52", /km2/],
  ["3443,W,Woerden,U,1,1,NaN,4.8,52", /km2/],
  ["3443,W,Woerden,U,1,1,1,52,4.8", /exchanged/],
  ["3443,W,Woerden,U,1,8.822,1,4.8,52", /inwoners16plus.*whole/],
  ["3443,W,Woerden,U,1,8822,1.5,4,52", /km2.*marks/],
  ["3443,W,Woerden,U,1,1,1,121000,455000", /degrees/],
  ["3443,W,Woerden,U,1,1,1,4.8", /degrees/],
  ["3443,W,Woerden,U,1,1,1,4.8,52,7", /fields/],
  ['3443,"W,Woerden,U,1,1,1,4.8,52', /fields/],
  [`3443,${"W".repeat(5_000)},Woerden,U,1,1,1,4.8,52`, /fields/],
  ['3441,"Woerden","Woerden",Utrecht,9600,8000,3.2,4.8870,52.0870', /line before/],
];

test("a bad row is refused by its line, and costs nothing but itself", () => {
  for (const [row, reason] of BAD) {
    const { areas, refused } = given(read(`${[HEADER, ROWS[0], row, ROWS[1]].join("\n")}\n`));
    expect([row, areas.map(({ postcode }) => postcode)]).toEqual([row, [3441, 3442]]);
    expect(refused).toEqual([{ line: 3, reason: expect.stringMatching(reason) }]);
  }
});

test("a file that is none, or not whole, is refused as a whole", () => {
  const code = (text: string) => {
    const result = read(text);
    return result.ok ? "taken" : `${result.problem.code} ${result.problem.detail} ${result.problem.field ?? ""}`;
  };
  expect(code("")).toMatch(/IMPORT_REFUSED.*empty/);
  expect(code(`${HEADER}\n`)).toMatch(/IMPORT_REFUSED.*no rows/);
  expect(code(`${HEADER.replace("km2,", "")}\n${ROWS[0]}\n`)).toMatch(/columns missing: km2 line 1/);
  expect(code('{"type":"FeatureCollection"}')).toMatch(/columns missing: pc4/);
  expect(code(`${HEADER}\n${BAD[0]![0]}\n`)).toMatch(/IMPORT_REFUSED pc4.*line 2/);
  // Without its last line end it is whole.
  expect(code(POPULATION.trimEnd())).toBe("taken");
});

test("a file cut off in the middle of a row is refused, whatever the place, but for the digits of its last number", () => {
  const ends = [...POPULATION.matchAll(/,[^,\n]*\n/g)].map(
    (match) => [match.index + 3, match.index + match[0].length] as const,
  );
  const whole = (length: number) => ends.some(([from, to]) => length >= from && length <= to);
  fc.assert(
    fc.property(fc.integer({ min: HEADER.length + 2, max: POPULATION.length - 1 }), (length) => {
      fc.pre(!whole(length));
      const result = read(POPULATION.slice(0, length));
      expect(result).toMatchObject({ ok: false, problem: { code: "IMPORT_REFUSED" } });
    }),
  );
});
