/** Who is woken for a moment is never told an earlier one, and what is held back until then does not leave before. */
import { expect, test } from "vitest";
import { holdUntil, WakeUp } from "../../../../gateway/smpp/carrier/wake-up.js";

test.each([0, 0.05, 0.4, 5])(
  "%d ms ahead: it is told that moment, or a later one where it was late",
  async (waitMs) => {
    const atMs = performance.now() + waitMs;
    const toldMs = await new Promise<number>((resolve) => new WakeUp(resolve).at(atMs, true));
    expect(toldMs).toBeGreaterThanOrEqual(atMs);
    holdUntil(toldMs);
    expect(performance.now()).toBeGreaterThanOrEqual(toldMs);
  },
);

test("who is to be woken already is not woken once more for a later moment", async () => {
  let times = 0;
  const wakeUp = new WakeUp(() => times++);
  wakeUp.at(performance.now() + 1, false);
  wakeUp.at(performance.now() + 2, true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(times).toBe(1);
});
