/**
 * Whether an area lies within some municipalities, by their outlines: points along its edge, and a few inside, are looked up. An
 * area may so reach over a border by as much as lies between two of them; who would be asked is compared person by person
 * besides (claims.ts). What lies at sea is nobody's.
 */
import type { AreaInput } from "../../../schemas/api/area.js";
import type { LngLat } from "../../geo/area.js";

/** Points that are looked up, at most: 1 ms of the main thread. */
const POINTS = 512;
const RINGS = 8;
const EARTH_RADIUS_METERS = 6_371_000;

/** The municipality of a point: a number, 0 abroad, undefined at sea. */
export type MunicipalityAt = (lng: number, lat: number) => number | undefined;

export function liesWithin(area: AreaInput, municipalities: readonly number[], at: MunicipalityAt): boolean {
  for (const [lng, lat] of pointsOf(area)) {
    const municipality = at(lng, lat);
    if (municipality !== undefined && !municipalities.includes(municipality)) return false;
  }
  return true;
}

function* pointsOf(area: AreaInput): Generator<LngLat> {
  if (area.type === "Circle") yield* pointsOfCircle(area.center as [number, number], area.radiusMeters);
  else if (area.type === "Polygon") yield* pointsOfEdges(area.coordinates as LngLat[][]);
  else if (area.type === "MultiPolygon") yield* pointsOfEdges((area.coordinates as LngLat[][][]).flat());
}

/** The centre, and rings of points whose outermost is the edge. */
function* pointsOfCircle([lng, lat]: LngLat, radiusMeters: number): Generator<LngLat> {
  yield [lng, lat];
  const perRing = POINTS / RINGS;
  const degrees = 180 / Math.PI;
  for (let ring = 1; ring <= RINGS; ring++) {
    const north = ((radiusMeters * ring) / RINGS / EARTH_RADIUS_METERS) * degrees;
    const east = north / Math.cos(lat / degrees);
    for (let point = 0; point < perRing; point++) {
      const turn = (2 * Math.PI * (point + ring / RINGS)) / perRing;
      yield [lng + east * Math.sin(turn), lat + north * Math.cos(turn)];
    }
  }
}

/** Points at even steps along all edges; every vertex where there are few. */
function* pointsOfEdges(rings: readonly (readonly LngLat[])[]): Generator<LngLat> {
  const edges = rings.flatMap((ring) => ring.slice(1).map((to, at) => [ring[at]!, to] as const));
  const perEdge = POINTS / Math.max(1, edges.length);
  if (perEdge < 1) {
    for (let at = 0; at < POINTS; at++) yield edges[Math.floor(at / perEdge)]![0];
    return;
  }
  for (const [from, to] of edges) {
    const steps = Math.floor(perEdge);
    for (let step = 0; step < steps; step++) {
      const share = step / steps;
      yield [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
  }
}
