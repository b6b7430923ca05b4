/** How much of something is done in each turn of the event loop, for tests of what is cut into turns. */
import { onTestFinished } from "vitest";

/** Counts by turn, the present one first, until the test is over: whoever does one of them adds to the first. */
export function countsByTurn(): [number, ...number[]] {
  const counts: [number, ...number[]] = [0];
  const turn = (): void => {
    counts.unshift(0);
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  onTestFinished(() => clearImmediate(next));
  return counts;
}
