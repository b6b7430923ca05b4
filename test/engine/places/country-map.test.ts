import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importBoundaries, importPopulation } from "../../../engine/places/import.js";
import { Places } from "../../../engine/places/places.js";
import { CountryMap } from "../../../engine/places/screen/country-map.js";
import { cut } from "../../../engine/places/screen/cut.js";
import { gazetteer } from "../../../engine/places/screen/gazetteer.js";
import { mapLayer } from "../../../engine/places/screen/layers.js";
import { MAP_LAYERS, MapLayer, type MapLayerName } from "../../../schemas/api/map.js";
import { fail, ok } from "../../../schemas/errors.js";
import { PLACES } from "../../../schemas/limits.js";
import { given, withStore } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";
import { BOUNDARIES, POPULATION } from "./files.js";

const MEGABYTE = 1_048_576;

/** A map over a store into which the small files were imported, or nothing; its tasks in this thread. */
async function mapOf(imported: boolean): Promise<CountryMap> {
  const folder = temporaryFolder();
  if (imported) {
    const [population, boundaries] = [join(folder, "population.csv"), join(folder, "boundaries.json")];
    writeFileSync(population, POPULATION);
    writeFileSync(boundaries, BOUNDARIES);
    given(await importPopulation(folder, population, 1));
    given(await importBoundaries(folder, boundaries, 1));
  }
  const places = await withStore(folder, async (store) => given(await Places.load(store)));
  return new CountryMap(places, {
    layer: async (task) => ok(mapLayer(task)),
    gazetteer: async () => ok(gazetteer()),
  });
}

async function read(map: CountryMap, layer: MapLayerName): Promise<MapLayer> {
  return JSON.parse(Buffer.from(given(await map.layer(layer)).bytes).toString()) as MapLayer;
}

describe("the layers of a map", () => {
  it("keep to their schema and to a size, whether anything was imported or not", async () => {
    for (const map of [await mapOf(false), await mapOf(true)]) {
      for (const name of MAP_LAYERS) {
        const layer = await read(map, name);
        expect(MapLayer.parse(layer)).toEqual(layer);
        expect(given(await map.layer(name)).bytes.byteLength).toBeLessThan(2 * MEGABYTE);
      }
    }
  });

  it("have our land and what of the neighbours is near, cut off at the box", async () => {
    const [west, south, east, north] = PLACES.mapLandBox;
    const { features } = await read(await mapOf(false), "countries");
    const codes = features.map(({ properties }) => (properties as { code: string }).code);
    expect(codes).toEqual(expect.arrayContaining(["NL", "BE", "DE"]));
    for (const { geometry } of features) {
      for (const [lng, lat] of geometry.coordinates.flat(2) as [number, number][]) {
        expect(lng >= west && lng <= east && lat >= south && lat <= north, `${lng}, ${lat}`).toBe(true);
      }
    }
  });

  it("have the municipalities that were imported, and none where none were", async () => {
    expect((await read(await mapOf(false), "municipalities")).features).toEqual([]);
    const { features } = await read(await mapOf(true), "municipalities");
    expect(features.map(({ properties }) => properties)).toEqual([
      { code: "GM0632", name: "Woerden" },
      { code: "GM1901", name: "Bodegraven-Reeuwijk" },
    ]);
    // A box has nothing that could be left out.
    expect((features[0]!.geometry.coordinates as number[][][][])[0]![0]).toHaveLength(5);
  });

  it("have the borders of provinces between municipalities, else between places, and say which", async () => {
    // Woerden is in Utrecht, Bodegraven in Zuid-Holland: what they share is the border, 4.8 degrees east.
    const [exact] = (await read(await mapOf(true), "provinces")).features;
    expect(exact!.properties).toEqual({ approximate: false });
    const ends = (exact!.geometry.coordinates as number[][][]).flat();
    expect(ends.length).toBeGreaterThan(1);
    for (const [lng] of ends) expect(lng).toBeCloseTo(4.8, 3);
    const [about] = (await read(await mapOf(false), "provinces")).features;
    expect(about!.properties).toEqual({ approximate: true });
    expect(about!.geometry.coordinates.length).toBeGreaterThan(100);
  });

  it("are made once, also for many who ask at once, and again after a failure", async () => {
    const places = { boundaries: undefined, names: new Map(), positionOfPostcode: () => fail("POSTCODES_MISSING", "") };
    let made = 0;
    const map = new CountryMap(
      { ...places, municipalityAt: () => undefined },
      {
        layer: async () => (made++ === 0 ? fail("WORKER_DIED", "for once") : ok(new Uint8Array([made]))),
        gazetteer: async () => fail("WORKER_DIED", "always"),
      },
    );
    expect(await Promise.all([map.layer("places"), map.layer("places")])).toMatchObject([{ ok: false }, { ok: false }]);
    const [one, other] = await Promise.all([map.layer("places"), map.layer("places")]);
    expect([one.ok, made]).toEqual([true, 2]);
    expect(given(one).tag).toBe(given(other).tag);
    expect(await map.find("Utrecht", 5)).toMatchObject({ ok: false, problem: { code: "WORKER_DIED" } });
  });
});

describe("what is cut at a box", () => {
  it("is what lies inside, on the side or through a corner too", () => {
    const square = (from: number, to: number) => [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
      [from, from],
    ];
    expect(cut([square(1, 2)], [0, 0, 3, 3])[0]).toHaveLength(5);
    expect(cut([square(5, 6)], [0, 0, 3, 3])).toEqual([]);
    const [corner] = cut([square(2, 5)], [0, 0, 3, 3]);
    expect(new Set(corner!.map(String))).toEqual(new Set(["2,2", "3,2", "3,3", "2,3"]));
    const [whole] = cut([square(-9, 9)], [0, 0, 3, 3]);
    expect(new Set(whole!.map(String))).toEqual(new Set(["0,0", "3,0", "3,3", "0,3"]));
  });
});

describe("a search", () => {
  it("finds a place by its beginning, a word of it, another name and without its signs, the largest first", async () => {
    const map = await mapOf(false);
    const first = async (sought: string) => given(await map.find(sought, 5))[0]?.name;
    expect(await first("Amsterd")).toBe("Amsterdam");
    expect(await first("den haag")).toBe("Den Haag");
    expect(await first("s-hertogenbosch")).toMatch(/Hertogenbosch/);
    expect(await first("Weesp")).toBe("Weesp");
    expect(given(await map.find("aan den Rijn", 5)).map(({ name }) => name)).toContain("Alphen aan den Rijn");
    expect(given(await map.find("Aken", 5)).some(({ country }) => country === "DE")).toBe(true);
    expect(given(await map.find("a", 5))).toHaveLength(5);
    for (const nothing of ["xqzzy", "--", "'"]) expect(given(await map.find(nothing, 5))).toEqual([]);
  });

  it("finds a postcode with and without its letters, and a municipality before the place of its name", async () => {
    const map = await mapOf(true);
    expect(given(await map.find("3441 AB", 5))).toMatchObject([
      { kind: "postcode", municipality: "GM0632", center: [4.887, 52.087] },
    ]);
    expect(given(await map.find("3441", 5))).toHaveLength(1);
    expect(given(await map.find("9999", 5))).toEqual([]);
    const [municipality, place] = given(await map.find("woerden", 5));
    expect([municipality!.kind, place!.kind]).toEqual(["municipality", "place"]);
    expect(municipality!.center[1]).toBeCloseTo(52.09, 2);
  });
});
