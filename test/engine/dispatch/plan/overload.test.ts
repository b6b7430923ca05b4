/**
 * Overload, in whatever code a carrier says it: the whole way from the ledger to the wire and back, in a time of its own
 * (scenario.ts), so that retries of minutes are part of it.
 */
import { describe, expect, test } from "vitest";
import { DISPATCH, OVERLOAD } from "../../../../schemas/limits.js";
import { runScenario } from "../scenario-thread.js";

const LONG = "Burgernet ".repeat(30);
const SETTINGS = ["resend", "hold"] as const;
const LIMITERS = ["fixed", "sliding", "bucket", "exact"] as const;
const CODES = [0x08, 0x14, 0x45, 0x58, 0x102, 0x400, 0x4ab];

const most = (counts: readonly number[]): number => Math.max(...counts);

describe("a carrier that takes some and answers the rest with a code", () => {
  test.each(CODES)("loses nobody: command_status %d", async (code) => {
    for (const [at, onUnknown] of SETTINGS.entries()) {
      const limiter = LIMITERS[(CODES.indexOf(code) + at) % LIMITERS.length]!;
      const { states, tookMs, taken } = await runScenario({
        people: 300,
        carriers: [{ name: "a", limit: 20, limiter, code }],
        onUnknown,
      });
      expect([states, most(taken)]).toEqual([{ acknowledged: 300 }, 1]);
      // At its limit it would be through in fifteen seconds of its own time.
      expect(tookMs).toBeLessThan(30_000);
    }
  });

  test.each(CODES)("takes each part of a long message once: command_status %d", async (code) => {
    for (const onUnknown of SETTINGS) {
      for (const limiter of ["fixed", "exact"] as const) {
        const { states, possibleDuplicates, taken } = await runScenario({
          people: 300,
          text: LONG,
          carriers: [{ name: "a", limit: 40, limiter, code }],
          onUnknown,
        });
        expect([states, possibleDuplicates, most(taken)]).toEqual([{ acknowledged: 300 }, 0, 2]);
      }
    }
  });

  test("is not closed, beside another like it: both are used to the end", async () => {
    const carriers = [
      { name: "a", limit: 20, code: 0x08 },
      { name: "b", limit: 20, code: 0x45 },
    ];
    const { states, taken, seconds } = await runScenario({ people: 600, carriers });
    expect([states, most(taken)]).toEqual([{ acknowledged: 600 }, 1]);
    for (const each of seconds) {
      const used = each.slice(3, 12).reduce((sum, [accepted]) => sum + accepted, 0);
      expect(used).toBeGreaterThan(9 * 20 * 0.75);
    }
  });
});

describe("a carrier that refuses some numbers for good with a code that elsewhere is a limit", () => {
  const refusing = { name: "a", refusesOneIn: 20, refusal: 0x45 };
  const REFUSED = Array.from({ length: 15 }, (_, at) => 3 + at * 20);

  test.each(SETTINGS)(
    "fails exactly those, each in as many attempts as there are, where the wave %ss",
    async (onUnknown) => {
      const { states, failed, submitted } = await runScenario({ people: 300, carriers: [refusing], onUnknown });
      expect([states, failed]).toEqual([{ acknowledged: 285, failed: 15 }, REFUSED]);
      const others = submitted.filter((_, position) => !REFUSED.includes(position));
      const refused = submitted.filter((_, position) => REFUSED.includes(position));
      expect(others).toEqual(new Array(285).fill(1));
      for (const times of refused) {
        expect(times).toBeGreaterThanOrEqual(DISPATCH.attempts);
        expect(times).toBeLessThanOrEqual(DISPATCH.attempts * (1 + OVERLOAD.tries));
      }
      // Once more in an attempt that is made before the code is known to be theirs alone.
      expect(refused.reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(15 * 2 * DISPATCH.attempts);
    },
  );

  test.each(SETTINGS)("does so with long messages, where the wave %ss", async (onUnknown) => {
    const scenario = { people: 300, carriers: [refusing], text: LONG, onUnknown };
    const { states, failed, submitted, taken, possibleDuplicates } = await runScenario(scenario);
    expect([states, failed, possibleDuplicates]).toEqual([{ acknowledged: 285, failed: 15 }, REFUSED, 0]);
    expect(most(taken)).toBe(2);
    expect(most(submitted)).toBeLessThanOrEqual(2 * DISPATCH.attempts * (1 + OVERLOAD.tries));
  });

  test("and says it of what is too much as well: nobody else is lost", async () => {
    for (const limiter of LIMITERS) {
      const carriers = [{ ...refusing, limit: 40, limiter, code: 0x45 }];
      const { states, failed, submitted } = await runScenario({ people: 300, carriers });
      expect([states, failed]).toEqual([{ acknowledged: 285, failed: 15 }, REFUSED]);
      expect(most(submitted)).toBeLessThanOrEqual(DISPATCH.attempts * (1 + OVERLOAD.tries));
    }
  });

  test("with a code that is never a limit: one submission each", async () => {
    const { failed, submitted } = await runScenario({ people: 300, carriers: [{ ...refusing, refusal: 0x0b }] });
    expect(failed).toEqual(REFUSED);
    expect(most(submitted)).toBe(1);
  });
});

test("a carrier that is in trouble for a while, and takes nothing, loses nobody either", async () => {
  for (const fromMs of [0, 2_000]) {
    const trouble = { fromMs, untilMs: fromMs + 30_000 };
    const carriers = [{ name: "a", limit: 100, code: 0x08, trouble }];
    const { states, submitted } = await runScenario({ people: 600, carriers });
    expect(states).toEqual({ acknowledged: 600 });
    expect(most(submitted)).toBeLessThanOrEqual(DISPATCH.attempts * (1 + OVERLOAD.tries));
  }
});
