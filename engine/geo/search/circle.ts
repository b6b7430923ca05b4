/**
 * Which rows of a tree lie in a circle on the ellipsoid: exactly those whose geodesic distance from the centre is at most
 * the radius. A cell wholly outside is dropped, a cell wholly inside is taken as one range, and only rows of cells on the
 * rim are measured: by their chord, and within millimetres of the rim by the geodesic itself (ellipsoid.ts).
 */

import { certainlyInside, certainlyOutside, geodesicMeters, toSpace } from "../ellipsoid.js";
import type { Ranges } from "./ranges.js";
import { BOX, farthestSquared, LEAF_ROWS, nearestSquared, type PointTree } from "./tree.js";

export interface PreparedCircle {
  readonly lng: number;
  readonly lat: number;
  readonly radiusMeters: number;
  /** The centre in space, in units. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly insideSquared: number;
  readonly outsideSquared: number;
}

export function prepareCircle(center: readonly [number, number], radiusMeters: number): PreparedCircle {
  const space = new Float64Array(3);
  toSpace(center[0], center[1], space, 0);
  return {
    lng: center[0],
    lat: center[1],
    radiusMeters,
    x: space[0]!,
    y: space[1]!,
    z: space[2]!,
    insideSquared: certainlyInside(radiusMeters),
    outsideSquared: certainlyOutside(radiusMeters),
  };
}

/** Whether any row of a box may lie in the circle. */
export function circleTouches(circle: PreparedCircle, boxes: Int32Array, cell: number): boolean {
  return nearestSquared(boxes, cell * BOX, circle.x, circle.y, circle.z) <= circle.outsideSquared;
}

/** Left, right and cell of each span still to visit; a tree of 2^32 rows is 27 levels deep and leaves two a level. */
const stack = new Uint32Array(3 * 64);

/** Adds the rows of the tree that lie in the circle to `out`, which has room for them. */
export function circleRanges(tree: PointTree, circle: PreparedCircle, out: Ranges): void {
  if (tree.count === 0) return;
  const { boxes } = tree;
  const { x, y, z, insideSquared, outsideSquared } = circle;
  stack[0] = 0;
  stack[1] = tree.count - 1;
  stack[2] = 1;
  let top = 3;
  while (top > 0) {
    const cell = stack[--top]!;
    const right = stack[--top]!;
    const left = stack[--top]!;
    // Cell 0 is a middle row on its own: it has no box.
    if (cell > 0) {
      if (nearestSquared(boxes, cell * BOX, x, y, z) > outsideSquared) continue;
      if (farthestSquared(boxes, cell * BOX, x, y, z) <= insideSquared) {
        out.add(left, right + 1);
        continue;
      }
    }
    if (right - left <= LEAF_ROWS) {
      circleRows(tree, circle, left, right, out);
      continue;
    }
    const middle = (left + right) >> 1;
    top = push(top, middle + 1, right, 2 * cell + 1);
    top = push(top, middle, middle, 0);
    top = push(top, left, middle - 1, 2 * cell);
  }
}

function push(top: number, left: number, right: number, cell: number): number {
  stack[top] = left;
  stack[top + 1] = right;
  stack[top + 2] = cell;
  return top + 3;
}

/** Adds those of the rows from `left` to `right` that lie in the circle, each of which is measured. */
export function circleRows(tree: PointTree, circle: PreparedCircle, left: number, right: number, out: Ranges): void {
  for (let row = left; row <= right; row += 1) {
    const dx = tree.x[row]! - circle.x;
    const dy = tree.y[row]! - circle.y;
    const dz = tree.z[row]! - circle.z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared <= circle.insideSquared || (squared <= circle.outsideSquared && isWithin(tree, circle, row))) {
      out.add(row, row + 1);
    }
  }
}

function isWithin(tree: PointTree, circle: PreparedCircle, row: number): boolean {
  const meters = geodesicMeters(circle.lng, circle.lat, tree.coords[2 * row]!, tree.coords[2 * row + 1]!);
  return meters <= circle.radiusMeters;
}
