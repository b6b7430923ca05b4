/**
 * A thread that is held up for longer than any deadline, while the carrier's answers come in: nobody is judged silent for that. The
 * carrier's thread runs in this one, so that it can be held up; its clock is moved on by what a longer absence would be.
 */
import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CarrierThread } from "../../../../gateway/smpp/carrier/carrier-thread.js";
import { checkCarrier } from "../../../../gateway/smpp/carrier/check.js";
import type { CarrierConfiguration } from "../../../../schemas/carrier.js";
import { DISPATCH } from "../../../../schemas/limits.js";
import {
  EVENT,
  GAUGE,
  GAUGE_WORDS,
  LATENCY_BUCKETS,
  NOTHING_KNOWN,
  type WaveForCarrier,
} from "../../../../schemas/link.js";
import { Ring } from "../../../../schemas/ring.js";
import { configuration } from "../harness.js";
import { HeldUpPeer, holdUp, until } from "./held-up-peer.js";

/** No deadline passes by itself while a test runs. */
const HOUR_MS = 3_600_000;
const PATIENT: Partial<CarrierConfiguration> = {
  bindTimeoutMs: HOUR_MS,
  responseTimeoutMs: HOUR_MS,
  enquireLinkMs: HOUR_MS,
  enquireLinkTimeoutMs: HOUR_MS,
};

let movedMs = 0;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  const now = performance.now.bind(performance);
  movedMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now() + movedMs);
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  vi.restoreAllMocks();
});

async function startPeer(...withheld: string[]): Promise<HeldUpPeer> {
  const peer = await HeldUpPeer.start(...withheld);
  ends.push(() => peer.stop());
  return peer;
}

class Thread {
  readonly gauges = new Int32Array(new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4));
  readonly kinds: number[] = [];
  readonly problems: unknown[] = [];
  readonly #events: Ring;
  readonly #grants: Ring;
  readonly #thread: CarrierThread;

  constructor(carrier: CarrierConfiguration) {
    const people = 10;
    const roster = new SharedArrayBuffer(people * 4);
    new Uint32Array(roster).forEach((_, at, all) => {
      all[at] = at;
    });
    const numbers = new SharedArrayBuffer(people * 8);
    new Float64Array(numbers).fill(31_612_345_678);
    const events = Ring.allocate(65_536);
    const grants = Ring.allocate(65_536);
    const { port1, port2 } = new MessageChannel();
    const flags = new SharedArrayBuffer(DISPATCH.liveWaves * 4);
    const gauges = this.gauges.buffer as SharedArrayBuffer;
    this.#events = new Ring(events);
    this.#grants = new Ring(grants);
    port2.on("message", (message) => {
      if (message.type === "bind" && !message.bound) this.problems.push(message);
    });
    const wave: WaveForCarrier = {
      ...{ slot: 0, rank: 1, roster, texts: ["t"], textNumbers: undefined, expiresAtMs: Date.now() + 24 * HOUR_MS },
      ...{ urgent: true, reference: 1, toSwitchedOff: false },
    };
    port2.postMessage({ type: "wave", wave });
    const known = { ...NOTHING_KNOWN, outstanding: 10 };
    const data = { carrier, events, grants, gauges, flags, numbers, loopbackOnly: true, known };
    this.#thread = new CarrierThread(data, port1);
    ends.unshift(async () => {
      // The thread is this one, and must not end it.
      vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
      this.problems.length = 0;
      port2.postMessage({ type: "close" });
      await once(port2, "close");
    });
  }

  grant(first: number, count: number): void {
    this.#grants.words.set([0, first, count, 0], this.#grants.reserve(4));
    this.#grants.publish();
    this.#thread.progressed();
  }

  /** Until so many outcomes were reported; nothing else was, and no bind broke. */
  async answered(count: number): Promise<void> {
    await until(() => {
      for (let at = this.#events.next(); at >= 0; at = this.#events.next()) {
        this.kinds.push(this.#events.words[at]! & 0xff);
      }
      this.#events.release(this.#events.position());
      return this.kinds.length >= count;
    });
    expect(this.kinds).toEqual(new Array(count).fill(EVENT.outcome));
    expect([this.problems, this.gauges[GAUGE.disconnects], this.gauges[GAUGE.strayResponses]]).toEqual([[], 0, 0]);
  }

  async bound(): Promise<void> {
    await until(() => this.gauges[GAUGE.bound] === 1);
  }
}

test("an answer to enquire_link, and those to submissions, that came meanwhile show that the carrier lives", async () => {
  const peer = await startPeer("submit_sm", "enquire_link");
  const thread = new Thread(configuration(peer.port, PATIENT));
  await thread.bound();
  thread.grant(0, 1);
  await peer.until(1);
  // Time to be asked whether it is there.
  movedMs += HOUR_MS / 2;
  await peer.until(2);
  await peer.holdUp();
  movedMs += 2 * HOUR_MS;
  await thread.answered(1);
  // And it goes on over the same bind.
  thread.grant(1, 9);
  await thread.answered(10);
});

test("a response that was overtaken, and came meanwhile, is not lost", async () => {
  const peer = await startPeer("submit_sm");
  const thread = new Thread(configuration(peer.port, PATIENT));
  await thread.bound();
  thread.grant(0, 5);
  await peer.until(1);
  await thread.answered(4);
  await peer.holdUp();
  movedMs += 12 * HOUR_MS;
  await thread.answered(5);
});

test("a bind response that came meanwhile is one", async () => {
  const peer = await startPeer("bind_transceiver");
  const thread = new Thread(configuration(peer.port, PATIENT));
  await peer.until(1);
  await peer.holdUp();
  movedMs += 2 * HOUR_MS;
  await thread.bound();
  expect(thread.problems).toEqual([]);
});

test("a connection that was made meanwhile is one", async () => {
  const peer = await startPeer();
  const thread = new Thread(configuration(peer.port, PATIENT));
  await holdUp();
  movedMs += 2 * HOUR_MS;
  await thread.bound();
  expect(thread.problems).toEqual([]);
});

test("a check of a carrier hears what came meanwhile", async () => {
  const peer = await startPeer("enquire_link");
  const said: boolean[] = [];
  const checking = checkCarrier(configuration(peer.port, PATIENT), ({ good }) => said.push(good));
  await peer.until(1);
  await peer.holdUp();
  movedMs += 2 * HOUR_MS;
  expect(await checking).toBe(true);
  expect(said).toEqual([true, true]);
});
