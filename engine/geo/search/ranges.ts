/**
 * What a search in a tree finds: ranges of rows [start, end), ascending and not touching. A cell that lies wholly in the
 * area is one range, whatever the number of its rows.
 *
 * Assumes that rows are reported in ascending order. Promises never to hold more than half the rows plus one, for which
 * `reserve` makes room before a search; nothing is allocated during one.
 */

import { assert } from "../../../schemas/errors.js";

export class Ranges {
  /** Pairs of start and end; the first `2 * count` numbers count. */
  bounds = new Uint32Array(0);
  count = 0;

  /** Empties it and makes room for any search among `rows` rows. */
  reserve(rows: number): void {
    const needed = 2 * ((rows >>> 1) + 1);
    if (this.bounds.length < needed) this.bounds = new Uint32Array(needed);
    this.count = 0;
  }

  /** Adds the rows from `start` up to, not including, `end`. */
  add(start: number, end: number): void {
    const last = 2 * this.count - 1;
    if (this.count > 0 && this.bounds[last] === start) {
      this.bounds[last] = end;
      return;
    }
    assert(last + 2 < this.bounds.length, "ranges come in ascending order");
    this.bounds[last + 1] = start;
    this.bounds[last + 2] = end;
    this.count += 1;
  }
}
