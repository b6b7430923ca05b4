import { describe, expect, test } from "vitest";
import { NumberIndex } from "../../../engine/registry/number-index.js";

describe("the index of numbers", () => {
  test("finds everyone with a number, whether SMS is switched off or not, and nobody else", () => {
    const numbers = Float64Array.from({ length: 20_000 }, (_, participant) => 31_600_000_000 + (participant % 15_000));
    numbers[7] = -numbers[7]!;
    numbers[8] = 0;
    const index = new NumberIndex(numbers);
    for (let participant = 0; participant < numbers.length; participant++) {
      const number = Math.abs(numbers[participant]!);
      const expected = number === 0 ? [] : [...numbers.keys()].filter((_, at) => at % 15_000 === participant % 15_000);
      if (participant % 500 < 10)
        expect(index.participantsOf(number)).toEqual(expected.filter((at) => numbers[at] !== 0));
    }
    expect(index.participantsOf(31_600_015_000)).toEqual([]);
    expect(index.participantsOf(0)).toEqual([]);
  });

  test("an empty registry has nobody", () => {
    expect(new NumberIndex(new Float64Array(0)).participantsOf(31_600_000_000)).toEqual([]);
  });
});
