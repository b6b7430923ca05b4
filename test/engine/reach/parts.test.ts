/** Parts of a total that is told: every division that gives the same answer is worked out, and none tells of one to four people. */
import { expect, it } from "vitest";
import { TOO_FEW, toldParts } from "../../../engine/reach/privacy.js";

/** All ways to divide a total among so many parts. */
function* divisions(total: number, parts: number): Generator<number[]> {
  if (parts === 1) {
    yield [total];
    return;
  }
  for (let first = 0; first <= total; first++)
    for (const rest of divisions(total - first, parts - 1)) yield [first, ...rest];
}

it.each([
  [2, 60],
  [3, 40],
  [4, 24],
])("of %i parts, whatever the total up to %i, no answer tells that a part has one to four", (parts, most) => {
  for (let total = 1; total <= most; total++) {
    const possible = new Map<string, Set<number>[]>();
    for (const counts of divisions(total, parts)) {
      const answer = toldParts(counts).join();
      const sets = possible.get(answer) ?? counts.map(() => new Set<number>());
      for (const [part, count] of counts.entries()) sets[part]!.add(count);
      possible.set(answer, sets);
    }
    for (const [answer, sets] of possible) {
      for (const counts of sets) {
        const isCertain = [...counts].every((count) => count >= 1 && count < 5);
        expect(isCertain, `a total of ${total}, told as ${answer}`).toBe(false);
      }
    }
  }
});

it("what is told is a multiple of five, and within two of what there is", () => {
  for (const counts of divisions(60, 3)) {
    for (const [part, shown] of toldParts(counts).entries()) {
      if (shown === TOO_FEW) continue;
      expect(shown % 5).toBe(0);
      expect(Math.abs(shown - counts[part]!)).toBeLessThanOrEqual(2);
    }
  }
});
