/** The controller of a bind's rate against models of limiters, on a clock of their own (limiters.ts). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BindPace } from "../../../../gateway/smpp/pace/bind-pace.js";
import { SMPP } from "../../../../schemas/limits.js";
import {
  congested,
  fixedWindow,
  run,
  type Scenario,
  type Second,
  seeded,
  settled,
  slidingWindow,
  tokenBucket,
} from "./limiters.js";

const NO_CAP = SMPP.ratePerSecondMax;

function course(
  limiters: Scenario["limiters"],
  latencyMs: number,
  untilS: number,
  more: Partial<Scenario> = {},
  binds = 1,
): Second[] {
  const random = seeded(latencyMs + binds);
  const paces = Array.from({ length: binds }, () => new BindPace(NO_CAP, 0, random));
  return run({ limiters, latencyMs, untilMs: untilS * 1_000, random, ...more }, paces);
}

/** Under one in a hundred throttled, at least 95 in a hundred of the limit used; of a small limit, a segment is much. */
function expectSettled(seconds: Second[], limit: number, from: number, to = seconds.length): void {
  const { throttled, perSecond } = settled(seconds, from, to);
  expect(throttled).toBeLessThan(0.01 + (limit < 500 ? 1 / limit : 0));
  expect(perSecond / limit).toBeGreaterThan(0.95 - (limit < 500 ? Math.min(0.05, 2 / limit) : 0));
}

describe("the limit is found, and kept to", () => {
  const limits = fc.integer({ min: 50, max: 2_000 });
  const latencies = fc.integer({ min: 1, max: 300 });
  const kinds = fc.constantFrom("fixed", "tenths", "sliding", "bucket");

  test("whatever the limit, the kind of limiter and the way there", () => {
    fc.assert(
      fc.property(
        limits,
        latencies,
        kinds,
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        (limit, latencyMs, kind, part) => {
          const limiter = {
            fixed: () => fixedWindow(() => limit),
            tenths: () => fixedWindow(() => Math.ceil(limit / 10) * 10, 100),
            sliding: () => slidingWindow(() => limit),
            bucket: () => tokenBucket(() => limit, Math.max(2, limit * part)),
          }[kind]();
          const seconds = course([limiter], latencyMs, 100);
          expectSettled(seconds, limit, 40);
          // Within ten seconds already most is used and little throttled.
          const early = settled(seconds, 10, 40);
          expect(early.perSecond / limit).toBeGreaterThan(0.9);
          // What is on its way when all that a bucket let save up is used is throttled with it.
          expect(early.throttled).toBeLessThan(0.03 + 1 / limit + latencyMs / 10_000);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([5, 20_000])("%d a second", (limit) => {
    for (const latencyMs of [1, 300]) {
      expectSettled(course([fixedWindow(() => limit)], latencyMs, 90), limit, 30);
      expectSettled(course([slidingWindow(() => limit)], latencyMs, 90), limit, 30);
      expectSettled(course([tokenBucket(() => limit, Math.max(1, limit / 50))], latencyMs, 90), limit, 30);
    }
  });

  test("one limit for all binds, and one for each", () => {
    for (const latencyMs of [5, 100]) {
      const together = course([fixedWindow(() => 1_000)], latencyMs, 90, {}, 4);
      expectSettled(together, 1_000, 30);
      expectSettled(course([tokenBucket(() => 1_000, 50)], latencyMs, 90, {}, 4), 1_000, 30);
      const each = [1, 2, 3].map((times) => fixedWindow(() => times * 300));
      expectSettled(course(each, latencyMs, 90, {}, 3), 1_800, 30);
    }
  });

  test("a queue that drains, and is full after some seconds of the limit", () => {
    for (const places of [500, 5_000]) expectSettled(course([tokenBucket(() => 1_000, places)], 30, 120), 1_000, 60);
  });

  test("a carrier that throttles by congestion_state alone", () => {
    for (const limit of [50, 1_000, 20_000]) {
      const { throttled, perSecond } = settled(course([congested(() => limit)], 30, 60), 30);
      // 80 to 89 of 85 is as good as it says.
      expect([throttled, perSecond / limit > 0.9, perSecond / limit < 1.06]).toEqual([0, true, true]);
    }
  });
});

describe("a carrier that is new", () => {
  const TOTAL = 2_000;

  /** A first action: under one in twenty throttled, and most of the limit used from the third second on. */
  function expectGentle(
    limiter: Scenario["limiters"][number],
    limit: number,
    latencyMs: number,
    throttledPart = 0.05,
  ): void {
    const untilS = Math.ceil((1.5 * TOTAL) / limit) + 5;
    const seconds = course([limiter], latencyMs, untilS, { isNew: true, total: TOTAL });
    const last = seconds.findLastIndex(({ taken }) => taken > 0);
    const all = settled(seconds, 0);
    expect(seconds.reduce((sum, { taken }) => sum + taken, 0)).toBe(TOTAL);
    expect(all.throttled).toBeLessThan(throttledPart);
    if (last > 3) expect(settled(seconds, 2, last).perSecond / limit).toBeGreaterThan(0.8);
  }

  test.each([20, 200, 2_000])("is felt for, not hit: %d a second", (limit) => {
    for (const latencyMs of [0.5, 30]) {
      expectGentle(
        fixedWindow(() => limit),
        limit,
        latencyMs,
      );
      expectGentle(
        slidingWindow(() => limit),
        limit,
        latencyMs,
      );
      // What is saved up looks like a higher limit first.
      expectGentle(
        tokenBucket(() => limit, limit),
        limit,
        latencyMs,
        0.15,
      );
      expectGentle(
        tokenBucket(() => limit, limit / 4),
        limit,
        latencyMs,
        0.15,
      );
      expectGentle(
        tokenBucket(() => limit, 1),
        limit,
        latencyMs,
      );
    }
  });
});

test.each([20, 100, 200, 1_000, 2_000])(
  "a limiter that takes no two at once is used to nine tenths: %d a second",
  (limit) => {
    const seconds = course([tokenBucket(() => limit, 1)], 5, 90);
    const { throttled, perSecond } = settled(seconds, 40);
    expect(perSecond / limit).toBeGreaterThan(0.9);
    expect(throttled).toBeLessThan(0.01 + 1 / limit);
  },
);

test("what was learnt before a restart is gone on with: nothing is throttled, and the limit is used at once", () => {
  const pace = new BindPace(NO_CAP, 0, seeded(1));
  pace.trust(980, 0);
  const limiters = [fixedWindow(() => 1_000)];
  const seconds = run({ limiters, latencyMs: 10, untilMs: 4_000, random: seeded(1) }, [pace]);
  const { throttled, perSecond } = settled(seconds, 1);
  expect(throttled).toBeLessThan(0.01);
  expect(perSecond).toBeGreaterThan(950);
});

describe("the limit changes", () => {
  test("it falls, and is risen again: found within seconds, and within tens of them", () => {
    const limit = (nowMs: number) => (nowMs < 30_000 ? 1_000 : nowMs < 60_000 ? 300 : 1_500);
    for (const limiter of [fixedWindow(limit), slidingWindow(limit), tokenBucket(limit, 100)]) {
      const seconds = course([limiter], 50, 180);
      expectSettled(seconds, 1_000, 15, 30);
      expectSettled(seconds, 300, 40, 60);
      expectSettled(seconds, 1_500, 140);
    }
  });

  test("nothing is taken for a while: single segments ask, and afterwards it goes on as before", () => {
    const limit = (nowMs: number) => (nowMs > 30_000 && nowMs < 60_000 ? 0 : 1_000);
    const seconds = course([fixedWindow(limit)], 20, 90);
    const asked = seconds.slice(35, 59).reduce((sum, { sent }) => sum + sent, 0);
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(30);
    expectSettled(seconds, 1_000, 70);
  });

  test("there is little to send for a while: the rate stays, and is there when it is needed", () => {
    const demand = (nowMs: number) => (nowMs > 20_000 && nowMs < 60_000 ? 100 : 1e6);
    const seconds = course([fixedWindow(() => 1_000)], 20, 90, { demand });
    expect(settled(seconds, 25, 60).throttled).toBe(0);
    expectSettled(seconds, 1_000, 61);
    expect(Math.max(...seconds.slice(30).map(({ perSecond }) => perSecond))).toBeLessThan(1_300);
  });
});

describe("a bind", () => {
  test("that was never throttled is not limited, whatever it is answered", () => {
    const pace = new BindPace(NO_CAP, 0);
    for (let nowMs = 0; nowMs < 10_000; nowMs++) {
      pace.spend(256, nowMs);
      pace.accepted(nowMs, nowMs);
      expect([pace.messages(10, nowMs), pace.waitMs(nowMs), pace.takesWhole(10)]).toEqual([
        Number.POSITIVE_INFINITY,
        0,
        true,
      ]);
    }
    expect(pace.perSecond).toBe(NO_CAP);
  });

  test("never exceeds what is configured, before and after it was throttled", () => {
    for (const limit of [1_000, 100]) {
      const random = seeded(limit);
      const pace = new BindPace(500, 0, random);
      const limiters = [fixedWindow((nowMs) => (nowMs < 20_000 ? limit : 10_000))];
      const seconds = run({ limiters, latencyMs: 10, untilMs: 120_000, random }, [pace]);
      for (const second of seconds) expect(second.sent).toBeLessThanOrEqual(500 * (1 + SMPP.rateBurst));
      expectSettled(seconds, 485, 110);
    }
  });

  test("that was throttled sends a long message part by part", () => {
    const pace = new BindPace(NO_CAP, 0);
    pace.spend(10, 0);
    pace.throttled(0, 1);
    expect([pace.takesWhole(10), pace.takesWhole(1), pace.backingOff, pace.messages(1, 1)]).toEqual([
      false,
      false,
      true,
      0,
    ]);
    expect(pace.messages(1, 1 + pace.waitMs(1))).toBe(1);
  });

  test("whose carrier says that it is congested, always, still sends", () => {
    const pace = new BindPace(NO_CAP, 0);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
      pace.spend(pace.messages(1, nowMs) > 0 ? 1 : 0, nowMs);
      pace.accepted(nowMs, nowMs);
      pace.congestion(100, nowMs, nowMs);
    }
    expect(pace.perSecond).toBeGreaterThanOrEqual(20);
  });
});
