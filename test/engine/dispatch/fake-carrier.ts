/** The main thread's side of a carrier without a network, and what it wrote to the wire it does not have. */
import { Worker } from "node:worker_threads";
import type { ChannelPort, TextAdvice } from "../../../engine/dispatch/plan/channel-port.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { GAUGE_WORDS, LATENCY_BUCKETS, type ToCarrier, type WaveForCarrier } from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";

/** How it behaves. The chances are of each segment; the rest is acknowledged. */
export interface Behaviour {
  readonly seed: number;
  readonly window: number;
  readonly temporary: number;
  readonly trouble: number;
  readonly refused: number;
  readonly unknown: number;
  readonly receipts: "none" | "early" | "late" | "mixed";
  readonly undeliverable: number;
  /** Answers at most in one turn, a turn each so many milliseconds; an answer comes within `turns` turns. */
  readonly perTurn: number;
  readonly turnMs: number;
  readonly turns: number;
  /** Answers in all; from then on it stands still with a full window, however much later the test does something about it. */
  readonly mostAnswers: number;
  /** Characters in a part of a message. */
  readonly partCharacters: number;
}

export const WILLING: Behaviour = {
  seed: 1,
  window: 100,
  temporary: 0,
  trouble: 0,
  refused: 0,
  unknown: 0,
  receipts: "none",
  undeliverable: 0,
  perTurn: 1_000,
  turnMs: 0,
  turns: 1,
  mostAnswers: Number.POSITIVE_INFINITY,
  partCharacters: 16,
};

/**
 * Who has what: for each recipient of each wave how many carriers hold it, which must never be more than one. For tests with
 * several carriers; they share one.
 */
export const HOLDERS = { slots: 64, positions: 16_384 } as const;

export function holders(): SharedArrayBuffer {
  return new SharedArrayBuffer(HOLDERS.slots * HOLDERS.positions * 4);
}

/**
 * The log: a count, the most that was exposed, the main thread's beats, and for each segment a word of text, slot, segment and resend;
 * position; participant.
 *
 * A carrier that takes its time (turnMs) answers in a turn of its own only where the main thread has had one since. Without that, one
 * whose main thread gets no processor for a while has sent everything, and a test that meant to do something in the middle comes after.
 */
export const LOG = { count: 0, mostExposed: 1, beats: 2, head: 3, words: 3, entries: 400_000 } as const;

export interface FakeCarrierData {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly events: SharedArrayBuffer;
  readonly grants: SharedArrayBuffer;
  readonly gauges: SharedArrayBuffer;
  readonly flags: SharedArrayBuffer;
  readonly log: SharedArrayBuffer;
  readonly holders: SharedArrayBuffer | null;
}

export type ToFakeCarrier =
  | ToCarrier
  | { readonly type: "pause"; readonly paused: boolean }
  | { readonly type: "behave"; readonly behaviour: Behaviour }
  | { readonly type: "bind"; readonly bound: boolean };

export interface WrittenSegment {
  readonly text: number;
  readonly slot: number;
  readonly segment: number;
  readonly resend: boolean;
  readonly position: number;
  readonly participant: number;
}

/** Parts of a text here. */
export function segmentsOf(text: string, partCharacters: number): number {
  return Math.max(1, Math.ceil(text.length / partCharacters));
}

export interface FakeSettings extends Partial<Behaviour> {
  readonly ratePerSecond?: number;
  readonly routes?: readonly string[];
  readonly holders?: SharedArrayBuffer;
  /** It ends what it has when it is closed; else closing is a crash. */
  readonly leaves?: boolean;
}

export class FakeCarrier implements ChannelPort {
  readonly channel = "sms";
  readonly ratePerSecond: number;
  readonly binds = 1;
  routes: readonly string[];
  behaviour: Behaviour;
  readonly costPerSegment = null;
  readonly currency = "EUR";
  readonly sender = "Burgernet";
  readonly messageIds = "auto";
  readonly receiptsPer = "auto";
  readonly events: Ring;
  readonly grants: Ring;
  readonly gauges: Int32Array;
  readonly #flags: Int32Array;
  readonly #log: Int32Array;
  readonly #worker: Worker;
  #listener: () => void = () => {};
  #exited = false;
  failure: unknown;
  readonly #settings: FakeSettings;

  constructor(
    readonly name: string,
    readonly share: number,
    settings: FakeSettings = {},
  ) {
    this.#settings = settings;
    const { ratePerSecond = 1_000_000, routes = [], holders = null, leaves: _, ...behaviour } = settings;
    this.ratePerSecond = ratePerSecond;
    this.routes = routes;
    this.behaviour = { ...WILLING, ...behaviour };
    const data: FakeCarrierData = {
      name,
      holders,
      behaviour: this.behaviour,
      events: Ring.allocate(DISPATCH.eventRingBytes),
      grants: Ring.allocate(131_072),
      gauges: new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4),
      flags: new SharedArrayBuffer(DISPATCH.liveWaves * 4),
      log: new SharedArrayBuffer((LOG.head + LOG.entries * LOG.words) * 4),
    };
    this.events = new Ring(data.events);
    this.grants = new Ring(data.grants);
    this.gauges = new Int32Array(data.gauges);
    this.#flags = new Int32Array(data.flags);
    this.#log = new Int32Array(data.log);
    this.#worker = new Worker(new URL("./fake-carrier-worker.js", import.meta.url), { workerData: data });
    this.#worker.on("message", () => this.#listener());
    const beating = setInterval(() => Atomics.add(this.#log, LOG.beats, 1), 1);
    this.#worker.on("exit", () => {
      this.#exited = true;
      clearInterval(beating);
    });
    this.#worker.on("error", (error) => {
      this.failure = error;
    });
  }

  adviseText(text: string): TextAdvice {
    const segments = segmentsOf(text, this.behaviour.partCharacters);
    return { encoding: "gsm0338", segments, onAir: segments, outside: [] };
  }
  openWave(wave: WaveForCarrier): void {
    this.#post({ type: "wave", wave });
  }
  stopWave(slot: number): void {
    Atomics.store(this.#flags, slot, 1);
    this.wake();
  }
  runWave(slot: number): void {
    Atomics.store(this.#flags, slot, 0);
  }
  forgetWave(slot: number): void {
    Atomics.store(this.#flags, slot, 0);
    this.#post({ type: "forget", slot });
  }
  wake(): void {
    if (this.grants.wantsWake()) this.#post({ type: "wake" });
  }
  onWake(listener: () => void): void {
    this.#listener = listener;
  }
  lastProblem(): null {
    return null;
  }
  async close(): Promise<void> {
    if (this.#settings.leaves && !this.#exited) {
      this.#post({ type: "close" });
      await new Promise((resolve) => this.#worker.once("exit", resolve));
    } else await this.#worker.terminate();
    if (this.failure) throw this.failure;
  }

  /** While paused it answers nothing; what is granted is written as far as its window goes. */
  pause(paused: boolean): void {
    this.#post({ type: "pause", paused });
  }
  behave(change: Partial<Behaviour>): void {
    this.behaviour = { ...this.behaviour, ...change };
    this.#post({ type: "behave", behaviour: this.behaviour });
  }
  bind(bound: boolean): void {
    this.#post({ type: "bind", bound });
  }

  get written(): number {
    return Atomics.load(this.#log, LOG.count);
  }
  /** The most segments that it ever had without an answer given. */
  get mostExposed(): number {
    return this.#log[LOG.mostExposed]!;
  }
  log(): WrittenSegment[] {
    return Array.from({ length: this.written }, (_, i) => {
      const at = LOG.head + i * LOG.words;
      const [word, position, participant] = [this.#log[at]!, this.#log[at + 1]!, this.#log[at + 2]!];
      return {
        text: word >>> 16,
        slot: (word >>> 8) & 0xff,
        segment: (word >>> 1) & 0x7f,
        resend: (word & 1) === 1,
        position,
        participant,
      };
    });
  }

  #post(message: ToFakeCarrier): void {
    this.#worker.postMessage(message);
  }
}
