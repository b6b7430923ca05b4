/**
 * Areas as somebody draws them, and as the API takes them. One shape goes as it is; of several, circles become polygons with so many corners
 * that they are short of the circle by less than a metre at 20 km. Shapes may overlap: the service asks everybody once.
 */
import { circleRing, distance, type LngLat } from "./geodesic.js";

export type Shape =
  | { readonly type: "Circle"; readonly center: LngLat; readonly radiusMeters: number }
  | { readonly type: "Polygon"; readonly corners: readonly LngLat[] }
  | { readonly type: "Municipality"; readonly code: string; readonly name: string };

/** As the API has it (Area of /openapi.json). */
export type Area =
  | { readonly type: "Circle"; readonly center: LngLat; readonly radiusMeters: number }
  | { readonly type: "Polygon"; readonly coordinates: readonly (readonly LngLat[])[] }
  | { readonly type: "MultiPolygon"; readonly coordinates: readonly (readonly (readonly LngLat[])[])[] }
  | { readonly type: "Municipality"; readonly code: string };

/** Of a circle that becomes a polygon (circleRing says how exact that is). */
export const CIRCLE_CORNERS = 360;
/** What the API takes of a circle. */
export const RADIUS_METERS = { least: 1, most: 500_000 } as const;

/** Undefined where nothing is drawn, or a municipality beside something else, which the API does not take. */
export function areaOf(shapes: readonly Shape[]): Area | undefined {
  const [only, ...more] = shapes;
  if (only === undefined) return undefined;
  if (more.length > 0) {
    const polygons = shapes.map(ringOf);
    return polygons.some((ring) => ring === undefined)
      ? undefined
      : { type: "MultiPolygon", coordinates: polygons.map((ring) => [ring!]) };
  }
  if (only.type === "Polygon") return { type: "Polygon", coordinates: [ringOf(only)!] };
  if (only.type === "Municipality") return { type: "Municipality", code: only.code };
  return only;
}

/** The outline as GeoJSON has it, closed and counterclockwise. */
function ringOf(shape: Shape): readonly LngLat[] | undefined {
  if (shape.type === "Municipality") return undefined;
  if (shape.type === "Circle") return circleRing(shape.center, shape.radiusMeters, CIRCLE_CORNERS);
  const turned = counterclockwise(shape.corners);
  return [...turned, turned[0]!];
}

/** The same corners, that way around. */
export function counterclockwise(corners: readonly LngLat[]): readonly LngLat[] {
  const turn = corners.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % corners.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return turn < 0 ? [...corners].reverse() : corners;
}

/** The places that a map has to show so that all of it is seen. */
export function placesOf(area: Area): readonly LngLat[] {
  if (area.type === "Circle") return circleRing(area.center, area.radiusMeters, 8);
  if (area.type === "Polygon") return area.coordinates.flat();
  return area.type === "MultiPolygon" ? area.coordinates.flat(2) : [];
}

/** Whole metres below ten kilometres, else tens of them: what a hand can't aim at is not said. */
export function dragged(center: LngLat, rim: LngLat): number {
  const meters = distance(center, rim);
  const step = meters < 1_000 ? 10 : meters < 10_000 ? 50 : 100;
  return Math.min(RADIUS_METERS.most, Math.max(RADIUS_METERS.least, step * Math.round(meters / step)));
}

/** Whether the outline crosses itself, which the API does not take. */
export function crosses(corners: readonly LngLat[]): boolean {
  const edges = corners.map((corner, at) => [corner, corners[(at + 1) % corners.length]!] as const);
  return edges.some(([a, b], one) =>
    edges.some(([c, d], other) => {
      const apart = Math.abs(one - other);
      if (apart < 2 || apart === edges.length - 1) return false;
      return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
    }),
  );
}

function side(from: LngLat, to: LngLat, [x, y]: LngLat): number {
  return Math.sign((to[0] - from[0]) * (y - from[1]) - (to[1] - from[1]) * (x - from[0]));
}
