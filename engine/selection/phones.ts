/**
 * Where phones are: one row for each participant who shares it. A row stays where it is and is written in place, so that to
 * move costs the same however many there are. Belongs to the main thread.
 */

import { RowTable } from "./row-table.js";
import type { LiveRow } from "./selector.js";
import { makeTable } from "./table.js";

export class Phones {
  readonly table: RowTable;
  /** Row of each participant plus one; 0 for none. */
  private readonly rows: Uint32Array;
  private readonly free: number[] = [];

  /** With room for everyone, of which only what is used takes memory. */
  constructor(persons: number) {
    this.table = new RowTable(makeTable(persons, 0));
    this.rows = new Uint32Array(persons);
  }

  get count(): number {
    return this.table.count - this.free.length;
  }

  move(participant: number, row: LiveRow): void {
    const at = this.rows[participant]!;
    if (at > 0) {
      this.table.write(at - 1, participant, row);
      return;
    }
    const taken = this.free.pop() ?? this.table.count;
    this.table.write(taken, participant, row);
    this.rows[participant] = taken + 1;
  }

  drop(participant: number): void {
    const at = this.rows[participant]!;
    if (at === 0) return;
    this.table.free(at - 1);
    this.rows[participant] = 0;
    this.free.push(at - 1);
  }
}
