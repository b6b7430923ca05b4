/** Receipts through the ledger and its store: after a restart, on another carrier, and those that belong to no one. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { Dispatcher } from "../../../../engine/dispatch/ledger/dispatcher.js";
import { WaveStore } from "../../../../engine/dispatch/ledger/wave-store.js";
import { StrayStore } from "../../../../engine/dispatch/receipts/stray-store.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import type { Store } from "../../../../engine/store/store.js";
import { assert } from "../../../../schemas/errors.js";
import { RECEIPTS } from "../../../../schemas/limits.js";
import { GAUGE, RECEIPT_STATE } from "../../../../schemas/link.js";
import { STATE, type UnknownPolicy } from "../../../../schemas/words.js";
import { carrierPort, rosterOf, waveRecord } from "../bare-fixtures.js";
import { clockOf, peopleOf, recoverAll, TemporaryFolder, until } from "../fixtures.js";
import { numberOf, outcomeEvent, receiptEvent, stateOf, statesOf, unknownEvent } from "./receipts.js";

const { delivered, undeliverable } = RECEIPT_STATE;
type Port = ReturnType<typeof carrierPort>;

let folder: TemporaryFolder;
let store: Store;
let dispatcher: Dispatcher;
let nowMs: number;

beforeEach(() => {
  folder = new TemporaryFolder();
  store = folder.open();
  nowMs = 1_000;
});
afterEach(async () => {
  await dispatcher.close();
  await store.close();
  folder.remove();
});

function start(...ports: Port[]): Dispatcher {
  const hooks = { onSent: () => {}, onFatal: () => {}, ...clockOf(() => nowMs) };
  dispatcher = new Dispatcher(store, ports, hooks, peopleOf(2_000, numberOf));
  return dispatcher;
}

/** As after a kill: what the ports had not told is lost with them. */
async function restart(...ports: Port[]): Promise<LiveWave[]> {
  await dispatcher.close();
  await store.close();
  store = folder.open();
  const recovered = await recoverAll(new WaveStore(store), start(...ports));
  assert(recovered.ok, "the store is whole");
  return [...dispatcher.waves];
}

function bound(name = "north"): Port {
  const port = carrierPort(name);
  port.gauges[GAUGE.bound] = 1;
  port.gauges[GAUGE.window] = 100;
  return port;
}

/** Opens a wave and waits until all of it is granted. */
async function open(count: number, onUnknown: UnknownPolicy = "resend"): Promise<LiveWave> {
  dispatcher.start();
  const waves = new WaveStore(store);
  const stored = { ...waveRecord({ waveId: waves.newId(), count, onUnknown }), stop: null, archive: null };
  const roster = rosterOf(count);
  const put = await waves.putRoster(stored.waveId, roster, count);
  assert(put.ok, "the roster is stored");
  const wave = new LiveWave(stored, dispatcher.freeSlot(), roster);
  await dispatcher.open(wave, 0, () => {
    put.value();
    waves.put(stored);
  });
  await until(() => wave.inFlight === count);
  return wave;
}

/** What is not acknowledged then is not sent again. */
function stop(wave: LiveWave): Promise<void> {
  const stopped = { ...wave.record, stop: { atMs: nowMs }, archive: null };
  return dispatcher.stop([wave], () => new WaveStore(store).put(stopped));
}

/** Brings events to the ledger; settles when what they say is durable. */
async function bring(port: Port, ...events: Uint32Array[]): Promise<void> {
  for (const event of events) {
    const at = port.bring.reserve(event.length);
    assert(at >= 0, "the ring has room");
    port.bring.words.set(event, at);
  }
  port.bring.publish();
  dispatcher.turn();
  await until(() => port.events.released() === port.bring.publish());
  await dispatcher.write(() => {});
}

it("finds after a restart whom a receipt is for, however it spells the id", async () => {
  const port = bound();
  start(port);
  const wave = await open(40);
  const responses = Array.from({ length: 40 }, (_, i) => (48_000 + i).toString(16).toUpperCase().padStart(10, "0"));
  await bring(port, ...responses.map((id, position) => outcomeEvent(wave.slot, position, id)));
  const [again] = await restart(port);
  const receipts = responses.map((_, i) => receiptEvent(`${48_000 + i}`, delivered, numberOf(1_000 + i)));
  await bring(port, ...receipts);
  expect(again!.counts[STATE.delivered]).toBe(40);
  const [third] = await restart(port);
  expect(third!.counts[STATE.delivered]).toBe(40);
});

it("knows after a restart who can be found by number, and writes down what it found", async () => {
  const port = bound();
  start(port);
  const wave = await open(4);
  await stop(wave);
  await bring(
    port,
    unknownEvent(wave.slot, 0),
    outcomeEvent(wave.slot, 1, ""),
    outcomeEvent(wave.slot, 2, "known"),
    unknownEvent(wave.slot, 3),
  );
  expect(statesOf(wave)).toEqual(["unknown", "acknowledged", "acknowledged", "unknown"]);
  const [again] = await restart(port);
  await bring(
    port,
    receiptEvent("lost", delivered, numberOf(1_000)),
    receiptEvent("none", undeliverable, numberOf(1_001)),
    receiptEvent("strange", delivered, numberOf(1_002)),
  );
  expect(statesOf(again!)).toEqual(["delivered", "failed", "acknowledged", "unknown"]);
  const [third] = await restart(port);
  expect(statesOf(third!)).toEqual(["delivered", "failed", "acknowledged", "unknown"]);
});

it("knows after a second restart what a receipt by number settled after the first", async () => {
  const port = bound();
  start(port);
  await open(3, "hold");
  const [again] = await restart(carrierPort());
  expect(statesOf(again!)).toEqual(["unknown", "unknown", "unknown"]);
  const silent = carrierPort();
  const [third] = await restart(silent);
  await bring(silent, ...[0, 1].map((i) => receiptEvent(`x${i}`, delivered, numberOf(1_000 + i))));
  expect(statesOf(third!)).toEqual(["delivered", "delivered", "unknown"]);
  const fourth = (await restart(carrierPort()))[0]!;
  expect(statesOf(fourth)).toEqual(["delivered", "delivered", "unknown"]);
  expect([fourth.possibleDuplicates, fourth.inFlight, fourth.hasWork]).toEqual([0, 0, false]);
});

it("remembers when such a receipt concluded the last recipient", async () => {
  const port = bound();
  start(port);
  await open(1, "hold");
  const silent = carrierPort();
  const [again] = await restart(silent);
  nowMs = 2_000;
  await bring(silent, receiptEvent("x", delivered, numberOf(1_000)));
  expect(again!.acknowledgedAtMs).toBe(2_000);
  nowMs = 3_000;
  const [third] = await restart(carrierPort());
  expect(third!.acknowledgedAtMs).toBe(2_000);
});

it("does not find an id at another carrier, but who is known by number", async () => {
  const [north, south] = [bound("north"), bound("south")];
  start(north, south);
  const wave = await open(3);
  await stop(wave);
  await bring(north, outcomeEvent(wave.slot, 0, "aa"), unknownEvent(wave.slot, 1), outcomeEvent(wave.slot, 2, "cc"));
  const event = (id: string, participant: number) => receiptEvent(id, delivered, numberOf(participant));
  await bring(south, event("aa", 1_000), event("bb", 1_001));
  expect(statesOf(wave)).toEqual(["acknowledged", "delivered", "acknowledged"]);
  await bring(north, event("aa", 1_000));
  expect(stateOf(wave, 0)).toBe("delivered");
});

it("applies a receipt that came first when the response is lost, and when it has no id", async () => {
  const port = bound();
  start(port);
  const wave = await open(2, "hold");
  const receipts = [0, 1].map((position) => receiptEvent(`x${position}`, delivered, numberOf(1_000 + position)));
  await bring(port, ...receipts);
  expect(statesOf(wave)).toEqual(["intended", "intended"]);
  await bring(port, unknownEvent(wave.slot, 0), outcomeEvent(wave.slot, 1, ""));
  expect(statesOf(wave)).toEqual(["delivered", "delivered"]);
  expect(dispatcher.accounts[0]!.exposed).toBe(0);
  const [again] = await restart(port);
  expect(statesOf(again!)).toEqual(["delivered", "delivered"]);
});

it("keeps what belongs to no one, newest first, over a restart", async () => {
  const port = bound();
  start(port);
  await open(1);
  await bring(port, receiptEvent("first", undeliverable, numberOf(1_999), 42));
  nowMs += RECEIPTS.earlyMs;
  await bring(port, receiptEvent("second", delivered));
  expect(dispatcher.accounts[0]!.ids.strays).toBe(1);
  const first = { atMs: 1_000, carrier: "north", messageId: "first", state: undeliverable, error: 42 };
  expect(dispatcher.strays.newest(10)).toEqual({ ok: true, value: [first] });
  nowMs += RECEIPTS.earlyMs;
  await dispatcher.write(() => {});
  const second = { ...first, atMs: 61_000, messageId: "second", state: delivered, error: 0 };
  expect(dispatcher.strays.newest(10)).toEqual({ ok: true, value: [second, first] });
  await restart(port);
  expect(dispatcher.strays.newest(1)).toEqual({ ok: true, value: [second] });
});

it("keeps no more strays than it may", async () => {
  start();
  let strays = new StrayStore(store);
  const put = async (from: number, count: number): Promise<void> => {
    const some = Array.from({ length: count }, (_, i) => ({
      atMs: from + i,
      carrier: "north",
      messageId: "x",
      state: delivered,
      error: 0,
    }));
    await store.commit(() => strays.put(some));
  };
  await put(0, RECEIPTS.straysKept);
  strays = new StrayStore(store);
  await put(RECEIPTS.straysKept, 5);
  expect(store.table("strays").count()).toBe(RECEIPTS.straysKept);
  const all = strays.newest(RECEIPTS.straysKept);
  assert(all.ok, "the store is whole");
  expect([all.value[0]!.atMs, all.value.at(-1)?.atMs]).toEqual([RECEIPTS.straysKept + 4, 5]);
});
