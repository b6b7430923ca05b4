/**
 * The live feed: while someone watches, every MONITOR.intervalMs it takes the engine's state, finds what differs from the
 * message before, encodes that once for each subprotocol in use and hands it to every subscriber.
 *
 * Promises that a subscriber who doesn't read costs a bounded amount of memory and nobody else's time: one with more than
 * MONITOR.backlogBytes waiting takes no more (`send` says so), gets a fresh snapshot once it has read everything, and is
 * dropped when it has read nothing for MONITOR.unreadMs. What waits for one is at most backlogBytes and one message.
 */
import { type Work, whenTime } from "../../engine/clock/slices.js";
import type { Principal } from "../../engine/rights/principal.js";
import type { Problem } from "../../schemas/errors.js";
import { MONITOR, THREAD } from "../../schemas/limits.js";
import { MONITOR_PROTOCOLS, type MonitorMessage } from "../../schemas/monitor.js";
import type { LiveClient, LiveFeed } from "../http/live.js";
import { encodeMessage } from "./binary.js";
import { observeAction, observeCarrier } from "./observe.js";
import { Rates } from "./rates.js";
import { Shown } from "./shown.js";
import type { MonitorSource } from "./source.js";
import { type FeedLimits, type Reading, Subscribers } from "./subscribers.js";

interface Subscriber {
  readonly binary: boolean;
  /** True until it has a snapshot that the next changes go on from. */
  needsSnapshot: boolean;
}

export class MonitorFeed implements LiveFeed {
  readonly protocols = MONITOR_PROTOCOLS;
  readonly scopes = ["watch"] as const;
  readonly #subscribers: Subscribers<Subscriber>;
  #rates = new Rates();
  readonly #shown = new Shown();
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Of the last round, who is left. */
  #serveSome: Work = () => false;
  readonly #source: MonitorSource;
  readonly #limits: FeedLimits;
  readonly #nowMs: () => number;

  /** `limits` other than MONITOR are for tests that can't wait. */
  constructor(source: MonitorSource, limits: FeedLimits = MONITOR, nowMs: () => number = () => performance.now()) {
    this.#source = source;
    this.#limits = limits;
    this.#subscribers = new Subscribers(limits, nowMs);
    this.#nowMs = nowMs;
  }

  /** Subscribers now. */
  get size(): number {
    return this.#subscribers.size;
  }

  full(keyId: string): Problem | undefined {
    return this.#subscribers.full(keyId);
  }

  join(client: LiveClient, protocol: string, { keyId }: Principal): void {
    const binary = protocol === MONITOR_PROTOCOLS[1];
    this.#subscribers.add(client, keyId, { binary, needsSnapshot: true });
    if (this.#timer) return; // The next tick brings its snapshot; a crowd that joins at once costs no more than one.
    this.#timer = setInterval(() => this.tick(), this.#limits.intervalMs);
    this.tick();
  }

  leave(client: LiveClient): void {
    this.#subscribers.remove(client);
    if (this.#subscribers.size === 0) this.#stop();
  }

  close(): void {
    this.#subscribers.dropAll();
    this.#stop();
  }

  /**
   * One round; the timer calls it. A crowd is served some in a turn: a snapshot of 200 actions, which is 150 kB, given to 64 who came at
   * once took 9 ms.
   */
  tick(): void {
    // Who was not served in the round before is so now: what comes next goes on from that.
    this.#serveSome(Number.POSITIVE_INFINITY);
    const now = this.#nowMs();
    const at = new Date().toISOString();
    const state = this.#source.snapshot();
    const changes = this.#shown.update(
      state.actions.map((action) => observeAction(action, this.#rates, now)),
      state.carriers.map((carrier) => observeCarrier(carrier, this.#rates, now)),
      state.alarms,
    );
    this.#rates.sweep();
    if (changes) this.#sequence++;
    const sequence = this.#sequence;
    const changed = changes && new Encoded({ type: "changes", sequence, at, ...changes });
    const snapshot = new Encoded({ type: "snapshot", sequence, at, ...this.#shown.all(), gone: [] });
    const left = this.#subscribers.entries();
    this.#serveSome = (untilMs) => {
      for (const [client, subscriber] of left) {
        this.#serve(client, subscriber, changed, snapshot);
        if (performance.now() >= untilMs) return true;
      }
      return false;
    };
    if (this.#serveSome(performance.now() + THREAD.sliceMs)) whenTime(this.#serveSome);
  }

  #serve(client: LiveClient, subscriber: Subscriber & Reading, changed: Encoded | undefined, snapshot: Encoded): void {
    const waiting = this.#subscribers.waitingFor(client, subscriber);
    if (waiting === undefined) {
      this.leave(client);
      client.drop();
      return;
    }
    // What is left out is made up for by a snapshot, and that only once everything before it was read.
    const message = subscriber.needsSnapshot ? (waiting === 0 ? snapshot : undefined) : changed;
    if (message) subscriber.needsSnapshot = !client.send(message.as(subscriber.binary));
    subscriber.waiting = client.bufferedBytes();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    // Counts from before a pause would give the mean over the pause.
    this.#rates = new Rates();
  }
}

/** A message that is encoded when the first subscriber needs that form of it, and then never again. */
class Encoded {
  #text: string | undefined;
  #bytes: Uint8Array | undefined;
  readonly #message: MonitorMessage;

  constructor(message: MonitorMessage) {
    this.#message = message;
  }

  as(binary: boolean): string | Uint8Array {
    if (binary) {
      this.#bytes ??= encodeMessage(this.#message);
      return this.#bytes;
    }
    this.#text ??= JSON.stringify(this.#message);
    return this.#text;
  }
}
