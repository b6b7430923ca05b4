/**
 * Participants whose static locations have changed since the shards were built: all of their locations, and a mask that says
 * whose rows in the shards no longer count, and since when. Belongs to the main thread.
 *
 * To a selection that has begun, nothing is taken away: whoever is masked later, and each row that no longer counts from a
 * later change on, counts for it as before. Such rows stay until the last selection has ended that may want them (`reclaim`).
 */

import type { LiveRow } from "../../registry/live/placing.js";
import { RowTable } from "../rows/row-table.js";
import { MASKED, makeTable, type TableColumns } from "../rows/table.js";

export class Overlay {
  readonly table: RowTable;
  /** Rows of each participant who is masked. */
  readonly #rows = new Map<number, readonly number[]>();
  readonly #free: number[] = [];
  /** Rows that no longer count, in the order of the changes; the first `reclaimed` of them are free again. */
  #gone: number[] = [];
  #reclaimed = 0;

  constructor(capacity: number, persons: number) {
    this.table = new RowTable(makeTable(capacity, persons));
  }

  /** Rows in use, with those that no longer count and are not free yet. */
  get used(): number {
    return this.table.count - this.#free.length;
  }

  get rowsThatCount(): number {
    return this.used - (this.#gone.length - this.#reclaimed);
  }

  /** How many participants have changed: also those of whom no row is left. */
  get participants(): number {
    return this.#rows.size;
  }

  /** Whether a participant can be placed with so many rows. */
  hasRoomFor(rows: number): boolean {
    return this.used + rows <= this.table.capacity;
  }

  /** All static locations of the participant from `change` on. There must be room. */
  place(participant: number, rows: readonly LiveRow[], change: number): void {
    const taken = rows.map((row) => {
      const at = this.#takeRow();
      this.table.write(at, participant, row);
      return at;
    });
    this.#settle(participant, taken, change);
  }

  /** As `place`, with the rows that another overlay has for the participant. */
  adopt(participant: number, from: Overlay, change: number): void {
    const taken = (from.#rows.get(participant) ?? []).map((row) => {
      const at = this.#takeRow();
      this.table.adopt(at, from.table.columns, row);
      return at;
    });
    this.#settle(participant, taken, change);
  }

  /** Makes rows free that only selections could still want that began before this change. */
  reclaim(oldest: number): void {
    const { gone } = this.table.columns;
    while (this.#reclaimed < this.#gone.length && gone[this.#gone[this.#reclaimed]!]! <= oldest) {
      this.#free.push(this.#gone[this.#reclaimed]!);
      this.#reclaimed += 1;
    }
    if (this.#reclaimed * 2 < this.#gone.length) return;
    this.#gone = this.#gone.slice(this.#reclaimed);
    this.#reclaimed = 0;
  }

  /** Forgets everything. No selection may use it any more. */
  clear(): void {
    const { header, masked, maskNumbers } = this.table.columns;
    this.table.clear();
    masked.fill(0);
    for (const participant of this.#rows.keys()) maskNumbers[participant] = 0;
    header[MASKED] = 0;
    this.#rows.clear();
    this.#free.length = 0;
    this.#gone = [];
    this.#reclaimed = 0;
  }

  #takeRow(): number {
    return this.#free.pop() ?? this.table.count;
  }

  #settle(participant: number, taken: readonly number[], change: number): void {
    const before = this.#rows.get(participant);
    this.#rows.set(participant, taken);
    if (before === undefined) mask(this.table.columns, participant);
    for (const row of before ?? []) {
      this.table.markGone(row, change);
      this.#gone.push(row);
    }
  }
}

function mask({ header, masked, maskNumbers }: TableColumns, participant: number): void {
  header[MASKED]! += 1;
  maskNumbers[participant] = header[MASKED]!;
  masked[participant >>> 5]! |= 1 << (participant & 31);
}
