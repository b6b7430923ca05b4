/**
 * The stream of replies: whoever answers at a desk sees what comes back of all running actions that their key reaches.
 *
 * Each subscriber has a place in the order of changes, and a round tells each what changed behind it, read from the store as it is
 * then. So nothing waits for anybody: one who reads slowly, or was away, is only further behind, and gets a snapshot where it can't be
 * told any more what changed. What waits in a socket is one message at most; who has read nothing for STREAM.unreadMs is dropped.
 *
 * A round runs in slices of the main thread's turns, and the next begins when it is done.
 */
import { inSlices } from "../../engine/clock/slices.js";
import type { Principal } from "../../engine/rights/principal.js";
import type { Problem } from "../../schemas/errors.js";
import { STREAM } from "../../schemas/limits.js";
import { STREAM_PROTOCOL, StreamQuery } from "../../schemas/replies/stream.js";
import type { LiveClient, LiveFeed } from "../http/live.js";
import { changesFor, type Reader, snapshotFor } from "./reply-messages.js";
import type { ReplySource } from "./reply-source.js";
import { type FeedLimits, type Reading, Subscribers } from "./subscribers.js";

interface Subscriber extends Reader {
  /** Changes up to here were told; undefined: a snapshot comes next. */
  at: number | undefined;
}

export class ReplyFeed implements LiveFeed {
  readonly protocols = [STREAM_PROTOCOL];
  readonly scopes = ["replies"] as const;
  readonly query = StreamQuery;
  readonly #subscribers: Subscribers<Subscriber>;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #running: ReadonlySet<string> = new Set();
  readonly #source: ReplySource;
  readonly #intervalMs: number;

  /** `limits` other than STREAM are for tests that can't wait. */
  constructor(source: ReplySource, limits: FeedLimits = STREAM, nowMs: () => number = () => performance.now()) {
    this.#source = source;
    this.#intervalMs = limits.intervalMs;
    this.#subscribers = new Subscribers(limits, nowMs);
  }

  full(keyId: string): Problem | undefined {
    return this.#subscribers.full(keyId);
  }

  join(client: LiveClient, _protocol: string, by: Principal, query: unknown): void {
    const { after, order = "newest", masked } = query as StreamQuery;
    const at = this.#placeOf(after);
    const reader = { by, order, isMasked: masked === "true", reached: new Set<string>() };
    this.#subscribers.add(client, by.keyId, { ...reader, at });
    this.#source.changes.followers = this.#subscribers.size;
    this.#timer ??= setInterval(() => void this.tick(), this.#intervalMs);
    void this.tick();
  }

  leave(client: LiveClient): void {
    this.#subscribers.remove(client);
    this.#source.changes.followers = this.#subscribers.size;
    if (this.#subscribers.size === 0) this.#stop();
  }

  close(): void {
    this.#subscribers.dropAll();
    this.#stop();
  }

  /** One round, unless one is under way; the timer calls it. */
  tick(): Promise<void> {
    this.#round ??= inSlices(this.#tell()).finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  *#tell(): Generator<void> {
    yield* this.#source.look();
    const running = new Set(this.#source.running());
    // Of one that is over nothing more is told but that: it is a change like others, for whoever is behind.
    for (const actionId of this.#running) if (!running.has(actionId)) this.#source.changes.note({ actionId, place: 0 });
    this.#running = running;
    for (const [client, subscriber] of this.#subscribers.entries()) {
      if (this.#takes(client, subscriber)) yield* this.#serve(client, subscriber);
      subscriber.waiting = client.bufferedBytes();
      yield;
    }
  }

  /** One that is still reading the message before is told later, of more. */
  #takes(client: LiveClient, subscriber: Subscriber & Reading): boolean {
    const waiting = this.#subscribers.waitingFor(client, subscriber);
    if (waiting === undefined) {
      this.leave(client);
      client.drop();
    }
    return waiting === 0;
  }

  *#serve(client: LiveClient, subscriber: Subscriber): Generator<void> {
    const { changes } = this.#source;
    const changed = subscriber.at === undefined ? undefined : changes.since(subscriber.at);
    const told = changed
      ? yield* changesFor(subscriber, this.#source, this.#running, changed, subscriber.at!)
      : yield* snapshotFor(subscriber, this.#source, this.#running);
    // It may have gone meanwhile.
    const isTaken = told.message === undefined || (this.#subscribers.has(client) && client.send(told.message));
    if (isTaken) subscriber.at = told.at;
  }

  /** Of a cursor; undefined where it is of another process. */
  #placeOf(cursor: string | undefined): number | undefined {
    const [run, sequence] = cursor?.split("-") ?? [];
    return run === this.#source.changes.run ? Number(sequence) : undefined;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
