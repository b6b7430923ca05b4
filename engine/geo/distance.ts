/**
 * How far a place is from an area: 0 within it, and else the meters to its nearest edge. For whoever sorts what people saw by how near it
 * was, so it is worked out in the plane around the place, where the nearest edge is at most some tens of kilometres away: right to
 * half a percent (the sphere for the ellipsoid), and as wrong as flat maps are beyond.
 */
import type { AreaInput } from "../../schemas/api/area.js";
import type { LngLat, Rings } from "./area.js";
import { geodesicMeters } from "./ellipsoid.js";

/** Of one degree of latitude, in the middle of the Netherlands. */
const DEGREE_METERS = 111_270;

/** Null of a municipality, whose outline is not in the area. */
export function metersToArea(area: AreaInput, [lng, lat]: LngLat): number | null {
  if (area.type === "Municipality") return null;
  if (area.type === "Circle") return Math.max(0, geodesicMeters(...area.center, lng, lat) - area.radiusMeters);
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  return Math.min(...polygons.map((rings) => metersToPolygon(rings, lng, lat)));
}

/** A place in a hole is outside, as the even-odd rule has it. */
function metersToPolygon(rings: Rings, lng: number, lat: number): number {
  const east = DEGREE_METERS * Math.cos((lat * Math.PI) / 180);
  let isInside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (const ring of rings) {
    let [ax, ay] = [0, 0];
    for (const [at, [x, y]] of ring.entries()) {
      const [bx, by] = [(x - lng) * east, (y - lat) * DEGREE_METERS];
      if (at > 0) {
        nearest = Math.min(nearest, metersToEdge(ax, ay, bx, by));
        if (ay > 0 !== by > 0 && ax + ((bx - ax) * ay) / (ay - by) > 0) isInside = !isInside;
      }
      [ax, ay] = [bx, by];
    }
  }
  return isInside ? 0 : nearest;
}

/** From where both coordinates are 0. */
function metersToEdge(ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / squared));
  return Math.hypot(ax + along * dx, ay + along * dy);
}
