/**
 * What every selection does in a worker: search shards for the rows of an area and who of them is asked, and count. The
 * memory for it is kept for the next task, because a thread has one task at a time.
 */

import { CHANNELS, channelBit, DOMAINS } from "../../schemas/words.js";
import { AreaSearch, type PreparedArea } from "../geo/search.js";
import { countMarks, gatherRows, inactiveMask, type Measure, markChannels, openTerms } from "./eligible.js";
import type { Persons } from "./order.js";
import { type Rows, wordsOf, workspaceBytes } from "./rows.js";
import { type ShardData, shardColumns } from "./shard.js";

export interface SearchTask extends Measure {
  readonly area: PreparedArea;
  /** Index into CHANNELS and DOMAINS. */
  readonly channel: number;
  readonly domain: number;
  readonly hourOfWeek: number;
  readonly counting: boolean;
  readonly shards: readonly ShardData[];
  readonly persons: number;
  readonly status: SharedArrayBuffer;
  readonly terms: SharedArrayBuffer;
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

/** This thread's own lists for at least so many rows, with the marks of the channels. */
export function ownWorkspace(capacity: number, persons: number): typeof own {
  if (own.capacity < capacity || own.persons !== persons) {
    const room = Math.max(capacity, own.capacity);
    own = { memory: new ArrayBuffer(workspaceBytes(room, persons)), capacity: room, persons };
  }
  return own;
}

/** This thread's own bitmap of persons, cleared. */
export function clearSeen(persons: number): Uint32Array {
  const words = wordsOf(persons);
  if (seen.length < words) seen = new Uint32Array(words);
  return seen.fill(0);
}

/**
 * Searches the shards into `rows`, with the marks of the channels when counting; says how many rows there are. `status`
 * is absent when the inactive are left out afterwards.
 */
export function searchShards(task: SearchTask, status: Uint8Array | undefined, rows: Rows, marks: Uint32Array): number {
  const open = openTerms(new Uint32Array(task.terms), task.hourOfWeek);
  const bit = channelBit(CHANNELS[task.channel]!, DOMAINS[task.domain]!);
  const inactive = inactiveMask(task.channel);
  let end = 0;
  for (const shard of task.shards) {
    const columns = shardColumns(shard);
    const ranges = search.search(columns, task.area);
    end = gatherRows(columns, ranges, { bit, open, status, inactive }, task, rows, end);
    if (task.counting) markChannels(columns, ranges, open, new Uint8Array(task.status), task.domain, marks);
  }
  return end;
}

/** The counts of a selection whose rows are in these pieces. */
export function countsOf(pieces: readonly Persons[], marks: Uint32Array): Outcome {
  const count = pieces.reduce((sum, piece) => sum + piece.participants.length, 0);
  const tally = new Uint32Array(65_536);
  for (const { municipalities } of pieces) {
    for (let row = 0; row < municipalities.length; row += 1) tally[municipalities[row]!]! += 1;
  }
  const municipalities = Array.from(tally.entries()).filter(([, persons]) => persons > 0);
  return {
    count,
    participants: new Uint32Array(0),
    channels: countMarks(marks),
    municipalities: municipalities.flat(),
  };
}
