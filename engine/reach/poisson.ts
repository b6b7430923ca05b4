/**
 * The chance that a circle reaches enough people, and how many there must be for it.
 *
 * The model: people are strewn over an area independently and evenly, so the number of them in a circle anywhere in it is
 * Poisson distributed with the density times the circle's area as its mean. What it leaves out: people live together in
 * villages and streets, so a circle in the fields holds fewer than it says and one in a village more (for a municipality with
 * one town the chance is too rosy; a level that is finer is nearer to the truth); a circle at the rim reaches over it, and is
 * taken to find the same density there; and who is registered somewhere need not welcome the message, or be awake.
 *
 * The sums are exact up to rounding: always the side of the distribution that is the smaller one is added up, from its
 * largest term on.
 */

import { assert } from "../../schemas/errors.js";

/** P(N >= people) for a Poisson distributed N. */
export function chanceOfAtLeast(people: number, mean: number): number {
  assert(Number.isInteger(people) && people >= 0 && mean >= 0, "people are counted, and a mean is not negative");
  if (people === 0) return 1;
  if (mean === 0) return 0;
  return mean < people ? upperTail(people, mean) : 1 - lowerTail(people - 1, mean);
}

/** The smallest mean with which P(N >= people) is at least `chance`. */
export function meanFor(people: number, chance: number): number {
  assert(chance > 0 && chance < 1, "a chance that can be had");
  let low = 0;
  let high = people + 1;
  while (chanceOfAtLeast(people, high) < chance) high *= 2;
  // Halving until floating point has no number in between: some sixty times.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (chanceOfAtLeast(people, middle) < chance) low = middle;
    else high = middle;
  }
}

/** P(N = count). */
function term(count: number, mean: number): number {
  let log = count * Math.log(mean) - mean;
  for (let factor = 2; factor <= count; factor += 1) log -= Math.log(factor);
  return Math.exp(log);
}

/** P(N >= from) for from > mean: terms fall from the first on. */
function upperTail(from: number, mean: number): number {
  let sum = 0;
  let part = 1;
  for (let count = from; part > sum * Number.EPSILON; count += 1) {
    sum += part;
    part *= mean / (count + 1);
  }
  return term(from, mean) * sum;
}

/** P(N <= to) for to < mean: terms fall from the last on downwards. */
function lowerTail(to: number, mean: number): number {
  let sum = 0;
  let part = 1;
  for (let count = to; count >= 0 && part > sum * Number.EPSILON; count -= 1) {
    sum += part;
    part *= count / mean;
  }
  return term(to, mean) * sum;
}
