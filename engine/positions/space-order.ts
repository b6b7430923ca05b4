/**
 * Participants by where their phones are, so that neighbours come one after the other (Morton's order): selection puts rows
 * that come together into one block, and a block that is small on the map is skipped by most areas.
 */
import { HAS_POSITION, type PositionColumns } from "./columns.js";

/** Bits of each coordinate: cells of some forty metres for a country of 300 kilometres. */
const BITS = 13;
const CELLS = 2 ** BITS;
/** Participant numbers are below 2^26, and the whole stays exact in a double. */
const PARTICIPANTS = 2 ** 26;

/** Spreads 13 bits so that there is a zero between each two. */
function spread(bits: number): number {
  let x = (bits | (bits << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/** Everyone with a position. */
export function inSpace({ state, lng, lat, capacity }: PositionColumns): Uint32Array {
  const found: number[] = [];
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let one = 0; one < capacity; one++) {
    if ((state[one]! & HAS_POSITION) === 0) continue;
    found.push(one);
    west = Math.min(west, lng[one]!);
    east = Math.max(east, lng[one]!);
    south = Math.min(south, lat[one]!);
    north = Math.max(north, lat[one]!);
  }
  const [width, height] = [(east - west + 1) / CELLS, (north - south + 1) / CELLS];
  const keys = new Float64Array(found.length);
  found.forEach((one, index) => {
    const x = Math.floor((lng[one]! - west) / width);
    const y = Math.floor((lat[one]! - south) / height);
    keys[index] = (spread(x) | (spread(y) << 1)) * PARTICIPANTS + one;
  });
  keys.sort();
  return Uint32Array.from(keys, (key) => key % PARTICIPANTS);
}
