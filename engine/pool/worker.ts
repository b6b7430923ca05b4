/**
 * The tasks of the pool's workers; the pool calls them by their exported names. What comes in and goes out is numbers and
 * shared memory. Each task may be started again after a worker died in it: it reads what nobody changes and writes what
 * nobody reads before it is done.
 *
 * Assumes one task at a time in a thread, so that the room that a task needs can be kept for the next one.
 */

import { ok, type Result } from "../../schemas/errors.js";
import type { LocationRows } from "../registry/columns/columns.js";
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
import { type Borders, chooseBorders, classifyRows, groupRows } from "../selection/rows/regions.js";
import { buildShard, type ShardData } from "../selection/rows/shard.js";
import { collectGarbage } from "./memory.js";

export { checkFlat } from "../geo/flat-area.js";
export { countBlocks } from "../municipality/count-worker.js";
export { bundledPlaces } from "../places/bundled.js";
export { countReach, reachPage } from "../reach/worker.js";
export { loadBlocks } from "../registry/columns/load-worker.js";
export { renewShard, sortPhones } from "../selection/live/renew-worker.js";
export { fill, gather, gatherOverlay, gatherPhones, leaveOut, sort, tally } from "../selection/query/large-worker.js";

/** In an outcome whose participants are in the task's answer. */
const NOBODY = new Uint32Array(0);

/** A whole selection in one worker. BUSY. */
export function select(task: SearchTask & { readonly answer?: SharedArrayBuffer }): Result<Outcome> {
  const { memory, capacity } = ownWorkspace(roomFor(task), task.persons);
  const rows = rowsIn(memory, capacity, 0, 0, capacity);
  const spare = rowsIn(memory, capacity, 1, 0, capacity);
  const marks = marksIn(memory, capacity, task.persons);
  if (task.counting) marks.fill(0);
  const gathering = new Gathering(task, new Uint8Array(task.status), rows, marks);
  gathering.shards();
  if (!gathering.phones() || !gathering.overlay()) return CONTENDED;
  const found = gathering.count;
  const sorted = sortRows(rows, 0, found, spare, rows);
  const count = firstOfEach(sorted, found, clearSeen(task.persons), sorted, 0);
  const participants = sorted.participants.subarray(0, count);
  if (task.counting) {
    return ok(outcomeOf([{ participants, municipalities: sorted.municipalities.subarray(0, count) }], marks, task));
  }
  const fits = task.answer !== undefined && count * 4 <= task.answer.byteLength;
  if (fits) new Uint32Array(task.answer).set(participants);
  return ok({ count, participants: fits ? NOBODY : participants.slice() });
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

/** Frees the shared memory that this thread knows but no longer uses (memory.ts). */
export function collect(): Promise<void> {
  return collectGarbage();
}

/** Does nothing; the pool uses it to start a worker. */
export function wake(): void {}
