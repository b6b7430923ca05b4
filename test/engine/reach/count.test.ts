import fc from "fast-check";
import { expect, test } from "vitest";
import { cornerOf, ROOT, sideMeters } from "../../../engine/reach/cells.js";
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
  expect([[...cells.levels], [...cells.participants]]).toEqual([[ROOT], [TOO_FEW]]);
});

/** The smallest cells in a cell, as a run. */
const runOf = (counts: ReachCounts, row: number) => {
  const width = 4 ** counts.levels[row]!;
  return [counts.codes[row]! * width, (counts.codes[row]! + 1) * width] as const;
};

const people = fc.record({ seed: fc.integer(), persons: fc.integer({ min: 1, max: 900 }) });

test("of cells, no count from one to four is shown, whoever lives where, and everybody is in one cell", () => {
  fc.assert(
    fc.property(people, fc.integer({ min: 0, max: 4 }), ({ seed, persons }, level) => {
      const country = someSpots(persons, seeded(seed));
      const counts = counted(country, "cell", level);
      const perLevel = Array.from({ length: ROOT + 1 }, (_, at) => countedBy(country, (spot) => cellOf(spot, at)));
      let end = 0;
      for (let row = 0; row < counts.codes.length; row += 1) {
        const [from, to] = runOf(counts, row);
        expect(from).toBeGreaterThanOrEqual(end);
        end = to;
        const exact = perLevel[counts.levels[row]!]!.get(counts.codes[row]!) ?? 0;
        if (counts.levels[row] === ROOT && exact < 5) expect(counts.participants[row]).toBe(exact === 0 ? 0 : TOO_FEW);
        else expect([exact === 0 || exact >= 5, counts.participants[row]]).toEqual([true, exact && toldOf(exact)]);
        expect(counts.levels[row]).toBeGreaterThanOrEqual(level);
      }
      for (const base of perLevel[0]!.keys()) {
        const row = [...counts.codes.keys()].find((at) => runOf(counts, at)[0] <= base && base < runOf(counts, at)[1]);
        expect(row).toBeDefined();
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
        const key = (counts: ReachCounts, row: number) => [counts.levels[row], counts.codes[row]].join();
        const told = new Map([...fine.codes.keys()].map((row) => [key(fine, row), fine.participants[row]]));
        for (let row = 0; row < coarse.codes.length; row += 1) {
          const [from, to] = runOf(coarse, row);
          const inside = [...fine.codes.keys()].map((one) => runOf(fine, one)).filter(([a, b]) => a < to && b > from);
          for (const [a, b] of inside) expect(a >= from && b <= to).toBe(true);
          const same = told.get(key(coarse, row));
          if (same !== undefined) expect(coarse.participants[row]).toBe(same);
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
