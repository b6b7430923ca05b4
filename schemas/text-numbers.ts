/**
 * Where a wave has several texts each recipient has the number of one, a byte by position beside the roster. Ledger and carriers' threads
 * count in segments what a run of recipients makes, and a carrier makes its own number of parts of each text.
 */

/** By position, in shared memory; undefined where the wave has one text, which is number 0. */
export type TextNumbers = Uint8Array<SharedArrayBuffer> | undefined;

/** How many parts a carrier makes of each text, by its number. */
export type PartsByText = ArrayLike<number>;

export function textAt(numbers: TextNumbers, position: number): number {
  return numbers === undefined ? 0 : numbers[position]!;
}

/** Segments of the messages to `count` recipients from `from` on. */
export function segmentsIn(numbers: TextNumbers, parts: PartsByText, from: number, count: number): number {
  if (numbers === undefined) return count * parts[0]!;
  let segments = 0;
  for (let position = from; position < from + count; position++) segments += parts[numbers[position]!]!;
  return segments;
}

/** How many recipients from `from` on, at most `most`, make no more than so many segments. */
export function fittingIn(
  numbers: TextNumbers,
  parts: PartsByText,
  from: number,
  most: number,
  segments: number,
): number {
  if (numbers === undefined) return Math.min(most, Math.floor(segments / parts[0]!));
  const bound = Math.min(most, numbers.length - from);
  let left = segments;
  let count = 0;
  while (count < bound) {
    left -= parts[numbers[from + count]!]!;
    if (left < 0) break;
    count++;
  }
  return count;
}
