/**
 * An area of polygons as flat arrays, which cross to another thread without a copy of each position: to clone 20,000 of them as
 * they come from JSON takes the thread that sends them longer than to check a small one. And the check of such an area, as a
 * task of the pool.
 */
import type { AreaInput } from "../../schemas/api/area.js";
import { ok, type Result } from "../../schemas/errors.js";
import type { LngLat } from "./area.js";
import { checkArea } from "./check.js";

export type PolygonArea = Extract<AreaInput, { readonly type: "Polygon" | "MultiPolygon" }>;
type Positions = [number, number][];

export interface FlatArea {
  readonly type: PolygonArea["type"];
  /** [lng, lat] of all positions. */
  readonly coords: Float64Array;
  /** Positions of each ring. */
  readonly rings: Uint32Array;
  /** Rings of each polygon. */
  readonly polygons: Uint32Array;
}

export function flatten(area: PolygonArea): FlatArea {
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  const rings = polygons.flat();
  const coords = new Float64Array(2 * verticesOf(area));
  let at = 0;
  for (const ring of rings) {
    for (const [lng, lat] of ring as readonly LngLat[]) {
      coords[at++] = lng;
      coords[at++] = lat;
    }
  }
  const ringLengths = Uint32Array.from(rings, (ring) => ring.length);
  return { type: area.type, coords, rings: ringLengths, polygons: Uint32Array.from(polygons, (one) => one.length) };
}

export function verticesOf({ type, coordinates }: PolygonArea): number {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  let vertices = 0;
  for (const rings of polygons) for (const ring of rings) vertices += ring.length;
  return vertices;
}

/** As checkArea says; where all is well the area itself need not come back. */
export function checkFlat(flat: FlatArea): Result<void> {
  const checked = checkArea(unflatten(flat));
  return checked.ok ? ok(undefined) : checked;
}

function unflatten({ type, coords, rings, polygons }: FlatArea): PolygonArea {
  let at = 0;
  const outlines = Array.from(rings, (length): Positions => {
    const ring: Positions = [];
    for (let position = 0; position < length; position++) ring.push([coords[at++]!, coords[at++]!]);
    return ring;
  });
  let from = 0;
  const coordinates = Array.from(polygons, (count) => {
    from += count;
    return outlines.slice(from - count, from);
  });
  return type === "Polygon" ? { type, coordinates: coordinates[0]! } : { type, coordinates };
}
