/**
 * Divides all locations into regions of nearly equal size, one for each shard: a few splits by longitude and latitude in
 * turn, at the medians of a sample. An area then touches few shards.
 *
 * The columns are regrouped, not just the row numbers: they are read once from front to back, and a shard is then built
 * from neighbouring memory. Building from row numbers took twice as long, nearly all of it waiting for memory.
 *
 * Assumes nothing of the order of the rows. Promises that each row is in exactly one region; how large a region gets is a
 * matter of the sample, and rows in one and the same place always share a region.
 */

import { SELECTION } from "../../../schemas/limits.js";
import type { LocationRows } from "../../registry/columns/columns.js";

/** Where the regions end: a tree in heap order, whose node n splits into 2n and 2n + 1. */
export interface Borders {
  readonly depth: number;
  /** Below goes west or south; lng at even levels, lat at odd ones. */
  readonly splits: Float64Array;
}

/** Locations as views; the buffers cross between threads, the views do not. */
export function viewsOf(rows: LocationRows) {
  return {
    lng: new Float64Array(rows.lng),
    lat: new Float64Array(rows.lat),
    participant: new Uint32Array(rows.participant),
    channels: new Uint16Array(rows.channels),
    terms: new Uint16Array(rows.terms),
    municipality: new Uint16Array(rows.municipality),
  };
}

/** Memory for so many locations. */
export function makeRows(count: number): LocationRows {
  return {
    count,
    lng: new SharedArrayBuffer(8 * count),
    lat: new SharedArrayBuffer(8 * count),
    participant: new SharedArrayBuffer(4 * count),
    channels: new SharedArrayBuffer(2 * count),
    terms: new SharedArrayBuffer(2 * count),
    municipality: new SharedArrayBuffer(2 * count),
  };
}

export function chooseBorders(locations: LocationRows): Borders {
  let depth = 0;
  while (locations.count / 2 ** depth > SELECTION.shardRows) depth += 1;
  const splits = new Float64Array(2 ** depth);
  const axes = [new Float64Array(locations.lng), new Float64Array(locations.lat)] as const;
  const halve = (sample: Uint32Array, node: number, level: number): void => {
    if (node >= splits.length) return;
    const axis = axes[level % 2]!;
    const values = Float64Array.from(sample, (row) => axis[row]!).sort();
    const split = values[values.length >> 1] ?? 0;
    splits[node] = split;
    const isBelow = (row: number): boolean => axis[row]! < split;
    halve(sample.filter(isBelow), 2 * node, level + 1);
    halve(
      sample.filter((row) => !isBelow(row)),
      2 * node + 1,
      level + 1,
    );
  };
  halve(sampleOf(locations.count), 1, 0);
  return { depth, splits };
}

/** Rows at an even distance: the registry is ordered by participant, not by place. */
function sampleOf(count: number): Uint32Array {
  const size = Math.min(count, SELECTION.sampledRows);
  return Uint32Array.from({ length: size }, (_, index) => Math.floor((index * count) / size));
}

/** Writes the region of the rows from `from` up to `to` and returns how many are in each. */
export function classifyRows(
  locations: LocationRows,
  borders: Borders,
  from: number,
  to: number,
  region: Uint16Array,
): Uint32Array {
  const lng = new Float64Array(locations.lng);
  const lat = new Float64Array(locations.lat);
  const sizes = new Uint32Array(borders.splits.length);
  for (let row = from; row < to; row += 1) {
    const found = regionOf(borders, lng[row]!, lat[row]!);
    region[row] = found;
    sizes[found]! += 1;
  }
  return sizes;
}

export function regionOf({ depth, splits }: Borders, lng: number, lat: number): number {
  let node = 1;
  for (let level = 0; level < depth; level += 1) {
    const value = (level & 1) === 0 ? lng : lat;
    node = 2 * node + (value < splits[node]! ? 0 : 1);
  }
  return node - splits.length;
}

/** Copies the rows from `from` up to `to` to where their region has room: `next` is the first free row of each region. */
export function groupRows(
  source: LocationRows,
  target: LocationRows,
  from: number,
  to: number,
  region: Uint16Array,
  next: Uint32Array,
): void {
  const a = viewsOf(source);
  const b = viewsOf(target);
  for (let row = from; row < to; row += 1) {
    const at = next[region[row]!]!;
    next[region[row]!] = at + 1;
    b.lng[at] = a.lng[row]!;
    b.lat[at] = a.lat[row]!;
    b.participant[at] = a.participant[row]!;
    b.channels[at] = a.channels[row]!;
    b.terms[at] = a.terms[row]!;
    b.municipality[at] = a.municipality[row]!;
  }
}
