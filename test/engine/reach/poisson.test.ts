import fc from "fast-check";
import { expect, test } from "vitest";
import { chanceOfAtLeast, meanFor } from "../../../engine/reach/poisson.js";
import { seeded } from "../../random.js";

test("closed values: nobody, one, a few, and the tables of textbooks", () => {
  expect(chanceOfAtLeast(0, 0)).toBe(1);
  expect(chanceOfAtLeast(1, 0)).toBe(0);
  for (const mean of [1e-12, 0.01, 1, 3, 30, 700]) {
    expect(chanceOfAtLeast(1, mean)).toBeCloseTo(-Math.expm1(-mean), 14);
    expect(chanceOfAtLeast(2, mean)).toBeCloseTo(1 - Math.exp(-mean) * (1 + mean), 12);
  }
  // Of a chance near nought, the digits count and not the distance.
  expect(chanceOfAtLeast(3, 1e-4) / ((1e-12 / 6) * (1 - 0.75e-4))).toBeCloseTo(1, 8);
  expect(meanFor(1, 0.95)).toBeCloseTo(-Math.log(0.05), 12);
  // Half the upper 95 and 99 per cent points of chi-squared with 2k degrees of freedom.
  expect(meanFor(5, 0.95)).toBeCloseTo(18.307038 / 2, 5);
  expect(meanFor(10, 0.99)).toBeCloseTo(37.5662348 / 2, 5);
  expect(meanFor(5, 0.5)).toBeCloseTo(9.34181777 / 2, 5);
});

/** The same by 60 digits of whole numbers. */
function exactly(people: number, mean: number): number {
  const one = 10n ** 60n;
  const m = BigInt(mean * 1_024);
  let term = one;
  let below = people > 0 ? term : 0n;
  let all = term;
  for (let count = 1; term > 0n; count += 1) {
    term = (term * m) / (BigInt(count) * 1_024n);
    all += term;
    if (count < people) below += term;
  }
  return Number(((all - below) * 10n ** 30n) / all) / 1e30;
}

test("the tail is exact to rounding for any number of people and any mean", () => {
  const people = fc.integer({ min: 0, max: 1_000 });
  const mean = fc.integer({ min: 1, max: 1_200 * 64 }).map((n) => n / 64);
  fc.assert(
    fc.property(people, mean, (k, m) => {
      expect(Math.abs(chanceOfAtLeast(k, m) - exactly(k, m))).toBeLessThan(1e-11);
    }),
    { numRuns: 300 },
  );
});

test("the mean that is found is the smallest that gives the chance", () => {
  const chance = fc.double({ min: 0.5, max: 0.99999, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), chance, (k, p) => {
      const mean = meanFor(k, p);
      expect(chanceOfAtLeast(k, mean)).toBeGreaterThanOrEqual(p);
      expect(chanceOfAtLeast(k, mean * (1 - 1e-9))).toBeLessThan(p);
    }),
    { numRuns: 200 },
  );
});

test("people strewn over a plane are found in circles as often as it says", () => {
  const random = seeded(4_711);
  const side = 30;
  const mean = meanFor(5, 0.95);
  const people = Math.round((mean / Math.PI) * side * side);
  const circles = 200;
  const worlds = 60;
  let met = 0;
  for (let world = 0; world < worlds; world += 1) {
    const at = Float64Array.from({ length: 2 * people }, () => random() * side);
    for (let circle = 0; circle < circles; circle += 1) {
      const [x, y] = [1 + random() * (side - 2), 1 + random() * (side - 2)];
      let inside = 0;
      for (let person = 0; person < 2 * people; person += 2) {
        if ((at[person]! - x) ** 2 + (at[person + 1]! - y) ** 2 <= 1) inside += 1;
      }
      if (inside >= 5) met += 1;
    }
  }
  // Four standard deviations of 12,000 circles; those of one world overlap a little.
  expect(Math.abs(met / (circles * worlds) - 0.95)).toBeLessThan(0.011);
});
