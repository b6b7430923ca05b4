import fc from "fast-check";
import { expect, test } from "vitest";
import { cornerOf, LARGEST, sideMeters } from "../../../engine/reach/cells.js";
import { TOO_FEW } from "../../../engine/reach/privacy.js";
import { populationColumns, type ReachCounts } from "../../../engine/reach/task.js";
import { reachCounts } from "../../../engine/reach/worker.js";
import type { ReachLevel } from "../../../schemas/reach.js";
import { cellOf, countedBy, nearestTown, seeded, someSpots, TOWNS, viewOf } from "./country.js";

const POPULATION = populationColumns(TOWNS);
type Country = ReturnType<typeof someSpots>;

function counted(country: Country, level: ReachLevel, cellLevel = 0): ReachCounts {
  return reachCounts({ view: viewOf(country), level, cellLevel, population: POPULATION });
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

test("fewer than five are never told, nor that there is nobody; and nobody at all is no mistake", () => {
  const four = Array.from({ length: 4 }, (_, person) => ({ person, lng: 4.887, lat: 52.087, municipality: 632 }));
  const country: Country = { spots: four, status: new Uint8Array(10) };
  for (const spots of [four, four.slice(0, 1), []]) {
    const found = counted({ ...country, spots }, "municipality");
    expect([...found.participants]).toEqual([TOO_FEW, TOO_FEW, TOO_FEW, TOO_FEW]);
    expect(found.persons).toBe(TOO_FEW);
  }
  const cells = counted(country, "cell");
  expect([[...cells.participants].filter((count) => count !== 0), cells.merged.size]).toEqual([[TOO_FEW], 0]);
});

test("few people far from all others are put together, and take no one else's cell with them", () => {
  const alone = (person: number, lng: number, lat: number) => ({ person, lng, lat, municipality: 632 });
  // Three at sea off Texel, two in Limburg; one of them has a location at both.
  const far = [
    alone(0, 4.5, 53.3),
    alone(1, 4.5, 53.3),
    alone(2, 4.3, 53.35),
    alone(3, 5.9, 50.8),
    alone(2, 5.9, 50.8),
  ];
  const town = Array.from({ length: 50 }, (_, at) => alone(10 + at, 4.887 + at / 5_000, 52.087));
  const country = (more: Country["spots"]): Country => ({
    spots: [...town, ...far, ...more],
    status: new Uint8Array(99),
  });
  const before = counted({ spots: town, status: new Uint8Array(99) }, "cell");
  const four = counted(country([]), "cell");
  const five = counted(country([alone(4, 5.9, 50.8)]), "cell");
  const shown = (counts: ReachCounts) => [...counts.codes.keys()].filter((row) => !counts.merged.has(row));
  for (const [counts, told] of [
    [four, TOO_FEW],
    [five, 5],
  ] as const) {
    const [[row, cells]] = [...counts.merged] as [[number, number[]]];
    expect([cells.length, counts.participants[row]]).toEqual([3, told]);
    const rest = shown(counts).map((at) => [counts.levels[at], counts.codes[at], counts.participants[at]]);
    expect(rest).toEqual(shown(before).map((at) => [before.levels[at], before.codes[at], before.participants[at]]));
  }
});

/** The smallest cells in a row, as runs. */
const runsOf = (counts: ReachCounts, row: number) => {
  const width = 4 ** counts.levels[row]!;
  return (counts.merged.get(row) ?? [counts.codes[row]!]).map((cell) => [cell * width, (cell + 1) * width] as const);
};

const people = fc.record({ seed: fc.integer(), persons: fc.integer({ min: 1, max: 900 }) });

test("of cells, no count from one to four is shown, whoever lives where, and everybody is in one cell", () => {
  fc.assert(
    fc.property(people, fc.integer({ min: 0, max: LARGEST }), ({ seed, persons }, level) => {
      const country = someSpots(persons, seeded(seed));
      const counts = counted(country, "cell", level);
      const shownIn = new Map<number, number>();
      for (let row = 0; row < counts.codes.length; row += 1) {
        for (const [from, to] of runsOf(counts, row)) {
          for (let base = from; base < to; base += 1) {
            expect(shownIn.has(base)).toBe(false);
            shownIn.set(base, row);
          }
        }
        expect(counts.levels[row]).toBeGreaterThanOrEqual(level);
      }
      const exact = countedBy(country, (spot) => shownIn.get(cellOf(spot, 0)!) ?? -1);
      expect(exact.has(-1)).toBe(false);
      let tooFew = 0;
      for (let row = 0; row < counts.codes.length; row += 1) {
        const count = exact.get(row) ?? 0;
        if (count > 0 && count < 5) tooFew += 1;
        expect([row, counts.participants[row]]).toEqual([row, count === 0 ? 0 : toldOf(count)]);
      }
      // All that are left over together.
      expect(tooFew).toBeLessThanOrEqual(1);
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
        const key = (counts: ReachCounts, row: number) => runsOf(counts, row).join();
        const told = new Map([...fine.codes.keys()].map((row) => [key(fine, row), fine.participants[row]]));
        for (let row = 0; row < coarse.codes.length; row += 1) {
          const [first] = runsOf(coarse, row);
          const inside = [...fine.codes.keys()]
            .filter((one) => runsOf(fine, one)[0]![0] < first![1] && runsOf(fine, one)[0]![1] > first![0])
            .map((one) => runsOf(fine, one)[0]!);
          for (const [a, b] of inside) expect(a >= first![0] && b <= first![1]).toBe(true);
          // Undivided in both, and then the same; otherwise all of its quarters are shown, none of them with a few.
          const same = told.get(key(coarse, row));
          if (same !== undefined) expect(coarse.participants[row]).toBe(same);
          else expect(coarse.merged.has(row)).toBe(false);
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
