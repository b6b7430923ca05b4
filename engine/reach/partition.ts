/**
 * Which cells are shown. A largest cell is divided when each of its four quarters is safe to show (privacy.ts), these likewise,
 * until the cells have the size that is wanted; what is not divided is shown as one larger cell. Whether a cell is divided
 * depends on the people in it alone.
 *
 * A largest cell with one to four people is shown with too few to tell. It is not put together with others of its kind: of
 * seven cells that together have five to seven people, each has exactly one.
 */

import { LARGEST } from "./cells.js";
import { isSafe } from "./privacy.js";

/** A cell that is shown, and the persons in it: too few to tell only where nothing is larger. */
export interface Shown {
  readonly cell: number;
  readonly level: number;
  readonly persons: number;
}

type IsSettled = (cell: number, level: number) => boolean;

/** `counts`: persons by level, then by cell. */
export function* shownCells(counts: readonly Uint32Array[], level: number, isSettled: IsSettled): Generator<Shown> {
  for (let cell = 0; cell < counts[LARGEST]!.length; cell += 1) yield* divided(counts, cell, LARGEST, level, isSettled);
}

function* divided(
  counts: readonly Uint32Array[],
  cell: number,
  at: number,
  wanted: number,
  isSettled: IsSettled,
): Generator<Shown> {
  const persons = counts[at]![cell]!;
  if (persons === 0 && !isSettled(cell, at)) return;
  const quarters = [4 * cell, 4 * cell + 1, 4 * cell + 2, 4 * cell + 3];
  if (at === wanted || !quarters.every((quarter) => isSafe(counts[at - 1]![quarter]!))) {
    yield { cell, level: at, persons };
  } else {
    for (const quarter of quarters) yield* divided(counts, quarter, at - 1, wanted, isSettled);
  }
}
