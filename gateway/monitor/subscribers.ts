/**
 * Who follows a feed: so many at most in all and with one key. Promises that one who does not read is found by the round that comes
 * after `unreadMs`, whatever the feed sends it.
 */
import type { Problem } from "../../schemas/errors.js";
import type { LiveClient } from "../http/live.js";

export interface Reading {
  readonly keyId: string;
  /** Bytes that waited after the last round, to see whether it reads. */
  waiting: number;
  /** When it last read something, or had nothing to read. */
  readAtMs: number;
}

export type FeedLimits = Readonly<Record<"clients" | "clientsOfKey" | "intervalMs" | "unreadMs", number>>;

export class Subscribers<Subscriber> {
  readonly #all = new Map<LiveClient, Subscriber & Reading>();
  readonly #limits: FeedLimits;
  readonly #nowMs: () => number;

  constructor(limits: FeedLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Now. */
  get size(): number {
    return this.#all.size;
  }

  full(keyId: string): Problem | undefined {
    const { clients, clientsOfKey } = this.#limits;
    if (this.#all.size >= clients) return { code: "BUSY", detail: `At most ${clients} subscribers` };
    const theirs = [...this.#all.values()].filter((subscriber) => subscriber.keyId === keyId).length;
    return theirs < clientsOfKey ? undefined : { code: "BUSY", detail: `At most ${clientsOfKey} of one key` };
  }

  add(client: LiveClient, keyId: string, subscriber: Subscriber): void {
    this.#all.set(client, { ...subscriber, keyId, waiting: 0, readAtMs: this.#nowMs() });
  }

  remove(client: LiveClient): void {
    this.#all.delete(client);
  }

  has(client: LiveClient): boolean {
    return this.#all.has(client);
  }

  /** A loop over them that was left goes on where it was, and hears of who leaves and joins. */
  entries(): MapIterator<[LiveClient, Subscriber & Reading]> {
    return this.#all.entries();
  }

  /** What waits for one to read it; undefined for one that is to go, since it has read nothing for too long. */
  waitingFor(client: LiveClient, subscriber: Reading): number | undefined {
    const waiting = client.bufferedBytes();
    const nowMs = this.#nowMs();
    if (waiting === 0 || waiting < subscriber.waiting) subscriber.readAtMs = nowMs;
    return nowMs - subscriber.readAtMs > this.#limits.unreadMs ? undefined : waiting;
  }

  dropAll(): void {
    for (const client of [...this.#all.keys()]) client.drop();
    this.#all.clear();
  }
}
