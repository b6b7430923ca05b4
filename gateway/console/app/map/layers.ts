/**
 * The country as paths that a canvas draws at any zoom (GET /v1/map/…). Their unit is the whole way around the world, from a point in the middle
 * of the country, so that the 32 bits that a canvas keeps of a coordinate are a hand's breadth.
 */
import type { LngLat } from "./geodesic.js";
import { type Point, unit } from "./view.js";

export interface Layers {
  readonly ours: Path2D;
  readonly neighbours: Path2D;
  readonly provinces: Path2D;
  /** No province's border is known exactly where no municipalities were imported. */
  readonly isApproximate: boolean;
  readonly municipalities: Path2D;
  /** The largest first. */
  readonly names: readonly { readonly name: string; readonly people: number; readonly at: Point }[];
}

/** What comes of it; geometries are of the types that a layer has. */
export interface GeoJson {
  readonly features: readonly {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly geometry: { readonly type: string; readonly coordinates: unknown };
  }[];
}

const ORIGIN = unit([5.3, 52.2]);

export function fromOrigin(place: LngLat): Point {
  const [x, y] = unit(place);
  return [x - ORIGIN[0], y - ORIGIN[1]];
}

export function layersOf(countries: GeoJson, provinces: GeoJson, municipalities: GeoJson, places: GeoJson): Layers {
  const land = (ours: boolean): GeoJson => ({
    features: countries.features.filter(({ properties }) => (properties.code === "NL") === ours),
  });
  return {
    ours: pathOf(land(true)),
    neighbours: pathOf(land(false)),
    provinces: pathOf(provinces),
    isApproximate: provinces.features.some(({ properties }) => properties.approximate === true),
    municipalities: pathOf(municipalities),
    names: places.features.map(({ properties, geometry }) => ({
      name: String(properties.name),
      people: Number(properties.people),
      at: fromOrigin(geometry.coordinates as LngLat),
    })),
  };
}

function pathOf({ features }: GeoJson): Path2D {
  const path = new Path2D();
  for (const { geometry } of features) {
    const isArea = geometry.type.endsWith("Polygon");
    for (const line of linesIn(geometry.coordinates)) addLine(path, line, isArea);
  }
  return path;
}

export function addLine(path: Path2D, line: readonly LngLat[], isClosed: boolean): void {
  for (const [at, place] of line.entries()) {
    if (at === 0) path.moveTo(...fromOrigin(place));
    else path.lineTo(...fromOrigin(place));
  }
  if (isClosed) path.closePath();
}

/** The lists of places in coordinates, however deep they lie; a point alone has none. */
export function linesIn(coordinates: unknown): LngLat[][] {
  const list = coordinates as unknown[][];
  if (!Array.isArray(list[0])) return [];
  return typeof list[0]?.[0] === "number" ? [list as unknown as LngLat[]] : list.flatMap(linesIn);
}
