/** Long work in turns of the event loop: one piece in each, of all that waits. */
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { inSlices, inTurn } from "../../../engine/clock/slices.js";
import { THREAD } from "../../../schemas/limits.js";

afterEach(() => void vi.restoreAllMocks());

/** Notes what is done in each turn, newest first; a step takes half a slice. */
function watched() {
  let nowMs = 1;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  const turns: string[][] = [[]];
  const turn = (): void => {
    turns.unshift([]);
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  onTestFinished(() => clearImmediate(next));
  const step = (name: string): void => {
    turns[0]!.push(name);
    nowMs += THREAD.sliceMs / 2;
  };
  function* steps(name: string, count: number): Generator<void, string> {
    for (let done = 0; done < count; done++) {
      step(name);
      yield;
    }
    return name;
  }
  return { turns, step, steps };
}

it("goes round and round, for a slice each", async () => {
  const { turns, step, steps } = watched();
  const done = await Promise.all([inSlices(steps("a", 5)), inTurn(() => step("b")), inSlices(steps("c", 3))]);
  expect(done).toEqual(["a", undefined, "c"]);
  const names = turns.filter((turn) => turn.length > 0).toReversed();
  expect(names.map((turn) => turn.join(""))).toEqual(["aa", "b", "cc", "aa", "c", "a"]);
});

it("tells what it throws to who waits for it, and goes on with the others", async () => {
  const { steps } = watched();
  const failed = inTurn(() => {
    throw new Error("a mistake");
  });
  function* failing(): Generator<void, never> {
    yield;
    throw new Error("another");
  }
  const [one, other, last] = await Promise.allSettled([failed, inSlices(failing()), inSlices(steps("a", 3))]);
  expect([one.status, other.status, last]).toEqual(["rejected", "rejected", { status: "fulfilled", value: "a" }]);
});
