/**
 * What reach tells about people, and what it does not. A count in reach is of persons with a location in an area; a small
 * one could be turned into the news that a certain person is registered.
 *
 * The rules, kept by the worker that counts, so that no small count ever leaves it:
 * 1. No count from 1 to 4 is told. A municipality or postcode with fewer than five, none included, shows null. A cell of which a
 *    quarter has 1 to 4 is not divided (partition.ts), and a largest cell with so few shows null. A cell with nobody may be
 *    shown: nobody is in it.
 * 2. Every count is rounded to a multiple of five (5 to 7 are 5), as Statistics Netherlands does with its own. Share, chance
 *    and need are worked out from the rounded count, or as from nobody where it is null, so they tell no more than it does.
 * 3. Cells of all sizes come from one tree with one origin, and whether a cell is divided depends on the people in it and never
 *    on what was asked: cells of one answer are always unions of whole cells of another, all of which it shows as well. So no
 *    parent less three of its quarters gives the fourth.
 * 4. A query for one municipality only picks from the same cells, each of which belongs to one municipality by its population;
 *    it never counts a part of one. Radius, k, chance and page change nothing that is counted.
 *
 * What that protects: no difference of two answers (of a parent and three of its cells, of a municipality and all postcodes but
 * one, of a query with a municipality and one without, of today and tomorrow) tells a small count, because each of the two is
 * uncertain by two people; what can at most be learnt of an area that shows null is whether somebody is there at all. Nobody
 * learns either how many people have locations in two neighbouring cells, which exact counts would tell, as the cells' sum is
 * more than their parent's count by that number. No answer tells for certain that a cell has one, two, three or four: a test
 * works out everybody who could give each answer. What is not protected: who combines very many sums, adds participants of
 * their own, or watches over time when a cell comes to be divided or told, may narrow a count down beyond that. Reach is for
 * operators and municipalities, who have to keep a register of participants anyway, and is not to be published cell by cell
 * over time.
 */

import { REACH } from "../../schemas/limits.js";

/** In columns of counts: fewer than REACH.peopleMin. */
export const TOO_FEW = 0xffffffff;

/** Rounded to a multiple of five; only for counts that may be told. */
export function rounded(count: number): number {
  return REACH.peopleMin * Math.round(count / REACH.peopleMin);
}

/** The count of an area that is shown whatever it is. */
export function told(count: number): number {
  return count < REACH.peopleMin ? TOO_FEW : rounded(count);
}

/** Whether a cell may be shown for itself: nobody, or enough. */
export function isSafe(count: number): boolean {
  return count === 0 || count >= REACH.peopleMin;
}

/**
 * The parts of a total that is told exactly, as `told`, and such that the total does not tell how many there are in a part that is not:
 * where a part has 1 to 4, the smallest of the others is not told either, nor another that is as small, and a total of fewer than
 * twice five is not divided. So of two parts that are not told each may be the larger; a test works out every division that
 * gives the same answer.
 */
export function toldParts(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < 2 * REACH.peopleMin) return counts.map(() => TOO_FEW);
  const enough = counts.filter((count) => count >= REACH.peopleMin);
  const least = counts.every(isSafe) ? 0 : Math.min(...enough);
  return counts.map((count) => (count === least ? TOO_FEW : told(count)));
}
