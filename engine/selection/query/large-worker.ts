/**
 * The workers' side of large.ts. A step reads one list of the workspace and writes the other or its thread's own memory,
 * so that it may be started again: what it reads has not changed.
 */

import { ok, type Result } from "../../../schemas/errors.js";
import { mergeMarks, readMarks } from "./channels.js";
import { inactiveMask, markInactive } from "./eligible.js";
import { BUCKETS, fillBuckets, firstOfEach, sizeBuckets, sortRows, withoutSeen } from "./order.js";
import { bytesIn, marksIn, type Rows, rowsIn, seenIn, type Workspace } from "./rows.js";
import {
  CONTENDED,
  clearSeen,
  Gathering,
  type Outcome,
  outcomeOf,
  ownWorkspace,
  type SearchTask,
} from "./searching.js";

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

export function rowsOfRun(workspace: Workspace, { side, from, count }: Run): Rows {
  return rowsIn(workspace, side, from, count);
}

interface GatherTask extends SearchTask {
  readonly workspace: Workspace;
  /** Whose marks it sets: no other task of the same step has this number. */
  readonly share: number;
  /** Where this share has room in the lists, and for how many rows. */
  readonly from: number;
  readonly room: number;
}

/** Searches a share of the shards into list 0. The inactive are among the rows until the end. */
export function gather(task: GatherTask): Result<Gathered> {
  return gatherShare(task, (gathering) => {
    gathering.prepare();
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
  const rows = rowsIn(task.workspace, 0, task.from, task.room);
  const gathering = new Gathering(task, undefined, rows, marksIn(task.workspace, task.share));
  if (!work(gathering)) return CONTENDED;
  gathering.dropUnwanted();
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
export function fill({ workspace, from, count, next }: FillTask): void {
  fillBuckets(rowsIn(workspace, 0, from, count), count, next, rowsIn(workspace, 1));
}

interface SortTask {
  readonly workspace: Workspace;
  readonly range: number;
  /** Where the buckets of the range begin in list 1, and where the last one ends. */
  readonly edges: Uint32Array;
  readonly status: SharedArrayBuffer;
  /** Index into CHANNELS; undefined of a selection over several, whose rows are of those who are asked. */
  readonly channel: number | undefined;
}

/** Sorts a range of buckets from list 1 into list 0, each person once. In the nearest one the inactive count as seen. */
export function sort({ workspace, range, edges, status, channel }: SortTask): Run {
  const { persons } = workspace;
  const seen = seenIn(workspace, range).fill(0);
  if (range === 0) {
    if (channel === undefined) mergeMarks(marksOfShares(workspace));
    else markInactive(new Uint8Array(status, 0, persons), inactiveMask(channel), seen);
  }
  const largest = edges.reduce((most, edge, index) => Math.max(most, edge - (edges[index - 1] ?? edge)), 0);
  const own = ownWorkspace(largest, persons);
  const [first, second] = [rowsIn(own, 0), rowsIn(own, 1)];
  const [source, target] = [rowsIn(workspace, 1), rowsIn(workspace, 0)];
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
  const nearer = clearSeen(workspace.persons);
  for (let before = 0; before < range; before += 1) {
    const seen = seenIn(workspace, before);
    for (let word = 0; word < seen.length; word += 1) nearer[word]! |= seen[word]!;
  }
  const left: Run = { ...run, side: 1 };
  return { ...left, count: withoutSeen(rowsOfRun(workspace, run), run.count, nearer, rowsOfRun(workspace, left)) };
}

/** Over which channels each of a run can be asked, in the bytes of its rows. */
export function nameChannels({ workspace, run }: { readonly workspace: Workspace; readonly run: Run }): void {
  const { participants } = rowsOfRun(workspace, run);
  readMarks(participants, marksIn(workspace), bytesIn(workspace, run.from, run.count));
}

interface TallyTask {
  readonly workspace: Workspace;
  readonly runs: readonly Run[];
  readonly task: SearchTask;
}

/** The counts of a large selection, from its runs. */
export function tally({ workspace, runs, task }: TallyTask): Outcome {
  const pieces = runs.map((run) => rowsOfRun(workspace, run));
  mergeMarks(marksOfShares(workspace));
  return outcomeOf(pieces, marksIn(workspace), task);
}

function marksOfShares(workspace: Workspace): Uint8Array[] {
  return Array.from({ length: workspace.shares }, (_, share) => marksIn(workspace, share));
}
