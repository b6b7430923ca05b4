/** How many are at work at a time: never more than allowed, in order, all of them, whatever becomes of one. */
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FewAtATime } from "../../../../engine/actions/accepting/few-at-a-time.js";

test("so many at most are at work, and no fewer while others wait; each has its own answer, or its own mistake", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.record({ afterTurns: fc.nat(3), lasts: fc.nat(5), fails: fc.boolean() }), { maxLength: 40 }),
      async (most, works) => {
        const few = new FewAtATime(most);
        const begun: number[] = [];
        let atWork = 0;
        let left = works.length;
        const work = async (index: number): Promise<number> => {
          begun.push(index);
          expect(++atWork).toBeLessThanOrEqual(most);
          for (let turn = 0; turn < works[index]!.lasts; turn++) {
            await nextTurn();
            expect(atWork).toBeGreaterThanOrEqual(Math.min(most, asked - (works.length - left)));
          }
          atWork--;
          left--;
          if (works[index]!.fails) throw new Error(`${index}`);
          return index;
        };
        const answers: Promise<unknown>[] = [];
        let asked = 0;
        for (const [index, { afterTurns }] of works.entries()) {
          for (let turn = 0; turn < afterTurns; turn++) await nextTurn();
          asked++;
          answers.push(few.run(() => work(index)).catch((error: Error) => error.message));
        }
        const due = works.map(({ fails }, index) => (fails ? `${index}` : index));
        expect(await Promise.all(answers)).toEqual(due);
        expect(begun).toEqual(works.map((_, index) => index));
      },
    ),
    { numRuns: 100 },
  );
});

test("while something goes ahead none begins, and all of them are done after it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ afterTurns: fc.nat(2), lasts: fc.nat(4), fails: fc.boolean(), isAhead: fc.boolean() }), {
        maxLength: 30,
      }),
      async (most, works) => {
        const few = new FewAtATime(most);
        const begun: number[] = [];
        let ahead = 0;
        const work = async (index: number): Promise<number> => {
          const { lasts, fails, isAhead } = works[index]!;
          begun.push(index);
          if (isAhead) ahead++;
          else expect(ahead).toBe(0);
          for (let turn = 0; turn < lasts; turn++) await nextTurn();
          if (isAhead) ahead--;
          if (fails) throw new Error(`${index}`);
          return index;
        };
        const answers: Promise<unknown>[] = [];
        for (const [index, { afterTurns, isAhead }] of works.entries()) {
          for (let turn = 0; turn < afterTurns; turn++) await nextTurn();
          const asked = isAhead ? few.ahead(() => work(index)) : few.run(() => work(index));
          // What goes ahead has begun when it was asked.
          if (isAhead) expect(begun.at(-1)).toBe(index);
          answers.push(asked.catch((error: Error) => error.message));
        }
        expect(await Promise.all(answers)).toEqual(works.map(({ fails }, index) => (fails ? `${index}` : index)));
        const usual = begun.filter((index) => !works[index]!.isAhead);
        expect(usual).toEqual(usual.toSorted((a, b) => a - b));
      },
    ),
    { numRuns: 100 },
  );
});
