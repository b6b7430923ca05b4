/**
 * What a map draws of the country, as GeoJSON with no more points than a screen shows. Runs in a worker: the outlines that an
 * operator imported have up to PLACES.boundaryVertices, and are made simpler along the borders that neighbours share, so that none
 * overlaps another or leaves a gap.
 *
 * Land is Natural Earth's 1:10 million (world-atlas), cut off at PLACES.mapLandBox: its coast is right to a kilometre or so, for orientation.
 * Borders between provinces are those of their municipalities, where these were imported. Else they lie halfway between bundled
 * places on either side (the edges of a Voronoi diagram), and say that they are approximate.
 */
import { createRequire } from "node:module";
import { Delaunay } from "d3-delaunay";
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import { feature, mesh } from "topojson-client";
import { topology } from "topojson-server";
import { presimplify, quantile, simplify } from "topojson-simplify";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { MapLayerName } from "../../../schemas/api/map.js";
import { PLACES } from "../../../schemas/limits.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import { type Place, readGeoNames } from "../geonames.js";
import { type OutlineData, Outlines } from "../outlines.js";
import { cut } from "./cut.js";

export interface LayerTask {
  readonly layer: MapLayerName;
  /** As imported; undefined where none were. */
  readonly boundaries: OutlineData | undefined;
  readonly names: ReadonlyMap<number, string>;
}

/** By the numbers of ISO 3166-1 that world-atlas has. */
const LAND: Readonly<Record<string, string>> = {
  "056": "BE",
  "208": "DK",
  "250": "FR",
  "276": "DE",
  "442": "LU",
  "528": "NL",
  "826": "GB",
};
/** Steps along each side of the box to which borders are rounded: some 6 m. */
const STEPS = 100_000;
/** Decimals of a degree that are sent: a metre. */
const DECIMALS = 5;

interface Named {
  readonly code: string;
  readonly name: string;
}

/** The layer as bytes of JSON. */
export function mapLayer({ layer, boundaries, names }: LayerTask): Uint8Array {
  const made = { countries, provinces, municipalities, places }[layer](boundaries, names);
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === "number" ? Number(value.toFixed(DECIMALS)) : value;
  return Buffer.from(JSON.stringify({ type: "FeatureCollection", features: made }, rounded));
}

function countries(): Feature[] {
  const atlas = createRequire(import.meta.url)("world-atlas/countries-10m.json") as Topology<{
    readonly countries: GeometryCollection<{ readonly name: string }>;
  }>;
  return feature(atlas, atlas.objects.countries).features.flatMap(({ id, properties, geometry }) => {
    const code = LAND[String(id)];
    if (code === undefined || (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon")) return [];
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const inside = polygons.map((rings) => cut(rings, PLACES.mapLandBox)).filter((rings) => rings.length > 0);
    return inside.length === 0 ? [] : [areas({ code, name: properties.name }, inside)];
  });
}

function areas(properties: Named, coordinates: Position[][][]): Feature<MultiPolygon, Named> {
  return { type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates } };
}

function municipalities(boundaries: OutlineData | undefined, names: ReadonlyMap<number, string>): Feature[] {
  if (boundaries === undefined) return [];
  const simple = simpler(boundaries, names);
  return feature(simple, simple.objects.all).features;
}

type Borders = Topology<{ readonly all: GeometryCollection<Named> }>;

/** Every municipality, one feature each, with fewer points where a screen would not show them. */
function simpler(boundaries: OutlineData, names: ReadonlyMap<number, string>): Borders {
  const collection: FeatureCollection<MultiPolygon | Polygon, Named> = {
    type: "FeatureCollection",
    features: [...polygonsByCode(boundaries)].map(([number, polygons]) => {
      const code = municipalityCode(number)!;
      return areas({ code, name: names.get(number) ?? code }, polygons);
    }),
  };
  const whole = presimplify(topology({ all: collection }, STEPS) as unknown as Borders);
  const points = whole.arcs.reduce((sum, arc) => sum + arc.length, 0);
  const share = Math.min(1, PLACES.mapPoints / points);
  return simplify(whole, Math.max(PLACES.mapTriangle, quantile(whole, share)));
}

function polygonsByCode({ coords, rings, polygons, codes }: OutlineData): Map<number, Position[][][]> {
  const found = new Map<number, Position[][][]>();
  for (const [polygon, code] of codes.entries()) {
    const outline: Position[][] = [];
    for (let ring = polygons[polygon]!; ring < polygons[polygon + 1]!; ring += 1) {
      const line: Position[] = [];
      for (let at = rings[ring]!; at < rings[ring + 1]!; at += 1) line.push([coords[2 * at]!, coords[2 * at + 1]!]);
      outline.push(line);
    }
    found.set(code, [...(found.get(code) ?? []), outline]);
  }
  return found;
}

function provinces(boundaries: OutlineData | undefined, names: ReadonlyMap<number, string>): Feature[] {
  const dutch = readGeoNames(["NL"]);
  const lines = boundaries ? bordersOf(simpler(boundaries, names), boundaries, dutch) : halfway(dutch);
  const approximate = boundaries === undefined;
  const geometry = { type: "MultiLineString", coordinates: lines } as const;
  return [{ type: "Feature", properties: { approximate }, geometry }];
}

/** What two municipalities share of which it is known that they are in different provinces. */
function bordersOf(borders: Borders, boundaries: OutlineData, dutch: readonly Place[]): Position[][] {
  const outlines = new Outlines(boundaries);
  const votes = new Map<string, Map<string, number>>();
  for (const { lng, lat, region, population } of dutch) {
    const code = municipalityCode(outlines.at(lng, lat) ?? 0) ?? "";
    const cast = votes.get(code) ?? new Map<string, number>();
    votes.set(code, cast.set(region, (cast.get(region) ?? 0) + Math.max(1, population)));
  }
  const provinceOf = ({ properties }: { readonly properties?: Named }): string | undefined =>
    [...(votes.get(properties?.code ?? "") ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0];
  return mesh(borders, borders.objects.all, (one, other) => {
    const [a, b] = [provinceOf(one as never), provinceOf(other as never)];
    return a !== undefined && b !== undefined && a !== b;
  }).coordinates;
}

/** The edges between the surroundings of places in different provinces, where both are near: no border runs far out at sea. */
function halfway(dutch: readonly Place[]): Position[][] {
  const delaunay = Delaunay.from(
    dutch,
    ({ lng }) => lng,
    ({ lat }) => lat,
  );
  const [west, south, east, north] = PLACES.mapBox;
  const { circumcenters } = delaunay.voronoi([west, south, east, north]);
  const { halfedges, triangles } = delaunay;
  const lines: Position[][] = [];
  for (const [edge, twin] of halfedges.entries()) {
    if (twin < edge) continue;
    const [one, other] = [dutch[triangles[edge]!]!, dutch[triangles[twin]!]!];
    if (one.region === other.region || Math.hypot(one.lng - other.lng, one.lat - other.lat) > FAR_DEGREES) continue;
    const ends = [edge, twin].map((side) => {
      const triangle = 2 * Math.floor(side / 3);
      return [circumcenters[triangle]!, circumcenters[triangle + 1]!];
    });
    if (ends.every(([lng, lat]) => Math.hypot(lng! - one.lng, lat! - one.lat) < FAR_DEGREES)) lines.push(ends);
  }
  return lines;
}
/** Some 20 km: farther apart there is water between two places. */
const FAR_DEGREES = 0.25;

/** The largest first, so that a map that has room for some names takes those. */
function places(): Feature[] {
  return placesInside()
    .filter(({ country, population }) => population >= (country === "NL" ? 1 : PLACES.mapPeopleAbroad))
    .sort((a, b) => b.population - a.population)
    .map(({ names, lng, lat, population }) => ({
      type: "Feature",
      properties: { name: names[0]!, people: population },
      geometry: { type: "Point", coordinates: [lng, lat] },
    }));
}

/** Those within the map, also of the neighbours. */
export function placesInside(): Place[] {
  const [west, south, east, north] = PLACES.mapBox;
  const isInside = ({ lng, lat }: Place): boolean => lng > west && lng < east && lat > south && lat < north;
  return readGeoNames(["NL", "BE", "DE"])
    .filter(isInside)
    .map((place) => ({ ...place, names: [IN_DUTCH[place.names[0]!] ?? place.names[0]!, ...place.names] }));
}

/** Places whose first name in GeoNames is the English one. */
const IN_DUTCH: Readonly<Record<string, string>> = { "The Hague": "Den Haag", Brussels: "Brussel" };
