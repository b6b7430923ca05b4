/**
 * Divides all locations into regions of nearly equal size, one for each shard: a few splits by longitude and latitude in
 * turn, at the medians of a sample. An area then touches few shards.
 *
 * Assumes nothing of the order of the rows. Promises that each row is in exactly one region; how large a region gets is
 * a matter of the sample, and rows in one and the same place always share a region.
 */

import { SELECTION } from "../../schemas/limits.js";
import type { LocationRows } from "../registry/columns.js";

export interface Regions {
  /** Row numbers, region by region; Uint32. */
  readonly rows: SharedArrayBuffer;
  /** Region r has the rows from `starts[r]` up to `starts[r + 1]` of `rows`. */
  readonly starts: readonly number[];
}

/** Splits in heap order: region tree node n halves into 2n and 2n + 1; axis by depth. */
export function divide(locations: LocationRows): Regions {
  const { count } = locations;
  let depth = 0;
  while (count / 2 ** depth > SELECTION.shardRows) depth += 1;
  const regions = 2 ** depth;
  const splits = new Float64Array(regions);
  const lng = new Float64Array(locations.lng);
  const lat = new Float64Array(locations.lat);
  if (depth > 0) chooseSplits(lng, lat, sampleOf(count), splits, 1, 0);
  const region = new Uint16Array(count);
  const sizes = new Uint32Array(regions);
  for (let row = 0; row < count; row += 1) {
    let node = 1;
    for (let level = 0; level < depth; level += 1) {
      const value = (level & 1) === 0 ? lng[row]! : lat[row]!;
      node = 2 * node + (value < splits[node]! ? 0 : 1);
    }
    region[row] = node - regions;
    sizes[node - regions]! += 1;
  }
  return group(region, sizes);
}

/** Groups row numbers by region: a counting sort. */
function group(region: Uint16Array, sizes: Uint32Array): Regions {
  const starts = [0];
  const next = new Uint32Array(sizes.length);
  for (let at = 0; at < sizes.length; at += 1) {
    next[at] = starts[at]!;
    starts.push(starts[at]! + sizes[at]!);
  }
  const rows = new SharedArrayBuffer(4 * region.length);
  const order = new Uint32Array(rows);
  for (let row = 0; row < region.length; row += 1) {
    const at = region[row]!;
    order[next[at]!] = row;
    next[at]! += 1;
  }
  return { rows, starts };
}

/** Rows at an even distance: the registry is ordered by participant, not by place. */
function sampleOf(count: number): Uint32Array {
  const size = Math.min(count, SELECTION.sampledRows);
  return Uint32Array.from({ length: size }, (_, index) => Math.floor((index * count) / size));
}

function chooseSplits(
  lng: Float64Array,
  lat: Float64Array,
  sample: Uint32Array,
  splits: Float64Array,
  node: number,
  level: number,
): void {
  const axis = (level & 1) === 0 ? lng : lat;
  const values = Float64Array.from(sample, (row) => axis[row]!).sort();
  const split = values[values.length >> 1] ?? 0;
  splits[node] = split;
  if (2 * node >= splits.length) return;
  const below = sample.filter((row) => axis[row]! < split);
  const above = sample.filter((row) => axis[row]! >= split);
  chooseSplits(lng, lat, below, splits, 2 * node, level + 1);
  chooseSplits(lng, lat, above, splits, 2 * node + 1, level + 1);
}
