/** Sorting and merging rows equals the plain way with arrays: by key, then by participant, each person once. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstOfEach, mergeRows, sortRows } from "../../../engine/selection/order.js";
import { type Rows, rowsIn, wordsOf, workspaceBytes } from "../../../engine/selection/rows.js";

type Row = readonly [key: number, participant: number, municipality: number];
const PERSONS = 300;

/** Few distinct keys and long runs of one key, as well as keys of all 32 bits. */
const key = fc.oneof(fc.constantFrom(0, 1, 7, 2_048, 4_294_967_295), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const row = fc.tuple(key, fc.integer({ min: 0, max: PERSONS - 1 }), fc.integer({ min: 0, max: 65_535 }));
const list = fc.array(row, { maxLength: 400 });

function filled(rows: readonly Row[]): readonly [Rows, Rows] {
  const memory = new ArrayBuffer(workspaceBytes(rows.length, PERSONS));
  const lists = [0, 1].map((side) => rowsIn(memory, rows.length, side === 0 ? 0 : 1, 0, rows.length)) as [Rows, Rows];
  for (const [at, [first, person, municipality]] of rows.entries()) {
    lists[0].keys[at] = first;
    lists[0].participants[at] = person;
    lists[0].municipalities[at] = municipality;
  }
  return lists;
}

function read(rows: Rows, count: number): Row[] {
  return Array.from({ length: count }, (_, at) => [rows.keys[at]!, rows.participants[at]!, rows.municipalities[at]!]);
}

function plain(rows: readonly Row[]): Row[] {
  const persons = new Set<number>();
  const sorted = rows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return sorted.filter(([, person]) => !persons.has(person) && persons.add(person));
}

/** Of one person's rows at one distance either may come first. */
const nearest = (rows: readonly Row[]) => rows.map(([first, person]) => [first, person]);

function sortedOnce(rows: readonly Row[]): Rows {
  const [from, spare] = filled(rows);
  const sorted = sortRows(from, spare, rows.length);
  expect(nearest(read(sorted, rows.length))).toEqual(nearest(rows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])));
  const count = firstOfEach(sorted, rows.length, new Uint32Array(wordsOf(PERSONS)), sorted);
  return {
    keys: sorted.keys.slice(0, count),
    participants: sorted.participants.slice(0, count),
    municipalities: sorted.municipalities.slice(0, count),
  };
}

describe("rows", () => {
  it("are sorted, and the first of each person stays", () => {
    fc.assert(
      fc.property(list, (rows) => {
        const once = sortedOnce(rows);
        const result = read(once, once.keys.length);
        expect(nearest(result)).toEqual(nearest(plain(rows)));
        for (const [first, person, municipality] of result) {
          expect(rows).toContainEqual([first, person, municipality]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of two lists are merged, each person once", () => {
    fc.assert(
      fc.property(list, list, (left, right) => {
        const [, out] = filled([...left, ...right]);
        const count = mergeRows(sortedOnce(left), sortedOnce(right), new Uint32Array(wordsOf(PERSONS)), out);
        expect(nearest(read(out, count))).toEqual(nearest(plain([...left, ...right])));
      }),
      { numRuns: 500 },
    );
  });
});
