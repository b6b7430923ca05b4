/**
 * The tasks of the pool's workers; the pool calls them by their exported names. What comes in and goes out is numbers and
 * shared memory. Each task may be started again after a worker died in it: it reads what nobody changes and writes what
 * nobody reads before it is done.
 *
 * Assumes one task at a time in a thread, so that the room that a task needs can be kept for the next one.
 */

import { CHANNELS, channelBit, DOMAINS } from "../../schemas/words.js";
import { AreaSearch, type PreparedArea } from "../geo/search.js";
import type { LocationRows } from "../registry/columns.js";
import { countMarks, gatherRows, markChannels, markInactive, openSchedules } from "./eligible.js";
import { collectGarbage } from "./memory.js";
import { firstOfEach, mergeRows, sortRows } from "./order.js";
import { type Borders, chooseBorders, classifyRows, groupRows } from "./regions.js";
import { marksIn, type Rows, rowsIn, wordsOf, workspaceBytes } from "./rows.js";
import { buildShard, type ShardData, shardColumns } from "./shard.js";

export { loadBlocks } from "../registry/load-worker.js";

export interface SearchTask {
  readonly area: PreparedArea;
  /** In space, in units. */
  readonly origin: readonly [number, number, number];
  /** Index into CHANNELS and DOMAINS. */
  readonly channel: number;
  readonly domain: number;
  readonly hourOfWeek: number;
  readonly counting: boolean;
  readonly shards: readonly ShardData[];
  readonly persons: number;
  readonly status: SharedArrayBuffer;
  readonly schedules: SharedArrayBuffer;
}

/** Two lists of rows in shared memory (rows.ts). */
export interface Workspace {
  readonly memory: SharedArrayBuffer;
  readonly capacity: number;
  readonly persons: number;
}

/** A sorted piece of list `side`. */
export interface Run {
  readonly side: 0 | 1;
  readonly from: number;
  readonly count: number;
}

export interface Outcome {
  readonly count: number;
  /** The roster; empty when counting. */
  readonly participants: Uint32Array;
  /** Persons by channel, empty when not counting. */
  readonly channels: readonly number[];
  /** Code and persons in turn, empty when not counting. */
  readonly municipalities: readonly number[];
}

const search = new AreaSearch();
let own = { memory: new ArrayBuffer(0), capacity: 0, persons: 0 };
let seen = new Uint32Array(0);

function ownWorkspace(capacity: number, persons: number): typeof own {
  if (own.capacity < capacity || own.persons !== persons) {
    const room = Math.max(capacity, own.capacity);
    own = { memory: new ArrayBuffer(workspaceBytes(room, persons)), capacity: room, persons };
  }
  return own;
}

function clearSeen(persons: number): Uint32Array {
  const words = wordsOf(persons);
  if (seen.length < words) seen = new Uint32Array(words);
  return seen.fill(0);
}

/**
 * Searches the shards into `rows`, with the marks of the channels when counting; says how many rows there are. `status`
 * is absent when the inactive are left out afterwards.
 */
function searchShards(task: SearchTask, status: Uint8Array | undefined, rows: Rows, marks: Uint32Array): number {
  const open = openSchedules(new Uint32Array(task.schedules), task.hourOfWeek);
  const bit = channelBit(CHANNELS[task.channel]!, DOMAINS[task.domain]!);
  let end = 0;
  for (const shard of task.shards) {
    const columns = shardColumns(shard);
    const ranges = search.search(columns, task.area);
    end = gatherRows(columns, ranges, { bit, open, status }, task.origin, rows, end);
    if (task.counting) markChannels(columns, ranges, open, new Uint8Array(task.status), task.domain, marks);
  }
  return end;
}

function counts(rows: Rows, count: number, marks: Uint32Array): Outcome {
  const municipalities = tallyMunicipalities(rows.municipalities, count);
  return { count, participants: new Uint32Array(0), channels: countMarks(marks), municipalities };
}

function tallyMunicipalities(municipalities: Uint16Array, count: number): number[] {
  const tally = new Map<number, number>();
  for (let row = 0; row < count; row += 1) {
    const code = municipalities[row]!;
    tally.set(code, (tally.get(code) ?? 0) + 1);
  }
  return [...tally].flat();
}

/** A whole selection in one worker. */
export function select(task: SearchTask): Outcome {
  const room = task.shards.reduce((sum, shard) => sum + shard.count, 0);
  const { memory, capacity } = ownWorkspace(room, task.persons);
  const rows = rowsIn(memory, capacity, 0, 0, capacity);
  const marks = marksIn(memory, capacity, task.persons);
  if (task.counting) marks.fill(0);
  const found = searchShards(task, new Uint8Array(task.status), rows, marks);
  const sorted = sortRows(rows, rowsIn(memory, capacity, 1, 0, capacity), found);
  const count = firstOfEach(sorted, found, clearSeen(task.persons), sorted);
  if (task.counting) return counts(sorted, count, marks);
  return { count, participants: sorted.participants.slice(0, count), channels: [], municipalities: [] };
}

/** One worker's share of a large selection: a sorted run, each person once, in its part of the workspace from `from`. */
export function gather(task: SearchTask & { readonly workspace: Workspace; readonly from: number }): Run {
  const { memory, capacity, persons } = task.workspace;
  const room = task.shards.reduce((sum, shard) => sum + shard.count, 0);
  const rows = rowsIn(memory, capacity, 0, task.from, room);
  const found = searchShards(task, undefined, rows, marksIn(memory, capacity, persons));
  const sorted = sortRows(rows, rowsIn(memory, capacity, 1, task.from, room), found);
  const notAsked = clearSeen(persons);
  markInactive(new Uint8Array(task.status, 0, persons), notAsked);
  const count = firstOfEach(sorted, found, notAsked, rows);
  return { side: 0, from: task.from, count };
}

/** Two runs of a large selection become one, in the other list. */
export function merge(task: { readonly workspace: Workspace; readonly left: Run; readonly right: Run }): Run {
  const { left, right } = task;
  const { memory, capacity, persons } = task.workspace;
  const piece = ({ side, from, count }: Run): Rows => rowsIn(memory, capacity, side, from, count);
  const side = left.side === 0 ? 1 : 0;
  const rows = rowsIn(memory, capacity, side, left.from, left.count + right.count);
  return { side, from: left.from, count: mergeRows(piece(left), piece(right), clearSeen(persons), rows) };
}

/** The counts of a large selection, from its last run. */
export function tally({ workspace, run }: { readonly workspace: Workspace; readonly run: Run }): Outcome {
  const { memory, capacity, persons } = workspace;
  const rows = rowsIn(memory, capacity, run.side, run.from, run.count);
  return counts(rows, run.count, marksIn(memory, capacity, persons));
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
