/** A wave, with its queue and its routes, and its naive model, taken together through random courses. */
import fc from "fast-check";
import { expect } from "vitest";
import { countedParts } from "../../../../engine/dispatch/ledger/wave-record.js";
import { Carriers } from "../../../../engine/dispatch/plan/carriers.js";
import { NOBODY, REFUSED } from "../../../../engine/dispatch/plan/routes.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { GAUGE, NOT_SENT, NOT_SENT_REASON, RECEIPT_STATE } from "../../../../schemas/link.js";
import { segmentsIn } from "../../../../schemas/text-numbers.js";
import { POSSIBLE_DUPLICATE, RECIPIENT_STATES, STATE_MASK } from "../../../../schemas/words.js";
import { carrierPort, rosterOf, waveRecord } from "../bare-fixtures.js";
import { type ModelCarrier, partsOf, WaveModel } from "./wave-model.js";

export const ANSWERS = [
  ["acknowledged", 0],
  ["acknowledged", 0],
  ["acknowledged", 0],
  ["temporary", 0x14],
  ["trouble", 0x08],
  ["trouble", 0x45],
  ["trouble", 0x480],
  ["refusal", 0x0b],
  ["refusal", 0x33],
  ["never", NOT_SENT + NOT_SENT_REASON.switchedOff],
  ["unknown", 0],
  ["unknown", 0],
] as const;

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("grant" as const), n: fc.nat(), most: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant("answer" as const), n: fc.nat(), answer: fc.constantFrom(...ANSWERS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("released" as const),
      n: fc.nat(),
      most: fc.integer({ min: 1, max: 4 }),
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant("bind" as const), n: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(900, 1_100, 31_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reroute" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("nobody" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resend" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const TEXTS = ["a", "b", "c"] as const;
const carrier = fc.record({
  routes: fc.subarray(["31", "316", "49", "4"], { maxLength: 2 }),
  /** By text. */
  parts: fc.tuple(...TEXTS.map(() => fc.integer({ min: 1, max: 3 }))),
});
const recipient = fc.tuple(
  fc.constantFrom("31201234567", "31612345678", "4930123456", "43123456789", "32123456789"),
  fc.nat({ max: TEXTS.length - 1 }),
);
export const scenario = fc.record({
  /** Number and, where there are several, text of each. */
  recipients: fc.array(recipient, { minLength: 1, maxLength: 12 }),
  hasSeveralTexts: fc.boolean(),
  carriers: fc.array(carrier, { minLength: 1, maxLength: 3 }),
  holds: fc.boolean(),
  steps: fc.array(step, { maxLength: 150 }),
  stopAt: fc.option(fc.nat({ max: 200 })),
  stopState: fc.constantFrom("stopped" as const, "expired" as const),
});
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const isClosed = ({ id }: { id: number }): boolean => id === NOBODY || id === REFUSED;

/** A wave and its model, side by side; each method does the same to both. */
export class Pair {
  readonly wave: LiveWave;
  readonly model: WaveModel;
  readonly carriers: Carriers;
  /** What the accounts would have as exposed, from what the wave says was concluded. */
  exposed = 0;
  nowMs = 0;
  /** Segments that a carrier gave a message_id for: what receipts can be about. */
  readonly identified: [number, number, ModelCarrier][] = [];

  constructor({ recipients, hasSeveralTexts, carriers, holds }: Scenario) {
    const count = recipients.length;
    const numbers = recipients.map(([number]) => number);
    const texts = recipients.map(([, text]) => (hasSeveralTexts ? text : 0));
    const named = carriers.map((each, i) => ({ ...each, name: `carrier ${i}`, bound: true }));
    const most = TEXTS.map((_, text) => Math.max(...named.map(({ parts }) => parts[text]!)));
    const shares = TEXTS.map((_, text) => ({
      recipients: texts.filter((each) => each === text).length,
      segments: most[text]!,
    }));
    const record = hasSeveralTexts
      ? { texts: TEXTS, segments: Math.max(...most), shares }
      : { texts: TEXTS.slice(0, 1), segments: most[0]! };
    const textNumbers = hasSeveralTexts ? new Uint8Array(new SharedArrayBuffer(count)) : undefined;
    textNumbers?.set(texts);
    const column = new Float64Array(1_000 + count);
    // One of them has switched SMS off since; that makes no difference to who serves the number.
    numbers.forEach((number, i) => {
      column[1_000 + i] = i === 1 ? -Number(number) : Number(number);
    });
    this.model = new WaveModel(numbers, texts, named, holds);
    const onUnknown = holds ? "hold" : "resend";
    this.wave = new LiveWave(waveRecord({ count, ...record, onUnknown }), 0, rosterOf(count), textNumbers);
    this.carriers = new Carriers(
      named.map(({ name, parts, routes }) =>
        carrierPort(name, 1, { parts: (text) => parts[TEXTS.indexOf(text as "a")]!, routes }),
      ),
      column,
    );
    for (const account of this.carriers.accounts) {
      account.port.gauges[GAUGE.bound] = 1;
      account.open(this.wave);
    }
    this.reroute();
  }

  reroute(): void {
    this.carriers.change();
    this.wave.route(this.carriers.routerOf(this.wave), this.nowMs);
    // A few at a time; what was classified is in its lane, the rest follows.
    while (!this.wave.queue.isClassified) this.wave.queue.classify(3);
    this.model.endPauses();
    this.#renew();
  }

  /** Those that were granted before the wave was routed anew are no longer told from those that were tried. */
  #renew(): void {
    this.model.recipients.slice(0, this.wave.queue.cursor).forEach((recipient) => {
      if (recipient.place === "fresh") recipient.place = "again";
    });
  }

  /** A grant from one of the lanes to one of its carriers; null if no lane has anything for anyone. */
  grant(n: number, most: number): boolean {
    const lanes = [...this.wave.queue.lanes].filter((lane) => !isClosed(lane) && this.wave.queue.next(lane) >= 0);
    if (lanes.length === 0) return false;
    const lane = lanes[n % lanes.length]!;
    const { first, reserve, soft } = this.carriers.routesOf(this.wave).at(lane.id);
    const able = this.model.carriers.filter((_, place) => ((first | reserve) >>> place) & 1);
    const carrier = able[n % able.length]!;
    const due = this.model.lanes().get(`${this.#names(first)} then ${soft ? "also " : ""}${this.#names(reserve)}`);
    const queue = [...(due?.again ?? []), ...(due?.fresh ?? [])];
    expect(this.wave.queue.next(lane)).toBe(queue[0]);
    const run = this.wave.queue.take(lane, most);
    if (run === null) throw new Error("the lane has something");
    expect(run.count).toBeGreaterThan(0);
    expect(run.count).toBeLessThanOrEqual(most);
    for (let i = 0; i < run.count; i++) {
      // What was tried before goes first, and within that the nearest.
      expect(run.from + i).toBe(queue[i]);
      this.model.grant(run.from + i, run.resend, carrier);
    }
    this.wave.intend(run, 1, carrier.parts, this.#hash(carrier));
    this.exposed += segmentsIn(this.wave.textNumbers, carrier.parts, run.from, run.count);
    return true;
  }

  #names(set: number): string {
    return this.model.carriers.flatMap(({ name }, place) => ((set >>> place) & 1 ? [name] : [])).join();
  }

  #hash({ name }: ModelCarrier): number {
    return this.carriers.accounts.find(({ port }) => port.name === name)!.hash;
  }

  answer(position: number, segment: number, [answer, status]: (typeof ANSWERS)[number]): void {
    const recipient = this.model.recipients[position]!;
    const carrier = recipient.carrier!;
    const hash = this.#hash(carrier);
    const concluded =
      answer === "unknown"
        ? this.wave.unknown(position, segment, hash)
        : this.wave.outcome(position, segment, status, hash);
    if (concluded) this.exposed -= partsOf(recipient);
    if (answer === "acknowledged") this.identified.push([position, segment, carrier]);
    this.model.answer(position, segment, answer, status);
  }

  /** In-flight segments, in the order of positions. */
  awaited(): [number, number][] {
    return this.model.recipients.flatMap(({ awaited }, position) =>
      [...awaited].map((segment): [number, number] => [position, segment]),
    );
  }

  step(step: Step): void {
    if (step.do === "grant") this.grant(step.n, step.most);
    else if (step.do === "receipt") this.receipt(step.n, step.state);
    else if (step.do === "released") this.release(step.n, step.most);
    else if (step.do === "stray") this.stray(step.n);
    else if (step.do === "bind") this.bind(step.n);
    else if (step.do === "wait") this.wait(step.ms);
    else if (step.do === "nobody") this.concludeNobody();
    else if (step.do === "reroute") this.reroute();
    else if (step.do === "resend") this.resend();
    else {
      const awaited = this.awaited();
      if (awaited.length === 0) return;
      const [position, segment] = awaited[step.n % awaited.length]!;
      this.answer(position, segment, step.answer);
    }
  }

  receipt(n: number, state: number): void {
    if (this.identified.length === 0) return;
    const [position, segment, carrier] = this.identified[n % this.identified.length]!;
    this.wave.receipt(position, segment, state, this.#hash(carrier));
    this.model.receipt(position, segment, state, carrier);
  }

  bind(n: number): void {
    const place = n % this.model.carriers.length;
    const carrier = this.model.carriers[place]!;
    carrier.bound = !carrier.bound;
    this.carriers.accounts[place]!.port.gauges[GAUGE.bound] = carrier.bound ? 1 : 0;
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.wave.queue.tick(this.nowMs);
    expect(this.model.tick(this.nowMs, this.#ready())).toBe(true);
  }

  /** Who is in a lane of those that go again. */
  #ready(): Set<number> {
    const ready = new Set<number>();
    for (const { again } of this.wave.queue.lanes) {
      const positions: number[] = [];
      for (let position = again.pop(); position >= 0; position = again.pop()) positions.push(position);
      for (const position of positions) {
        ready.add(position);
        again.push(position);
      }
    }
    return ready;
  }

  /** Those that each carrier has refused, and those that none serves, as in a wave of no action. */
  concludeNobody(): void {
    this.#conclude(REFUSED, "refused");
    expect(this.wave.queue.unserved).toBeGreaterThanOrEqual(this.#inModel(" then ").length);
    this.#conclude(NOBODY, " then ");
  }

  #inModel(lane: string): number[] {
    const there = this.model.lanes().get(lane);
    return [...(there?.again ?? []), ...(there?.fresh ?? [])];
  }

  #conclude(routeClass: number, inModel: string): void {
    const lane = this.wave.queue.lane(routeClass);
    const expected = this.#inModel(inModel);
    const taken: number[] = [];
    for (let run = lane && this.wave.queue.take(lane, 2); run; run = lane && this.wave.queue.take(lane, 2)) {
      this.wave.refused(run.from, run.count, NOT_SENT_REASON.noRoute);
      for (let i = 0; i < run.count; i++) taken.push(run.from + i);
    }
    expect(taken).toEqual(expected);
    for (const position of taken) this.model.refuse(position, NOT_SENT + NOT_SENT_REASON.noRoute);
  }

  /** An operator's word: it goes to exactly those who are unknown and would stay so. */
  resend(): void {
    const runs = this.wave.stoppedAtMs === null ? [...this.wave.unknownRuns()] : [];
    const positions = runs.flatMap(([from, count]) => Array.from({ length: count }, (_, i) => from + i));
    expect(positions).toEqual(this.model.resend());
    for (const [from, count] of runs) this.wave.resend(from, count);
  }

  /** Gives back a run of positions of which nothing was written. */
  release(n: number, most: number): void {
    const { recipients } = this.model;
    const whole = (position: number): boolean => {
      const recipient = recipients[position];
      return recipient?.state === "intended" && recipient.awaited.size === partsOf(recipient);
    };
    const first = recipients.flatMap((_, position) => (whole(position) ? [position] : []));
    if (first.length === 0) return;
    const from = first[n % first.length]!;
    const { carrier } = recipients[from]!;
    let count = 0;
    while (count < most && whole(from + count) && recipients[from + count]!.carrier === carrier) count++;
    this.exposed -= this.wave.released(from, count);
    for (let i = 0; i < count; i++) this.model.release(from + i);
  }

  /** An answer that nobody waits for any more must change nothing. */
  stray(n: number): void {
    const position = n % this.model.recipients.length;
    if (this.model.recipients[position]!.awaited.size > 0) return;
    expect(this.wave.outcome(position, 0, 0, 1)).toBe(false);
    expect(this.wave.unknown(position, 0, 1)).toBe(false);
    expect(this.wave.released(position, 1)).toBe(0);
  }

  check(): void {
    const { wave, model } = this;
    const states = [...wave.states].map((state) => RECIPIENT_STATES[state & STATE_MASK]);
    expect(states).toEqual(model.recipients.map(({ state }) => state));
    const flagged = [...wave.states].map((state) => (state & POSSIBLE_DUPLICATE) !== 0);
    expect(flagged).toEqual(model.recipients.map((recipient) => recipient.flagged));
    expect([...wave.counts]).toEqual(model.counts());
    expect(new Map(wave.reasons)).toEqual(model.reasons);
    const copies = [...wave.states].map((_, position) => wave.trials.copies(position));
    expect(copies).toEqual(model.recipients.map((recipient) => recipient.copies));
    expect(wave.counts.reduce((sum, count) => sum + count, 0)).toBe(wave.record.count);
    expect(wave.possibleDuplicates).toBe(flagged.filter(Boolean).length);
    expect(this.exposed).toBe(model.exposed);
    const open = model.recipients.filter(({ state, place }) => state === "intended" || place !== null);
    const openSegments = open.reduce((sum, { text }) => sum + countedParts(wave.record, text), 0);
    expect(wave.openSegments).toBe(openSegments);
    expect(wave.hasWork).toBe(model.recipients.some(({ place }) => place !== null));
    // Nobody is lost: whoever is neither concluded nor in flight is in the queue, or waits for a moment.
    for (const { state, place } of model.recipients) if (state === "pending") expect(place).not.toBe(null);
  }
}
