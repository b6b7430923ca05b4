import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bound, Quota, Windows } from "../../../engine/self/quota.js";

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

test("windows do the same for one thing", () => {
  fc.assert(
    fc.property(bounds, steps, (all, asked) => {
      const windows = new Windows(all);
      const taken: number[] = [];
      let nowMs = 0;
      for (const [later] of asked) {
        nowMs += later;
        const waitMs = windows.waitMs(nowMs);
        const allowed = fits(taken, nowMs, all);
        expect(waitMs === 0).toBe(allowed);
        expect(fits(taken, nowMs + waitMs, all)).toBe(true);
        if (!allowed) continue;
        windows.take(nowMs);
        taken.push(nowMs);
      }
    }),
  );
});

test("a quota takes no more keys than it may, and forgets each as soon as it can", () => {
  const quota = new Quota([{ count: 2, ms: 100 }], 3);
  for (const key of ["a", "b", "c"]) quota.take(key, 0);
  expect(quota.waitMs("d", 99)).toBe(1);
  expect(quota.waitMs("a", 99)).toBe(0);
  quota.take("a", 99);
  expect(quota.waitMs("d", 100)).toBe(0);
  expect(quota.size).toBe(1);
  quota.sweep(199);
  expect(quota.size).toBe(0);
});
