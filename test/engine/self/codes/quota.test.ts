import fc from "fast-check";
import { expect, test } from "vitest";
import { Allowance, type Bound, Quota } from "../../../../engine/self/codes/quota.js";

const bounds = fc.array(fc.record({ count: fc.integer({ min: 1, max: 6 }), ms: fc.integer({ min: 1, max: 500 }) }), {
  minLength: 1,
  maxLength: 3,
});
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom("a", "b", "c")), { maxLength: 120 });

/** Whether one more at `nowMs` keeps every bound, by counting. */
function fits(taken: readonly number[], nowMs: number, all: readonly Bound[]): boolean {
  return all.every(({ count, ms }) => taken.filter((at) => at > nowMs - ms).length < count);
}

test("a quota lets through exactly what keeps each of its bounds, for each key alone", () => {
  fc.assert(
    fc.property(bounds, steps, (all, asked) => {
      const quota = new Quota(all, 10);
      const taken = new Map<string, number[]>();
      let nowMs = 0;
      for (const [later, key] of asked) {
        nowMs += later;
        const before = taken.get(key) ?? [];
        const waitMs = quota.waitMs(key, nowMs);
        const allowed = fits(before, nowMs, all);
        expect(waitMs === 0).toBe(allowed);
        expect(fits(before, nowMs + waitMs, all)).toBe(true);
        if (waitMs > 0) expect(fits(before, nowMs + waitMs - 1, all)).toBe(false);
        if (!allowed) continue;
        quota.take(key, nowMs);
        taken.set(key, [...before, nowMs]);
      }
    }),
  );
});

test("an allowance lets through what was promised at least, twice that in any stretch at most, and says when", () => {
  fc.assert(
    fc.property(bounds, steps, (all, asked) => {
      const allowance = new Allowance(all, 10);
      const taken = new Map<string, number[]>();
      let nowMs = 0;
      for (const [later, key] of asked) {
        nowMs += later;
        const before = taken.get(key) ?? [];
        const waitMs = allowance.waitMs(key, nowMs);
        if (fits(before, nowMs, all)) expect(waitMs).toBeCloseTo(0);
        if (waitMs > 0) {
          expect(allowance.waitMs(key, nowMs + waitMs + 1e-6)).toBeCloseTo(0);
          continue;
        }
        allowance.take(key, nowMs);
        taken.set(key, [...before, nowMs]);
        for (const { count, ms } of all) {
          expect(taken.get(key)!.filter((at) => at > nowMs - ms).length).toBeLessThanOrEqual(2 * count);
        }
      }
    }),
  );
});

test("an allowance tells how much is not back, and whoever goes on although it is used up waits no longer for that", () => {
  const allowance = new Allowance([{ count: 10, ms: 1_000 }], 10);
  for (let time = 0; time < 100; time++) allowance.take("a", 0);
  expect([allowance.used("a", 0), allowance.used("b", 0)]).toEqual([10, 0]);
  expect(allowance.waitMs("a", 0)).toBeCloseTo(100);
  expect(allowance.used("a", 500)).toBe(5);
  allowance.sweep(1_000);
  expect(allowance.size).toBe(0);
});

test("a quota refuses nobody because others came in great numbers: it forgets who was there longest ago", () => {
  for (const quota of [new Quota([{ count: 1, ms: 100 }], 3), new Allowance([{ count: 1, ms: 100 }], 3)]) {
    for (const key of ["a", "b", "c", "d"]) {
      expect(quota.waitMs(key, 0)).toBe(0);
      quota.take(key, 0);
    }
    expect([quota.size, quota.waitMs("a", 0), quota.waitMs("b", 0)]).toEqual([3, 0, 100]);
  }
});

test("a quota forgets each key as soon as it can", () => {
  const quota = new Quota([{ count: 2, ms: 100 }], 3);
  for (const key of ["a", "b", "c"]) quota.take(key, 0);
  quota.take("a", 99);
  expect([quota.has("b", 99), quota.has("b", 100), quota.size]).toEqual([true, false, 1]);
  quota.sweep(199);
  expect(quota.size).toBe(0);
});
