/**
 * Cells: squares of the Dutch grid RD New in a quadtree, the smallest 500 m, the largest 8 km. A cell is numbered by its Morton
 * code among those of its size, so the four cells in it have the numbers 4n to 4n + 3, and all the smallest cells in it are a
 * run of numbers.
 *
 * The tree's corner is at x 0, y 256 km, a multiple of every size that is shown: their edges are round kilometres.
 */

import { assert } from "../../schemas/errors.js";
import { fromRd } from "./rd.js";

/** The side of the smallest cells. */
export const BASE_METERS = 500;
/** Level of the largest cells; the smallest have 0. */
export const LARGEST = 4;
/** Level at which one cell would hold all others: 512 km. */
export const ROOT = 10;
const SIDE = 2 ** ROOT;
const SOUTH_METERS = 256_000;

/** The bits of a coordinate with a gap after each. */
const SPREAD = Uint32Array.from({ length: SIDE }, (_, value) => {
  let spread = 0;
  for (let bit = 0; bit < ROOT; bit += 1) spread |= ((value >> bit) & 1) << (2 * bit);
  return spread;
});

/** How many smallest cells there are. */
export const BASE_CELLS = SIDE * SIDE;

/** The smallest cell at a position in metres, or undefined outside the tree. */
export function baseCellAt(x: number, y: number): number | undefined {
  const column = Math.floor(x / BASE_METERS);
  const row = Math.floor((y - SOUTH_METERS) / BASE_METERS);
  if (!(column >= 0 && column < SIDE && row >= 0 && row < SIDE)) return undefined;
  return SPREAD[column]! | (SPREAD[row]! << 1);
}

/** The south-western corner of a cell, in metres. */
export function cornerOf(cell: number, level: number): { readonly x: number; readonly y: number } {
  let column = 0;
  let row = 0;
  for (let bit = 0; bit < ROOT; bit += 1) {
    column |= ((cell >> (2 * bit)) & 1) << bit;
    row |= ((cell >> (2 * bit + 1)) & 1) << bit;
  }
  const meters = sideMeters(level);
  return { x: column * meters, y: SOUTH_METERS + row * meters };
}

export function sideMeters(level: number): number {
  return BASE_METERS * 2 ** level;
}

/** "1000-119000-456000": side and south-western corner, in metres. */
export function cellName(cell: number, level: number): string {
  const { x, y } = cornerOf(cell, level);
  return [sideMeters(level), x, y].join("-");
}

export interface Square {
  /** The south-western corner. */
  readonly x: number;
  readonly y: number;
  readonly meters: number;
}

/** What a name made by cellName says. */
export function squareOf(name: string): Square {
  const [meters, x, y] = name.split("-").map(Number);
  assert(meters !== undefined && x !== undefined && y !== undefined, "the name of a cell has three numbers");
  return { x, y, meters };
}

/** A square as a ring, counterclockwise, in degrees; its edges are straight to within metres. */
export function squareRing({ x, y, meters }: Square): [number, number][] {
  const corners = [
    [x, y],
    [x + meters, y],
    [x + meters, y + meters],
    [x, y + meters],
    [x, y],
  ] as const;
  return corners.map(([east, north]) => fromRd(east, north));
}
