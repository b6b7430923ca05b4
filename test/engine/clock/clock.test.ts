/** The watch over the wall clock, and dates that nobody sets. */
import { expect, it } from "vitest";
import { ClockWatch, sinceSteadyMs, steadyDates } from "../../../engine/clock/clock.js";
import { CLOCK } from "../../../schemas/limits.js";

function clock() {
  const clocks = { wallMs: 1_000_000, steady: 50 };
  return { clocks, now: () => clocks.wallMs, steadyMs: () => clocks.steady };
}

it("notices what got ahead at once, and follows what is corrected slowly or set back", () => {
  const { clocks, ...both } = clock();
  const watch = new ClockWatch(both);
  const pass = (wallMs: number, steadyMs: number): number => {
    clocks.wallMs += wallMs;
    clocks.steady += steadyMs;
    return watch.aheadMs();
  };
  expect(pass(60_000, 60_000)).toBe(0);
  expect([pass(CLOCK.stepMs, 0), pass(CLOCK.stepMs, 0)]).toEqual([0, 0]);
  expect(pass(CLOCK.stepMs + 51, 50)).toBe(CLOCK.stepMs + 1);
  expect(pass(50, 50)).toBe(0);
  expect([pass(-86_400_000, 50), pass(50, 50)]).toEqual([0, 0]);
  // A machine that stood still for an hour.
  expect(pass(3_600_000, 0)).toBe(3_600_000);
});

it("compares nothing where the process lost its processor between two looks", () => {
  const { clocks } = clock();
  let late = 0;
  const watch = new ClockWatch({
    steadyMs: () => clocks.steady,
    now: () => {
      clocks.steady += late;
      return clocks.wallMs + clocks.steady;
    },
  });
  late = 20_000;
  expect(watch.aheadMs()).toBe(0);
  late = 0;
  expect(watch.aheadMs()).toBe(0);
});

it("gives dates that go on whatever the wall clock says, and ages that are never below nothing", () => {
  const { clocks, ...both } = clock();
  const dates = steadyDates(both);
  clocks.wallMs -= 86_400_000;
  clocks.steady += 5;
  expect(dates()).toBe(1_000_005);
  expect(sinceSteadyMs(clocks.wallMs - 3, both)).toBe(clocks.steady - 3);
  expect(sinceSteadyMs(clocks.wallMs + 3, both)).toBe(clocks.steady);
});
