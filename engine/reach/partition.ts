/**
 * Which cells are shown. A largest cell with enough people is divided when each of its four quarters is safe to show (privacy.ts),
 * these likewise, until the cells have the size that is wanted; what is not divided is shown as one larger cell. Whether a cell
 * is divided depends on the people in it alone.
 *
 * Largest cells with one to four people, at the borders and in the emptiest corners, are put together with others of their kind:
 * those of the 16 km square around, or of 32 km, until there are enough. They never take a cell with them that could be
 * shown: somebody alone at sea would blot out half the country.
 */

import { REACH } from "../../schemas/limits.js";
import { LARGEST, ROOT } from "./cells.js";
import type { CellCounts } from "./count.js";
import { isSafe } from "./privacy.js";

/** Some cells of one level that are shown as one, and the persons in them. */
export interface Shown {
  readonly cells: readonly number[];
  readonly level: number;
  readonly persons: number;
}

/** Enough people in each, or nobody; in the last one there may be too few, when too few are left over. */
export function* shownCells(
  { counts, personsIn }: CellCounts,
  level: number,
  isSettled: (cell: number, level: number) => boolean,
): Generator<Shown> {
  const small = new Set<number>();
  for (const [cell, persons] of counts[LARGEST]!.entries()) {
    if (isSafe(persons)) yield* divided(counts, cell, LARGEST, level, isSettled);
    else small.add(cell);
  }
  yield* together(personsIn(small));
}

function* divided(
  counts: CellCounts["counts"],
  cell: number,
  at: number,
  wanted: number,
  isSettled: (cell: number, level: number) => boolean,
): Generator<Shown> {
  const persons = counts[at]![cell]!;
  if (persons === 0 && !isSettled(cell, at)) return;
  const quarters = [4 * cell, 4 * cell + 1, 4 * cell + 2, 4 * cell + 3];
  if (at === wanted || !quarters.every((quarter) => isSafe(counts[at - 1]![quarter]!))) {
    yield { cells: [cell], level: at, persons };
  } else {
    for (const quarter of quarters) yield* divided(counts, quarter, at - 1, wanted, isSettled);
  }
}

function* together(personsOf: ReadonlyMap<number, ReadonlySet<number>>): Generator<Shown> {
  let left = [...personsOf].map(([cell, persons]) => ({ cells: [cell], persons: new Set(persons) }));
  for (let up = 1; up <= ROOT - LARGEST; up += 1) {
    const around = new Map<number, (typeof left)[number]>();
    for (const { cells, persons } of left) {
      const square = cells[0]! >> (2 * up);
      const group = around.get(square) ?? { cells: [], persons: new Set() };
      around.set(square, group);
      group.cells.push(...cells);
      for (const person of persons) group.persons.add(person);
    }
    const isEnough = ({ persons }: (typeof left)[number]) => persons.size >= REACH.peopleMin;
    for (const group of around.values()) if (isEnough(group)) yield shownOf(group);
    left = [...around.values()].filter((group) => !isEnough(group));
  }
  for (const group of left) yield shownOf(group);
}

function shownOf({ cells, persons }: { cells: number[]; persons: Set<number> }): Shown {
  return { cells: cells.sort((a, b) => a - b), level: LARGEST, persons: persons.size };
}
