import { Builder } from "flatbuffers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Dispatcher } from "../../../../engine/dispatch/ledger/dispatcher.js";
import { journalKey } from "../../../../engine/dispatch/ledger/journal/journal.js";
import { JournalPage } from "../../../../engine/dispatch/ledger/journal/journal-page.js";
import { WaveStore } from "../../../../engine/dispatch/ledger/wave-store.js";
import { CarrierAccount } from "../../../../engine/dispatch/plan/account.js";
import type { Store } from "../../../../engine/store/store.js";
import { Grant, JournalEntry } from "../../../../schemas/generated/dispatch_generated.js";
import { API } from "../../../../schemas/limits.js";
import { EVENT, EVENT_WORDS, RECEIPT_STATE } from "../../../../schemas/link.js";
import { carrierPort, rosterOf, waveRecord } from "../bare-fixtures.js";
import { clockOf, peopleOf, recoverAll, TemporaryFolder, textNumbersOf } from "../fixtures.js";

let folder: TemporaryFolder;
let store: Store;

beforeEach(() => {
  folder = new TemporaryFolder();
  store = folder.open();
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

/** A wave of one recipient whose message the carrier took under this message_id of four characters. */
async function taken(waveId: number, messageId: string, carrier: number): Promise<void> {
  const waves = new WaveStore(store);
  const record = waveRecord({ waveId, count: 1 });
  const put = await waves.putRoster(waveId, rosterOf(1), 1);
  if (!put.ok) throw new Error("the roster is stored");
  const page = new JournalPage(0);
  page.addGrant(carrier, { from: 0, count: 1, resend: false }, [1]);
  await store.commit(() => {
    put.value();
    waves.put({ ...record, stop: null, archive: null });
    page.write(store.table("journal"), waveId, 1);
  });
  const event = new Uint32Array([EVENT.outcome | (4 << 16), 0, 0, 0, Buffer.from(messageId).readUInt32LE(0)]);
  page.addEvent(event, 0, event.length, carrier);
  await store.commit(() => page.write(store.table("journal"), waveId, 2));
}

it("takes no receipt before every wave is there to be found", async () => {
  const carrier = carrierPort();
  const { hash } = new CarrierAccount(carrier);
  for (const [waveId, messageId] of [
    [1, "aaaa"],
    [2, "bbbb"],
    [3, "cccc"],
  ] as const) {
    await taken(waveId, messageId, hash);
    // The carrier's thread is quicker than the revival of the waves: its receipts lie there when that begins.
    const at = carrier.bring.reserve(EVENT_WORDS + 3);
    const number = [0, 0];
    const id = Buffer.from(messageId).readUInt32LE(0);
    carrier.bring.words.set([EVENT.receipt | (12 << 16), RECEIPT_STATE.delivered, 0, 0, ...number, id], at);
  }
  carrier.bring.publish();
  const hooks = { onSent: () => {}, onFatal: () => {}, ...clockOf(() => 3) };
  const dispatcher = new Dispatcher(store, [carrier], hooks, peopleOf());
  const recovered = await recoverAll(new WaveStore(store), dispatcher);
  expect(recovered).toEqual({ ok: true, value: { waves: 3, uncertain: 0, unreadable: [] } });
  await dispatcher.write(() => {});
  expect(dispatcher.waves.map((wave) => wave.isSettled)).toEqual([true, true, true]);
  expect(dispatcher.receipts.early).toBe(0);
  await dispatcher.close();
});

it("goes on with a wave of which its carriers make more parts now", async () => {
  const carrier = carrierPort("north", 1, { parts: 3 });
  const { hash } = new CarrierAccount(carrier);
  await taken(7, "aaaa", hash);
  const waves = new WaveStore(store);
  const hooks = { onSent: () => {}, onFatal: () => {}, ...clockOf(() => 3) };
  const dispatcher = new Dispatcher(store, [carrier], hooks, peopleOf());
  expect(await recoverAll(waves, dispatcher)).toEqual({
    ok: true,
    value: { waves: 1, uncertain: 0, unreadable: [] },
  });
  const wave = dispatcher.waves[0]!;
  expect(wave.record.segments).toBe(3);
  expect(dispatcher.accounts[0]!.canSend(wave, 0)).toBe(true);
  // What went out in one part was acknowledged, and is delivered with a receipt for that part.
  wave.receipt(0, 0, RECEIPT_STATE.delivered, hash);
  expect(wave.isSettled).toBe(true);
  const stored = waves.get(7);
  expect(stored.ok && stored.value.segments).toBe(3);
  await dispatcher.close();
});

it("counts a wave in parts that it can be sent in: a carrier that makes more of the text gets none of it", async () => {
  const hooks = { onSent: () => {}, onFatal: () => {}, ...clockOf(() => 3) };
  const ports = [carrierPort("north", 1, { parts: 4 }), carrierPort("south", 1, { parts: API.segmentsPerMessage + 1 })];
  const push = carrierPort("app", 1, { parts: 5, channel: "push" });
  const dispatcher = new Dispatcher(store, [...ports, push], hooks, peopleOf());
  expect(dispatcher.carriers.segmentsOf({}, "a text")).toBe(4);
  expect(dispatcher.carriers.segmentsOf({ channel: "push" }, "a text")).toBe(5);
  await dispatcher.close();
  const alone = new Dispatcher(store, ports.slice(1), hooks, peopleOf());
  expect(alone.carriers.segmentsOf({}, "a text")).toBe(1);
  await alone.close();
});

it("reads the waves of before there were several texts, and their journals, and goes on with them", async () => {
  const carrier = carrierPort();
  const { hash } = new CarrierAccount(carrier);
  const waves = new WaveStore(store);
  const put = await waves.putRoster(7, rosterOf(2), 2);
  if (!put.ok) throw new Error("the roster is stored");
  const { texts: _, ...record } = waveRecord({ waveId: 7, count: 2, segments: 2 });
  const old = { version: 1, ...record, text: "the one text", stop: null, archive: null };
  const key = Buffer.from([0, 0, 0, 7]);
  // An entry as programs of before wrote it: the first granted in two parts, the second in the wave's own number, which 0 stood for.
  const builder = new Builder(64);
  const events = JournalEntry.createEventsVector(builder, []);
  JournalEntry.startGrantsVector(builder, 2);
  Grant.createGrant(builder, hash, 1, 1, 0);
  Grant.createGrant(builder, hash, 0, 1, 1 << 8);
  const grants = builder.endVector();
  builder.finish(JournalEntry.createJournalEntry(builder, 1, events, grants, 1));
  await store.commit(() => {
    put.value();
    void store.table("waves").put(key, Buffer.from(JSON.stringify(old)));
    void store.table("journal").put(journalKey(7, 0), builder.asUint8Array());
  });
  expect(waves.get(7)).toMatchObject({ ok: true, value: { texts: ["the one text"] } });
  const hooks = { onSent: () => {}, onFatal: () => {}, ...clockOf(() => 3) };
  const dispatcher = new Dispatcher(store, [carrier], hooks, peopleOf());
  const recovered = await recoverAll(waves, dispatcher);
  expect(recovered).toEqual({ ok: true, value: { waves: 1, uncertain: 2, unreadable: [] } });
  const [wave] = dispatcher.waves;
  expect(wave!.record.texts).toEqual(["the one text"]);
  expect([0, 1].map((position) => wave!.said.parts(position))).toEqual([1, 2]);
  // What is written of it from now on is of this form.
  await store.commit(() => waves.put({ ...wave!.record, stop: null, archive: null }));
  const now = store.table("waves").get(key);
  const shown = now.ok && now.value ? JSON.parse(now.value.toString()) : {};
  expect([shown.version, shown.texts, "text" in shown]).toEqual([2, ["the one text"], false]);
  await dispatcher.close();
});

it("holds up a wave of which it is not known who gets which text", async () => {
  const waves = new WaveStore(store);
  const numbers = textNumbersOf(4, 2);
  const shares = [0, 1].map((text) => ({ recipients: numbers!.filter((each) => each === text).length, segments: 1 }));
  const record = waveRecord({ waveId: 7, count: 4, texts: ["een", "one"], shares });
  const put = await waves.putRoster(7, rosterOf(4), 4, numbers);
  if (!put.ok) throw new Error("the roster is stored");
  await store.commit(() => {
    put.value();
    waves.put({ ...record, stop: null, archive: null });
    void store.table("rosters").remove(journalKey(7, 2 ** 31));
  });
  const hooks = { onSent: () => {}, onFatal: () => {}, ...clockOf(() => 3) };
  const dispatcher = new Dispatcher(store, [carrierPort()], hooks, peopleOf());
  const recovered = await recoverAll(waves, dispatcher);
  expect(recovered).toMatchObject({ ok: true, value: { waves: 0, unreadable: [{ waveId: 7 }] } });
  await dispatcher.close();
  const removed = await waves.remove(record);
  expect(removed.ok && [...store.table("rosters").keys()]).toEqual([]);
});
