/**
 * A wave's whole course in a time of its own: the ledger's side of dispatch (planner, accounts, live waves) with a carrier's real
 * thread, and a carrier that is a function of the moment at the other end of its wire. Five minutes of retries take as long as the work
 * that they are, and are the same each time. Nothing is stored: a commit takes no time.
 *
 * For a thread of its own only (test/fuzz/world/time.ts takes the place of the clocks).
 */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { applyEvent } from "../../../engine/dispatch/ledger/journal/journal.js";
import { LiveWaves } from "../../../engine/dispatch/ledger/live-waves.js";
import type { WaveRecord } from "../../../engine/dispatch/ledger/wave-record.js";
import { Carriers } from "../../../engine/dispatch/plan/carriers.js";
import type { ChannelPort } from "../../../engine/dispatch/plan/channel-port.js";
import { Planner } from "../../../engine/dispatch/plan/planner.js";
import { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { CarrierThread } from "../../../gateway/smpp/carrier/carrier-thread.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { GAUGE_WORDS, LATENCY_BUCKETS, NOTHING_KNOWN } from "../../../schemas/link.js";
import { RECIPIENT_STATES, type RecipientState, STATE_MASK } from "../../../schemas/words.js";
import { CARRIER } from "../../fuzz/carrier.js";
import { now, step } from "../../fuzz/world/time.js";
import { carrierPort, rosterOf, waveRecord } from "./bare-fixtures.js";
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

export function runScenario({ people, text, onUnknown, carriers, limitMs }: Scenario): ScenarioResult {
  const ledger = new Ledger(carriers, people);
  const wave = ledger.open({ count: people, text, onUnknown }, 0);
  const beganMs = now();
  while (now() < beganMs + limitMs && !wave.isSent) ledger.turn();
  return resultOf(ledger, wave, now() - beganMs);
}

/** A wave with one text. */
export type AskedWave = Partial<WaveRecord> & { readonly count: number; readonly text: string };

/** The ledger, and the carriers behind it. */
export class Ledger {
  readonly carriers: readonly ScenarioCarrier[];
  readonly #liveWaves = new LiveWaves();
  readonly #carriers: Carriers;
  readonly #planner: Planner;
  readonly #threads: readonly CarrierThread[];

  /** `people`: who may be sent to, by whatever waves. */
  constructor(settings: readonly CarrierSettings[], people: number) {
    const numbers = new SharedArrayBuffer((FIRST + people) * 8);
    new Float64Array(numbers).forEach((_, at, all) => {
      all[at] = FIRST_NUMBER + at;
    });
    const ports = settings.map(({ name }) => carrierPort(name));
    this.#carriers = new Carriers(ports, new Float64Array(numbers));
    this.#planner = new Planner(this.#carriers, this.#liveWaves);
    this.#threads = ports.map((port) => threadOf(port, numbers));
    this.carriers = settings.map((each) => new ScenarioCarrier(each, FIRST_NUMBER + FIRST, people));
  }

  get waves(): readonly LiveWave[] {
    return this.#liveWaves.waves;
  }

  /** A wave to so many people, from the one at place `first` on. */
  open({ text, ...record }: AskedWave, first: number): LiveWave {
    const expiresAtMs = Date.now() + 86_400_000;
    const roster = rosterOf(record.count, FIRST + first);
    const whole = waveRecord({ segments: partsOf(text), texts: [text], expiresAtMs, ...record });
    const wave = new LiveWave(whole, this.#liveWaves.freeSlot(), roster);
    for (const account of this.#carriers.accounts) account.open(wave);
    wave.route(this.#carriers.routerOf(wave), now());
    this.#liveWaves.add(wave, 0);
    return wave;
  }

  forget(wave: LiveWave): void {
    for (const { port } of this.#carriers.accounts) port.forgetWave(wave.slot);
    this.#liveWaves.remove(wave);
  }

  /** All that happens within a turn's time. */
  turn(): void {
    const turnMs = now() + TURN_MS;
    while (now() < turnMs) {
      step(turnMs - now());
      this.#settle();
    }
  }

  /** Until nothing more happens at this moment. */
  #settle(): void {
    for (let again = true; again; ) {
      again = false;
      for (const carrier of this.carriers) if (carrier.hear()) again = true;
      if (this.#take()) again = true;
      for (const wave of this.waves) wave.queue.tick(now());
      this.#planner.plan(now(), now());
      for (const [at, { port }] of this.#carriers.accounts.entries()) {
        const granted = port.grants.unpublished > 0;
        port.grants.publish();
        if (granted || again) this.#threads[at]!.progressed();
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
        const wave = this.#liveWaves.at(events.words[at + 1]!);
        account.heed(events.words, at, now());
        const segments = applyEvent(wave, events.words, at, account.hash);
        if (segments > 0) account.settle(wave.slot, segments);
      }
      account.heard(now());
      events.release(events.position());
    }
    return any;
  }
}

export function partsOf(text: string): number {
  return Math.ceil(text.length / 153);
}

/** The thread of a carrier, which hears of waves by a port as a real one does. */
function threadOf(port: ChannelPort, numbers: SharedArrayBuffer): CarrierThread {
  const { port1, port2 } = new MessageChannel();
  Object.assign(port, {
    gauges: new Int32Array(new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4)),
    adviseText: (text: string) => ({ encoding: "gsm0338", segments: partsOf(text), onAir: partsOf(text), outside: [] }),
    ...wavesBy(port2),
  });
  const thread = new CarrierThread(
    {
      carrier: { ...CARRIER, window: 1_024, name: port.name },
      events: port.events.buffer as SharedArrayBuffer,
      grants: port.grants.buffer as SharedArrayBuffer,
      gauges: port.gauges.buffer as SharedArrayBuffer,
      flags: new SharedArrayBuffer(DISPATCH.liveWaves * 4),
      numbers,
      loopbackOnly: true,
      known: NOTHING_KNOWN,
    },
    port1,
  );
  port1.unref();
  port2.unref();
  return thread;
}

function wavesBy(thread: MessagePort): Pick<ChannelPort, "openWave" | "forgetWave"> {
  return {
    openWave: (wave) => thread.postMessage({ type: "wave", wave }),
    forgetWave: (slot) => thread.postMessage({ type: "forget", slot }),
  };
}

function resultOf({ carriers }: Ledger, wave: LiveWave, tookMs: number): ScenarioResult {
  const states = [...wave.states].map((state) => RECIPIENT_STATES[state & STATE_MASK]);
  const count: Partial<Record<RecipientState, number>> = {};
  for (const state of states) count[state!] = (count[state!] ?? 0) + 1;
  const sum = (of: (carrier: ScenarioCarrier) => readonly number[]): number[] =>
    states.map((_, position) => carriers.reduce((total, carrier) => total + of(carrier)[position]!, 0));
  return {
    tookMs,
    states: count,
    possibleDuplicates: wave.possibleDuplicates,
    submitted: sum(({ submitted }) => submitted),
    taken: sum(({ taken }) => taken),
    unanswered: sum(({ unanswered }) => unanswered),
    failed: states.flatMap((state, position) => (state === "failed" ? [position] : [])),
    seconds: carriers.map(({ seconds }) => seconds),
  };
}
