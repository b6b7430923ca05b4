import { afterEach, beforeEach, expect, it } from "vitest";
import { Dispatcher } from "../../../../engine/dispatch/ledger/dispatcher.js";
import { JournalPage } from "../../../../engine/dispatch/ledger/journal.js";
import { WaveStore } from "../../../../engine/dispatch/ledger/wave-store.js";
import { CarrierAccount } from "../../../../engine/dispatch/plan/account.js";
import type { Store } from "../../../../engine/store/store.js";
import { API } from "../../../../schemas/limits.js";
import { EVENT, EVENT_WORDS, RECEIPT_STATE } from "../../../../schemas/link.js";
import { carrierPort, clockOf, peopleOf, recoverAll, rosterOf, TemporaryFolder, waveRecord } from "../fixtures.js";

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
  page.addGrant(carrier, { from: 0, count: 1, resend: false }, 1);
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
  expect(dispatcher.accounts[0]!.canSend(wave)).toBe(true);
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
  expect(dispatcher.carriers.segmentsOf({ text: "a text" })).toBe(4);
  expect(dispatcher.carriers.segmentsOf({ text: "a text", channel: "push" })).toBe(5);
  await dispatcher.close();
  const alone = new Dispatcher(store, ports.slice(1), hooks, peopleOf());
  expect(alone.carriers.segmentsOf({ text: "a text" })).toBe(1);
  await alone.close();
});
