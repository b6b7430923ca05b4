/**
 * The points of a region as a tree: KDBush's own arrangement (the middle row of a span splits it, lng and lat in turn),
 * with a box in space for every cell. The boxes come from the rows themselves, so that "all of this cell is inside" and
 * "none of it is" need neither trigonometry nor a special case for poles and the date line.
 *
 * Assumes that coords are in the order that KDBush leaves them in with LEAF_ROWS as its node size. Boxes are numbered as
 * in a heap: cell 1 is the whole, cells 2n and 2n + 1 are the halves of cell n.
 */

/** KDBush's node size: a span of at most this many rows plus one is a leaf. */
export const LEAF_ROWS = 64;
/** Numbers in a box: smallest x, y, z, then largest x, y, z. */
export const BOX = 6;

export interface PointTree {
  readonly count: number;
  /** lng, lat in turn; degrees. */
  readonly coords: Float64Array;
  /** Position in space, in units (ellipsoid.ts). */
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly z: Int32Array;
  readonly boxes: Int32Array;
}

/** How many cells a tree of so many rows may number, cell 0 (unused) included. */
export function cellsOf(count: number): number {
  let cells = 2;
  for (let span = count; span - 1 > LEAF_ROWS; span >>= 1) cells *= 2;
  return cells;
}

/** Fills `tree.boxes` from the positions. */
export function fillBoxes(tree: PointTree): void {
  if (tree.count > 0) fillCell(tree, 0, tree.count - 1, 1);
}

function fillCell(tree: PointTree, left: number, right: number, cell: number): void {
  const { boxes } = tree;
  const at = cell * BOX;
  if (right - left <= LEAF_ROWS) {
    fillBox(tree, left, right, at);
    return;
  }
  const middle = (left + right) >> 1;
  fillCell(tree, left, middle - 1, 2 * cell);
  fillCell(tree, middle + 1, right, 2 * cell + 1);
  fillBox(tree, middle, middle, at);
  for (let half = 2 * cell; half <= 2 * cell + 1; half += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      boxes[at + axis] = Math.min(boxes[at + axis]!, boxes[half * BOX + axis]!);
      boxes[at + 3 + axis] = Math.max(boxes[at + 3 + axis]!, boxes[half * BOX + 3 + axis]!);
    }
  }
}

type Placed = Pick<PointTree, "x" | "y" | "z" | "boxes">;

/** Writes the box of the rows from `left` to `right` to `boxes[at]` and behind. */
export function fillBox(rows: Placed, left: number, right: number, at: number): void {
  rows.boxes.fill(2_147_483_647, at, at + 3);
  rows.boxes.fill(-2_147_483_648, at + 3, at + 6);
  for (let row = left; row <= right; row += 1) include(rows, at, row);
}

function include(tree: Placed, at: number, row: number): void {
  const { boxes } = tree;
  const x = tree.x[row]!;
  const y = tree.y[row]!;
  const z = tree.z[row]!;
  if (x < boxes[at]!) boxes[at] = x;
  if (y < boxes[at + 1]!) boxes[at + 1] = y;
  if (z < boxes[at + 2]!) boxes[at + 2] = z;
  if (x > boxes[at + 3]!) boxes[at + 3] = x;
  if (y > boxes[at + 4]!) boxes[at + 4] = y;
  if (z > boxes[at + 5]!) boxes[at + 5] = z;
}

/** The smallest squared distance from a point to a box. */
export function nearestSquared(boxes: Int32Array, at: number, x: number, y: number, z: number): number {
  const dx = Math.max(boxes[at]! - x, 0, x - boxes[at + 3]!);
  const dy = Math.max(boxes[at + 1]! - y, 0, y - boxes[at + 4]!);
  const dz = Math.max(boxes[at + 2]! - z, 0, z - boxes[at + 5]!);
  return dx * dx + dy * dy + dz * dz;
}

/** The largest squared distance from a point to anything in a box. */
export function farthestSquared(boxes: Int32Array, at: number, x: number, y: number, z: number): number {
  const dx = Math.max(x - boxes[at]!, boxes[at + 3]! - x);
  const dy = Math.max(y - boxes[at + 1]!, boxes[at + 4]! - y);
  const dz = Math.max(z - boxes[at + 2]!, boxes[at + 5]! - z);
  return dx * dx + dy * dy + dz * dz;
}
