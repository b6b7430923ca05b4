/**
 * Outlines of municipalities in flat arrays, and which of them holds a point. A point on a boundary is in the first of
 * those that share it; orientation() decides without rounding error, so that between two outlines with the same vertices
 * nobody falls through.
 *
 * A look-up passes the boxes of all polygons, a microsecond for 400 of them, and then the edges of those whose box holds the
 * point, two or three.
 */

import { METERS_PER_DEGREE, metersPerDegreeLng, metersToEdge } from "../geo/meters.js";
import { orientation } from "../geo/orientation.js";

export interface OutlineData {
  /** lng, lat of each vertex; rings are closed. */
  readonly coords: Float64Array;
  /** First vertex of each ring, and the end of the last. */
  readonly rings: Uint32Array;
  /** First ring, the outline, of each polygon, and the end of the last; the others are holes. */
  readonly polygons: Uint32Array;
  /** The municipality's number of each polygon. */
  readonly codes: Uint16Array;
}

export class Outlines {
  /** west, south, east, north of each polygon. */
  readonly #boxes: Float64Array;

  constructor(readonly data: OutlineData) {
    const { codes, coords } = data;
    this.#boxes = new Float64Array(4 * codes.length);
    for (let polygon = 0; polygon < codes.length; polygon += 1) {
      let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let at = this.#firstVertex(polygon); at < this.#firstVertex(polygon + 1); at += 1) {
        west = Math.min(west, coords[2 * at]!);
        south = Math.min(south, coords[2 * at + 1]!);
        east = Math.max(east, coords[2 * at]!);
        north = Math.max(north, coords[2 * at + 1]!);
      }
      this.#boxes.set([west, south, east, north], 4 * polygon);
    }
  }

  /** The municipality whose outline holds the point. */
  at(lng: number, lat: number): number | undefined {
    const boxes = this.#boxes;
    for (let polygon = 0, at = 0; at < boxes.length; polygon += 1, at += 4) {
      if (lng < boxes[at]! || lng > boxes[at + 2]! || lat < boxes[at + 1]! || lat > boxes[at + 3]!) continue;
      if (this.#holds(polygon, lng, lat)) return this.data.codes[polygon];
    }
    return undefined;
  }

  /** The municipality whose outline is nearest to a point outside all of them, if one is within `meters`. */
  nearest(lng: number, lat: number, meters: number): number | undefined {
    const perLng = metersPerDegreeLng(lat);
    let least = meters;
    let nearest: number | undefined;
    for (let polygon = 0; polygon < this.data.codes.length; polygon += 1) {
      if (this.#metersToBox(polygon, lng, lat, perLng) > least) continue;
      const distance = this.#metersTo(polygon, lng, lat, perLng);
      if (distance > least) continue;
      least = distance;
      nearest = this.data.codes[polygon];
    }
    return nearest;
  }

  /** Calls with the two ends of every edge. */
  eachEdge(call: (x1: number, y1: number, x2: number, y2: number) => void): void {
    const { coords, rings } = this.data;
    for (let ring = 0; ring + 1 < rings.length; ring += 1) {
      for (let at = rings[ring]!; at + 1 < rings[ring + 1]!; at += 1) {
        call(coords[2 * at]!, coords[2 * at + 1]!, coords[2 * at + 2]!, coords[2 * at + 3]!);
      }
    }
  }

  #firstVertex(polygon: number): number {
    return this.data.rings[this.data.polygons[polygon]!]!;
  }

  /** Even-odd over all rings of the polygon; the boundary belongs to it. */
  #holds(polygon: number, lng: number, lat: number): boolean {
    const { coords, rings, polygons } = this.data;
    let inside = false;
    for (let ring = polygons[polygon]!; ring < polygons[polygon + 1]!; ring += 1) {
      for (let at = rings[ring]!; at + 1 < rings[ring + 1]!; at += 1) {
        const y1 = coords[2 * at + 1]!;
        const y2 = coords[2 * at + 3]!;
        if ((lat < y1 && lat < y2) || (lat > y1 && lat > y2)) continue;
        const x1 = coords[2 * at]!;
        const x2 = coords[2 * at + 2]!;
        if (lng < x1 && lng < x2) continue;
        const side = orientation(x1, y1, x2, y2, lng, lat);
        if (side === 0 && (lng <= x1 || lng <= x2) && (lng >= x1 || lng >= x2)) return true;
        // The edge owns its lower end and not its upper one, so that a ray through a corner counts once.
        if (y1 > lat !== y2 > lat && side < 0 === y2 > y1) inside = !inside;
      }
    }
    return inside;
  }

  #metersToBox(polygon: number, lng: number, lat: number, perLng: number): number {
    const at = 4 * polygon;
    const x = Math.max(this.#boxes[at]! - lng, 0, lng - this.#boxes[at + 2]!) * perLng;
    const y = Math.max(this.#boxes[at + 1]! - lat, 0, lat - this.#boxes[at + 3]!) * METERS_PER_DEGREE;
    return Math.hypot(x, y);
  }

  #metersTo(polygon: number, lng: number, lat: number, perLng: number): number {
    const { coords, rings, polygons } = this.data;
    let least = Number.POSITIVE_INFINITY;
    for (let ring = polygons[polygon]!; ring < polygons[polygon + 1]!; ring += 1) {
      for (let at = 2 * rings[ring]!; at + 2 < 2 * rings[ring + 1]!; at += 2) {
        const [x1, y1, x2, y2] = [coords[at]!, coords[at + 1]!, coords[at + 2]!, coords[at + 3]!];
        least = Math.min(least, metersToEdge(lng, lat, perLng, x1, y1, x2, y2));
      }
    }
    return least;
  }
}
