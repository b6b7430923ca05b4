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
  return chancesOf(people)(mean);
}

/** The same for many means: what depends on the people alone is worked out once. */
export function chancesOf(people: number): (mean: number) => number {
  assert(Number.isInteger(people) && people >= 0, "people are counted");
  let logFactorial = 0;
  for (let factor = 2; factor < people; factor += 1) logFactorial += Math.log(factor);
  return (mean) => {
    assert(mean >= 0, "a mean is not negative");
    if (people === 0) return 1;
    if (mean === 0) return 0;
    // P(N = people - 1), the term at which the two sides of the distribution meet.
    const term = Math.exp((people - 1) * Math.log(mean) - mean - logFactorial);
    return mean < people ? (term * mean * upperTail(people, mean)) / people : 1 - term * lowerTail(people - 1, mean);
  };
}

/** The smallest mean with which P(N >= people) is at least `chance`. */
export function meanFor(people: number, chance: number): number {
  assert(chance > 0 && chance < 1, "a chance that can be had");
  const chanceAt = chancesOf(people);
  let low = 0;
  let high = people + 1;
  while (chanceAt(high) < chance) high *= 2;
  // Halving until floating point has no number in between: some sixty times.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (chanceAt(middle) < chance) low = middle;
    else high = middle;
  }
}

/** P(N >= from) in terms of P(N = from), for from > mean: they fall from the first on. */
function upperTail(from: number, mean: number): number {
  let sum = 0;
  let part = 1;
  for (let count = from; part > sum * Number.EPSILON; count += 1) {
    sum += part;
    part *= mean / (count + 1);
  }
  return sum;
}

/** P(N <= to) in terms of P(N = to), for to < mean: they fall from the last on downwards. */
function lowerTail(to: number, mean: number): number {
  let sum = 0;
  let part = 1;
  for (let count = to; count >= 0 && part > sum * Number.EPSILON; count -= 1) {
    sum += part;
    part *= count / mean;
  }
  return sum;
}
