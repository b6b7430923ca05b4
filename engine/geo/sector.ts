/**
 * A part of a circle, in the directions between two bearings, as a polygon: its corners lie on the ellipsoid's circle and its edges
 * between them are straight in degrees, so that it is nowhere off by more than a metre in 20 km.
 */
import geodesic from "geographiclib-geodesic";
import type { LngLat } from "./area.js";

const ARC_STEP_DEGREES = 1;
/** Points on each straight side: a geodesic is bent in degrees, by 10 m in 20 km at the latitude of the Netherlands. */
const SIDE_POINTS = 8;

export interface SectorPolygon {
  readonly type: "Polygon";
  coordinates: [number, number][][];
}

/** From one bearing clockwise to the other, in degrees from north; the same one twice is all but a whole circle. */
export function sectorOf(center: LngLat, radiusMeters: number, fromDegrees: number, toDegrees: number): SectorPolygon {
  const width = (((toDegrees - fromDegrees) % 360) + 360) % 360 || 360 - ARC_STEP_DEGREES;
  const steps = Math.max(1, Math.ceil(width / ARC_STEP_DEGREES));
  const side = (bearing: number, shares: readonly number[]) =>
    shares.map((share) => pointAt(center, bearing, radiusMeters * share));
  const outwards = Array.from({ length: SIDE_POINTS - 1 }, (_, at) => (at + 1) / SIDE_POINTS);
  const arc = Array.from({ length: steps + 1 }, (_, at) => {
    return pointAt(center, fromDegrees + (width * at) / steps, radiusMeters);
  });
  const middle: [number, number] = [center[0], center[1]];
  const ring = [middle, ...side(fromDegrees, outwards), ...arc, ...side(toDegrees, outwards.toReversed()), middle];
  return { type: "Polygon", coordinates: [ring] };
}

function pointAt([lng, lat]: LngLat, bearing: number, meters: number): [number, number] {
  const { lon2, lat2 } = geodesic.Geodesic.WGS84.Direct(lat, lng, bearing, meters);
  return [lon2!, lat2!];
}
