import fc from "fast-check";
import { expect, test } from "vitest";
import { cornerOf, LARGEST, sideMeters } from "../../../engine/reach/cells.js";
import { shownCells } from "../../../engine/reach/partition.js";
import { TOO_FEW, told } from "../../../engine/reach/privacy.js";
import { populationColumns, type ReachCounts } from "../../../engine/reach/task.js";
import { reachCounts } from "../../../engine/reach/worker.js";
import { GIVEN_ACTIVE } from "../../../engine/registry/columns/columns.js";
import type { ReachLevel } from "../../../schemas/api/reach.js";
import { switchedOffBit } from "../../../schemas/words.js";
import { seeded } from "../../random.js";
import { cellOf, countedBy, nearestTown, someSpots, TOWNS, viewOf } from "./country.js";

const POPULATION = populationColumns(TOWNS);
type Country = ReturnType<typeof someSpots>;

function counted(country: Country, level: ReachLevel, cellLevel = 0): ReachCounts {
  const result = reachCounts({ view: viewOf(country), level, cellLevel, population: POPULATION });
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

/** As privacy.ts has it, written down once more. */
const toldOf = (count: number) => (count < 5 ? TOO_FEW : 5 * Math.round(count / 5));

const byCode = (counts: ReachCounts) => new Map([...counts.codes].map((code, row) => [code, counts.participants[row]]));

test("municipalities and postcodes have the persons that plain sets have, each once, rounded", () => {
  for (const seed of [1, 2, 3]) {
    const country = someSpots(4_000, seeded(seed));
    const municipalities = countedBy(country, ({ municipality }) => municipality);
    const expected = new Map([...municipalities].map(([code, count]) => [code, toldOf(count)]));
    const found = counted(country, "municipality");
    expect(byCode(found)).toEqual(new Map([...expected].sort(([a], [b]) => a - b)));
    expect(found.persons).toBe(toldOf(countedBy(country, () => 0).get(0)!));
    expect(found.people).toBe(48_050);
    expect([...found.adults]).toEqual([9_000, 23_000, 50, 16_000]);
    expect([...found.km2]).toEqual([5, 30, 30, 40]);
    const towns = countedBy(country, nearestTown);
    const districts = counted(country, "district");
    expect([...districts.codes]).toEqual([2411, 3441, 3453, 3471, 3642]);
    for (const [code, told] of byCode(districts)) expect([code, told]).toEqual([code, toldOf(towns.get(code) ?? 0)]);
  }
});

test("who is active as those see it who gave the contact counts, and nobody else who is not", () => {
  const spots = Array.from({ length: 10 }, (_, person) => ({ person, lng: 4.887, lat: 52.087, municipality: 632 }));
  for (const [state, told] of [
    [GIVEN_ACTIVE, 10],
    [GIVEN_ACTIVE | switchedOffBit("sms"), 10],
    [2, 5],
  ] as const) {
    const found = counted(
      { spots, status: Uint8Array.from([0, 0, 0, 0, 0, state, state, state, state, state]) },
      "municipality",
    );
    expect(found.persons).toBe(told);
  }
});

test("fewer than five are never told, nor that there is nobody; and nobody at all is no mistake", () => {
  const four = Array.from({ length: 4 }, (_, person) => ({ person, lng: 4.887, lat: 52.087, municipality: 632 }));
  const country: Country = { spots: four, status: new Uint8Array(10) };
  for (const spots of [four, four.slice(0, 1), []]) {
    const found = counted({ ...country, spots }, "municipality");
    expect([...found.participants]).toEqual([TOO_FEW, TOO_FEW, TOO_FEW, TOO_FEW]);
    expect(found.persons).toBe(TOO_FEW);
  }
  const cells = counted(country, "cell");
  expect([...cells.participants].filter((count) => count !== 0)).toEqual([TOO_FEW]);
});

test("few people far from all others show as too few, and take no one else's cell with them", () => {
  const alone = (person: number, lng: number, lat: number) => ({ person, lng, lat, municipality: 632 });
  // Three at sea off Texel, in two of the largest cells, and two in Limburg; one of them has a location at both.
  const far = [
    alone(0, 4.5, 53.3),
    alone(1, 4.5, 53.3),
    alone(2, 4.3, 53.35),
    alone(3, 5.9, 50.8),
    alone(2, 5.9, 50.8),
  ];
  const town = Array.from({ length: 50 }, (_, at) => alone(10 + at, 4.887 + at / 5_000, 52.087));
  const shown = (spots: Country["spots"]) => {
    const { codes, levels, participants } = counted({ spots, status: new Uint8Array(99) }, "cell");
    return [...codes].map((code, row) => [levels[row]!, code, participants[row]!]);
  };
  const isFew = ([, , participants]: number[]) => participants === TOO_FEW;
  const before = shown(town);
  const after = shown([...town, ...far]);
  expect(after.filter(isFew).map(([level]) => level)).toEqual([LARGEST, LARGEST, LARGEST]);
  expect(after.filter((cell) => !isFew(cell))).toEqual(before.filter((cell) => !isFew(cell)));
});

/** Cells below some of the largest, in a row. */
const COUNTS = (largest: readonly number[], quarters: readonly number[] = []): Uint32Array[] => {
  const levels = Array.from({ length: LARGEST + 1 }, (_, level) => new Uint32Array(16 * 4 ** (LARGEST - level)));
  levels[LARGEST]!.set(largest);
  levels[LARGEST - 1]!.set(quarters);
  return levels;
};

/**
 * Whoever knows how many may be in each cell, and sees an answer, works out who could give it. For all countries of a kind:
 * no cell has one to four people in all that give the same answers, and always as many.
 */
function attack(countries: Iterable<readonly [counts: Uint32Array[], cells: readonly number[]]>): string[] {
  const byAnswer = new Map<string, Set<number>[]>();
  for (const [counts, cells] of countries) {
    const answers = [LARGEST, LARGEST - 1].map((level) =>
      [...shownCells(counts, level, () => false)].map(({ cell, level, persons }) => [cell, level, told(persons)]),
    );
    const key = JSON.stringify(answers);
    const possible = byAnswer.get(key) ?? cells.map(() => new Set<number>());
    byAnswer.set(key, possible);
    for (const [at, count] of cells.entries()) possible[at]!.add(count);
  }
  return [...byAnswer].flatMap(([answer, possible]) => {
    const certain = possible.filter((counts) => counts.size === 1).map((counts) => [...counts][0]!);
    return certain.some((count) => count > 0 && count < 5) ? [`${answer}: ${certain}`] : [];
  });
}

function* assignments(cells: number, most: number): Generator<number[]> {
  const total = (most + 1) ** cells;
  for (let number = 0; number < total; number += 1) {
    yield Array.from({ length: cells }, (_, at) => Math.floor(number / (most + 1) ** at) % (most + 1));
  }
}

test("no answer tells for certain that one to four people are in a cell: neighbouring cells, and quarters of one", () => {
  function* neighbours(cells: number, most: number) {
    for (const largest of assignments(cells, most)) yield [COUNTS(largest), largest] as const;
  }
  function* quartersOfOne() {
    for (const quarters of assignments(4, 8)) {
      yield [COUNTS([quarters.reduce((a, b) => a + b)], quarters), quarters] as const;
    }
  }
  expect(attack(neighbours(4, 6))).toEqual([]);
  expect(attack(neighbours(7, 2))).toEqual([]);
  expect(attack(quartersOfOne())).toEqual([]);
});

/** The smallest cells in a row, as a run. */
const runOf = (counts: ReachCounts, row: number) => {
  const width = 4 ** counts.levels[row]!;
  const cell = counts.codes[row]!;
  return [cell * width, (cell + 1) * width] as const;
};

const people = fc.record({ seed: fc.integer(), persons: fc.integer({ min: 1, max: 900 }) });

test("of cells, no count from one to four is shown, whoever lives where, and everybody is in one cell", () => {
  fc.assert(
    fc.property(people, fc.integer({ min: 0, max: LARGEST }), ({ seed, persons }, level) => {
      const country = someSpots(persons, seeded(seed));
      const counts = counted(country, "cell", level);
      const shownIn = new Map<number, number>();
      for (let row = 0; row < counts.codes.length; row += 1) {
        const [from, to] = runOf(counts, row);
        for (let base = from; base < to; base += 1) {
          expect(shownIn.has(base)).toBe(false);
          shownIn.set(base, row);
        }
        expect(counts.levels[row]).toBeGreaterThanOrEqual(level);
      }
      const exact = countedBy(country, (spot) => shownIn.get(cellOf(spot, 0)!) ?? -1);
      expect(exact.has(-1)).toBe(false);
      for (let row = 0; row < counts.codes.length; row += 1) {
        const count = exact.get(row) ?? 0;
        if (count > 0 && count < 5) expect(counts.levels[row]).toBe(LARGEST);
        expect([row, counts.participants[row]]).toEqual([row, count === 0 ? 0 : toldOf(count)]);
      }
    }),
    { numRuns: 25 },
  );
});

test("cells of one size are made of whole cells of another, and a cell looks the same whatever was asked", () => {
  fc.assert(
    fc.property(people, ({ seed, persons }) => {
      const country = someSpots(persons, seeded(seed));
      const sizes = [0, 1, 2, 3, 4].map((level) => counted(country, "cell", level));
      for (const [at, coarse] of sizes.slice(1).entries()) {
        const fine = sizes[at]!;
        const key = (counts: ReachCounts, row: number) => runOf(counts, row).join();
        const told = new Map([...fine.codes.keys()].map((row) => [key(fine, row), fine.participants[row]]));
        for (let row = 0; row < coarse.codes.length; row += 1) {
          const [from, to] = runOf(coarse, row);
          const inside = [...fine.codes.keys()].map((one) => runOf(fine, one)).filter(([a, b]) => a < to && b > from);
          for (const [a, b] of inside) expect(a >= from && b <= to).toBe(true);
          // Undivided in both, and then the same; otherwise all of its quarters are shown, none of them with a few.
          const same = told.get(key(coarse, row));
          if (same !== undefined) expect(coarse.participants[row]).toBe(same);
          else expect(inside.every(([a, b]) => b - a < to - from)).toBe(true);
        }
      }
    }),
    { numRuns: 8 },
  );
});

test("everybody of the population is in one cell, near the centre of their postcode", () => {
  const country = someSpots(3_000, seeded(9));
  for (const level of [0, 1, 4]) {
    const cells = counted(country, "cell", level);
    expect(cells.adults.reduce((a, b) => a + b)).toBeCloseTo(48_050, 0);
    const corner = cornerOf(cells.codes[0]!, cells.levels[0]!);
    expect(corner.x % sideMeters(cells.levels[0]!)).toBe(0);
    // 105 km² of postcodes, a quarter wider in radius where nothing is in the way.
    const settled = cells.km2.reduce((a, b) => a + b);
    expect(settled).toBeGreaterThan(105);
  }
});
