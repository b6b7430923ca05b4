/**
 * Where phones are: one row for each participant who shares it. A row stays where it is and is written in place, so that to
 * move costs the same however many there are. Belongs to the main thread.
 */

import { SELECTION } from "../../../schemas/limits.js";
import type { LiveRow } from "../../registry/live/placing.js";
import { RowTable } from "../rows/row-table.js";
import { makeTable } from "../rows/table.js";

export class Phones {
  readonly table: RowTable;
  /** Row of each participant plus one, 0 for none; a worker writes it that sorts them (renew-worker.ts). */
  readonly rowsBuffer: SharedArrayBuffer;
  readonly #rows: Uint32Array;
  readonly #free: number[] = [];
  /** How often a box had to become larger since they were sorted. */
  #loosened = 0;

  /** With room for everyone, of which only what is used takes memory. */
  constructor(persons: number) {
    this.table = new RowTable(makeTable(persons, 0));
    this.rowsBuffer = new SharedArrayBuffer(4 * persons);
    this.#rows = new Uint32Array(this.rowsBuffer);
  }

  /** Whether to sort them is worth it. */
  get isLoose(): boolean {
    return this.#loosened > Math.max(SELECTION.loosenedMin, this.count * SELECTION.loosenedShare);
  }

  /** Starts from what a worker has written into it. */
  begin(): void {
    this.#free.length = 0;
    this.#loosened = 0;
  }

  get count(): number {
    return this.table.count - this.#free.length;
  }

  move(participant: number, row: LiveRow): void {
    if (this.table.write(this.#rowFor(participant), participant, row)) this.#loosened += 1;
  }

  /** Has the participant where `from` has, or nowhere. */
  adopt(participant: number, from: Phones): void {
    const source = from.#rows[participant]!;
    if (source === 0) this.drop(participant);
    else if (this.table.adopt(this.#rowFor(participant), from.table.columns, source - 1)) this.#loosened += 1;
  }

  drop(participant: number): void {
    const at = this.#rows[participant]!;
    if (at === 0) return;
    this.table.free(at - 1);
    this.#rows[participant] = 0;
    this.#free.push(at - 1);
  }

  #rowFor(participant: number): number {
    const at = this.#rows[participant]!;
    if (at > 0) return at - 1;
    const row = this.#free.pop() ?? this.table.count;
    this.#rows[participant] = row + 1;
    return row;
  }
}
