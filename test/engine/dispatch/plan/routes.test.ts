import fc from "fast-check";
import { expect, it } from "vitest";
import { NOBODY, REFUSED, Routes } from "../../../../engine/dispatch/plan/routes.js";

const digits = (most: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom("1", "3", "4", "9"), fc.stringMatching(/^[0-359]*$/, { maxLength: most - 1 }))
    .map((two) => two.join(""));
const carriers = fc.array(fc.array(digits(4), { maxLength: 4 }), { maxLength: 6 });

/** By the text of the definition. */
function serving(routes: readonly (readonly string[])[], number: string): { first: number[]; reserve: number[] } {
  const lengths = routes.map((prefixes) =>
    prefixes.length === 0 ? 0 : Math.max(...prefixes.map((prefix) => (number.startsWith(prefix) ? prefix.length : -1))),
  );
  const longest = Math.max(-1, ...lengths);
  const places = (is: (length: number) => boolean): number[] => lengths.flatMap((length, i) => (is(length) ? [i] : []));
  if (longest < 0) return { first: [], reserve: [] };
  return {
    first: places((length) => length === longest),
    reserve: places((length) => length >= 0 && length < longest),
  };
}

const setOf = (places: readonly number[]): number => places.reduce((set, place) => set | (1 << place), 0);

it("gives each number the carriers with the longest prefix that fits it, the others that fit as a reserve", () => {
  fc.assert(
    fc.property(carriers, fc.array(digits(15), { minLength: 1, maxLength: 20 }), (prefixes, numbers) => {
      const routes = new Routes(prefixes.map((each, place) => ({ place, routes: each })));
      for (const number of [...numbers, ...prefixes.flat()]) {
        const { first, reserve } = serving(prefixes, number);
        expect(routes.at(routes.of(Number(number)))).toEqual({
          first: setOf(first),
          reserve: setOf(reserve),
          soft: false,
        });
        if (first.length === 0) expect(routes.of(Number(number))).toBe(NOBODY);
      }
    }),
    { numRuns: 500 },
  );
});

it("knows when all numbers are served alike", () => {
  expect(new Routes([]).isSingle).toBe(true);
  expect(
    new Routes([
      { place: 0, routes: [] },
      { place: 31, routes: [] },
    ]).isSingle,
  ).toBe(true);
  expect(
    new Routes([
      { place: 0, routes: [] },
      { place: 1, routes: ["31"] },
    ]).isSingle,
  ).toBe(false);
});

it("leaves out who refused, and puts last who failed", () => {
  const routes = new Routes([0, 1, 2].map((place) => ({ place, routes: place === 2 ? [] : ["31"] })));
  const id = routes.of(31_612_345_678);
  const without = (refused: number, tried: number): unknown => routes.at(routes.without(id, 0, refused, tried));
  expect(without(0, 0)).toEqual({ first: 0b011, reserve: 0b100, soft: false });
  expect(without(0b001, 0)).toEqual({ first: 0b010, reserve: 0b100, soft: false });
  expect(without(0b011, 0)).toEqual({ first: 0b100, reserve: 0, soft: false });
  expect(without(0, 0b001)).toEqual({ first: 0b010, reserve: 0b101, soft: true });
  expect(without(0, 0b011)).toEqual({ first: 0b100, reserve: 0b011, soft: true });
  expect(without(0b100, 0b011)).toEqual({ first: 0b011, reserve: 0, soft: false });
  expect(routes.without(id, 0b010, 0b001, 0)).toBe(routes.without(id, 0, 0b011, 0));
  // Refused by all is for good; unable to take it now is not.
  expect(routes.without(id, 0, 0b111, 0)).toBe(REFUSED);
  expect(routes.without(id, 0b100, 0b011, 0)).toBe(NOBODY);
  expect(routes.without(NOBODY, 0, 0b111, 0)).toBe(NOBODY);
});
