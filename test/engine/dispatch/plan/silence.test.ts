/**
 * A carrier that lets bind and then says nothing, for minutes: whom it costs how many attempts to find out that it is back. In a time
 * of its own (scenario.ts).
 */
import { describe, expect, test } from "vitest";
import { DISPATCH, OUTSTANDING } from "../../../../schemas/limits.js";
import { runScenario } from "../scenario-thread.js";

const HALF_AN_HOUR = 1_800_000;
const SETTINGS = ["resend", "hold"] as const;

const most = (counts: readonly number[]): number => Math.max(...counts);
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe("a carrier that answers enquire_link and no submission", () => {
  const silent = (fromMs: number, untilMs: number) => [
    { name: "a", silence: { fromMs, untilMs, answersEnquiries: true } },
  ];

  test("is asked with one person after the other, and loses nobody", async () => {
    for (const people of [30, 40, 300]) {
      const scenario = { people, carriers: silent(0, HALF_AN_HOUR), limitMs: 2 * HALF_AN_HOUR };
      const { states, unanswered, taken } = await runScenario(scenario);
      expect([states, most(taken)]).toEqual([{ acknowledged: people }, 1]);
      // Half an hour is thirty times the longest pause that a carrier may make, with two outstanding each, and the first 16.
      expect(sum(unanswered)).toBeLessThanOrEqual(OUTSTANDING.first + 2 * 30);
      expect(most(unanswered) - Math.min(...unanswered)).toBeLessThanOrEqual(1);
    }
  });

  test("for so long that all are at the bound of copies: they stay unknown, each with as many", async () => {
    const scenario = { people: 12, carriers: silent(0, HALF_AN_HOUR), limitMs: HALF_AN_HOUR };
    const { states, unanswered, possibleDuplicates } = await runScenario(scenario);
    expect([states, possibleDuplicates]).toEqual([{ unknown: 12 }, 12]);
    expect(unanswered).toEqual(new Array(12).fill(DISPATCH.copies));
  });

  test("where the wave holds costs each one copy at most", async () => {
    const scenario = { people: 300, carriers: silent(0, HALF_AN_HOUR), limitMs: 2 * HALF_AN_HOUR };
    const { states, submitted, unanswered } = await runScenario({ ...scenario, onUnknown: "hold" });
    expect(most(submitted)).toBe(1);
    expect(states).toEqual({ acknowledged: 300 - sum(unanswered), unknown: sum(unanswered) });
  });
});

describe("a carrier that answers nothing after the bind", () => {
  test.each(SETTINGS)(
    "is asked by enquire_link, and with nobody: what was on the wire is all it costs, where the wave %ss",
    async (onUnknown) => {
      for (const fromMs of [0, 200]) {
        const silence = { fromMs, untilMs: HALF_AN_HOUR, answersEnquiries: false };
        const carriers = [{ name: "a", limit: 100, silence }];
        const { states, unanswered } = await runScenario({
          people: 300,
          carriers,
          onUnknown,
          limitMs: 2 * HALF_AN_HOUR,
        });
        const lost = sum(unanswered);
        expect(most(unanswered)).toBe(1);
        expect(lost).toBeLessThanOrEqual(OUTSTANDING.first);
        expect(states).toEqual(
          onUnknown === "resend" ? { acknowledged: 300 } : { acknowledged: 300 - lost, unknown: lost },
        );
      }
    },
  );
});
