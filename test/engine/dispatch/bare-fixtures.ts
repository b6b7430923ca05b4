/**
 * What a thread of a test of dispatch needs of the fixtures, which loads nothing of the store: a wave record, a roster, message_ids, a
 * carrier. A thread that loads lmdb takes several times as long, and one that is ended while it does ends the whole process.
 */
import type { WaveRecord } from "../../../engine/dispatch/ledger/wave-record.js";
import type { ChannelPort } from "../../../engine/dispatch/plan/channel-port.js";
import { GAUGE_WORDS, LATENCY_BUCKETS } from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";
import type { Channel } from "../../../schemas/words.js";

export function waveRecord(record: Partial<WaveRecord> = {}): WaveRecord {
  return {
    waveId: 1,
    actionId: "0198c0de-0000-7000-8000-000000000001",
    registry: 1,
    kind: "first",
    texts: ["x"],
    count: 10,
    segments: 1,
    timeCritical: true,
    expiresAtMs: Number.MAX_SAFE_INTEGER,
    startedAtMs: 0,
    ...record,
  };
}

/** A roster of participants 1000, 1001, … */
export function rosterOf(count: number, first = 1_000): SharedArrayBuffer {
  const roster = new SharedArrayBuffer(count * 4);
  new Uint32Array(roster).forEach((_, position, all) => {
    all[position] = first + position;
  });
  return roster;
}

/** Puts `id` into `words` at `at`, with rubbish behind it up to the end of its last word, as a ring has. */
export function putId(words: Uint32Array, at: number, id: Uint8Array): number {
  const count = Math.ceil(id.length / 4);
  words.fill(0xdeadbeef, at, at + count);
  new Uint8Array(words.buffer, words.byteOffset + at * 4, id.length).set(id);
  return count;
}

/** A carrier without a thread: what it brings is written into its ring by the test, and nothing is bound until it says so. */
export function carrierPort(
  name = "north",
  share = 1,
  settings: { parts?: number | ((text: string) => number); routes?: readonly string[]; channel?: Channel } = {},
): ChannelPort & { bring: Ring } {
  const buffer = Ring.allocate(65_536);
  const { parts = 1 } = settings;
  return {
    name,
    channel: settings.channel ?? "sms",
    share,
    ratePerSecond: 1_000_000,
    binds: 1,
    events: new Ring(buffer),
    bring: new Ring(buffer),
    grants: new Ring(Ring.allocate(65_536)),
    gauges: new Int32Array(GAUGE_WORDS + LATENCY_BUCKETS),
    routes: settings.routes ?? [],
    costPerSegment: null,
    currency: "EUR",
    sender: "Burgernet",
    messageIds: "auto",
    receiptsPer: "auto",
    adviseText: (text) => {
      const segments = typeof parts === "number" ? parts : parts(text);
      return { encoding: "gsm0338", segments, onAir: segments, outside: [] };
    },
    openWave: () => {},
    stopWave: () => {},
    runWave: () => {},
    forgetWave: () => {},
    wake: () => {},
    onWake: () => {},
    lastProblem: () => null,
    close: async () => {},
  };
}
