/**
 * A carrier as the main thread sees it: allocates what is shared, starts its thread, and passes on the few messages.
 *
 * A thread that dies takes the knowledge with it of what is on the wire. The ledger knows what was intended, and recovery
 * at the next start deals with just that; so the death is reported by `onFatal`, and the process is to end.
 */
import { Worker } from "node:worker_threads";
import type { ChannelPort, TextAdvice } from "../../../engine/dispatch/plan/channel-port.js";
import type { CarrierConfiguration, MessageIdForm, ReceiptsPer } from "../../../schemas/carrier.js";
import { assert, ERRORS, type ErrorCode, type Problem } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import {
  type CarrierKnowledge,
  type CarrierThreadData,
  type FromCarrier,
  GAUGE_WORDS,
  GRANT_WORDS,
  LATENCY_BUCKETS,
  NOTHING_KNOWN,
  type ToCarrier,
  WAVE_FLAG,
  type WaveForCarrier,
} from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";
import { Advised } from "../text/advised.js";

export interface CarrierShared {
  /** See CarrierThreadData. */
  readonly numbers: SharedArrayBuffer;
  readonly loopbackOnly: boolean;
  /** By the carrier's name; without it every carrier is new. */
  known?(name: string): CarrierKnowledge;
}

export interface CarrierHooks {
  /** The thread died; the process must end, and recovery resumes at its next start. */
  onFatal(problem: Problem): void;
  /** A bind came up, or, with a problem, is down or was refused. */
  onBind?(bind: string, problem: Problem | undefined): void;
}

export class Carrier implements ChannelPort {
  readonly name: string;
  readonly channel = "sms";
  readonly events: Ring;
  readonly grants: Ring;
  readonly gauges: Int32Array;
  readonly #flags: Int32Array;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #configuration: CarrierConfiguration;
  readonly #bound = new Set<string>();
  /** The last problem of each bind that is down, and not by our own doing. */
  readonly #problems = new Map<string, Problem>();
  /** As the bind said that came last. */
  #hasTlvs = true;
  /** Of the settings and the bind as they are. */
  #advised: Advised;
  #listener: () => void = () => {};
  #closed = false;

  constructor(configuration: CarrierConfiguration, shared: CarrierShared, hooks: CarrierHooks) {
    this.name = configuration.name;
    this.#configuration = configuration;
    this.#advised = new Advised(configuration, this.#hasTlvs);
    const data: CarrierThreadData = {
      carrier: configuration,
      events: Ring.allocate(DISPATCH.eventRingBytes),
      grants: Ring.allocate(GRANT_RING_BYTES),
      gauges: new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4),
      flags: new SharedArrayBuffer(DISPATCH.liveWaves * 4),
      numbers: shared.numbers,
      loopbackOnly: shared.loopbackOnly,
      known: shared.known?.(configuration.name) ?? NOTHING_KNOWN,
    };
    this.events = new Ring(data.events);
    this.grants = new Ring(data.grants);
    this.gauges = new Int32Array(data.gauges);
    this.#flags = new Int32Array(data.flags);
    this.#worker = new Worker(new URL("./carrier-worker.js", import.meta.url), { workerData: data });
    this.#worker.on("message", (message: FromCarrier) => this.#message(message, hooks));
    let reason = "its thread ended";
    this.#worker.on("error", (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        if (!this.#closed) hooks.onFatal({ code: "INTERNAL", detail: `carrier ${this.name}: ${reason}` });
        resolve();
      });
    });
  }

  get share(): number {
    return this.#configuration.share;
  }
  get ratePerSecond(): number {
    return this.#configuration.ratePerSecond;
  }
  get binds(): number {
    return this.#configuration.binds;
  }
  get routes(): readonly string[] {
    return this.#configuration.routes;
  }
  get costPerSegment(): number | null {
    return this.#configuration.costPerSegment;
  }
  get currency(): string {
    return this.#configuration.currency;
  }
  get sender(): string {
    return this.#configuration.sender;
  }
  get receiptsPer(): ReceiptsPer {
    return this.#configuration.receiptsPer;
  }
  get messageIds(): MessageIdForm {
    return this.#configuration.messageIds;
  }

  /** Other settings of the same carrier. Binds that the change is not about stay as they are, and so do open waves. */
  configure(configuration: CarrierConfiguration): void {
    assert(configuration.name === this.name, "a carrier keeps its name");
    this.#configuration = configuration;
    this.#advised = new Advised(configuration, this.#hasTlvs);
    this.#post({ type: "configure", carrier: configuration });
  }

  adviseText(text: string): TextAdvice {
    return this.#advised.of(text);
  }

  openWave(wave: WaveForCarrier): void {
    this.#post({ type: "wave", wave: { ...wave, withoutTlvs: !this.#hasTlvs } });
  }

  stopWave(slot: number): void {
    Atomics.store(this.#flags, slot, WAVE_FLAG.stopped);
    this.wake();
  }

  runWave(slot: number): void {
    Atomics.store(this.#flags, slot, WAVE_FLAG.running);
  }

  forgetWave(slot: number): void {
    Atomics.store(this.#flags, slot, WAVE_FLAG.running);
    this.#post({ type: "forget", slot });
  }

  wake(): void {
    if (this.grants.wantsWake()) this.#post({ type: "wake" });
  }

  onWake(listener: () => void): void {
    this.#listener = listener;
  }

  /** The latest of the binds' problems, null when none has any. Where other binds are up, its words say so. */
  lastProblem(): Problem | null {
    const last = [...this.#problems.values()].at(-1);
    if (last === undefined || this.#bound.size === 0) return last ?? null;
    const down = `${this.#problems.size} of ${this.#problems.size + this.#bound.size} binds`;
    return { ...last, detail: `${down} down; ${last.field}: ${last.detail}` };
  }

  /** Settles when what is in flight has its responses or its deadline and the thread has ended. */
  close(): Promise<void> {
    this.#post({ type: "close" });
    return this.#exited;
  }

  #message(message: FromCarrier, hooks: CarrierHooks): void {
    if (message.type === "closed") {
      this.#closed = true;
      return;
    }
    if (message.type === "bind") this.#bindChanged(message, hooks);
    this.#listener();
  }

  #bindChanged({ bind, bound, hasTlvs, code, detail }: FromCarrier & { type: "bind" }, hooks: CarrierHooks): void {
    if (hasTlvs !== undefined && hasTlvs !== this.#hasTlvs) {
      this.#hasTlvs = hasTlvs;
      this.#advised = new Advised(this.#configuration, hasTlvs);
    }
    const unbound = !bound && code === undefined;
    this.#problems.delete(bind);
    this.#bound.delete(bind);
    if (bound) this.#bound.add(bind);
    else if (isCode(code)) this.#problems.set(bind, { code, detail: detail ?? "", field: bind });
    if (!unbound) hooks.onBind?.(bind, this.#problems.get(bind));
  }

  #post(message: ToCarrier): void {
    this.#worker.postMessage(message);
  }
}

/** The next power of two above the records and the word that each of them costs. */
const GRANT_RING_BYTES = 2 ** Math.ceil(Math.log2(DISPATCH.grantRing * (GRANT_WORDS + 1) * 4));

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && code in ERRORS;
}

export function startCarrier(configuration: CarrierConfiguration, shared: CarrierShared, hooks: CarrierHooks): Carrier {
  return new Carrier(configuration, shared, hooks);
}
