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
        const allowed = quota.allows(key, nowMs);
        expect(allowed).toBe(fits(before, nowMs, all));
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
        const allowed = windows.allows(nowMs);
        expect(allowed).toBe(fits(taken, nowMs, all));
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
  expect(quota.allows("d", 99)).toBe(false);
  expect(quota.allows("a", 99)).toBe(true);
  quota.take("a", 99);
  expect(quota.allows("d", 100)).toBe(true);
  expect(quota.size).toBe(1);
  quota.sweep(199);
  expect(quota.size).toBe(0);
});
