/**
 * Which rows of a tree lie in a polygon: edges are straight in lng and lat (RFC 7946), holes are left out, and every
 * boundary, a hole's too, belongs to the area.
 *
 * A ray from a point to the west tells inside from outside. Going down the tree, each cell keeps only the edges that can
 * matter to it: those that touch it, and those west of it that begin or end beside it; an edge west of it that passes its
 * whole height is only counted. A cell that no edge touches is inside or outside as one.
 *
 * Assumes the rings of one polygon; a MultiPolygon is searched polygon by polygon. Longitudes are not taken round the
 * date line: RFC 7946 has areas cut there.
 */

import type { Rings } from "../area.js";
import { spaceBox } from "../ellipsoid.js";
import { orientation, roughOrientation } from "../orientation.js";
import type { Ranges } from "./ranges.js";
import { LEAF_ROWS, type PointTree } from "./tree.js";

export interface PreparedPolygon {
  /** x1, y1, x2, y2 of each edge, y1 <= y2. */
  readonly edges: Float64Array;
  readonly minLng: number;
  readonly minLat: number;
  readonly maxLng: number;
  readonly maxLat: number;
  /** A box in space around all of it, as those of cells (tree.ts). */
  readonly space: Int32Array;
}

export function preparePolygon(rings: Rings): PreparedPolygon {
  const count = rings.reduce((sum, ring) => sum + ring.length - 1, 0);
  const edges = new Float64Array(4 * count);
  let at = 0;
  for (const ring of rings) {
    for (let index = 1; index < ring.length; index += 1) {
      const up = ring[index - 1]![1] <= ring[index]![1];
      const low = ring[up ? index - 1 : index]!;
      const high = ring[up ? index : index - 1]!;
      edges[at] = low[0];
      edges[at + 1] = low[1];
      edges[at + 2] = high[0];
      edges[at + 3] = high[1];
      at += 4;
    }
  }
  const box = boxOf(rings[0]!);
  return { edges, ...box, space: spaceBox(box.minLng, box.minLat, box.maxLng, box.maxLat) };
}

function boxOf(outline: Rings[number]): Omit<PreparedPolygon, "edges" | "space"> {
  let [minLng, minLat, maxLng, maxLat] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of outline) {
    minLng = Math.min(minLng, lng);
    minLat = Math.min(minLat, lat);
    maxLng = Math.max(maxLng, lng);
    maxLat = Math.max(maxLat, lat);
  }
  return { minLng, minLat, maxLng, maxLat };
}

const FAR = 0;
const WEST = 1;
const BESIDE = 2;
const TOUCHING = 3;

/** What an edge is to a box. FAR: nothing. WEST: passes west of all of it. BESIDE: west of it, for a part of its height. */
function relation(edges: Float64Array, at: number, minX: number, minY: number, maxX: number, maxY: number): number {
  const x1 = edges[at]!;
  const y1 = edges[at + 1]!;
  const x2 = edges[at + 2]!;
  const y2 = edges[at + 3]!;
  if (y2 < minY || y1 > maxY || (x1 > maxX && x2 > maxX)) return FAR;
  const west = y1 <= minY && y2 > maxY ? WEST : BESIDE;
  if (x1 < minX && x2 < minX) return west;
  if (y1 === y2) return TOUCHING;
  // Upwards the edge runs, so the box is east of it when its westernmost corners lie on the right.
  const a = roughOrientation(x1, y1, x2, y2, minX, minY);
  const b = roughOrientation(x1, y1, x2, y2, minX, maxY);
  if (a < 0 && b < 0) return west;
  const c = roughOrientation(x1, y1, x2, y2, maxX, minY);
  const d = roughOrientation(x1, y1, x2, y2, maxX, maxY);
  return c > 0 && d > 0 ? FAR : TOUCHING;
}

/** Finds the rows of trees in one polygon at a time; holds the room that a search needs, so that none is allocated. */
export class PolygonSearch {
  #edges: Float64Array = new Float64Array(0);
  #tree: PointTree | undefined;
  #out: Ranges | undefined;
  /** Lists of edges, each cell's behind its parent's. */
  #lists = new Uint32Array(0);

  /** Adds the rows of the tree that lie in the polygon to `out`, which has room for them. The box bounds the rows. */
  ranges(tree: PointTree, box: readonly [number, number, number, number], polygon: PreparedPolygon, out: Ranges): void {
    if (tree.count === 0) return;
    this.#tree = tree;
    this.#out = out;
    this.#edges = polygon.edges;
    const count = polygon.edges.length / 4;
    let levels = 3;
    for (let span = tree.count; span > LEAF_ROWS; span >>= 1) levels += 1;
    if (this.#lists.length < count * levels) this.#lists = new Uint32Array(count * levels);
    for (let edge = 0; edge < count; edge += 1) this.#lists[edge] = 4 * edge;
    this.#visit(0, tree.count - 1, 0, box[0], box[1], box[2], box[3], 0, count, false);
  }

  /** `odd`: whether an odd number of edges outside the list pass west of the cell. */
  #visit(
    left: number,
    right: number,
    axis: number,
    minX: number,
    minY: number,
    maxX: number,
    maxY: number,
    from: number,
    to: number,
    odd: boolean,
  ): void {
    const lists = this.#lists;
    const edges = this.#edges;
    let end = to;
    let touched = false;
    let oddHere = odd;
    for (let index = from; index < to; index += 1) {
      const edge = lists[index]!;
      const kind = relation(edges, edge, minX, minY, maxX, maxY);
      if (kind === WEST) oddHere = !oddHere;
      else if (kind !== FAR) {
        touched ||= kind === TOUCHING;
        lists[end] = edge;
        end += 1;
      }
    }
    if (!touched) {
      if (this.#contains(minX, minY, to, end, oddHere)) this.#out!.add(left, right + 1);
      return;
    }
    if (right - left <= LEAF_ROWS) {
      for (let row = left; row <= right; row += 1) this.#testRow(row, to, end, oddHere);
      return;
    }
    const middle = (left + right) >> 1;
    const split = this.#tree!.coords[2 * middle + axis]!;
    const lowX = axis === 0 ? split : maxX;
    const lowY = axis === 1 ? split : maxY;
    this.#visit(left, middle - 1, 1 - axis, minX, minY, lowX, lowY, to, end, oddHere);
    this.#testRow(middle, to, end, oddHere);
    const highX = axis === 0 ? split : minX;
    const highY = axis === 1 ? split : minY;
    this.#visit(middle + 1, right, 1 - axis, highX, highY, maxX, maxY, to, end, oddHere);
  }

  #testRow(row: number, from: number, to: number, odd: boolean): void {
    const { coords } = this.#tree!;
    if (this.#contains(coords[2 * row]!, coords[2 * row + 1]!, from, to, odd)) this.#out!.add(row, row + 1);
  }

  #contains(x: number, y: number, from: number, to: number, odd: boolean): boolean {
    const lists = this.#lists;
    const edges = this.#edges;
    let inside = odd;
    for (let index = from; index < to; index += 1) {
      const at = lists[index]!;
      const y1 = edges[at + 1]!;
      const y2 = edges[at + 3]!;
      if (y < y1 || y > y2) continue;
      const x1 = edges[at]!;
      const x2 = edges[at + 2]!;
      if (x < x1 && x < x2) continue;
      if (x <= x1 || x <= x2) {
        const side = orientation(x1, y1, x2, y2, x, y);
        // On the line, and within the edge's box by the comparisons before, unless a level edge ends west of it.
        if (side === 0) return true;
        if (side > 0) continue;
      }
      // An edge owns its lower end and not its upper one, so that a ray through a corner counts once.
      if (y < y2) inside = !inside;
    }
    return inside;
  }
}
