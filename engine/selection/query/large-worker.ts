/**
 * The workers' side of large.ts. A step reads one list of the workspace and writes the other or its thread's own memory,
 * so that it may be started again: what it reads has not changed.
 */

import { ok, type Result } from "../../../schemas/errors.js";
import { inactiveMask, markInactive } from "./eligible.js";
import { BUCKETS, fillBuckets, firstOfEach, sizeBuckets, sortRows, withoutSeen } from "./order.js";
import { marksIn, type Rows, rowsIn, seenIn } from "./rows.js";
import {
  CONTENDED,
  clearSeen,
  Gathering,
  type Outcome,
  outcomeOf,
  ownWorkspace,
  type SearchTask,
} from "./searching.js";

/** Two lists of rows in shared memory, and a bitmap of persons for each range (rows.ts). */
export interface Workspace {
  readonly memory: SharedArrayBuffer;
  readonly capacity: number;
  readonly persons: number;
  readonly ranges: number;
}

/** A piece of list `side`. */
export interface Run {
  readonly side: 0 | 1;
  readonly from: number;
  readonly count: number;
}

export interface Gathered {
  readonly count: number;
  /** Rows in each bucket. */
  readonly sizes: Uint32Array;
}

export function rowsOfRun({ memory, capacity }: Workspace, { side, from, count }: Run): Rows {
  return rowsIn(memory, capacity, side, from, count);
}

interface GatherTask extends SearchTask {
  readonly workspace: Workspace;
  /** Where this share has room in the lists, and for how many rows. */
  readonly from: number;
  readonly room: number;
}

/** Searches a share of the shards into list 0. The inactive are among the rows until the end. */
export function gather(task: GatherTask): Result<Gathered> {
  return gatherShare(task, (gathering) => {
    gathering.shards();
    return true;
  });
}

/** Likewise a share of the phones. BUSY. */
export function gatherPhones(
  task: GatherTask & { readonly fromBlock: number; readonly toBlock: number },
): Result<Gathered> {
  return gatherShare(task, (gathering) => gathering.phones(task.fromBlock, task.toBlock));
}

/** Likewise the overlay; to be done when all phones have been searched. BUSY. */
export function gatherOverlay(task: GatherTask): Result<Gathered> {
  return gatherShare(task, (gathering) => gathering.overlay());
}

function gatherShare(task: GatherTask, work: (gathering: Gathering) => boolean): Result<Gathered> {
  const { memory, capacity, persons } = task.workspace;
  const rows = rowsIn(memory, capacity, 0, task.from, task.room);
  const gathering = new Gathering(task, undefined, rows, marksIn(memory, capacity, persons));
  if (!work(gathering)) return CONTENDED;
  const sizes = new Uint32Array(BUCKETS);
  sizeBuckets(rows, gathering.count, sizes);
  return ok({ count: gathering.count, sizes });
}

interface FillTask {
  readonly workspace: Workspace;
  readonly from: number;
  readonly count: number;
  /** Where this share has room in each bucket. */
  readonly next: Uint32Array;
}

/** Copies the rows of a share from list 0 to their buckets in list 1. */
export function fill({ workspace: { memory, capacity }, from, count, next }: FillTask): void {
  const rows = rowsIn(memory, capacity, 0, from, count);
  fillBuckets(rows, count, next, rowsIn(memory, capacity, 1, 0, capacity));
}

interface SortTask {
  readonly workspace: Workspace;
  readonly range: number;
  /** Where the buckets of the range begin in list 1, and where the last one ends. */
  readonly edges: Uint32Array;
  readonly status: SharedArrayBuffer;
  /** Index into CHANNELS. */
  readonly channel: number;
}

/** Sorts a range of buckets from list 1 into list 0, each person once. In the nearest one the inactive count as seen. */
export function sort({ workspace, range, edges, status, channel }: SortTask): Run {
  const { memory, capacity, persons } = workspace;
  const seen = seenIn(memory, capacity, persons, range).fill(0);
  if (range === 0) markInactive(new Uint8Array(status, 0, persons), inactiveMask(channel), seen);
  const largest = edges.reduce((most, edge, index) => Math.max(most, edge - (edges[index - 1] ?? edge)), 0);
  const own = ownWorkspace(largest, persons);
  const first = rowsIn(own.memory, own.capacity, 0, 0, own.capacity);
  const second = rowsIn(own.memory, own.capacity, 1, 0, own.capacity);
  const source = rowsIn(memory, capacity, 1, 0, capacity);
  const target = rowsIn(memory, capacity, 0, 0, capacity);
  const from = edges[0]!;
  let end = from;
  for (let bucket = 1; bucket < edges.length; bucket += 1) {
    const start = edges[bucket - 1]!;
    const count = edges[bucket]! - start;
    const sorted = sortRows(source, start, count, first, second);
    end = firstOfEach(sorted, count, seen, target, end);
  }
  return { side: 0, from, count: end - from };
}

/** Copies a run from list 0 to list 1 without those who are seen in a nearer range. */
export function leaveOut(task: { readonly workspace: Workspace; readonly run: Run; readonly range: number }): Run {
  const { workspace, run, range } = task;
  const { memory, capacity, persons } = workspace;
  const nearer = clearSeen(persons);
  for (let before = 0; before < range; before += 1) {
    const seen = seenIn(memory, capacity, persons, before);
    for (let word = 0; word < seen.length; word += 1) nearer[word]! |= seen[word]!;
  }
  const left: Run = { ...run, side: 1 };
  return { ...left, count: withoutSeen(rowsOfRun(workspace, run), run.count, nearer, rowsOfRun(workspace, left)) };
}

interface TallyTask {
  readonly workspace: Workspace;
  readonly runs: readonly Run[];
  readonly task: SearchTask;
}

/** The counts of a large selection, from its runs. */
export function tally({ workspace, runs, task }: TallyTask): Outcome {
  const { memory, capacity, persons } = workspace;
  const pieces = runs.map((run) => rowsOfRun(workspace, run));
  return outcomeOf(pieces, marksIn(memory, capacity, persons), task);
}
