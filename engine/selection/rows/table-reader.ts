/**
 * Reads the rows of an area out of a table that is being written (table.ts). Rows that may lie in it are copied, block by
 * block and each as it was at one moment, to a list of this thread's own; what is in the list is then searched exactly, as a
 * small shard.
 *
 * A block that was written meanwhile is read again, some times as a whole and then row by row, for as long as it takes and at
 * most SELECTION.contendedMs in all: a thread that runs cold, or that is put aside in the middle of each attempt, may be far
 * slower than the one that writes.
 *
 * A reader passes the version at the end by an atomic read-modify-write, not a load: on ARM a load may be done before the
 * plain loads of the rows, while the store of the other is not, and succeeds only on the version that it has read.
 */

import KDBush from "kdbush";
import { SELECTION } from "../../../schemas/limits.js";
import type { PreparedCircle } from "../../geo/search/circle.js";
import type { PreparedPolygon } from "../../geo/search/polygon.js";
import type { Ranges } from "../../geo/search/ranges.js";
import { AreaSearch, type PreparedArea } from "../../geo/search/search.js";
import { BOX, LEAF_ROWS, nearestSquared } from "../../geo/search/tree.js";
import { type ShardColumns, shardBytes, shardColumns } from "./shard.js";
import { BLOCK_ROWS, blockOf, COUNT, copyRow, NOBODY, type TableColumns, WRITING } from "./table.js";

const BLOCK_ATTEMPTS = 8;
/** After so many, time counts as well. */
const ROW_ATTEMPTS = 64;
/** Rows in the list: enough for a polygon's search to be worth it, few enough for the cache. */
const LIST_ROWS = 4_096;

/** Gets the rows of the area, piece by piece; they are valid for as long as the call lasts. */
export type TakeRows = (columns: ShardColumns, ranges: Ranges) => void;

/** Which rows of which area: those that count, and those that counted at a change later than `since`. */
interface Wanted {
  readonly area: PreparedArea;
  readonly since: number;
}

export class TableReader {
  readonly #search = new AreaSearch();
  readonly #rows = makeList();
  readonly #ordered = makeList();
  #listed = 0;
  /** What this reading may still spend on rows that are being written to. */
  #patienceMs = 0;

  /**
   * The rows of the blocks from `from` up to `to`, or to the last that there is. False if a row could not be read in time;
   * what was taken is then not all.
   */
  read(table: TableColumns, wanted: Wanted, from: number, to: number, take: TakeRows): boolean {
    // One that ended early, by an error or for lack of time, may have left rows.
    this.#listed = 0;
    this.#patienceMs = SELECTION.contendedMs;
    const count = Atomics.load(table.header, COUNT);
    const end = Math.min(to, Math.ceil(count / BLOCK_ROWS));
    for (let block = from; block < end; block += 1) {
      if (!touchesBox(wanted.area, table.boxes, block * BOX)) continue;
      if (this.#listed + BLOCK_ROWS > LIST_ROWS) this.#flush(wanted.area, take);
      if (!this.#readBlock(table, wanted, block, Math.min(count, (block + 1) * BLOCK_ROWS))) return false;
    }
    this.#flush(wanted.area, take);
    return true;
  }

  #readBlock(table: TableColumns, wanted: Wanted, block: number, end: number): boolean {
    const start = block * BLOCK_ROWS;
    for (let attempt = 0; attempt < BLOCK_ATTEMPTS; attempt += 1) {
      if (this.#tryRows(table, wanted, start, end)) return true;
    }
    for (let row = start; row < end; row += 1) {
      if (!this.#tryRows(table, wanted, row, row + 1) && !this.#insist(table, wanted, row)) return false;
    }
    return true;
  }

  /** Reads a row that changes while it is read. */
  #insist(table: TableColumns, wanted: Wanted, row: number): boolean {
    const untilMs = performance.now() + this.#patienceMs;
    for (let attempt = 1; attempt < ROW_ATTEMPTS || performance.now() < untilMs; attempt += 1) {
      if (!this.#tryRows(table, wanted, row, row + 1)) continue;
      this.#patienceMs = untilMs - performance.now();
      return true;
    }
    return false;
  }

  /** Lists the rows of one block from `start` up to `end` that may be wanted; false, and nothing listed, if it changed. */
  #tryRows(table: TableColumns, wanted: Wanted, start: number, end: number): boolean {
    const { versions, header, capacity } = table;
    const before = this.#listed;
    const block = blockOf(start);
    const version = Atomics.load(versions, block);
    const writing = (version & 1) === 1 ? header[WRITING]! : -1;
    if (writing >= start && writing < end) {
      this.#listRows(table, wanted, start, writing);
      this.#listRows(table, wanted, capacity, capacity + 1);
      this.#listRows(table, wanted, writing + 1, end);
    } else this.#listRows(table, wanted, start, end);
    if (Atomics.add(versions, block, 0) === version) return true;
    this.#listed = before;
    return false;
  }

  /** Lists all but those that are not wanted for certain. */
  #listRows(table: TableColumns, { area, since }: Wanted, start: number, end: number): void {
    if (area.type === "circle") {
      this.#listNear(table, area.circle, since, start, end);
      return;
    }
    const { coords, municipality } = table;
    for (let row = start; row < end; row += 1) {
      const mayLieIn =
        area.type === "municipality"
          ? municipality[row] === area.code
          : area.polygons.some((polygon) => isInBox(polygon, coords[2 * row]!, coords[2 * row + 1]!));
      if (mayLieIn) this.#list(table, row, since);
    }
  }

  /** Nearly every row is passed by here when the table is in no order, so that this loop does nothing else. */
  #listNear(table: TableColumns, circle: PreparedCircle, since: number, start: number, end: number): void {
    const { x, y, z } = table;
    const { x: centerX, y: centerY, z: centerZ, outsideSquared } = circle;
    for (let row = start; row < end; row += 1) {
      const dx = x[row]! - centerX;
      const dy = y[row]! - centerY;
      const dz = z[row]! - centerZ;
      if (dx * dx + dy * dy + dz * dz <= outsideSquared) this.#list(table, row, since);
    }
  }

  #list(table: TableColumns, row: number, since: number): void {
    if (table.participant[row] === NOBODY) return;
    const gone = table.gone[row]!;
    if (gone !== 0 && gone <= since) return;
    copyRow(table, row, this.#rows, this.#listed);
    this.#listed += 1;
  }

  #flush(area: PreparedArea, take: TakeRows): void {
    const count = this.#listed;
    this.#listed = 0;
    if (count === 0) return;
    const isTree = area.type === "polygons" && count - 1 > LEAF_ROWS;
    if (isTree) this.#order(count);
    const rows = isTree ? this.#ordered : this.#rows;
    rows.count = count;
    rows.box = boxOf(rows.coords, count);
    take(rows, this.#search.searchList(rows, area));
  }

  /** Copies the list in the order of a tree. */
  #order(count: number): void {
    const { coords } = this.#rows;
    const index = new KDBush(count, LEAF_ROWS, Float64Array);
    for (let row = 0; row < count; row += 1) index.add(coords[2 * row]!, coords[2 * row + 1]!);
    index.finish();
    for (let row = 0; row < count; row += 1) copyRow(this.#rows, index.ids[row]!, this.#ordered, row);
  }
}

type List = { -readonly [column in keyof ShardColumns]: ShardColumns[column] };

/** Of the same form as a shard's columns, so that code that both go through stays as fast as for shards alone. */
function makeList(): List {
  return shardColumns({
    count: LIST_ROWS,
    buffer: new SharedArrayBuffer(shardBytes(LIST_ROWS)),
    box: [0, 0, 0, 0],
  });
}

function touchesBox(area: PreparedArea, boxes: Int32Array, at: number): boolean {
  switch (area.type) {
    case "circle": {
      const { x, y, z, outsideSquared } = area.circle;
      return nearestSquared(boxes, at, x, y, z) <= outsideSquared;
    }
    case "polygons":
      return area.polygons.some(({ space }) => overlaps(space, boxes, at));
    case "municipality":
      return true;
  }
}

function overlaps(box: Int32Array, boxes: Int32Array, at: number): boolean {
  for (let axis = 0; axis < 3; axis += 1) {
    if (boxes[at + axis]! > box[3 + axis]! || boxes[at + 3 + axis]! < box[axis]!) return false;
  }
  return true;
}

function isInBox({ minLng, minLat, maxLng, maxLat }: PreparedPolygon, lng: number, lat: number): boolean {
  return lng >= minLng && lng <= maxLng && lat >= minLat && lat <= maxLat;
}

function boxOf(coords: Float64Array, count: number): ShardColumns["box"] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < 2 * count; at += 2) {
    west = Math.min(west, coords[at]!);
    south = Math.min(south, coords[at + 1]!);
    east = Math.max(east, coords[at]!);
    north = Math.max(north, coords[at + 1]!);
  }
  return [west, south, east, north];
}
