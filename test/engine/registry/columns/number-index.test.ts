import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumberIndex } from "../../../../engine/registry/columns/number-index.js";

describe("the index of numbers", () => {
  test("finds everyone with a number, whether SMS is switched off or not, and nobody else", () => {
    const numbers = Float64Array.from({ length: 20_000 }, (_, participant) => 31_600_000_000 + (participant % 15_000));
    numbers[7] = -numbers[7]!;
    numbers[8] = 0;
    const index = new NumberIndex(numbers);
    for (let participant = 0; participant < numbers.length; participant++) {
      if (participant % 500 >= 10) continue;
      const number = Math.abs(numbers[participant]!);
      const expected = number === 0 ? [] : [...numbers.keys()].filter((at) => Math.abs(numbers[at]!) === number);
      expect(index.participantsOf(number)).toEqual(expected);
    }
    expect(index.participantsOf(31_600_015_000)).toEqual([]);
    expect(index.participantsOf(0)).toEqual([]);
  });

  test("follows numbers that change, come and go, in a table that is as full as it gets", () => {
    const who = fc.nat(39);
    const number = fc.oneof(
      fc.constant(0),
      fc.nat(12).map((at) => 31_600_000_000 + at * 97),
    );
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 40, maxLength: 40 }),
        fc.array(fc.tuple(who, number)),
        (all, changes) => {
          const numbers = Float64Array.from(all);
          const index = new NumberIndex(numbers);
          for (const [participant, to] of changes) {
            if (numbers[participant] !== 0) index.remove(participant);
            numbers[participant] = participant % 2 === 0 ? to : 0 - to;
            if (to !== 0) index.add(participant);
          }
          for (let at = 0; at <= 12; at++) {
            const wanted = 31_600_000_000 + at * 97;
            const expected = [...numbers.keys()].filter((participant) => Math.abs(numbers[participant]!) === wanted);
            expect(index.participantsOf(wanted)).toEqual(expected);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("an empty registry has nobody", () => {
    expect(new NumberIndex(new Float64Array(0)).participantsOf(31_600_000_000)).toEqual([]);
  });
});
