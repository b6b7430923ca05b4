/**
 * Which cells are shown: from the largest down, a cell is divided when each of its four is safe to show (privacy.ts), until the
 * cells have the size that is wanted. What is not divided is shown as one larger cell. Whether a cell is divided depends on the
 * people in it alone.
 */

import { ROOT } from "./cells.js";
import type { CellCounts } from "./count.js";
import { isSafe } from "./privacy.js";

/** Calls with each cell to show, its level, and its persons: nobody, or enough, or, for the root alone, too few. */
export function eachShownCell(
  counts: CellCounts,
  level: number,
  isSettled: (cell: number, level: number) => boolean,
  call: (cell: number, level: number, persons: number) => void,
): void {
  const visit = (cell: number, at: number): void => {
    const persons = counts[at]![cell]!;
    if (persons === 0 && !isSettled(cell, at)) return;
    const below = at - 1;
    const isDivided = at > level && [0, 1, 2, 3].every((quarter) => isSafe(counts[below]![4 * cell + quarter]!));
    if (!isDivided) call(cell, at, persons);
    else for (let quarter = 0; quarter < 4; quarter += 1) visit(4 * cell + quarter, below);
  };
  visit(0, ROOT);
}
