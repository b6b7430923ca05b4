/** How many begin in one turn of the event loop: never more than allowed, in order, and none later than it must. */
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FewATurn } from "../../../engine/actions/few-a-turn.js";

/** Lets so many come in each turn; gives in which turn each began. */
async function begun(most: number, arrivals: readonly number[]): Promise<number[]> {
  const few = new FewATurn(most);
  const turns: number[] = [];
  let turn = 0;
  let isOver = false;
  // Queued before anything of what is counted, so that it is the first of each turn.
  const count = (): void => {
    turn++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const one = async (): Promise<void> => {
    const at = turns.push(-1) - 1;
    await few.take();
    turns[at] = turn;
  };
  const all: Promise<void>[] = [];
  for (const coming of arrivals) {
    for (let i = 0; i < coming; i++) all.push(one());
    await nextTurn();
  }
  await Promise.all(all);
  isOver = true;
  return turns;
}

test("so many at most begin in a turn, in their order, and all of them do", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }),
      async (most, arrivals) => {
        const turns = await begun(most, arrivals);
        expect(turns).toHaveLength(arrivals.reduce((sum, count) => sum + count, 0));
        expect(turns).toEqual(turns.toSorted((a, b) => a - b));
        for (const turn of new Set(turns))
          expect(turns.filter((each) => each === turn).length).toBeLessThanOrEqual(most);
      },
    ),
    { numRuns: 100 },
  );
});

test("who comes where there is room begins at once", async () => {
  expect(await begun(8, [8, 0, 8])).toEqual([...Array(8).fill(0), ...Array(8).fill(2)]);
  expect(await begun(8, [9])).toEqual([...Array(8).fill(0), 1]);
});
