/** Postcodes as numbers and back. */
import { expect, test } from "vitest";
import { digitsOfPostcode, formatPostcode, postcodeNumber } from "../../../engine/geo/postcode.js";

test("every postcode is a number of its own, which reads back to it", () => {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const all = ["", ...letters.flatMap((first) => letters.map((second) => ` ${first}${second}`))];
  const seen = new Set<number>();
  for (const digits of [1000, 3441, 9999]) {
    for (const pair of all) {
      const number = postcodeNumber(digits + pair)!;
      seen.add(number);
      expect([formatPostcode(number), digitsOfPostcode(number), number > 0 && number < 2 ** 32]).toEqual([
        digits + pair,
        digits,
        true,
      ]);
    }
  }
  expect(seen.size).toBe(3 * all.length);
});

test("it is read as people write it, and nothing else is one", () => {
  for (const text of ["3441 AB", "3441AB", "3441ab", " 3441 Ab "])
    expect([text, postcodeNumber(text)]).toEqual([text, 3_441_002]);
  for (const text of ["", "0441 AB", "344", "34411", "3441 A", "3441 ABC", "3441  AB", "3441 ÄB", "AB 3441"]) {
    expect([text, postcodeNumber(text)]).toEqual([text, undefined]);
  }
});
