/**
 * A shard: the locations of one region, as columns in shared memory that every thread may read. KDBush arranges the
 * points; then every column takes KDBush's order, so that a cell of the tree is the same range of each column and no
 * query ever looks up an id.
 *
 * One SharedArrayBuffer a shard, written by the worker that builds it and only read afterwards; when no selection reads it
 * any more, another shard may be built in it (upkeep.ts). A row costs 38 bytes: coordinates 16, position in space 12,
 * participant 4, channels, terms and municipality 2 each; boxes add about one.
 */

import KDBush from "kdbush";
import { toSpace, toSurface } from "../../geo/ellipsoid.js";
import type { SearchedTree } from "../../geo/search/search.js";
import { BOX, cellsOf, fillBoxes, LEAF_ROWS } from "../../geo/search/tree.js";
import type { LocationRows } from "../../registry/columns/columns.js";

/** What crosses between threads. */
export interface ShardData {
  readonly count: number;
  readonly buffer: SharedArrayBuffer;
  readonly box: readonly [number, number, number, number];
  /** Municipality, number of its rows, and the sums of their x, y and z, for each municipality in the shard. */
  readonly municipalities: Float64Array;
}

export const MUNICIPALITY_FIELDS = 5;

export interface ShardColumns extends SearchedTree {
  readonly participant: Uint32Array;
  readonly channels: Uint16Array;
  readonly terms: Uint16Array;
}

/** The rows of all of them together. */
export function rowsOf(shards: readonly ShardData[]): number {
  return shards.reduce((sum, shard) => sum + shard.count, 0);
}

/** Where in a buffer each column begins when it takes so many bytes: where the one before ended. */
export function sideBySide(): (bytes: number) => number {
  let end = 0;
  return (bytes) => {
    const start = end;
    end += bytes;
    return start;
  };
}

/** The shard's columns as views on its memory. */
export function shardColumns(shard: Pick<ShardData, "count" | "buffer" | "box">): ShardColumns {
  const { count, buffer } = shard;
  const next = sideBySide();
  return {
    count,
    box: shard.box,
    coords: new Float64Array(buffer, next(16 * count), 2 * count),
    x: new Int32Array(buffer, next(4 * count), count),
    y: new Int32Array(buffer, next(4 * count), count),
    z: new Int32Array(buffer, next(4 * count), count),
    boxes: new Int32Array(buffer, next(4 * BOX * cellsOf(count)), BOX * cellsOf(count)),
    participant: new Uint32Array(buffer, next(4 * count), count),
    channels: new Uint16Array(buffer, next(2 * count), count),
    terms: new Uint16Array(buffer, next(2 * count), count),
    municipality: new Uint16Array(buffer, next(2 * count), count),
  };
}

export function shardBytes(count: number): number {
  return 38 * count + 4 * BOX * cellsOf(count);
}

/** Memory for a tenth more rows, which costs nothing before it is used, lets a shard be built anew where another one was. */
const SPARE_ROWS = 0.1;

/**
 * Builds the shard of the rows from `from` up to `to`, in the given memory if it is large enough. Allocates other memory if
 * not and, while it works, 20 bytes a row.
 */
export function buildShard(locations: LocationRows, from: number, to: number, memory?: SharedArrayBuffer): ShardData {
  const count = to - from;
  const index = new KDBush(count, LEAF_ROWS, Float64Array);
  const lng = new Float64Array(locations.lng, 8 * from, count);
  const lat = new Float64Array(locations.lat, 8 * from, count);
  const box = addAll(index, lng, lat);
  index.finish();
  const fits = memory !== undefined && memory.byteLength >= shardBytes(count);
  const buffer = fits ? memory : new SharedArrayBuffer(shardBytes(Math.ceil(count * (1 + SPARE_ROWS))));
  const shard = shardColumns({ count, buffer, box });
  shard.coords.set(index.coords);
  const { participant, channels, terms, municipality } = locations;
  permute(index.ids, new Uint32Array(participant, 4 * from, count), shard.participant);
  permute(index.ids, new Uint16Array(channels, 2 * from, count), shard.channels);
  permute(index.ids, new Uint16Array(terms, 2 * from, count), shard.terms);
  permute(index.ids, new Uint16Array(municipality, 2 * from, count), shard.municipality);
  place(shard);
  fillBoxes(shard);
  return { count, buffer, box, municipalities: municipalitySums(shard) };
}

/** Adds the positions to the index and returns their box. */
function addAll(index: KDBush, lng: Float64Array, lat: Float64Array): ShardData["box"] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let row = 0; row < lng.length; row += 1) {
    const x = lng[row]!;
    const y = lat[row]!;
    index.add(x, y);
    if (x < west) west = x;
    if (y < south) south = y;
    if (x > east) east = x;
    if (y > north) north = y;
  }
  return [west, south, east, north];
}

function permute(ids: ArrayLike<number>, from: Uint16Array | Uint32Array, to: Uint16Array | Uint32Array): void {
  for (let row = 0; row < to.length; row += 1) to[row] = from[ids[row]!]!;
}

function place(shard: ShardColumns): void {
  const { coords, x, y, z } = shard;
  const space = new Float64Array(3);
  for (let at = 0; at < shard.count; at += 1) {
    toSpace(coords[2 * at]!, coords[2 * at + 1]!, space, 0);
    // Rounds as Math.round does, which takes three times as long as all the trigonometry.
    x[at] = Math.floor(space[0]! + 0.5);
    y[at] = Math.floor(space[1]! + 0.5);
    z[at] = Math.floor(space[2]! + 0.5);
  }
}

function municipalitySums(shard: ShardColumns): Float64Array {
  const sums = new Map<number, Float64Array>();
  for (let at = 0; at < shard.count; at += 1) {
    const code = shard.municipality[at]!;
    let sum = sums.get(code);
    if (sum === undefined) {
      sum = Float64Array.of(code, 0, 0, 0, 0);
      sums.set(code, sum);
    }
    sum[1]! += 1;
    sum[2]! += shard.x[at]!;
    sum[3]! += shard.y[at]!;
    sum[4]! += shard.z[at]!;
  }
  const all = new Float64Array(sums.size * MUNICIPALITY_FIELDS);
  for (const [index, sum] of [...sums.values()].entries()) all.set(sum, index * MUNICIPALITY_FIELDS);
  return all;
}

/** The middle of a municipality's locations, [lng, lat]; undefined where no shard has any. */
export function municipalityMiddle(shards: readonly ShardData[], code: number): readonly [number, number] | undefined {
  const sum = [0, 0, 0] as [number, number, number];
  let rows = 0;
  for (const { municipalities } of shards) {
    for (let at = 0; at < municipalities.length; at += MUNICIPALITY_FIELDS) {
      if (municipalities[at] !== code) continue;
      rows += municipalities[at + 1]!;
      for (let axis = 0; axis < 3; axis += 1) sum[axis]! += municipalities[at + 2 + axis]!;
    }
  }
  return rows === 0 ? undefined : toSurface(sum[0], sum[1], sum[2]);
}
