/** The stream of replies to clients that are slow, many or far behind: what waits for one is bounded, and each is told all in the end. */
import { expect, test } from "vitest";
import { SYSTEM } from "../../../engine/audit/actor.js";
import { ReplyChanges } from "../../../engine/replies/changes.js";
import type { LiveClient } from "../../../gateway/http/live.js";
import { ReplyFeed } from "../../../gateway/monitor/reply-feed.js";
import { fail, ok } from "../../../schemas/errors.js";
import { STREAM } from "../../../schemas/limits.js";
import type { ReplyMessage } from "../../../schemas/replies/stream.js";

const ACTION = "0192f0c1-7d1e-7a44-8a9f-000000000001";
const WHO = { keyId: "desk", by: SYSTEM, scopes: new Set(), municipalities: undefined, credential: "" } as never;

/** Replies of one action, which a test changes by hand; ticks come from the test as well. */
class Bench {
  readonly changes = new ReplyChanges({ settled: (told) => told(ok(undefined)) });
  readonly texts = new Map<number, string>();
  nowMs = 0;
  readonly feed: ReplyFeed;

  constructor() {
    const show = (sequence: number) => {
      const receivedAt = new Date(Date.UTC(2026, 10, 30) + sequence * 1_000).toISOString();
      return { sequence, receivedAt, channel: "web" as const, text: this.texts.get(sequence)!, complete: true };
    };
    const source = {
      changes: this.changes,
      *look() {},
      running: () => [ACTION],
      reaches: () => true,
      one: (_: string, place: number) => (this.texts.has(place) ? ok(show(place)) : fail("NOT_FOUND", "gone")),
      lastBefore: (_: string, place: number) => {
        const last = Math.max(0, ...[...this.texts.keys()].filter((other) => other < place));
        return last === 0 ? undefined : show(last);
      },
    };
    this.feed = new ReplyFeed(source, { ...STREAM, intervalMs: 3_600_000, clientsOfKey: 2 }, () => this.nowMs);
  }

  put(place: number, text: string): void {
    this.texts.set(place, text);
    this.changes.put(ACTION, place);
  }

  client(query = {}): Client {
    const client = new Client();
    this.feed.join(client, "", WHO, query);
    return client;
  }
}

class Client implements LiveClient {
  readonly got: ReplyMessage[] = [];
  readonly known = new Map<number, string>();
  isReading = true;
  isDropped = false;
  most = 0;
  #waiting = 0;

  send(message: string): boolean {
    const told = JSON.parse(message) as ReplyMessage;
    this.got.push(told);
    if (told.type === "snapshot") this.known.clear();
    for (const { sequence, text } of told.replies) this.known.set(sequence, text);
    for (const { sequence } of told.gone) this.known.delete(sequence);
    if (!this.isReading) this.#waiting += message.length;
    this.most = Math.max(this.most, message.length);
    return true;
  }
  bufferedBytes = () => this.#waiting;
  drop(): void {
    this.isDropped = true;
  }
  read(): void {
    this.#waiting = 0;
    this.isReading = true;
  }
}

test("one that does not read has one message waiting, is told all once it reads, and is dropped if it never does", async () => {
  const bench = new Bench();
  const [slow, deaf] = [bench.client(), bench.client()];
  expect(bench.feed.full("desk")?.code).toBe("BUSY");
  await bench.feed.tick();
  slow.isReading = deaf.isReading = false;
  for (let round = 1; round <= 20; round++) {
    for (let place = 1; place <= 5; place++) bench.put(place, `${place} in round ${round}`);
    await bench.feed.tick();
  }
  expect([slow.got.length, deaf.got.length]).toEqual([2, 2]);
  bench.texts.delete(3);
  bench.changes.put(ACTION, 3);
  slow.read();
  for (let ticks = 0; ticks < 3; ticks++) await bench.feed.tick();
  // Each once, as it is by then, however often it was another.
  expect(slow.got.length).toBe(3);
  expect([...slow.known]).toEqual([5, 4, 2, 1].map((place) => [place, `${place} in round 20`]));
  bench.nowMs += STREAM.unreadMs + 1;
  await bench.feed.tick();
  expect([slow.isDropped, deaf.isDropped, bench.changes.followers]).toEqual([false, true, 1]);
  bench.feed.close();
});

test("what does not fit into a message comes with the next, and a snapshot says that there is more", async () => {
  const bench = new Bench();
  const client = bench.client();
  await bench.feed.tick();
  const text = "x".repeat(10_000);
  for (let place = 1; place <= 50; place++) bench.put(place, text);
  for (let ticks = 0; ticks < 6; ticks++) await bench.feed.tick();
  expect(client.known.size).toBe(50);
  expect(client.most).toBeLessThan(STREAM.messageBytes + 1_000);
  const late = bench.client();
  await bench.feed.tick();
  expect(late.got[0]).toMatchObject({ type: "snapshot", more: true });
  expect(late.got[0]!.replies.map(({ sequence }) => sequence)).toEqual([
    50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39,
  ]);
  bench.feed.close();
});

test("one that is further behind than is remembered gets a snapshot", async () => {
  const bench = new Bench();
  bench.put(1, "first");
  const cursor = (behind: number) => ({ after: `${bench.changes.run}-${bench.changes.sequence - behind}` });
  for (let times = 0; times < STREAM.remembered; times++) bench.put(2, "second");
  const [told, late] = [bench.client(cursor(STREAM.remembered)), bench.client(cursor(STREAM.remembered + 1))];
  for (let ticks = 0; ticks * STREAM.perRound < STREAM.remembered + STREAM.perRound; ticks++) await bench.feed.tick();
  expect([told, late].map(({ got }) => got[0]!.type)).toEqual(["changes", "snapshot"]);
  expect([[...told.known.keys()], [...late.known.keys()].sort()]).toEqual([[2], [1, 2]]);
  bench.feed.close();
});
