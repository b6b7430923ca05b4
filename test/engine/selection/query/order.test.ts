/** Sorting rows, at once or by buckets, equals the plain way with arrays: by key, then by participant, each person once. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BUCKET_KEYS,
  BUCKETS,
  fillBuckets,
  firstOfEach,
  type PersonRows,
  sizeBuckets,
  sortRows,
  withoutSeen,
} from "../../../../engine/selection/query/order.js";
import { type Rows, rowsIn, wordsOf, workspaceBytes } from "../../../../engine/selection/query/rows.js";
import { placesOf } from "../../../../engine/selection/rows/build.js";

type Row = readonly [key: number, participant: number, municipality: number];
const PERSONS = 300;

/** Few distinct keys and long runs of one key, as well as keys of all 32 bits. */
const key = fc.oneof(fc.constantFrom(0, 1, 7, 2_048, 4_294_967_295), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const row = fc.tuple(key, fc.integer({ min: 0, max: PERSONS - 1 }), fc.integer({ min: 0, max: 65_535 }));
const list = fc.array(row, { maxLength: 400 });

function filled(rows: readonly Row[]): readonly [Rows, Rows] {
  const size = { capacity: rows.length, persons: PERSONS, shares: 1 };
  const workspace = { ...size, memory: new ArrayBuffer(workspaceBytes(size)) };
  const lists = [rowsIn(workspace, 0), rowsIn(workspace, 1)] as const;
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

type Kept = readonly [participant: number, municipality: number];

function kept({ participants, municipalities }: PersonRows, count: number): Kept[] {
  return Array.from({ length: count }, (_, at) => [participants[at]!, municipalities[at]!]);
}

const noneSeen = (): Uint32Array => new Uint32Array(wordsOf(PERSONS));
const byKeyThenPerson = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);

/** Each person once, nearest first; of one person's rows at one distance either may stay. */
function expectNearest(rows: readonly Row[], result: readonly Kept[]): void {
  const nearest = new Map<number, number>();
  for (const [first, person] of byKeyThenPerson(rows)) if (!nearest.has(person)) nearest.set(person, first);
  expect(result.map(([person]) => person)).toEqual([...nearest.keys()]);
  for (const [person, municipality] of result) {
    expect(rows).toContainEqual([nearest.get(person), person, municipality]);
  }
}

function sortedOnce(rows: readonly Row[]): Kept[] {
  const [source, first] = filled(rows);
  const [, second] = filled(rows);
  const sorted = sortRows(source, 0, rows.length, first, second);
  const withoutPlace = (row: Row): Kept => [row[0], row[1]];
  expect(read(sorted, rows.length).map(withoutPlace)).toEqual(byKeyThenPerson(rows).map(withoutPlace));
  expect(read(source, rows.length)).toEqual(rows);
  return kept(sorted, firstOfEach(sorted, rows.length, noneSeen(), sorted, 0));
}

const below = ([first, ...rest]: Row): Row => [first % BUCKET_KEYS, ...rest];

/** As a large selection does it: shares of the rows to buckets, ranges of buckets that do not know each other. */
function sortedInRanges(shares: readonly (readonly Row[])[], ranges: number): Kept[] {
  const rows = shares.flat();
  const sizes = shares.map((share) => {
    const size = new Uint32Array(BUCKETS);
    sizeBuckets(filled(share)[0], share.length, size);
    return size;
  });
  const { starts, next } = placesOf(sizes, BUCKETS);
  const [source, first] = filled(rows);
  const [, second] = filled(rows);
  for (const [index, share] of shares.entries()) {
    fillBuckets(filled(share)[0], share.length, next[index]!, source);
  }
  const nearer = noneSeen();
  const perRange = BUCKETS / ranges;
  return Array.from({ length: ranges }, (_, range) => {
    const [out, left] = filled(rows);
    const seen = noneSeen();
    let end = 0;
    for (let bucket = range * perRange; bucket < (range + 1) * perRange; bucket += 1) {
      const count = starts[bucket + 1]! - starts[bucket]!;
      end = firstOfEach(sortRows(source, starts[bucket]!, count, first, second), count, seen, out, end);
    }
    const count = withoutSeen(out, end, nearer, left);
    for (const [word, bits] of seen.entries()) nearer[word]! |= bits;
    return kept(left, count);
  }).flat();
}

describe("rows", () => {
  it("are sorted, and the first of each person stays", () => {
    fc.assert(
      fc.property(list, (rows) => expectNearest(rows, sortedOnce(rows))),
      { numRuns: 500 },
    );
  });

  it("are sorted by ranges of buckets to the same", () => {
    fc.assert(
      fc.property(list, list, fc.constantFrom(1, 2, 4), (left, right, ranges) => {
        const [some, others] = [left, right].map((rows) => rows.map(below)) as [Row[], Row[]];
        expectNearest([...some, ...others], sortedInRanges([some, others], ranges));
      }),
      { numRuns: 200 },
    );
  });
});
