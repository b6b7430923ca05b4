/**
 * Nearest first, and each person once. Rows are sorted by key (a radix sort: least digit first, stable), rows of equal key
 * by participant number, so that the order does not depend on how the work was shared; then the first row of each person
 * stays. The kernels allocate nothing but the room to sort a long run of equal keys.
 *
 * Millions of rows are not sorted at once, because every pass would wait for memory: rows come from the shards by place,
 * so that neighbours are about equally far, and fall into buckets of distance almost in order. One bucket then fits the
 * cache.
 */

import type { Rows } from "./rows.js";

/** Bits of a digit at most: 2,048 counters and write positions, which stay in the first-level cache. */
const DIGIT_BITS = 11;
const counters = new Uint32Array(1 << DIGIT_BITS);
/** Runs of equal keys up to this long are sorted by insertion. */
const SHORT_RUN = 24;

/** Buckets of distance. */
export const BUCKETS = 1 << DIGIT_BITS;
/** Bits of a key within its bucket: two digits of nine, with few keys that are equal by chance. */
const BUCKET_BITS = 18;
/** Keys are below this when rows go to buckets. */
export const BUCKET_KEYS = BUCKETS * 2 ** BUCKET_BITS;

/** Adds to `sizes` how many of the first `count` rows are in each bucket. */
export function sizeBuckets({ keys }: Rows, count: number, sizes: Uint32Array): void {
  for (let row = 0; row < count; row += 1) sizes[keys[row]! >>> BUCKET_BITS]! += 1;
}

/** Copies the first `count` rows to their buckets; `next` is where each bucket has room, and is moved on. */
export function fillBuckets(source: Rows, count: number, next: Uint32Array, target: Rows): void {
  distribute(source, 0, count, BUCKET_BITS, BUCKETS - 1, next, target);
}

/**
 * Sorts the `count` rows of `source` from row `from` on by key and participant. They end at the beginning of `first` or
 * `second`, whichever it returns; `source` only changes when it is `second`.
 */
export function sortRows(source: Rows, from: number, count: number, first: Rows, second: Rows): Rows {
  const bits = 32 - Math.clz32(differingBits(source, from, count));
  const passes = Math.max(1, Math.ceil(bits / DIGIT_BITS));
  const digitBits = Math.ceil(bits / passes);
  const mask = (1 << digitBits) - 1;
  sortByDigit(source, from, count, 0, mask, first);
  let [sorted, spare] = [first, second];
  for (let pass = 1; pass < passes; pass += 1) {
    sortByDigit(sorted, 0, count, pass * digitBits, mask, spare);
    [sorted, spare] = [spare, sorted];
  }
  sortEqualKeys(sorted, count);
  return sorted;
}

function sortByDigit(source: Rows, from: number, count: number, shift: number, mask: number, target: Rows): void {
  counters.fill(0, 0, mask + 1);
  countDigits(source, from, count, shift, mask);
  let sum = 0;
  for (let digit = 0; digit <= mask; digit += 1) {
    const size = counters[digit]!;
    counters[digit] = sum;
    sum += size;
  }
  distribute(source, from, count, shift, mask, counters, target);
}

// A long loop has a function of its own: V8 compiles it while it runs for the first time, and what would come after it in
// the same function it then does not know and interprets, each time.

/** The bits that are not the same in all keys. */
function differingBits({ keys }: Rows, from: number, count: number): number {
  const some = keys[from] ?? 0;
  let differing = 0;
  for (let row = from; row < from + count; row += 1) differing |= keys[row]! ^ some;
  return differing;
}

function countDigits({ keys }: Rows, from: number, count: number, shift: number, mask: number): void {
  for (let row = from; row < from + count; row += 1) counters[(keys[row]! >>> shift) & mask]! += 1;
}

/** Copies each row to the next free place of its digit. */
function distribute(
  source: Rows,
  from: number,
  count: number,
  shift: number,
  mask: number,
  next: Uint32Array,
  target: Rows,
): void {
  const { keys, participants, municipalities } = source;
  const { keys: toKeys, participants: toParticipants, municipalities: toMunicipalities } = target;
  for (let row = from; row < from + count; row += 1) {
    const key = keys[row]!;
    const digit = (key >>> shift) & mask;
    const at = next[digit]!;
    next[digit] = at + 1;
    toKeys[at] = key;
    toParticipants[at] = participants[row]!;
    toMunicipalities[at] = municipalities[row]!;
  }
}

function sortEqualKeys(rows: Rows, count: number): void {
  const { keys } = rows;
  let start = 0;
  for (let row = 1; row <= count; row += 1) {
    if (row < count && keys[row] === keys[start]) continue;
    if (row - start > SHORT_RUN) sortLongRun(rows, start, row);
    else if (row - start > 1) sortShortRun(rows, start, row);
    start = row;
  }
}

function sortShortRun({ participants, municipalities }: Rows, start: number, end: number): void {
  for (let row = start + 1; row < end; row += 1) {
    const person = participants[row]!;
    const municipality = municipalities[row]!;
    let at = row;
    while (at > start && participants[at - 1]! > person) {
      participants[at] = participants[at - 1]!;
      municipalities[at] = municipalities[at - 1]!;
      at -= 1;
    }
    participants[at] = person;
    municipalities[at] = municipality;
  }
}

/** Many locations at one distance, mostly one address. Numbers that carry both values sort natively: 2^32 x 2^16 < 2^53. */
function sortLongRun({ participants, municipalities }: Rows, start: number, end: number): void {
  const both = new Float64Array(end - start);
  for (let row = start; row < end; row += 1) both[row - start] = participants[row]! * 65_536 + municipalities[row]!;
  both.sort();
  for (let row = start; row < end; row += 1) {
    const value = both[row - start]!;
    participants[row] = Math.floor(value / 65_536);
    municipalities[row] = value % 65_536;
  }
}

/** What is left of a row when distances are settled. */
export type PersonRows = Pick<Rows, "participants" | "municipalities">;

/**
 * Writes the first of the `count` rows of each person who is not marked in `seen` to `out` from row `at` on, marks them,
 * and returns where they end. `out` may be the rows themselves.
 *
 * There is no branch on whether a person is new, which no processor can guess: a row that does not stay is written and
 * then written over, so `out` needs room for all.
 */
export function firstOfEach(rows: PersonRows, count: number, seen: Uint32Array, out: PersonRows, at: number): number {
  const { participants, municipalities } = rows;
  const { participants: toParticipants, municipalities: toMunicipalities } = out;
  let end = at;
  for (let row = 0; row < count; row += 1) {
    const person = participants[row]!;
    const word = seen[person >>> 5]!;
    seen[person >>> 5] = word | (1 << (person & 31));
    toParticipants[end] = person;
    toMunicipalities[end] = municipalities[row]!;
    end += ~(word >>> (person & 31)) & 1;
  }
  return end;
}

/** Writes the first `count` rows without those of persons marked in `seen` to `out`, and returns how many they are. */
export function withoutSeen(rows: PersonRows, count: number, seen: Uint32Array, out: PersonRows): number {
  const { participants, municipalities } = rows;
  const { participants: toParticipants, municipalities: toMunicipalities } = out;
  let end = 0;
  for (let row = 0; row < count; row += 1) {
    const person = participants[row]!;
    toParticipants[end] = person;
    toMunicipalities[end] = municipalities[row]!;
    end += ~(seen[person >>> 5]! >>> (person & 31)) & 1;
  }
  return end;
}

/** Moves the first `count` rows of persons who are not in the bitmap together, in their order, and returns how many they are. */
export function dropMarked({ keys, participants, municipalities }: Rows, count: number, marks: Uint32Array): number {
  let end = 0;
  for (let row = 0; row < count; row += 1) {
    const person = participants[row]!;
    keys[end] = keys[row]!;
    participants[end] = person;
    municipalities[end] = municipalities[row]!;
    // One past the end of the bitmap is not in it.
    end += ~(marks[person >>> 5]! >>> (person & 31)) & 1;
  }
  return end;
}
