/**
 * What every selection does in a worker: search for the rows of an area and who of them is asked, and count. The memory for
 * it is kept for the next task, because a thread has one task at a time.
 *
 * What changes while it runs is read such that whoever is to be asked throughout a selection is found. Of static locations it
 * finds each that counted at any moment from its beginning until the overlay is read: what went after the beginning is still
 * found, in the shards (Mask) as in the overlay (`since`). A phone is where it was at one moment; whoever it does not find in the
 * area then is to be asked at that moment by a static location, and the overlay is read after the phones. ARCHITECTURE.md
 * goes through each pair of steps.
 */

import { assert, fail } from "../../../schemas/errors.js";
import type { Ranges } from "../../geo/search/ranges.js";
import { AreaSearch, type PreparedArea } from "../../geo/search/search.js";
import type { Part } from "../roster.js";
import { rowsOf, type ShardColumns, type ShardData, shardColumns } from "../rows/shard.js";
import { type Mask, maskOf, type TableData, tableColumns } from "../rows/table.js";
import { TableReader } from "../rows/table-reader.js";
import { gatherOver, Reachable, type Several } from "./channels.js";
import { type Counted, countsOf } from "./counting.js";
import { type Eligibility, gatherRows, inactiveMask, type Measure, markPersons } from "./eligible.js";
import { dropMarked, type PersonRows } from "./order.js";
import { type PersonData, Persons, type Sparing } from "./persons.js";
import { type Rows, type Workspace, wordsOf, workspaceBytes } from "./rows.js";
import { type TermsQuery, Welcome } from "./welcome.js";

/** What changes beside the shards, as it is when a selection begins. */
export interface LiveTables {
  readonly overlay: TableData;
  readonly phones: TableData;
  /** The last change before the selection began. */
  readonly since: number;
  /** How many participants were masked then. */
  readonly masked: number;
}

/** What a count reads of persons, beside what a selection does. */
export interface Counting {
  readonly people: PersonData;
  readonly sparing: Sparing;
}

export interface SearchTask extends Measure, TermsQuery {
  readonly area: PreparedArea;
  /** Index into CHANNELS and DOMAINS. */
  readonly channel: number;
  readonly domain: number;
  /** Absent where people are asked over that channel alone. */
  readonly several: Several | undefined;
  /** Absent for a roster. */
  readonly counting: Counting | undefined;
  readonly shards: readonly ShardData[];
  /** Absent while nothing has changed since the shards were built. */
  readonly live: LiveTables | undefined;
  readonly persons: number;
  /** SelectionQuery.without. */
  readonly without?: SharedArrayBuffer | undefined;
  readonly status: SharedArrayBuffer;
  /** A table of terms that grows (welcome.ts). */
  readonly terms: SharedArrayBuffer;
}

export interface Outcome {
  readonly count: number;
  /** The roster; absent when counting, and where it is in the memory that was given for the answer. */
  readonly part?: Part;
  /** Absent when not counting. */
  readonly counted?: Counted;
}

/** A row could not be read in time. */
export const CONTENDED = fail("BUSY", "somebody's location was changed whenever it was read");

const search = new AreaSearch();
const reader = new TableReader();
const welcome = new Welcome();
let own: Workspace = { memory: new ArrayBuffer(0), capacity: 0, persons: 0, shares: 1 };
let seen = new Uint32Array(0);

/** This thread's own, for at least so many rows. */
export function ownWorkspace(capacity: number, persons: number): Workspace {
  if (own.capacity < capacity || own.persons !== persons) {
    const size = { capacity: Math.max(capacity, own.capacity), persons, shares: 1 };
    own = { ...size, memory: new ArrayBuffer(workspaceBytes(size)) };
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
 * One selection, or a share of one, in this thread: gathers into `rows`, with marks when counting or over several channels.
 * `status` is absent when the inactive are left out afterwards; over several channels they never are among the rows.
 */
export class Gathering {
  /** Rows that there are. */
  count = 0;
  readonly #eligibility: Eligibility;
  readonly #status: Uint8Array;
  readonly #task: SearchTask;
  readonly #rows: Rows;
  readonly #marks: Uint8Array;
  readonly #reachable: Reachable | undefined;

  constructor(task: SearchTask, status: Uint8Array | undefined, rows: Rows, marks: Uint8Array) {
    this.#task = task;
    this.#rows = rows;
    this.#marks = marks;
    const { channel, domain } = task;
    welcome.begin(task.terms, task);
    const { bytes, anyHour } = welcome;
    this.#eligibility = { channel, domain, welcome: bytes, anyHour, status, inactive: inactiveMask(channel) };
    this.#status = new Uint8Array(task.status);
    this.#reachable = task.several && new Reachable(task.several, this.#status);
  }

  /** Makes the marks for a share of everybody: it sees most of them. */
  prepare(): void {
    this.#reachable?.prepare(this.#marks);
  }

  shards(): void {
    const { live, shards } = this.#task;
    const mask = live && maskOf(tableColumns(live.overlay), live.masked);
    for (const shard of shards) {
      const columns = shardColumns(shard);
      this.#take(columns, search.search(columns, this.#task.area), mask);
    }
  }

  /** The rows of the phones' blocks from `from` up to `to`, or to the last that there is; false if they could not be read. */
  phones(from = 0, to = Infinity): boolean {
    const { live } = this.#task;
    return live === undefined || this.#table(live.phones, live.since, from, to);
  }

  overlay(): boolean {
    const { live } = this.#task;
    return live === undefined || this.#table(live.overlay, live.since, 0, Infinity);
  }

  /** Whoever is not wanted leaves the rows; to be called when all have been searched. */
  dropUnwanted(): void {
    const { without } = this.#task;
    if (without) this.count = dropMarked(this.#rows, this.count, new Uint32Array(without));
  }

  #table(data: TableData, since: number, from: number, to: number): boolean {
    const wanted = { area: this.#task.area, since };
    return reader.read(tableColumns(data), wanted, from, to, (columns, ranges) => {
      // A row may have terms that were added after this query's were worked out.
      const { terms } = columns;
      for (let row = 0; row < columns.count; row += 1) welcome.include(terms[row]!);
      this.#take(columns, ranges, undefined);
    });
  }

  #take(columns: ShardColumns, ranges: Ranges, mask: Mask | undefined): void {
    const { domain, welcome } = this.#eligibility;
    if (this.#reachable) {
      this.count = gatherOver(
        ...([columns, ranges, domain, welcome, this.#reachable, this.#marks] as const),
        ...([mask, this.#task, this.#rows, this.count] as const),
      );
      return;
    }
    this.count = gatherRows(columns, ranges, this.#eligibility, mask, this.#task, this.#rows, this.count);
    if (this.#task.counting) markPersons(columns, ranges, this.#eligibility, this.#status, mask, this.#marks);
  }
}

/** Rows that a selection may find at most, where its tables may grow while it runs. */
export function roomFor({ shards, live }: Pick<SearchTask, "shards" | "live">): number {
  const base = rowsOf(shards);
  return live === undefined ? base : base + live.overlay.capacity + live.phones.capacity;
}

/** The counts of a selection whose rows are in these pieces. */
export function outcomeOf(
  pieces: readonly PersonRows[],
  marks: Uint8Array,
  { counting, channel }: SearchTask,
): Outcome {
  assert(counting !== undefined, "a selection is counted that was made to be");
  const { people, sparing } = counting;
  const persons = new Persons(people, channel, sparing);
  const counted = countsOf(pieces, marks, persons, new Uint8Array(people.language), channel);
  return { count: counted.count, counted };
}
