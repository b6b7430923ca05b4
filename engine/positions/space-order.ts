/**
 * Participants by where their phones are, so that neighbours come one after the other (Morton's order): selection puts rows
 * that come together into one block, and a block that is small on the map is skipped by most areas.
 */
import { HAS_POSITION, type PositionColumns } from "./columns.js";

/** Bits of each coordinate: cells of some forty metres for a country of 300 kilometres. */
const BITS = 13;
const CELLS = 2 ** BITS;

/** Spreads 13 bits so that there is a zero between each two. */
function spread(bits: number): number {
  let x = (bits | (bits << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/** Everyone with a position. */
export function inSpace(columns: PositionColumns): Uint32Array {
  const found = everyone(columns);
  const cells = cellsOf(found, columns);
  // First by the lower half of the bits, then, keeping that order, by the upper.
  const lower = sorted(found, (index) => cells[index]! % CELLS);
  return sorted(lower.values, (index) => Math.floor(cells[lower.from[index]!]! / CELLS)).values;
}

/** The values in the order of their keys, which are below CELLS; of equal keys in the order in which they were. */
function sorted(values: Uint32Array, keyOf: (index: number) => number): { values: Uint32Array; from: Uint32Array } {
  const next = new Uint32Array(CELLS + 1);
  for (let index = 0; index < values.length; index++) next[keyOf(index) + 1]!++;
  for (let key = 1; key <= CELLS; key++) next[key]! += next[key - 1]!;
  const out = { values: new Uint32Array(values.length), from: new Uint32Array(values.length) };
  for (let index = 0; index < values.length; index++) {
    const place = next[keyOf(index)]!++;
    out.values[place] = values[index]!;
    out.from[place] = index;
  }
  return out;
}

function everyone({ state, capacity }: PositionColumns): Uint32Array {
  const found = new Uint32Array(capacity);
  let count = 0;
  for (let one = 0; one < capacity; one++) if ((state[one]! & HAS_POSITION) !== 0) found[count++] = one;
  return found.slice(0, count);
}

/** The cell of each, its bits taken in turns from both coordinates. */
function cellsOf(found: Uint32Array, { lng, lat }: PositionColumns): Uint32Array {
  const [west, width] = spanOf(found, lng);
  const [south, height] = spanOf(found, lat);
  const cells = new Uint32Array(found.length);
  for (let index = 0; index < found.length; index++) {
    const one = found[index]!;
    const x = Math.floor(((lng[one]! - west) * CELLS) / width);
    const y = Math.floor(((lat[one]! - south) * CELLS) / height);
    cells[index] = spread(x) | (spread(y) << 1);
  }
  return cells;
}

/** The least of the values, and how many there may be from it to the greatest. */
function spanOf(found: Uint32Array, values: Int32Array): readonly [number, number] {
  let [least, most] = [2 ** 31, -(2 ** 31)];
  for (let index = 0; index < found.length; index++) {
    const value = values[found[index]!]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most - least + 1];
}
