/**
 * The writer of a table (table.ts). Belongs to the main thread: two writers would take each other's spare row.
 *
 * Promises that a reader sees each row as it was before a call or as it is after it, and after it when the reader began
 * later; and whoever sees a row sees everything that was written before it, in this table and in others.
 */

import { assert } from "../../../schemas/errors.js";
import { toSpace } from "../../geo/ellipsoid.js";
import { BOX } from "../../geo/search/tree.js";
import type { LiveRow } from "../../registry/live/placing.js";
import {
  BLOCK_ROWS,
  blockOf,
  COUNT,
  copyRow,
  NOBODY,
  type TableColumns,
  type TableData,
  tableColumns,
  WRITING,
} from "./table.js";

const space = new Float64Array(3);

export class RowTable {
  readonly columns: TableColumns;
  readonly #spare: number;

  constructor(readonly data: TableData) {
    this.columns = tableColumns(data);
    this.#spare = data.capacity;
  }

  /** Rows that are or were in use; the next one that was not has this number. */
  get count(): number {
    return this.columns.header[COUNT]!;
  }

  get capacity(): number {
    return this.columns.capacity;
  }

  /** Forgets all rows. No reader may be left. */
  clear(): void {
    Atomics.store(this.columns.header, COUNT, 0);
  }

  /** Writes a row; true if it had to make the box of its block larger. */
  write(row: number, participant: number, { lng, lat, channels, terms, municipality }: LiveRow): boolean {
    const { columns } = this;
    const spare = this.#spare;
    toSpace(lng, lat, space, 0);
    columns.coords[2 * spare] = lng;
    columns.coords[2 * spare + 1] = lat;
    columns.x[spare] = Math.floor(space[0]! + 0.5);
    columns.y[spare] = Math.floor(space[1]! + 0.5);
    columns.z[spare] = Math.floor(space[2]! + 0.5);
    columns.participant[spare] = participant;
    columns.channels[spare] = channels;
    columns.terms[spare] = terms;
    columns.municipality[spare] = municipality;
    columns.gone[spare] = 0;
    const grew = this.#include(row);
    this.#publish(row);
    return grew;
  }

  /** Takes a row over from another table; true if the box had to become larger. */
  adopt(row: number, from: TableColumns, source: number): boolean {
    copyRow(from, source, this.columns, this.#spare);
    this.columns.gone[this.#spare] = 0;
    const grew = this.#include(row);
    this.#publish(row);
    return grew;
  }

  /** The row stays, for those who began before this change. */
  markGone(row: number, change: number): void {
    copyRow(this.columns, row, this.columns, this.#spare);
    this.columns.gone[this.#spare] = change;
    this.#publish(row);
  }

  /** The row is nobody's from now on, and says nothing of whoever it was. */
  free(row: number): void {
    const { columns } = this;
    const spare = this.#spare;
    columns.coords.fill(0, 2 * spare, 2 * spare + 2);
    for (const column of [columns.x, columns.y, columns.z, columns.channels, columns.terms, columns.municipality]) {
      column[spare] = 0;
    }
    columns.participant[spare] = NOBODY;
    columns.gone[spare] = 0;
    this.#publish(row);
  }

  /** The position of a row of this municipality, [lng, lat]. */
  someoneIn(code: number): readonly [number, number] | undefined {
    const { coords, gone, municipality, participant } = this.columns;
    for (let row = 0; row < this.count; row += 1) {
      if (municipality[row] !== code || gone[row] !== 0 || participant[row] === NOBODY) continue;
      return [coords[2 * row]!, coords[2 * row + 1]!];
    }
    return undefined;
  }

  /** Puts the spare row in this one's place. */
  #publish(row: number): void {
    const { columns } = this;
    const spare = this.#spare;
    const { header, versions } = columns;
    const count = header[COUNT]!;
    assert(row <= count && row < columns.capacity, "rows are taken into use in their order, within the table");
    const block = blockOf(row);
    header[WRITING] = row;
    step(versions, block);
    copyRow(columns, spare, columns, row);
    columns.gone[row] = columns.gone[spare]!;
    step(versions, block);
    if (row === count) Atomics.store(header, COUNT, count + 1);
  }

  /** Makes the box of this row's block hold the spare row, and says if it had to grow; its first row makes it. */
  #include(row: number): boolean {
    const { boxes, header, x, y, z } = this.columns;
    const at = blockOf(row) * BOX;
    const isFirst = row === header[COUNT]! && row % BLOCK_ROWS === 0;
    let grew = false;
    for (let axis = 0; axis < 3; axis += 1) {
      const value = (axis === 0 ? x : axis === 1 ? y : z)[this.#spare]!;
      if (isFirst || value < boxes[at + axis]!) {
        boxes[at + axis] = value;
        grew = true;
      }
      if (isFirst || value > boxes[at + 3 + axis]!) {
        boxes[at + 3 + axis] = value;
        grew = true;
      }
    }
    return grew;
  }
}

/**
 * Takes a version on, such that whatever is written before can be seen by who sees the new version, and whatever is written
 * afterwards can be seen only by who finds it new. The addition alone does the first on every processor, but not the second
 * on an ARM without atomic instructions: there it is a loop of ldaxr and stlxr, and plain stores that follow may overtake the
 * stlxr. The load, an ldar, comes after an stlxr, and what follows comes after the load.
 */
function step(versions: Int32Array, block: number): void {
  Atomics.add(versions, block, 1);
  Atomics.load(versions, block);
}
