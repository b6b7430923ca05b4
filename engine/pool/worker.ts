/**
 * The tasks of the pool's workers; the pool calls them by their exported names. What comes in and goes out is numbers and
 * shared memory. Each task may be started again after a worker died in it: it reads what nobody changes and writes what
 * nobody reads before it is done.
 *
 * Assumes one task at a time in a thread, so that the room that a task needs can be kept for the next one.
 */

import { workerData } from "node:worker_threads";
import { ok, type Result } from "../../schemas/errors.js";
import type { Gazetteer } from "../places/screen/gazetteer.js";
import type { LayerTask } from "../places/screen/layers.js";
import type { LocationRows } from "../registry/columns/columns.js";
import { readMarks } from "../selection/query/channels.js";
import { firstOfEach, sortRows } from "../selection/query/order.js";
import { marksIn, rowsIn } from "../selection/query/rows.js";
import {
  CONTENDED,
  clearSeen,
  Gathering,
  type Outcome,
  outcomeOf,
  ownWorkspace,
  roomFor,
  type SearchTask,
} from "../selection/query/searching.js";
import { partBytes, partIn } from "../selection/roster.js";
import { type Borders, chooseBorders, classifyRows, groupRows } from "../selection/rows/regions.js";
import { buildShard, type ShardData } from "../selection/rows/shard.js";
import { collectGarbage } from "./memory.js";
import type { PoolData } from "./tasks.js";

export { checkFlat } from "../geo/flat-area.js";
export { countBlocks } from "../municipality/count-worker.js";
export { bundledPlaces } from "../places/bundled.js";
export { countReach, reachPage } from "../reach/worker.js";
export { loadBlocks } from "../registry/columns/load-worker.js";
export { renewShard, sortPhones } from "../selection/live/renew-worker.js";
export {
  fill,
  gather,
  gatherOverlay,
  gatherPhones,
  leaveOut,
  nameChannels,
  sort,
  tally,
} from "../selection/query/large-worker.js";

/** A whole selection in one worker. BUSY. */
export function select(task: SearchTask & { readonly answer?: SharedArrayBuffer }): Result<Outcome> {
  const { several } = task;
  const workspace = ownWorkspace(roomFor(task), task.persons);
  const [rows, spare, marks] = [rowsIn(workspace, 0), rowsIn(workspace, 1), marksIn(workspace)];
  if (task.counting || several) marks.fill(0);
  const gathering = new Gathering(task, new Uint8Array(task.status), rows, marks);
  gathering.shards();
  if (!gathering.phones() || !gathering.overlay()) return CONTENDED;
  gathering.dropUnwanted();
  const found = gathering.count;
  const sorted = sortRows(rows, 0, found, spare, rows);
  const count = firstOfEach(sorted, found, clearSeen(task.persons), sorted, 0);
  const participants = sorted.participants.subarray(0, count);
  if (task.counting) {
    return ok(outcomeOf([{ participants, municipalities: sorted.municipalities.subarray(0, count) }], marks, task));
  }
  const bytes = partBytes(count, several !== undefined);
  const fits = task.answer !== undefined && bytes <= task.answer.byteLength;
  const part = partIn(fits ? task.answer : new ArrayBuffer(bytes), count, several !== undefined);
  part.participants.set(participants);
  if (part.channels) readMarks(participants, marks, part.channels);
  return ok(fits ? { count } : { count, part });
}

/** A part of the rows of all locations, while they are divided into regions. */
export interface DivideTask {
  readonly locations: LocationRows;
  readonly from: number;
  readonly to: number;
  /** Region of each row; Uint16. */
  readonly region: SharedArrayBuffer;
}

export function borders(locations: LocationRows): Borders {
  return chooseBorders(locations);
}

/** Finds the regions of the rows; returns how many rows are in each. */
export function classify({ locations, from, to, region, borders }: DivideTask & { readonly borders: Borders }) {
  return classifyRows(locations, borders, from, to, new Uint16Array(region));
}

/** Copies the rows to their regions, each region's from `next` on. */
export function group(task: DivideTask & { readonly grouped: LocationRows; readonly next: Uint32Array }): void {
  groupRows(task.locations, task.grouped, task.from, task.to, new Uint16Array(task.region), task.next);
}

/** Builds the shard of the rows from `from` up to `to`. */
export function shard(task: {
  readonly locations: LocationRows;
  readonly from: number;
  readonly to: number;
}): ShardData {
  return buildShard(task.locations, task.from, task.to);
}

/** Places by what they are called. What makes it, and a layer of the map, is loaded when it is first asked for: most workers never are. */
export async function gazetteer(): Promise<Gazetteer> {
  return (await import("../places/screen/gazetteer.js")).gazetteer();
}

/** A layer of the map. */
export async function mapLayer(task: LayerTask): Promise<Uint8Array> {
  return (await import("../places/screen/layers.js")).mapLayer(task);
}

/** Frees the shared memory that this thread knows but no longer uses (memory.ts). */
export function collect(): Promise<void> {
  return collectGarbage();
}

/** Does nothing; the pool uses it to start a worker. */
export function wake(): void {}

// All that a worker loads stands above. In a test the tasks run without a worker.
const data = workerData as PoolData | null;
if (data?.haveLoaded) Atomics.add(new Int32Array(data.haveLoaded), 0, 1);
