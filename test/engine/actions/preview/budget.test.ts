/**
 * What previews tell together: whoever compares two answers learns of no fewer than five people beside the totals, and whoever asks
 * for as many previews as it takes to find somebody's home is refused.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Breakdown, breakdownOf, NOTHING_TOLD } from "../../../../engine/actions/preview/breakdown.js";
import { PreviewBudget } from "../../../../engine/actions/preview/budget.js";
import type { SelectionCounts } from "../../../../engine/selection/selector.js";
import { ok } from "../../../../schemas/errors.js";
import { PREVIEWS } from "../../../../schemas/limits.js";
import { CHANNELS, LANGUAGES, LEFT_OUT } from "../../../../schemas/words.js";
import { filled } from "../harness.js";

interface Person {
  /** Metres from the middle. */
  readonly at: number;
  readonly language: number;
  readonly simple?: boolean;
  readonly leftOut: number | undefined;
}

const asking = (radiusMeters: number, center = [5, 52]) => filled({ area: { type: "Circle", center, radiusMeters } });

/** What a count finds in a circle. */
function countsIn(people: readonly Person[], radiusMeters: number): SelectionCounts {
  const inside = people.filter(({ at }) => at <= radiusMeters);
  const asked = inside.filter(({ leftOut }) => leftOut === undefined);
  const tally = <Word extends string>(words: readonly Word[], of: (index: number) => number) =>
    Object.fromEntries(words.map((word, index) => [word, of(index)])) as Record<Word, number>;
  return {
    channels: tally(CHANNELS, () => asked.length),
    languages: tally(LANGUAGES, (index) => asked.filter(({ language }) => language === index).length),
    simple: tally(LANGUAGES, (index) => asked.filter(({ language, simple }) => simple && language === index).length),
    municipalities: new Map([[1, asked.length]]),
    leftOut: tally(LEFT_OUT, (index) => inside.filter(({ leftOut }) => leftOut === index).length),
    recipients: asked.length,
    asked: { persons: inside.length, times: 0 },
  };
}

interface Answered {
  readonly recipients: number;
  readonly told: Breakdown;
}

/** Previews as they are answered, with a clock of their own. */
class PreviewRig {
  readonly budget = new PreviewBudget();
  nowMs = 0;

  constructor(readonly people: readonly Person[]) {}

  async preview(radiusMeters: number, key = "attacker", center?: number[]): Promise<Answered | string> {
    const request = asking(radiusMeters, center);
    const made = await this.budget.making(key, request, this.nowMs, async () => {
      const counts = countsIn(this.people, radiusMeters);
      const told = this.budget.tell(key, request, counts, this.nowMs);
      return ok({ recipients: counts.recipients, told: told ? breakdownOf(told, 0.5) : NOTHING_TOLD });
    });
    return made.ok ? made.value : made.problem.code;
  }
}

const person: fc.Arbitrary<Person> = fc.record({
  at: fc.integer({ min: 1, max: 999 }),
  language: fc.nat(2),
  leftOut: fc.option(fc.nat(2), { nil: undefined }),
});

describe("two previews", () => {
  it("of circles around each other never tell anything of fewer than five people who are between them", async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 12 }),
        async (people, radii) => {
          const rig = new PreviewRig(people);
          const answers = new Map<number, Answered>();
          for (const radius of radii) {
            const answer = await rig.preview(radius);
            if (typeof answer !== "string") answers.set(radius, answer);
          }
          for (const [one, first] of answers) {
            for (const [other, second] of answers) {
              if (one >= other || second.recipients - first.recipients >= 5) continue;
              compared += 1;
              // The later of the two is told without a breakdown; so there are not two to compare.
              const both = [first.told, second.told].filter(({ leftOut, languages, channels, municipalities }) => {
                const counts = [...Object.values(leftOut), ...Object.values(languages), ...Object.values(channels)];
                return counts.some((count) => count !== null) || municipalities.length > 0;
              });
              expect(both.length).toBeLessThan(2);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it("of the same area tell the same, although somebody has joined meanwhile, and cost nothing", async () => {
    const people = Array.from({ length: 20 }, (_, index) => ({ at: 10, language: index % 2, leftOut: undefined }));
    const rig = new PreviewRig(people);
    const before = await rig.preview(100);
    const joined = new PreviewRig([...people, { at: 10, language: 1, leftOut: undefined }]);
    Object.assign(joined, { budget: rig.budget });
    expect(before).toMatchObject({ recipients: 20, told: { languages: { nl: 10, en: 10 } } });
    for (let again = 0; again < 2 * PREVIEWS.budget; again++) {
      expect(await joined.preview(100)).toEqual({ ...(before as Answered), recipients: 21 });
    }
    const many = new PreviewRig([...people, ...people.map((person) => ({ ...person, language: 1 }))]);
    Object.assign(many, { budget: rig.budget });
    expect(await many.preview(100)).toMatchObject({ recipients: 40, told: { languages: { nl: 10, en: 30 } } });
  });

  it("of fewer than five tell no more than how many they are, and why others would not be asked", async () => {
    const rig = new PreviewRig([{ at: 5, language: 2, leftOut: undefined }]);
    const told = { ...NOTHING_TOLD, fatigue: { area: null, country: 0.5 } };
    expect(await rig.preview(10)).toEqual({ recipients: 1, told });
    const closed = new PreviewRig(Array.from({ length: 7 }, () => ({ at: 5, language: 2, leftOut: 1 })));
    expect(await closed.preview(10)).toMatchObject({ recipients: 0, told: { leftOut: { paused: 5, hours: null } } });
  });
});

describe("a flood of previews", () => {
  /** Halves the distance at which somebody is until it is known to the metre; how often that came to an end. */
  async function search(rig: PreviewRig): Promise<number> {
    let [near, far, asked] = [0, 1_024, 0];
    while (far - near > 1) {
      const middle = (near + far) / 2;
      const answer = await rig.preview(middle + rig.nowMs / 1e9, "attacker", [5, 52]);
      if (typeof answer === "string") throw new Error(answer);
      asked += 1;
      if (answer.recipients > 0) far = middle;
      else near = middle;
    }
    return asked;
  }

  it("that would single people out is refused with a code, until an hour later", async () => {
    const rig = new PreviewRig([{ at: 333, language: 0, leftOut: undefined }]);
    const found: number[] = [];
    const searching = async () => {
      for (;;) {
        rig.nowMs += 1;
        found.push(await search(rig));
      }
    };
    await expect(searching()).rejects.toThrow("PREVIEWS_EXCEEDED");
    expect(found.length * 10, "circles to find one home").toBeLessThanOrEqual(PREVIEWS.budget / PREVIEWS.nearCost);
    expect(rig.budget.refused).toBe(1);
    expect(await rig.preview(77, "somebody else")).toMatchObject({ recipients: 0 });
    rig.nowMs += PREVIEWS.windowMs;
    expect(await rig.preview(500)).toMatchObject({ recipients: 1 });
  });

  it("counts what is being made, so that many at once are bounded as well", async () => {
    const rig = new PreviewRig([]);
    const all = await Promise.all(Array.from({ length: 100 }, (_, index) => rig.preview(index + 1)));
    const answered = all.filter((answer) => typeof answer !== "string").length;
    expect(answered).toBeLessThanOrEqual(PREVIEWS.budget / PREVIEWS.nearCost);
    expect(all.at(-1)).toBe("PREVIEWS_EXCEEDED");
  });

  it("of areas far from each other, as many as a busy hour has, goes through", async () => {
    const rig = new PreviewRig(Array.from({ length: 50 }, () => ({ at: 1, language: 0, leftOut: undefined })));
    for (let at = 0; at < PREVIEWS.budget - PREVIEWS.nearCost; at++) {
      expect(await rig.preview(1_000, "room", [3 + at * 0.05, 52])).toMatchObject({ recipients: 50 });
    }
  });
});
