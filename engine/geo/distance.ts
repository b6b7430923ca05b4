/**
 * How far a place is from an area: 0 within it, and else the meters to its nearest edge. For whoever sorts what people saw by how near it
 * was, so it is worked out on a map that is flat around the place, where the nearest edge is at most some tens of kilometres away: right to
 * half a percent, and as wrong as flat maps are beyond.
 */
import type { AreaInput } from "../../schemas/api/area.js";
import type { LngLat, Rings } from "./area.js";
import { geodesicMeters } from "./ellipsoid.js";
import { metersPerDegreeLng, metersToEdge } from "./meters.js";

/** Null of a municipality, whose outline is not in the area. */
export function metersToArea(area: AreaInput, [lng, lat]: LngLat): number | null {
  if (area.type === "Municipality") return null;
  if (area.type === "Circle") return Math.max(0, geodesicMeters(...area.center, lng, lat) - area.radiusMeters);
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  return Math.min(...polygons.map((rings) => metersToPolygon(rings, lng, lat)));
}

/** A place in a hole is outside, as the even-odd rule has it. */
function metersToPolygon(rings: Rings, lng: number, lat: number): number {
  const perLng = metersPerDegreeLng(lat);
  let isInside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (const ring of rings) {
    for (const [at, [bx, by]] of ring.entries()) {
      if (at === 0) continue;
      const [ax, ay] = ring[at - 1]!;
      nearest = Math.min(nearest, metersToEdge(lng, lat, perLng, ax, ay, bx, by));
      if (ay > lat !== by > lat && ax + ((bx - ax) * (lat - ay)) / (by - ay) > lng) isInside = !isInside;
    }
  }
  return isInside ? 0 : nearest;
}
