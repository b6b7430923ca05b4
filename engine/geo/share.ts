/**
 * Which part of two areas is the same, roughly: the points of a grid over the box of one that lie in it, and how many of those lie in the
 * other. On the plane of degrees, with a circle as one of the sphere: nobody is selected by it. Of a municipality alone nobody knows
 * here where it lies; it is compared with whatever else by the points of that.
 */
import type { AreaInput } from "../../schemas/api/area.js";
import { REPEATS } from "../../schemas/limits.js";
import type { LngLat } from "./area.js";
import { municipalityNumber } from "./municipality-code.js";

const METERS_PER_DEGREE = 111_195;

/** The municipality of a point: a number, 0 abroad, undefined at sea, or where nobody knows. */
export type MunicipalityAt = (lng: number, lat: number) => number | undefined;

/** An area as it is compared, of few numbers whatever it was drawn with. */
export type Sketch =
  | { readonly type: "circle"; readonly lng: number; readonly lat: number; readonly meters: number }
  /** Rings one behind the other, lng and lat in turn. */
  | { readonly type: "rings"; readonly rings: readonly (readonly number[])[] }
  | { readonly type: "municipality"; readonly number: number };

export function sketchOf(area: AreaInput): Sketch {
  switch (area.type) {
    case "Circle":
      return { type: "circle", lng: area.center[0]!, lat: area.center[1]!, meters: area.radiusMeters };
    case "Municipality":
      return { type: "municipality", number: municipalityNumber(area.code) };
    case "Polygon":
      return { type: "rings", rings: thinned(area.coordinates as LngLat[][]) };
    case "MultiPolygon":
      return { type: "rings", rings: thinned((area.coordinates as LngLat[][][]).flat()) };
  }
}

/** The larger of the two shares: of the first that lies in the second, and the other way round. */
export function shareOf(a: Sketch, b: Sketch, at: MunicipalityAt): number {
  if (a.type === "municipality" && b.type === "municipality") return a.number === b.number ? 1 : 0;
  return Math.max(shareWithin(a, b, at), shareWithin(b, a, at));
}

/** Of `a`, the share that lies in `b`; 0 where nobody knows where `a` lies. */
function shareWithin(a: Sketch, b: Sketch, at: MunicipalityAt): number {
  const box = boxOf(a);
  if (box === undefined) return 0;
  const [west, south, east, north] = box;
  let [inside, both] = [0, 0];
  for (let point = 0; point < REPEATS.gridPoints ** 2; point++) {
    // In the middle of its square, so that no point lies on the edge of the box.
    const lng = west + ((east - west) * ((point % REPEATS.gridPoints) + 0.5)) / REPEATS.gridPoints;
    const lat = south + ((north - south) * (Math.floor(point / REPEATS.gridPoints) + 0.5)) / REPEATS.gridPoints;
    if (!holds(a, lng, lat, at)) continue;
    inside++;
    if (holds(b, lng, lat, at)) both++;
  }
  return inside === 0 ? 0 : both / inside;
}

function boxOf(sketch: Sketch): [number, number, number, number] | undefined {
  if (sketch.type === "municipality") return undefined;
  if (sketch.type === "circle") {
    const north = sketch.meters / METERS_PER_DEGREE;
    const east = north / Math.max(0.01, Math.cos((sketch.lat * Math.PI) / 180));
    return [sketch.lng - east, sketch.lat - north, sketch.lng + east, sketch.lat + north];
  }
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of sketch.rings) {
    for (let vertex = 0; vertex < ring.length; vertex += 2) {
      const [lng, lat] = [ring[vertex]!, ring[vertex + 1]!];
      box[0] = Math.min(box[0], lng);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lng);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

function holds(sketch: Sketch, lng: number, lat: number, at: MunicipalityAt): boolean {
  if (sketch.type === "municipality") return at(lng, lat) === sketch.number;
  if (sketch.type === "rings") return sketch.rings.filter((ring) => isInside(ring, lng, lat)).length % 2 === 1;
  const north = (lat - sketch.lat) * METERS_PER_DEGREE;
  const east = (lng - sketch.lng) * METERS_PER_DEGREE * Math.cos((sketch.lat * Math.PI) / 180);
  return north * north + east * east <= sketch.meters * sketch.meters;
}

/** Whether a ray to the east crosses the ring an odd number of times. */
function isInside(ring: readonly number[], lng: number, lat: number): boolean {
  let odd = false;
  for (let a = 0, b = ring.length - 2; a < ring.length; b = a, a += 2) {
    const [lngA, latA, lngB, latB] = [ring[a]!, ring[a + 1]!, ring[b]!, ring[b + 1]!];
    if (latA > lat !== latB > lat && lng < ((lngB - lngA) * (lat - latA)) / (latB - latA) + lngA) odd = !odd;
  }
  return odd;
}

/** Of many vertices every so many: the largest rings first, and of each at least a triangle. */
function thinned(rings: readonly (readonly LngLat[])[]): number[][] {
  const vertices = rings.reduce((sum, ring) => sum + ring.length, 0);
  const every = Math.max(1, Math.ceil(vertices / REPEATS.vertices));
  const longest = [...rings].sort((a, b) => b.length - a.length).slice(0, REPEATS.rings);
  return longest.map((ring) => {
    const step = Math.max(1, Math.min(every, Math.floor(ring.length / 4)));
    return ring.filter((_, vertex) => vertex % step === 0).flat() as number[];
  });
}
