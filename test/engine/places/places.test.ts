import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { importBoundaries, importPopulation } from "../../../engine/places/import.js";
import { Places } from "../../../engine/places/places.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given, withStore } from "../registry/samples.js";
import { BODEGRAVEN_REEUWIJK, BOUNDARIES, HEADER, POPULATION, ROWS, WOERDEN } from "./files.js";

async function placesWith(files: { population?: string; boundaries?: string }): Promise<Places> {
  const folder = temporaryFolder();
  const path = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const { population, boundaries } = files;
  if (population !== undefined) given(await importPopulation(folder, path("p.csv", population), 1));
  if (boundaries !== undefined) given(await importBoundaries(folder, path("b.json", boundaries), 1));
  return withStore(folder, async (store) => given(await Places.load(store)));
}

test("a postcode has a position, with letters or without; others are unknown, and all are without a file", async () => {
  const places = await placesWith({ population: POPULATION });
  for (const text of ["3441", "3441AB", "3441 ab", " 3441 AB "]) {
    expect([text, given(places.positionOfPostcode(text))]).toEqual([text, [4.887, 52.087]]);
  }
  for (const text of ["9999", "9999ZZ", "", "344", "34412", "3441 A", "0441", "3441-AB", "NL-3441"]) {
    expect(places.positionOfPostcode(text)).toMatchObject({ ok: false, problem: { code: "POSTCODE_UNKNOWN" } });
  }
  const bundled = await placesWith({});
  expect(bundled.positionOfPostcode("3441")).toMatchObject({ ok: false, problem: { code: "POSTCODES_MISSING" } });
});

test("with boundaries the outline decides, its shore is wide enough for a harbour, and far out is the sea", async () => {
  // The coast at Den Helder as a rough file has it, and the islands not at all.
  const coast = JSON.stringify({
    type: "FeatureCollection",
    features: [
      ...JSON.parse(BOUNDARIES).features,
      {
        type: "Feature",
        properties: { statcode: "GM0400" },
        geometry: {
          type: "Polygon",
          coordinates: [
            [
              [4.7, 52.9],
              [4.82, 52.9],
              [4.82, 52.955],
              [4.7, 52.955],
              [4.7, 52.9],
            ],
          ],
        },
      },
    ],
  });
  const places = await placesWith({ population: POPULATION, boundaries: coast });
  expect(places.municipalityAt(4.887, 52.087)).toBe(WOERDEN);
  expect(places.municipalityAt(4.7, 52.08)).toBe(BODEGRAVEN_REEUWIJK);
  // In the harbour of Den Helder, 0.7 km outside; on a boat, 3 km; and 12 km out in the North Sea.
  expect(places.municipalityAt(4.78, 52.961)).toBe(400);
  expect(places.municipalityAt(4.65, 52.93)).toBe(400);
  expect(places.municipalityAt(4.5, 52.93)).toBeUndefined();
  // Emmerich, Knokke, Paris, the middle of the North Sea, and what is no position.
  expect(places.municipalityAt(6.25, 51.84)).toBe(0);
  expect(places.municipalityAt(3.29, 51.34)).toBe(0);
  expect(places.municipalityAt(2.35, 48.85)).toBeUndefined();
  expect(places.municipalityAt(3.0, 54.5)).toBeUndefined();
  for (const no of [Number.NaN, Infinity, 181]) expect(places.municipalityAt(no, 52)).toBeUndefined();
});

/** Where people are although a map may have water there: Texel, the Afsluitdijk, Zeeland, the Maasvlakte. */
const SHORES: readonly (readonly [number, number, number])[] = [
  [4.8, 53.05, 448],
  [4.85, 53.18, 448],
  [5.07, 52.945, 1911],
  [5.355, 53.06, 1900],
  [3.58, 51.445, 718],
  [3.82, 51.33, 715],
  [4.03, 51.95, 599],
  [5.06, 53.29, 96],
  [6.93, 53.33, 1979],
];

test("without boundaries the nearest place counts, at the coasts as well; nobody at a harbour is at sea", async () => {
  const bundled = await placesWith({});
  const found = SHORES.map(([lng, lat]) => bundled.municipalityAt(lng, lat));
  expect(found.filter((code) => code === undefined || code === 0)).toEqual([]);
  // By the nearest place it need not be the right one, but mostly is.
  const right = SHORES.filter(([, , code], at) => found[at] === code).length;
  expect(right).toBeGreaterThan(SHORES.length / 2);
  expect(bundled.municipalityAt(5.12, 52.09)).toBe(344);
  expect(bundled.municipalityAt(6.08, 50.77)).toBe(0);
  expect(bundled.municipalityAt(3.9, 52.9)).toBeUndefined();
});

test("the fast answer is the exact one wherever an outline decides", async () => {
  const places = await placesWith({ population: POPULATION, boundaries: BOUNDARIES });
  const near = fc.tuple(
    fc.double({ min: 4.6, max: 5.05, noNaN: true }),
    fc.double({ min: 52, max: 52.18, noNaN: true }),
  );
  fc.assert(
    fc.property(near, ([lng, lat]) => {
      const exact = places.municipalityAt(lng, lat);
      const isInside = lng >= 4.65 && lng <= 4.99 && lat >= 52.04 && lat <= 52.14;
      if (isInside) expect(places.fastMunicipalityAt(lng, lat)).toBe(exact);
      // Outside, the shore's edge is that of a cell.
      else expect([exact, 632, 1901, undefined]).toContain(places.fastMunicipalityAt(lng, lat));
    }),
    { numRuns: 5_000 },
  );
  expect(places.fastMunicipalityAt(2.35, 48.85)).toBeUndefined();
  expect(places.fastMunicipalityAt(6.25, 51.84)).toBe(0);
  expect(places.fastMunicipalityAt(Number.NaN, 52)).toBeUndefined();
});

test("the same file again changes nothing; another replaces it and says how many postcodes are gone", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "p.csv");
  writeFileSync(file, POPULATION);
  expect(given(await importPopulation(folder, file, 1))).toMatchObject({ unchanged: false, gone: 0 });
  expect(given(await importPopulation(folder, file, 2))).toMatchObject({ unchanged: true, gone: 0 });
  writeFileSync(file, `${[HEADER, ROWS[0], ROWS[2]].join("\n")}\n`);
  expect(given(await importPopulation(folder, file, 3))).toMatchObject({ unchanged: false, gone: 6 });
  writeFileSync(file, POPULATION.slice(0, -30));
  expect(await importPopulation(folder, file, 4)).toMatchObject({ ok: false, problem: { code: "IMPORT_REFUSED" } });
  const places = await withStore(folder, async (store) => given(await Places.load(store)));
  expect(places.population?.areas.map(({ postcode }) => postcode)).toEqual([3441, 3448]);
  expect(places.names.get(WOERDEN)).toBe("Woerden");
});

test("the same boundaries are taken anew where an earlier program derived less from them", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "b.json");
  writeFileSync(file, BOUNDARIES);
  const unchanged = async () => given(await importBoundaries(folder, file, 1)).unchanged;
  expect([await unchanged(), await unchanged()]).toEqual([false, true]);
  await withStore(folder, async (store) => {
    const key = Buffer.from("boundaries");
    const stored = given(store.table("places").get(key))!;
    const end = 4 + stored.readUInt32LE(0);
    const { successors: _, ...before } = JSON.parse(stored.toString("utf8", 4, end));
    const json = Buffer.from(JSON.stringify(before));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    const older = Buffer.concat([length, json, stored.subarray(end)]);
    given(await store.commit(() => void store.table("places").put(key, older)));
    expect(given(await Places.load(store)).municipalityToday(WOERDEN)).toBe(WOERDEN);
  });
  expect([await unchanged(), await unchanged()]).toEqual([false, true]);
});
