/**
 * Many small waves never keep a large one from going on, and nothing keeps an extreme one: the whole way from the ledger to the wire and
 * back, in a time of its own (flood.ts).
 */
import { expect, test } from "vitest";
import type { Flood } from "../flood.js";
import { runFlood } from "../scenario-thread.js";

const LONG = "Burgernet ".repeat(30);
const FLOOD: Flood = {
  carriers: [{ name: "a", limit: 100, limiter: "bucket" }],
  large: { count: 20_000, text: "Burgernet: jongen vermist", timeCritical: false },
  largeAtMs: 0,
  small: { count: 100, text: "Burgernet: fiets gestolen", timeCritical: false },
  smallAtATime: 20,
  extreme: { count: 200, text: "Burgernet: blijf binnen" },
  extremeAtMs: 60_000,
  forMs: 75_000,
};

test.each<[string, Partial<Flood>]>([
  ["one carrier", {}],
  [
    "two, of which one takes a long time for each",
    { carriers: [...FLOOD.carriers, { name: "b", limit: 40, latencyMs: 400 }] },
  ],
  ["a carrier that says by a code when it is too much", { carriers: [{ name: "a", limit: 50, code: 0x45 }] }],
  ["more urgent small ones", { small: { ...FLOOD.small, timeCritical: true } }],
  ["small ones that came first, once they are through", { largeAtMs: 1_000, smallAtATime: 5 }],
  [
    "those of whom it is unknown are held",
    { large: { ...FLOOD.large, onUnknown: "hold" }, small: { ...FLOOD.small, onUnknown: "hold" } },
  ],
  ["messages in two parts", { large: { ...FLOOD.large, text: LONG }, small: { ...FLOOD.small, text: LONG } }],
])("a tenth of what is sent is of a large wave, and while there is an extreme one all is: %s", async (_, change) => {
  const { large, all, order, isExtremeSent, twice } = await runFlood({ ...FLOOD, ...change });
  expect(large / all).toBeGreaterThanOrEqual(0.1);
  // The small ones go before it all the same.
  expect(large / all).toBeLessThan(0.15);
  expect(twice).toBe(0);
  expect(isExtremeSent).toBe(true);
  for (const taken of order) {
    const [first, last] = [taken.indexOf("extreme"), taken.lastIndexOf("extreme")];
    expect(taken.slice(first, last).filter((wave) => wave !== "extreme")).toEqual([]);
  }
});
