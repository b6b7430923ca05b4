/** LiveWave, its queue and its routes against a naive model, over random courses of small waves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { RECEIPT_STATE } from "../../../../schemas/link.js";
import { type Domain, POSSIBLE_DUPLICATE, STATE, STATE_MASK } from "../../../../schemas/words.js";
import { rosterOf, waveRecord } from "../bare-fixtures.js";
import { takeAny } from "../fixtures.js";
import { ANSWERS, Pair, type Scenario, scenario } from "./wave-pair.js";

function run(scenario: Scenario): Pair {
  const pair = new Pair(scenario);
  pair.check();
  for (const [i, each] of scenario.steps.entries()) {
    if (i === scenario.stopAt) {
      pair.wave.stop(5, STATE[scenario.stopState]);
      pair.model.stop(scenario.stopState);
    }
    pair.step(each);
    pair.check();
  }
  return pair;
}

describe("a live wave", () => {
  it("does what the model does, and nobody is lost, granted twice at a time or counted twice", () => {
    fc.assert(
      fc.property(scenario, (each) => void run(each)),
      { numRuns: 1_000 },
    );
  });

  it("concludes everyone once the carriers take everything", () => {
    fc.assert(
      fc.property(scenario, (each) => {
        const pair = run(each);
        for (let round = 0; !pair.wave.isSent; round++) {
          expect(round).toBeLessThan(100);
          pair.wait(200_000);
          pair.concludeNobody();
          while (pair.grant(round, 4));
          for (const [position, segment] of pair.awaited()) pair.answer(position, segment, ["acknowledged", 0]);
          // Everything that is left in the queue was settled by a receipt, or has been concluded now.
          pair.check();
        }
        expect(pair.exposed).toBe(0);
        expect(pair.wave.counts[STATE.pending]! + pair.wave.counts[STATE.intended]!).toBe(0);
        expect(pair.wave.finish(7)).toBe(true);
        expect(pair.wave.finish(8)).toBe(false);
        expect(pair.wave.acknowledgedAtMs).toBe(7);
      }),
      { numRuns: 300 },
    );
  });

  it("is sent in the end whatever the carriers say, and each of them refuses a recipient once at most", () => {
    fc.assert(
      fc.property(
        scenario,
        fc.array(fc.constantFrom(...ANSWERS.slice(3)), { minLength: 1, maxLength: 9 }),
        (each, said) => {
          const pair = run({ ...each, stopAt: null });
          let answers = 0;
          for (let round = 0; !pair.wave.isSent; round++) {
            expect(round).toBeLessThan(100);
            pair.wait(200_000);
            pair.concludeNobody();
            while (pair.grant(round, 4));
            for (const [position, segment] of pair.awaited())
              pair.answer(position, segment, said[answers++ % said.length]!);
            pair.check();
          }
          expect(pair.exposed).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("after a restart sends again what was in flight, flagged, or holds it, and loses nobody", () => {
    fc.assert(
      fc.property(scenario, (each) => {
        const { wave, model } = run(each);
        const inFlight = model.recipients.flatMap(({ state }, position) => (state === "intended" ? [position] : []));
        const received = (position: number): boolean => model.recipients[position]!.delivered.size > 0;
        const done = [...wave.states];
        expect(wave.resume()).toBe(inFlight.length);
        for (const position of inFlight) {
          const { flagged, receiptFailed, receiptExpired } = model.recipients[position]!;
          if (received(position) || receiptFailed || receiptExpired) continue;
          const flag = flagged || !model.holds ? POSSIBLE_DUPLICATE : 0;
          expect(wave.states[position]).toBe(STATE.unknown | flag);
        }
        wave.queue.classify(wave.record.count);
        const granted = new Set<number>();
        for (let taken = takeAny(wave, 3); taken; taken = takeAny(wave, 3)) {
          for (let i = 0; i < taken.count; i++) granted.add(taken.from + i);
          wave.intend(taken, 9, [1, 1, 1], 1);
        }
        for (const position of inFlight) {
          const resent = !model.stopped && !model.holds && !received(position);
          if (resent && model.recipients[position]!.attempts < 5) expect(granted).toContain(position);
          if (model.holds) expect(granted).not.toContain(position);
        }
        for (const [position, state] of done.entries()) {
          if ((state & STATE_MASK) === STATE.pending) expect(granted).toContain(position);
          if ((state & STATE_MASK) > STATE.unknown) expect(granted).not.toContain(position);
        }
        if (model.stopped) expect(granted.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("counts the receipts of attempts in as many parts together, and of others not at all", () => {
    const { delivered, undeliverable } = RECEIPT_STATE;
    const [two, one, alsoTwo] = [11, 22, 33];
    const wave = new LiveWave(waveRecord({ count: 1, segments: 2 }), 0, rosterOf(1));
    const attempt = (carrier: number, parts: number, last: number | "unknown"): void => {
      wave.intend({ from: 0, count: 1, resend: false }, 1, [parts], carrier);
      for (let segment = 0; segment < parts - 1; segment++) wave.outcome(0, segment, 0, carrier);
      if (last === "unknown") wave.unknown(0, parts - 1, carrier);
      else wave.outcome(0, parts - 1, last, carrier);
    };
    const state = (): number => wave.states[0]! & STATE_MASK;
    attempt(two, 2, "unknown");
    wave.receipt(0, 0, delivered, two);
    attempt(one, 1, 0);
    // The first of two parts came before; that is not the one part that was sent now. Nor does it count when it comes late.
    expect(state()).toBe(STATE.acknowledged);
    wave.receipt(0, 0, delivered, two);
    wave.receipt(0, 1, undeliverable, two);
    expect(state()).toBe(STATE.acknowledged);
    wave.receipt(0, 0, delivered, one);
    expect(state()).toBe(STATE.delivered);

    const again = new LiveWave(waveRecord({ count: 1, segments: 2 }), 0, rosterOf(1));
    again.intend({ from: 0, count: 1, resend: false }, 1, [2], two);
    again.outcome(0, 0, 0, two);
    again.unknown(0, 1, two);
    again.receipt(0, 0, delivered, two);
    again.intend({ from: 0, count: 1, resend: true }, 1, [2], alsoTwo);
    for (const segment of [0, 1]) again.outcome(0, segment, 0, alsoTwo);
    again.receipt(0, 1, delivered, alsoTwo);
    expect(again.states[0]! & STATE_MASK).toBe(STATE.delivered);
  });

  it("goes before others when it is time-critical, or when something has happened, and before a larger one", () => {
    const rank = (count: number, timeCritical: boolean, extreme = false, domain?: Domain): number =>
      new LiveWave(waveRecord({ count, timeCritical, extreme, ...(domain && { domain }) }), 0, rosterOf(count)).rank;
    expect(rank(1_000, true, false, "alarm")).toBe(rank(1_000, true, false, "trace"));
    expect(rank(1_000, true, false, "trace")).toBe(rank(1_000, true));
    expect(rank(1_000, true, false, "trace")).toBeLessThan(rank(1, true, false, "inform"));
    expect(rank(1_000, true, false, "involve")).toBeLessThan(rank(1, false, false, "alarm"));
    expect(rank(1_000, false, false, "alarm")).toBeLessThan(rank(1, false, false, "involve"));
    expect(rank(1_000, false, true, "inform")).toBeLessThan(rank(1, true, false, "alarm"));
    expect(rank(1_000, true, true)).toBeLessThan(rank(1, true));
    expect(rank(1_000, false, true)).toBeLessThan(rank(1, true));
    expect(rank(10, true)).toBeLessThan(rank(1_000, true));
    expect(rank(1_000, true)).toBeLessThan(rank(1, false));
    expect(rank(1, false)).toBeLessThan(rank(2, false));
  });
});
