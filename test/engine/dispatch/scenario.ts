/**
 * A wave's whole course in a time of its own: the ledger's side of dispatch (planner, accounts, live wave) with a carrier's real
 * thread, and a carrier that is a function of the moment at the other end of its wire. Five minutes of retries take as long as the work
 * that they are, and are the same each time. Nothing is stored: a commit takes no time.
 *
 * For a thread of its own only (test/fuzz/world/time.ts takes the place of the clocks).
 */
import { MessageChannel } from "node:worker_threads";
import { applyEvent } from "../../../engine/dispatch/ledger/journal.js";
import { LiveWaves } from "../../../engine/dispatch/ledger/live-waves.js";
import { Carriers } from "../../../engine/dispatch/plan/carriers.js";
import { Planner } from "../../../engine/dispatch/plan/planner.js";
import { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { CarrierThread } from "../../../gateway/smpp/carrier/carrier-thread.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { GAUGE_WORDS, LATENCY_BUCKETS, NOTHING_KNOWN } from "../../../schemas/link.js";
import { RECIPIENT_STATES, type RecipientState, STATE_MASK } from "../../../schemas/words.js";
import { CARRIER } from "../../fuzz/carrier.js";
import { now, step } from "../../fuzz/world/time.js";
import { carrierPort, rosterOf, waveRecord } from "./fixtures.js";
import { type CarrierSettings, ScenarioCarrier } from "./scenario-carrier.js";

export interface Scenario {
  readonly people: number;
  readonly text: string;
  readonly onUnknown: "resend" | "hold";
  readonly carriers: readonly CarrierSettings[];
  /** Of its time; it ends before where the wave is sent. */
  readonly limitMs: number;
}

export interface ScenarioResult {
  readonly tookMs: number;
  readonly states: Partial<Record<RecipientState, number>>;
  readonly possibleDuplicates: number;
  /** Of each position: how often it was submitted, taken, and not answered, over all carriers and with all parts. */
  readonly submitted: number[];
  readonly taken: number[];
  readonly unanswered: number[];
  /** Who has failed. */
  readonly failed: number[];
  /** Of each carrier, by second: taken, not taken. */
  readonly seconds: [number, number][][];
}

const FIRST = 1_000;
const FIRST_NUMBER = 31_600_000_000;
const TURN_MS = 10;

export function runScenario(scenario: Scenario): ScenarioResult {
  const numbers = new SharedArrayBuffer((FIRST + scenario.people) * 8);
  new Float64Array(numbers).forEach((_, at, all) => {
    all[at] = FIRST_NUMBER + at;
  });
  const ledger = new Ledger(scenario, numbers);
  const beganMs = now();
  while (now() < beganMs + scenario.limitMs && !ledger.wave.isSent) {
    const turnMs = now() + TURN_MS;
    while (now() < turnMs) {
      step(turnMs - now());
      ledger.settle();
    }
  }
  return ledger.result(now() - beganMs);
}

class Ledger {
  readonly wave: LiveWave;
  readonly #liveWaves = new LiveWaves();
  readonly #carriers: Carriers;
  readonly #planner: Planner;
  readonly #sides: { readonly thread: CarrierThread; readonly carrier: ScenarioCarrier }[] = [];

  constructor({ people, text, onUnknown, carriers }: Scenario, numbers: SharedArrayBuffer) {
    const roster = rosterOf(people, FIRST);
    const parts = Math.ceil(text.length / 153);
    const expiresAtMs = Date.now() + 86_400_000;
    this.wave = new LiveWave(
      waveRecord({ count: people, segments: parts, texts: [text], onUnknown, expiresAtMs }),
      0,
      roster,
    );
    const ports = carriers.map(({ name }) => carrierPort(name, 1, { parts }));
    this.#carriers = new Carriers(ports, new Float64Array(numbers));
    this.#planner = new Planner(this.#carriers, this.#liveWaves);
    for (const [at, { port }] of this.#carriers.accounts.entries()) {
      const gauges = new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4);
      Object.assign(port, { gauges: new Int32Array(gauges) });
      const events = port.events.buffer as SharedArrayBuffer;
      const { port1, port2 } = new MessageChannel();
      const wave = {
        ...{ slot: 0, rank: 1, roster, texts: [text], textNumbers: undefined, expiresAtMs },
        ...{ urgent: true, reference: 1, toSwitchedOff: false },
      };
      port2.postMessage({ type: "wave", wave });
      const carrier = { ...CARRIER, window: 1_024, name: port.name };
      const flags = new SharedArrayBuffer(DISPATCH.liveWaves * 4);
      const grants = port.grants.buffer as SharedArrayBuffer;
      const thread = new CarrierThread(
        { carrier, events, grants, gauges, flags, numbers, loopbackOnly: true, known: NOTHING_KNOWN },
        port1,
      );
      port1.unref();
      port2.unref();
      this.#sides.push({ thread, carrier: new ScenarioCarrier(carriers[at]!, FIRST_NUMBER + FIRST, people) });
    }
    for (const account of this.#carriers.accounts) account.open(this.wave);
    this.wave.route(this.#carriers.routerOf(this.wave), now());
    this.#liveWaves.add(this.wave, 0);
  }

  /** Until nothing more happens at this moment. */
  settle(): void {
    for (let again = true; again; ) {
      again = false;
      for (const { carrier } of this.#sides) if (carrier.hear()) again = true;
      if (this.#take()) again = true;
      this.wave.queue.tick(now());
      this.#planner.plan(now(), now());
      for (const [at, { port }] of this.#carriers.accounts.entries()) {
        const granted = port.grants.unpublished > 0;
        port.grants.publish();
        if (granted || again) this.#sides[at]!.thread.progressed();
        if (granted) again = true;
      }
    }
  }

  #take(): boolean {
    let any = false;
    for (const account of this.#carriers.accounts) {
      const { events } = account.port;
      for (let at = events.next(); at >= 0; at = events.next()) {
        any = true;
        account.heed(events.words, at, now());
        const segments = applyEvent(this.wave, events.words, at, account.hash);
        if (segments > 0) account.settle(0, segments);
      }
      events.release(events.position());
    }
    return any;
  }

  result(tookMs: number): ScenarioResult {
    const states = [...this.wave.states].map((state) => RECIPIENT_STATES[state & STATE_MASK]);
    const count: Partial<Record<RecipientState, number>> = {};
    for (const state of states) count[state!] = (count[state!] ?? 0) + 1;
    const sum = (of: (carrier: ScenarioCarrier) => readonly number[]): number[] =>
      states.map((_, position) => this.#sides.reduce((total, { carrier }) => total + of(carrier)[position]!, 0));
    return {
      tookMs,
      states: count,
      possibleDuplicates: this.wave.possibleDuplicates,
      submitted: sum(({ submitted }) => submitted),
      taken: sum(({ taken }) => taken),
      unanswered: sum(({ unanswered }) => unanswered),
      failed: states.flatMap((state, position) => (state === "failed" ? [position] : [])),
      seconds: this.#sides.map(({ carrier }) => carrier.seconds),
    };
  }
}
