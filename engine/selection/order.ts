/**
 * Nearest first, and each person once. Rows are sorted by key (a radix sort: least digit first, stable), rows of equal key
 * by participant number, so that the order does not depend on how the work was shared; then the first row of each person
 * stays. The kernels allocate nothing but the room to sort a long run of equal keys.
 */

import type { Rows } from "./rows.js";

/** Bits of a digit at most: 2,048 counters and write positions, which stay in the first-level cache. */
const DIGIT_BITS = 11;
const counters = new Uint32Array(1 << DIGIT_BITS);
/** Runs of equal keys up to this long are sorted by insertion. */
const SHORT_RUN = 24;

/** Sorts the first `count` rows of `from` by key and participant; the result is in the list that it returns. */
export function sortRows(from: Rows, spare: Rows, count: number): Rows {
  let used = 0;
  for (let row = 0; row < count; row += 1) used |= from.keys[row]!;
  const bits = 32 - Math.clz32(used);
  const passes = Math.ceil(bits / DIGIT_BITS);
  const digitBits = passes === 0 ? 0 : Math.ceil(bits / passes);
  let [source, target] = [from, spare];
  for (let pass = 0; pass < passes; pass += 1) {
    sortByDigit(source, target, count, pass * digitBits, (1 << digitBits) - 1);
    [source, target] = [target, source];
  }
  sortEqualKeys(source, count);
  return source;
}

function sortByDigit(source: Rows, target: Rows, count: number, shift: number, mask: number): void {
  const { keys, participants, municipalities } = source;
  counters.fill(0);
  for (let row = 0; row < count; row += 1) counters[(keys[row]! >>> shift) & mask]! += 1;
  let sum = 0;
  for (let digit = 0; digit <= mask; digit += 1) {
    const size = counters[digit]!;
    counters[digit] = sum;
    sum += size;
  }
  for (let row = 0; row < count; row += 1) {
    const key = keys[row]!;
    const digit = (key >>> shift) & mask;
    const at = counters[digit]!;
    counters[digit] = at + 1;
    target.keys[at] = key;
    target.participants[at] = participants[row]!;
    target.municipalities[at] = municipalities[row]!;
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

/** Moves the first row of each person to `out`, in order, and returns how many there are. `seen` must be clear. */
export function firstOfEach(rows: Rows, count: number, seen: Uint32Array, out: Rows): number {
  let at = 0;
  for (let row = 0; row < count; row += 1) {
    const person = rows.participants[row]!;
    const bit = 1 << (person & 31);
    if ((seen[person >>> 5]! & bit) !== 0) continue;
    seen[person >>> 5]! |= bit;
    out.keys[at] = rows.keys[row]!;
    out.participants[at] = person;
    out.municipalities[at] = rows.municipalities[row]!;
    at += 1;
  }
  return at;
}

/** As firstOfEach of two sorted lists together: `out` has room for both. */
export function mergeRows(left: Rows, right: Rows, seen: Uint32Array, out: Rows): number {
  const { keys: leftKeys, participants: leftPersons, municipalities: leftPlaces } = left;
  const { keys: rightKeys, participants: rightPersons, municipalities: rightPlaces } = right;
  const { keys, participants, municipalities } = out;
  // Past the end of a list its key is infinite, so that one comparison decides.
  let leftKey = leftKeys[0] ?? Infinity;
  let rightKey = rightKeys[0] ?? Infinity;
  let [l, r, at] = [0, 0, 0];
  while (leftKey !== Infinity || rightKey !== Infinity) {
    const fromLeft = leftKey < rightKey || (leftKey === rightKey && leftPersons[l]! <= rightPersons[r]!);
    const person = fromLeft ? leftPersons[l]! : rightPersons[r]!;
    const bit = 1 << (person & 31);
    if ((seen[person >>> 5]! & bit) === 0) {
      seen[person >>> 5]! |= bit;
      keys[at] = fromLeft ? leftKey : rightKey;
      participants[at] = person;
      municipalities[at] = fromLeft ? leftPlaces[l]! : rightPlaces[r]!;
      at += 1;
    }
    if (fromLeft) {
      l += 1;
      leftKey = l < leftKeys.length ? leftKeys[l]! : Infinity;
    } else {
      r += 1;
      rightKey = r < rightKeys.length ? rightKeys[r]! : Infinity;
    }
  }
  return at;
}
