/**
 * The workers' side of upkeep.ts: a shard built anew with what has changed in it, and phones put in order. What is written is
 * memory that no selection reads yet, so that a task may be started again.
 *
 * Rows that the main thread writes meanwhile are read without regard to that, and may come out as half of one and half of
 * another: whoever has changed since the task was given is written again, or masked, before anybody reads the outcome.
 */

import KDBush from "kdbush";
import { BOX, fillBox, LEAF_ROWS } from "../../geo/search/tree.js";
import { isMarked } from "../query/rows.js";
import { type Borders, makeRows, regionOf, viewsOf } from "../rows/regions.js";
import { buildShard, type ShardColumns, type ShardData, shardColumns } from "../rows/shard.js";
import {
  BLOCK_ROWS,
  COUNT,
  copyRow,
  MASKED,
  NOBODY,
  type RowColumns,
  type TableColumns,
  type TableData,
  tableColumns,
} from "../rows/table.js";

/** The rows of the shard that is being built; the room is kept. */
let own = makeRows(0);

interface RenewTask {
  readonly region: number;
  readonly borders: Borders;
  readonly overlay: TableData;
  /** Absent where the region has had nobody. */
  readonly shard: ShardData | undefined;
  /** To build the shard in, if it is large enough. */
  readonly memory: SharedArrayBuffer | undefined;
}

export interface RenewedShard {
  readonly changed: boolean;
  /** Absent where the region has nobody any more. */
  readonly shard: ShardData | undefined;
}

/** The shard without the rows of those who are masked, and with those of the overlay in its region. */
export function renewShard({ region, borders, overlay, shard, memory }: RenewTask): RenewedShard {
  const table = tableColumns(overlay);
  const changed = Atomics.load(table.header, COUNT);
  const old = shard === undefined ? undefined : shardColumns(shard);
  const room = (old?.count ?? 0) + changed;
  if (own.lng.byteLength < 8 * room) own = makeRows(Math.ceil(room * ROOM_FACTOR));
  const target = viewsOf(own);
  const kept = old === undefined ? 0 : keepUnmasked(old, table, target);
  let count = kept;
  for (let row = 0; row < changed; row += 1) {
    if (table.gone[row] !== 0) continue;
    if (regionOf(borders, table.coords[2 * row]!, table.coords[2 * row + 1]!) !== region) continue;
    putRow(table, row, target, count);
    count += 1;
  }
  if (count === kept && kept === (old?.count ?? 0)) return { changed: false, shard };
  return { changed: true, shard: count === 0 ? undefined : buildShard(own, 0, count, memory) };
}

/** More room than is needed now, so that the next shard fits. */
const ROOM_FACTOR = 1.1;
type Columns = ReturnType<typeof viewsOf>;

function keepUnmasked(old: ShardColumns, table: TableColumns, target: Columns): number {
  const { header, masked } = table;
  const hasMasked = header[MASKED] !== 0;
  let count = 0;
  for (let row = 0; row < old.count; row += 1) {
    if (hasMasked && isMarked(masked, old.participant[row]!)) continue;
    putRow(old, row, target, count);
    count += 1;
  }
  return count;
}

function putRow(rows: RowColumns, row: number, target: Columns, at: number): void {
  target.lng[at] = rows.coords[2 * row]!;
  target.lat[at] = rows.coords[2 * row + 1]!;
  target.participant[at] = rows.participant[row]!;
  target.channels[at] = rows.channels[row]!;
  target.terms[at] = rows.terms[row]!;
  target.municipality[at] = rows.municipality[row]!;
}

interface SortTask {
  readonly phones: TableData;
  readonly sorted: TableData;
  /** Row plus one in `sorted` of each participant, 0 for none; Uint32. */
  readonly rows: SharedArrayBuffer;
}

/**
 * Copies the phones to a new table in the order of a tree, in which neighbours share a block. Somebody whose row was freed and
 * taken again while this reads may be met twice, and has one row nonetheless.
 */
export function sortPhones({ phones, sorted, rows }: SortTask): void {
  const source = tableColumns(phones);
  const target = tableColumns(sorted);
  const rowOf = new Uint32Array(rows).fill(0);
  const order = orderOf(source);
  let count = 0;
  for (const row of order) {
    const person = source.participant[row]!;
    if (person === NOBODY || rowOf[person] !== 0) continue;
    copyRow(source, row, target, count);
    count += 1;
    rowOf[person] = count;
  }
  Atomics.store(target.header, COUNT, count);
  for (let block = 0; block * BLOCK_ROWS < count; block += 1) {
    const first = block * BLOCK_ROWS;
    fillBox(target, first, Math.min(first + BLOCK_ROWS, count) - 1, block * BOX);
  }
}

/** The rows that are somebody's, in the order that KDBush gives them. */
function orderOf({ header, coords, participant }: TableColumns): Uint32Array {
  const used = Uint32Array.from({ length: Atomics.load(header, COUNT) }, (_, row) => row);
  const taken = used.filter((row) => participant[row] !== NOBODY);
  if (taken.length === 0) return taken;
  const index = new KDBush(taken.length, LEAF_ROWS, Float64Array);
  for (const row of taken) index.add(coords[2 * row]!, coords[2 * row + 1]!);
  index.finish();
  return taken.map((_, at) => taken[index.ids[at]!]!);
}
