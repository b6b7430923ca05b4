/**
 * From the registry's rows to shards, in the pool's workers: borders from a sample, rows to their regions (each worker a
 * part of the rows), then one shard a region. Needs, for as long as it lasts, the memory of the rows once more.
 */

import { ok, type Result } from "../../../schemas/errors.js";
import { runTask, runTasks, type TaskPool } from "../../pool/tasks.js";
import type { LocationRows, ParticipantColumns } from "../../registry/columns/columns.js";
import { type Borders, makeRows } from "./regions.js";
import type { ShardData } from "./shard.js";

/** All that selection reads. */
export interface Shards {
  readonly shards: readonly ShardData[];
  /** The region of each shard; a region without locations has none. */
  readonly regions: readonly number[];
  readonly borders: Borders;
  readonly participants: ParticipantColumns;
  readonly terms: SharedArrayBuffer;
}

/** Builds the shards. The rows may be dropped afterwards. */
export async function buildShards(
  pool: TaskPool,
  locations: LocationRows,
  participants: ParticipantColumns,
  terms: SharedArrayBuffer,
): Promise<Result<Shards>> {
  const chosen = await runTask<Borders>(pool, "borders", locations);
  if (!chosen.ok) return chosen;
  const region = new SharedArrayBuffer(2 * locations.count);
  const parts = partsOf(locations.count, pool.maxThreads).map((part) => ({ ...part, locations, region }));
  const sized = await runTasks<Uint32Array>(
    pool,
    "classify",
    parts.map((part) => ({ ...part, borders: chosen.value })),
  );
  if (!sized.ok) return sized;
  const { starts, next } = placesOf(sized.value, chosen.value.splits.length);
  const grouped = makeRows(locations.count);
  const done = await runTasks<void>(
    pool,
    "group",
    parts.map((part, index) => ({ ...part, grouped, next: next[index] })),
  );
  if (!done.ok) return done;
  const all = starts.slice(1).map((to, region) => ({ locations: grouped, from: starts[region]!, to, region }));
  const inhabited = all.filter(({ from, to }) => to > from);
  const built = await runTasks<ShardData>(pool, "shard", inhabited);
  if (!built.ok) return built;
  const regions = inhabited.map(({ region }) => region);
  return ok({ shards: built.value, regions, borders: chosen.value, participants, terms });
}

/** Divides so many rows into parts of about equal size. */
export function partsOf(count: number, parts: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: parts }, (_, index) => ({
    from: Math.floor((index * count) / parts),
    to: Math.floor(((index + 1) * count) / parts),
  }));
}

/**
 * Rows that several parts divide among regions: where each region starts, with the end of the last, and where in it the
 * rows of each part go, those of the first part first.
 */
export function placesOf(sizes: readonly Uint32Array[], regions: number): { starts: number[]; next: Uint32Array[] } {
  const starts = [0];
  const next = sizes.map(() => new Uint32Array(regions));
  for (let region = 0; region < regions; region += 1) {
    let at = starts[region]!;
    for (const [part, size] of sizes.entries()) {
      next[part]![region] = at;
      at += size[region]!;
    }
    starts.push(at);
  }
  return { starts, next };
}
