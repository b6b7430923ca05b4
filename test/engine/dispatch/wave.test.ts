/** LiveWave against a naive model, over random courses of small waves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveWave } from "../../../engine/dispatch/wave.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { RECEIPT_STATE, RELEASE_REASON } from "../../../schemas/link.js";
import { POSSIBLE_DUPLICATE, RECIPIENT_STATES, STATE, STATE_MASK } from "../../../schemas/words.js";
import { rosterOf, waveRecord } from "./fixtures.js";
import { WaveModel } from "./wave-model.js";

const STATUSES = [0, 0, 0, 0x08, 0x45, 0x0b, 0x33];

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("grant" as const), n: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant("outcome" as const), n: fc.nat(), status: fc.constantFrom(...STATUSES) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("unknown" as const), n: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("released" as const),
      n: fc.nat(),
      most: fc.integer({ min: 1, max: 4 }),
      reason: fc.constantFrom(...Object.values(RELEASE_REASON)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("receipt" as const),
      n: fc.nat(),
      state: fc.constantFrom(...Object.values(RECEIPT_STATE), RECEIPT_STATE.delivered),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stray" as const), n: fc.nat() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A wave and its model, side by side; each method does the same to both. */
class Pair {
  readonly wave: LiveWave;
  readonly model: WaveModel;
  /** What an account would have as exposed, from what the wave says was concluded. */
  exposed = 0;
  /** Segments that a carrier gave a message_id for: what receipts can be about. */
  readonly identified: [number, number][] = [];

  constructor(
    count: number,
    readonly segments: number,
  ) {
    this.wave = new LiveWave(waveRecord({ count, segments }), 0, rosterOf(count));
    this.model = new WaveModel(count, segments);
  }

  grant(limit: number): boolean {
    const run = this.wave.take(limit);
    const queue = this.model.queue();
    // What was tried before goes first, and within that the nearest.
    expect(run === null).toBe(queue.length === 0);
    if (run === null) return false;
    expect(run.count).toBeGreaterThan(0);
    expect(run.count).toBeLessThanOrEqual(limit);
    for (let i = 0; i < run.count; i++) {
      expect(run.from + i).toBe(queue[i]);
      this.model.grant(run.from + i, run.resend);
    }
    this.wave.intend(run.from, run.count, run.resend, 1);
    this.exposed += run.count * this.segments;
    return true;
  }

  answer(position: number, segment: number, status: number | "unknown"): void {
    const concluded =
      status === "unknown" ? this.wave.unknown(position, segment) : this.wave.outcome(position, segment, status);
    if (concluded) this.exposed -= this.segments;
    if (status === 0 && this.model.recipients[position].awaited.has(segment)) this.identified.push([position, segment]);
    this.model.answer(position, segment, status);
  }

  /** In-flight segments, in the order of positions. */
  awaited(): [number, number][] {
    return this.model.recipients.flatMap(({ awaited }, position) =>
      [...awaited].map((segment): [number, number] => [position, segment]),
    );
  }

  step(step: Step): void {
    if (step.do === "grant") this.grant(step.n);
    else if (step.do === "receipt") {
      if (this.identified.length === 0) return;
      const [position, segment] = this.identified[step.n % this.identified.length];
      this.wave.receipt(position, segment, step.state);
      this.model.receipt(position, segment, step.state);
    } else if (step.do === "released") this.release(step.n, step.most, step.reason);
    else if (step.do === "stray") this.stray(step.n);
    else {
      const awaited = this.awaited();
      if (awaited.length === 0) return;
      const [position, segment] = awaited[step.n % awaited.length];
      this.answer(position, segment, step.do === "unknown" ? "unknown" : step.status);
    }
  }

  /** Gives back a run of positions of which nothing was written. */
  release(n: number, most: number, reason: number): void {
    const whole = (position: number): boolean => this.model.recipients[position]?.awaited.size === this.segments;
    const first = this.model.recipients.flatMap((_, position) => (whole(position) ? [position] : []));
    if (first.length === 0) return;
    const from = first[n % first.length];
    let count = 0;
    while (count < most && whole(from + count)) count++;
    this.exposed -= this.wave.released(from, count, reason) * this.segments;
    for (let i = 0; i < count; i++) this.model.release(from + i, reason);
  }

  /** An answer that nobody waits for any more must change nothing. */
  stray(n: number): void {
    const position = n % this.model.recipients.length;
    if (this.model.recipients[position].awaited.size > 0) return;
    expect(this.wave.outcome(position, n % this.segments, 0)).toBe(false);
    expect(this.wave.unknown(position, n % this.segments)).toBe(false);
    expect(this.wave.released(position, 1, RELEASE_REASON.unbound)).toBe(0);
  }

  check(): void {
    const { wave, model } = this;
    const states = [...wave.states].map((state) => RECIPIENT_STATES[state & STATE_MASK]);
    expect(states).toEqual(model.recipients.map(({ state }) => state));
    const flagged = [...wave.states].map((state) => (state & POSSIBLE_DUPLICATE) !== 0);
    expect(flagged).toEqual(model.recipients.map((recipient) => recipient.flagged));
    expect([...wave.counts]).toEqual(model.counts());
    expect(wave.counts.reduce((sum, count) => sum + count, 0)).toBe(wave.record.count);
    expect(wave.possibleDuplicates).toBe(flagged.filter(Boolean).length);
    expect(this.exposed).toBe(model.exposed);
    expect(wave.inFlight * this.segments).toBe(model.exposed);
    // Nobody is lost: whoever is neither concluded nor in flight is in the queue.
    for (const { state, queued } of model.recipients) if (state === "pending") expect(queued).toBe(true);
  }
}

const course = fc.record({
  count: fc.integer({ min: 1, max: 12 }),
  segments: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(step, { maxLength: 150 }),
  stopAt: fc.option(fc.nat({ max: 200 })),
  stopState: fc.constantFrom("stopped" as const, "expired" as const),
});

function run({
  count,
  segments,
  steps,
  stopAt,
  stopState,
}: typeof course extends fc.Arbitrary<infer T> ? T : never): Pair {
  const pair = new Pair(count, segments);
  for (const [i, each] of steps.entries()) {
    if (i === stopAt) {
      pair.wave.stop(5, STATE[stopState]);
      pair.model.stop(stopState);
    }
    pair.step(each);
    pair.check();
  }
  return pair;
}

describe("a live wave", () => {
  it("does what the model does, and nobody is lost, granted twice at a time or counted twice", () => {
    fc.assert(
      fc.property(course, (each) => void run(each)),
      { numRuns: 1_500 },
    );
  });

  it("concludes everyone once the carriers take everything", () => {
    fc.assert(
      fc.property(course, (each) => {
        const pair = run(each);
        for (let round = 0; !pair.wave.isSent; round++) {
          expect(round).toBeLessThan(100);
          while (pair.grant(4));
          for (const [position, segment] of pair.awaited()) pair.answer(position, segment, 0);
          // Everything that is left in the queue was settled by a receipt, or has been concluded now.
          pair.check();
        }
        expect(pair.exposed).toBe(0);
        expect(pair.wave.counts[STATE.pending] + pair.wave.counts[STATE.intended]).toBe(0);
        expect(pair.wave.finish(7)).toBe(true);
        expect(pair.wave.finish(8)).toBe(false);
        expect(pair.wave.acknowledgedAtMs).toBe(7);
      }),
      { numRuns: 500 },
    );
  });

  it("sends again what was in flight when it resumes, flagged, and loses nobody", () => {
    fc.assert(
      fc.property(course, (each) => {
        const { wave, model } = run(each);
        const inFlight = model.recipients.flatMap(({ state }, position) => (state === "intended" ? [position] : []));
        const done = [...wave.states];
        expect(wave.resume()).toBe(inFlight.length);
        for (const position of inFlight) expect(wave.states[position]).toBe(interrupted(model, position));
        const granted = new Set<number>();
        for (let taken = wave.take(3); taken; taken = wave.take(3)) {
          for (let i = 0; i < taken.count; i++) granted.add(taken.from + i);
          wave.intend(taken.from, taken.count, taken.resend, 9);
        }
        const lost = inFlight.filter(
          (position) => interrupted(model, position) === (STATE.unknown | POSSIBLE_DUPLICATE),
        );
        if (!model.stopped) for (const position of lost) expect(granted).toContain(position);
        for (const [position, state] of done.entries()) {
          if ((state & STATE_MASK) === STATE.pending) expect(granted).toContain(position);
          if ((state & STATE_MASK) > STATE.unknown) expect(granted).not.toContain(position);
        }
        if (model.stopped) expect(granted.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  /** What receipts make of one that was under way at a kill: delivered is certain, a failure only if nothing follows it. */
  function interrupted(model: WaveModel, position: number): number {
    const { delivered, receiptFailed, receiptExpired, attempts } = model.recipients[position];
    if (delivered.size === model.segments) return STATE.delivered | POSSIBLE_DUPLICATE;
    const isLast = model.stopped || attempts >= DISPATCH.attempts;
    if (isLast && receiptFailed) return STATE.failed | POSSIBLE_DUPLICATE;
    return (isLast && receiptExpired ? STATE.expired : STATE.unknown) | POSSIBLE_DUPLICATE;
  }

  it("goes before others when it is time-critical, and before a larger one", () => {
    const rank = (count: number, timeCritical: boolean): number =>
      new LiveWave(waveRecord({ count, timeCritical }), 0, rosterOf(count)).rank;
    expect(rank(10, true)).toBeLessThan(rank(1_000, true));
    expect(rank(1_000, true)).toBeLessThan(rank(1, false));
    expect(rank(1, false)).toBeLessThan(rank(2, false));
  });
});
