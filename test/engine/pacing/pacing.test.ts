/** How many are asked follows what the desk can deal with; danger to life, silence and what asks nobody are never slowed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { askingMs, mayAsk, Response, stillWaiting } from "../../../engine/pacing/pace.js";
import { Pacing } from "../../../engine/pacing/pacing.js";
import { play, SITUATIONS } from "../../../loadtest/desk/callers.js";
import { DESK } from "../../../schemas/limits.js";
import { RECIPIENT_STATES, STATE, type WaveKind } from "../../../schemas/words.js";
import { seeded } from "../../random.js";

const rate = fc.double({ min: 0, max: DESK.answersPerMinute, noNaN: true });
const count = fc.integer({ min: 0, max: 100_000 });

describe("the pace", () => {
  test("is never more for a fuller desk, and never less than the least", () => {
    fc.assert(
      fc.property(
        rate,
        count,
        count,
        fc.integer({ min: 1, max: 1_000 }),
        (answersPerMinute, waiting, expected, more) => {
          const desk = { answersPerMinute, waiting, expected };
          const now = mayAsk(desk, 0.01, 2, 1_000);
          expect(now).toBeGreaterThanOrEqual(DESK.leastPerMinute / 60);
          expect(mayAsk({ ...desk, waiting: waiting + more }, 0.01, 2, 1_000)).toBeLessThanOrEqual(now);
          expect(mayAsk({ ...desk, expected: expected + more }, 0.01, 2, 1_000)).toBeLessThanOrEqual(now);
          expect(mayAsk({ ...desk, answersPerMinute: answersPerMinute + more }, 0.01, 2, 1_000)).toBeGreaterThanOrEqual(
            now,
          );
        },
      ),
    );
  });

  test("holds what has been asked at any times in one number, as each by itself would have it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 60_000 })), { maxLength: 30 }),
        (steps) => {
          const response = new Response();
          let [asked, nowMs] = [0, 0];
          const each: [number, number][] = [];
          for (const [more, passedMs] of steps) {
            nowMs += passedMs;
            asked += more;
            each.push([more, nowMs]);
            response.note(more, 0, passedMs);
          }
          const fresh = each.reduce((sum, [more, atMs]) => sum + more * Math.exp(-(nowMs - atMs) / DESK.reactMs), 0);
          const perPerson = (DESK.reactionsPerPerson * DESK.priorPersons) / (DESK.priorPersons + asked - fresh);
          expect(response.perPerson).toBeCloseTo(perPerson, 9);
          expect(response.expected).toBeCloseTo(fresh * perPerson, 6);
        },
      ),
    );
  });

  test("takes as long as is forecast, second for second", () => {
    const answers = fc.integer({ min: 1, max: 40 });
    const persons = fc.integer({ min: 500, max: 60_000 });
    fc.assert(
      fc.property(answers, persons, fc.integer({ min: 0, max: 50 }), (answersPerMinute, all, waiting) => {
        let [left, fresh, seconds] = [all, 0, 0];
        for (; left > 0; seconds++) {
          const desk = { answersPerMinute, waiting, expected: fresh * DESK.reactionsPerPerson };
          const asked = Math.min(left, mayAsk(desk, DESK.reactionsPerPerson, 1, 1_000));
          fresh = fresh * Math.exp(-1_000 / DESK.reactMs) + asked;
          left -= asked;
        }
        const forecastMs = askingMs({ answersPerMinute, waiting, expected: 0 }, 1, all);
        expect(Math.abs(seconds * 1_000 - forecastMs)).toBeLessThan(2_000 + forecastMs / 20);
      }),
      { numRuns: 50 },
    );
  });

  test("of who waits goes on where nobody says it", () => {
    expect(stillWaiting(10, 5, 6, 60_000)).toBe(9);
    expect(stillWaiting(1, 0, 60, 60_000)).toBe(0);
  });
});

/** A wave as far as pacing looks at it, and what leaves of it. */
interface Fake extends Pick<LiveWave, "isExtreme" | "left" | "hasWork"> {
  readonly record: { readonly actionId: string; readonly kind: WaveKind; readonly count: number };
  readonly counts: number[];
  readonly queue: { allowed: number };
  go(): number;
}

function wave(actionId: string, people: number, kind: WaveKind = "first", isExtreme = false): Fake {
  const counts = new Array<number>(RECIPIENT_STATES.length).fill(0);
  const made: Fake = {
    ...{ record: { actionId, kind, count: people }, isExtreme, counts },
    queue: { allowed: Number.POSITIVE_INFINITY },
    get left() {
      return people - counts[STATE.acknowledged]!;
    },
    get hasWork() {
      return made.left > 0;
    },
    /** All that is allowed leaves. */
    go(): number {
      const going = Math.min(made.left, made.queue.allowed);
      counts[STATE.acknowledged]! += going;
      made.queue.allowed -= going;
      return going;
    },
  };
  return made;
}

function paced(waves: ReturnType<typeof wave>[]) {
  const rig = { nowMs: 1_000, reactions: 0 };
  const clock = { now: () => rig.nowMs, steadyMs: () => rig.nowMs };
  const parts = { clock, waves: () => waves as unknown as LiveWave[], reactions: () => rig.reactions };
  return { rig, pacing: new Pacing(parts) };
}

describe("waves", () => {
  test("are slowed while the desk says that it is full, and go on as before once it is silent", () => {
    const one = wave("a", 50_000);
    const { rig, pacing } = paced([one]);
    pacing.tick();
    expect(one.queue.allowed).toBe(Number.POSITIVE_INFINITY);
    pacing.report({ answersPerMinute: 4, waiting: 100 });
    expect(one.queue.allowed).toBe(1);
    expect(pacing.show()).toMatchObject({
      waiting: 100,
      answersPerMinute: 4,
      paced: [{ action: "a", mayAskNow: 1, left: 50_000 }],
    });
    rig.nowMs += DESK.validMs - 1;
    pacing.tick();
    expect(one.queue.allowed).toBeLessThan(1_000);
    rig.nowMs += 1;
    pacing.tick();
    expect(one.queue.allowed).toBe(Number.POSITIVE_INFINITY);
    expect(pacing.show()).toMatchObject({ waiting: null, answersPerMinute: null, paced: [] });
  });

  test("in danger to life, updates and thank-yous are not, and the first of an action is before anything of it leaves", () => {
    const waves = [wave("a", 9_000, "first", true), wave("b", 9_000, "update"), wave("c", 9_000, "ending")];
    const { pacing } = paced(waves);
    pacing.report({ answersPerMinute: 1, waiting: 500 });
    for (const one of waves) expect(one.queue.allowed).toBe(Number.POSITIVE_INFINITY);
    const opened = wave("d", 9_000);
    waves.push(opened);
    pacing.opened(opened as unknown as LiveWave);
    expect(opened.queue.allowed).toBe(1);
  });

  test("ask so many that what still comes fits, and more as it does; where more people react fewer are asked", () => {
    const asked = (reactionsPerPerson: number): number => {
      const one = wave("a", 1_000_000);
      const { rig, pacing } = paced([one]);
      let sum = 0;
      for (let second = 0; second < 600; second++) {
        if (second % 60 === 0) pacing.report({ answersPerMinute: 6, waiting: 0 });
        else pacing.tick();
        sum += one.go();
        rig.reactions = Math.round(sum * reactionsPerPerson * (1 - Math.exp(-second / 150)));
        rig.nowMs += 1_000;
      }
      return sum;
    };
    const [few, many] = [asked(0.001), asked(0.02)];
    expect(few).toBeGreaterThan(4 * many);
    // Ten minutes of six a minute, what is still to come of the last, and those of the first, when nothing was known of how many react.
    const dealtWith = (minutes: number): number => 6 * (minutes + (DESK.reactMs + DESK.waitMs) / 60_000);
    expect(many * 0.02).toBeLessThan(dealtWith(10) + (dealtWith(0) / DESK.reactionsPerPerson) * 0.02);
  });

  test("share the desk, and where it does not say who waits that is what came and was not answered", () => {
    const waves = [wave("a", 50_000), wave("b", 50_000)];
    const alone = paced([wave("a", 50_000)]);
    const { rig, pacing } = paced(waves);
    pacing.report({ answersPerMinute: 6 });
    alone.pacing.report({ answersPerMinute: 6 });
    expect(pacing.show().paced.map(({ mayAskNow }) => mayAskNow)).toEqual(
      Array(2).fill(Math.floor(alone.pacing.show().paced[0]!.mayAskNow / 2)),
    );
    rig.reactions = 30;
    rig.nowMs += 60_000;
    pacing.tick();
    // Thirty for each of the two, less six.
    expect(pacing.show().waiting).toBe(54);
    for (const one of waves) expect(one.queue.allowed).toBe(60);
  });
});

test("what a wave has asked that is done since counts on, and what came before is nobody who waits", () => {
  const first = wave("a", 20_000);
  const waves = [first];
  const { rig, pacing } = paced(waves);
  first.counts[STATE.acknowledged] = 20_000;
  pacing.tick();
  const { expected } = pacing.show();
  rig.nowMs += 1_000;
  rig.reactions = 40;
  // Its receipts are all there, and who has come into the area since is asked.
  waves.splice(0, 1, wave("a", 50, "arrivals"));
  pacing.tick();
  expect(pacing.show().expected).toBeGreaterThan(expected / 2);
  pacing.report({ answersPerMinute: 600 });
  expect(waves[0]!.queue.allowed).toBeGreaterThan(1_000);
  // Another action that has had its reactions long ago asks again.
  waves.push(wave("b", 50, "arrivals"));
  rig.nowMs += 1_000;
  pacing.tick();
  expect(pacing.show().waiting).toBe(0);
});

test("of simulated callers far fewer give up where a desk of a few is paced, and no fewer actions have a useful tip", () => {
  const [, child] = SITUATIONS;
  const of = (isPaced: boolean) => {
    const told = Array.from({ length: 60 }, (_, run) => play(child!, isPaced, seeded(run)));
    const callers = told.reduce((sum, one) => sum + one.callers, 0);
    return {
      gaveUp: told.reduce((sum, one) => sum + one.gaveUp, 0) / callers,
      tips: told.filter(({ tipAtMs }) => tipAtMs !== undefined).length,
      asked: told.reduce((sum, one) => sum + one.asked, 0),
    };
  };
  const [all, paced] = [of(false), of(true)];
  expect(paced.asked).toBe(all.asked);
  expect(paced.gaveUp).toBeLessThan(all.gaveUp / 2);
  expect(paced.tips).toBeGreaterThanOrEqual(all.tips);
});
