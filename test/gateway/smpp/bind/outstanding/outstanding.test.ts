/** How much a bind has outstanding, against models of carriers on a clock of their own; and what of it is lost. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Order } from "../../../../../gateway/smpp/bind/outstanding/order.js";
import { Outstanding } from "../../../../../gateway/smpp/bind/outstanding/outstanding.js";
import { Window } from "../../../../../gateway/smpp/bind/outstanding/window.js";
import { OUTSTANDING, SMPP } from "../../../../../schemas/limits.js";

const DEADLINE_MS = SMPP.responseTimeoutMs;

interface Scenario {
  /** Most outstanding in each second, and what was answered in it. */
  readonly outstanding: number[];
  readonly answered: number[];
  /** The longest that an answer took in each second. */
  readonly longestMs: number[];
}

/** A carrier that does one after the other, with the way there and back; `serviceMs` may change with time. */
function serial(serviceMs: (nowMs: number) => number, wayMs: number, untilS: number, known = 0): Scenario {
  const outstanding = new Outstanding(SMPP.window);
  outstanding.trust(known);
  const course: Scenario = { outstanding: [], answered: [], longestMs: [] };
  const flight: { sentAtMs: number; answeredAtMs: number }[] = [];
  let freeMs = 0;
  let nowMs = 0;
  while (nowMs < untilS * 1_000) {
    const second = Math.floor(nowMs / 1_000);
    for (let room = outstanding.limit - flight.length; room > 0; room--) {
      freeMs = Math.max(freeMs, nowMs + wayMs / 2) + serviceMs(Math.max(freeMs, nowMs));
      flight.push({ sentAtMs: nowMs, answeredAtMs: freeMs + wayMs / 2 });
    }
    outstanding.sent(flight.length);
    course.outstanding[second] = Math.max(course.outstanding[second] ?? 0, flight.length);
    const { sentAtMs, answeredAtMs } = flight.shift()!;
    nowMs = answeredAtMs;
    outstanding.answered(false, sentAtMs, nowMs, DEADLINE_MS);
    const at = Math.floor(nowMs / 1_000);
    course.answered[at] = (course.answered[at] ?? 0) + 1;
    course.longestMs[at] = Math.max(course.longestMs[at] ?? 0, nowMs - sentAtMs);
  }
  return course;
}

const sum = (values: readonly (number | undefined)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);

describe("what is outstanding", () => {
  test.each([5, 10, 20, 40, 100, 300])(
    "at one after the other, %d ms each, waits for half a second, and none is idle",
    (ms) => {
      const { answered, longestMs } = serial(() => ms, 1, 60);
      expect(sum(answered)).toBeGreaterThan((60_000 / ms) * 0.97);
      expect(Math.max(...longestMs)).toBeLessThan(DEADLINE_MS / 2);
      expect(Math.max(...longestMs.slice(15).filter((each) => each !== undefined))).toBeLessThan(
        Math.max(OUTSTANDING.queueMs, 2 * ms) * 1.5,
      );
    },
  );

  test("fills the window of a carrier that is fast, or far away and fast", () => {
    for (const [wayMs, untilS] of [
      [1, 5],
      [30, 20],
      [2_000, 120],
    ] as const) {
      const { outstanding } = serial(() => 0.2, wayMs, untilS);
      expect(outstanding.at(-1)).toBe(SMPP.window);
    }
  });

  test("is a tenth of what a new carrier has taken, and all at once where it is known", () => {
    const fresh = new Outstanding(SMPP.window);
    for (let taken = 0; taken < 20_000; taken++) {
      expect(fresh.limit).toBe(Math.min(SMPP.window, Math.max(OUTSTANDING.first, Math.floor(taken / 10))));
      fresh.sent(fresh.limit);
      fresh.answered(false, taken, taken + 1, DEADLINE_MS);
    }
    const known = new Outstanding(SMPP.window);
    known.trust(SMPP.window);
    expect(known.limit).toBe(SMPP.window);
  });

  test("follows a speed that changes by ten, and a pause of half a minute, and is as before after both", () => {
    const swing = (nowMs: number) => 20 * 10 ** Math.abs(((nowMs / 30_000 + 1) % 2) - 1);
    const uneven = serial(swing, 1, 180);
    expect(Math.max(...uneven.longestMs.filter((each) => each !== undefined))).toBeLessThan(DEADLINE_MS / 2);
    let paused = false;
    const pauses = serial(
      (nowMs) => {
        if (nowMs < 20_000 || paused) return 20;
        paused = true;
        return 30_000;
      },
      1,
      70,
    );
    expect(sum(pauses.answered.slice(60))).toBeGreaterThan(480);
    expect(Math.max(...pauses.longestMs.slice(62))).toBeLessThan(OUTSTANDING.queueMs * 1.5);
  });

  test("to whom falls silent is two", () => {
    const outstanding = new Outstanding(SMPP.window);
    outstanding.trust(SMPP.window);
    outstanding.silent();
    expect(outstanding.limit).toBe(OUTSTANDING.least);
  });

  test("what others overtook does not keep a bind from sending", () => {
    const window = new Window(64);
    const outstanding = new Outstanding(64);
    outstanding.silent();
    const lost = window.open(0, 0, 0, 0);
    const answered = window.open(0, 1, 0, 0);
    expect([lost, outstanding.room(window)]).toEqual([1, 0]);
    const place = window.find(answered);
    window.order.answered(window.turns[place]!, 1);
    window.close(place);
    expect(outstanding.room(window)).toBe(2);
  });
});

describe("an answer that others overtook", () => {
  test("is lost after three deadlines; where that was so once and the order is kept, after one", () => {
    const order = new Order();
    const lost = order.turn(0);
    order.answered(order.turn(1), 5);
    expect([
      order.isLost(lost, 3 * DEADLINE_MS - 1, DEADLINE_MS),
      order.isLost(lost, 3 * DEADLINE_MS, DEADLINE_MS),
    ]).toEqual([false, true]);
    order.lost();
    const next = order.turn(0);
    expect(order.isLost(next, 100 * DEADLINE_MS, DEADLINE_MS)).toBe(false);
    order.answered(order.turn(1), 5);
    expect(order.isLost(next, DEADLINE_MS, DEADLINE_MS)).toBe(true);
    order.strayed();
    expect(order.isLost(next, DEADLINE_MS, DEADLINE_MS)).toBe(false);
  });

  test("is never taken for lost at a carrier that takes them in any order, and each takes its time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 64 }),
        fc.integer({ min: 20, max: 400 }),
        fc.integer(),
        (width, serviceMs, seed) => {
          let state = seed >>> 0 || 1;
          const random = () => {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
            return state / 2 ** 32;
          };
          const order = new Order();
          const flight: { turn: number; sentAtMs: number }[] = [];
          let early = 0;
          for (let count = 0, nowMs = 0; count < 5_000; count++, nowMs += serviceMs) {
            while (flight.length < width) flight.push({ turn: order.turn(flight.length), sentAtMs: nowMs });
            // While nothing was learnt yet, the longest wait tells nothing.
            if (count > width * 10) {
              early += flight.filter(({ turn, sentAtMs }) => order.isLost(turn, nowMs - sentAtMs, DEADLINE_MS)).length;
            }
            const [{ turn, sentAtMs }] = flight.splice(Math.floor(random() * width), 1) as [(typeof flight)[number]];
            order.answered(turn, nowMs - sentAtMs);
          }
          expect(early).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });
});
