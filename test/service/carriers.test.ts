/** Carriers that refuse, are late, are slow, break off or fall silent: nobody is lost, and the counts say what happened. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startSimulator } from "../../loadtest/carrier/process.js";
import type { Action, Counts } from "../../schemas/api/api.js";
import { RECEIPT_REASON } from "../../schemas/link.js";
import { readLedger } from "../crash/ledger.js";
import { expectNobodyLost } from "../crash/verdict.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "./whole.js";

const TEXT = "Burgernet. Gezocht: rode jas. C001";
const REQUEST = { area: EVERYWHERE, text: TEXT, dispatch: true };
const WINDOW = 64;
const entry = { window: WINDOW };

const isSent = ({ status }: Action): boolean => status === "sent";
const handled = ({ waves }: Action): number => (waves[0]?.counts.acknowledged ?? 0) + (waves[0]?.counts.delivered ?? 0);

/** Counts of the states that are not 0. */
function named({ possibleDuplicates: _, ...counts }: Counts): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function accepted(whole: Whole): Map<number, number> {
  return acceptedBy(
    whole.carriers.map((carrier) => carrier.log()),
    tagOf(TEXT),
  );
}

/** Ends the service and holds its ledger against the carriers' logs; returns how many got the message twice. */
async function expectAllAsked(whole: Whole): Promise<number> {
  await whole.engine.stop();
  const { waves } = await readLedger(whole.folder, whole.numbers);
  return expectNobodyLost(waves[0]!, accepted(whole));
}

describe("a carrier", () => {
  it("that refuses some, and fails to deliver some, is counted with its reasons", async () => {
    const whole = await Whole.start(3_000, [{ name: "north", simulator: { refuse: 0.2, fail: 0.1 } }]);
    const { id } = await whole.engine.createAction(REQUEST);
    const action = await whole.engine.until(id, ({ waves }) => {
      const counts = waves[0]?.counts;
      return counts !== undefined && counts.failed + counts.delivered === waves[0]!.recipients;
    });
    const { counts, failures, recipients } = action.waves[0]!;
    const carrier = (await whole.engine.carriers())[0]!;
    expect(carrier.refused).toBeGreaterThan(recipients * 0.15);
    expect(carrier.refused + carrier.acknowledged).toBe(recipients);
    expect(counts.delivered).toBe(accepted(whole).size - (counts.failed - carrier.refused));
    expect(counts.failed).toBeGreaterThan(carrier.refused);
    await whole.engine.stop();
    const { waves } = await readLedger(whole.folder, whole.numbers);
    // ESME_RINVDSTADR, and receipts that say undeliverable.
    expect(waves[0]!.reasons).toEqual([
      [0x0b, carrier.refused],
      [RECEIPT_REASON + 5, counts.failed - carrier.refused],
    ]);
    expect([...failures].sort((a, b) => a.code - b.code)).toEqual([
      { cause: "messageState", code: 5, times: counts.failed - carrier.refused },
      { cause: "commandStatus", code: 0x0b, times: carrier.refused },
    ]);
  });

  it("that is down at the start is taken into use when it comes", async () => {
    const late = await startSimulator({ name: "late", systemId: "seinpost", password: "loopback" });
    const port = late.smppPort;
    await late.stop();
    const whole = await Whole.prepare(3_000, [{ name: "north", entry: { ...entry, port } }]);
    await whole.startEngine();
    const { id } = await whole.engine.createAction(REQUEST);
    await whole.engine.until(id, ({ status }) => status === "sending");
    let [down] = await whole.engine.carriers();
    // Its thread says so once it has tried, which on a busy machine takes a while.
    for (; !down!.lastError; [down] = await whole.engine.carriers()) await sleep(20);
    expect(down!.binds.bound).toBe(0);
    expect(down!.lastError?.code).toBe("CARRIER_UNREACHABLE");
    expect(named((await whole.engine.action(id)).waves[0]!.counts)).toEqual({ pending: 3_000 });
    const log = `${whole.folder}/late.submits`;
    const up = await startSimulator({ name: "late", systemId: "seinpost", password: "loopback", port, log });
    try {
      const sent = await whole.engine.until(id, isSent);
      expect(handled(sent)).toBe(3_000);
      expect((await up.stats()).distinct).toBe(3_000);
      expect((await up.stats()).duplicates).toBe(0);
    } finally {
      await whole.engine.stop();
      await up.stop();
    }
  });

  it("that breaks off in the middle leaves flagged possible duplicates, and nobody lost", async () => {
    const simulator = { latencyMs: 20 };
    const whole = await Whole.start(4_000, [
      { name: "north", entry, simulator },
      { name: "south", entry, simulator },
    ]);
    const { id } = await whole.engine.createAction(REQUEST);
    for (const [at, part] of [500, 1_500, 2_500].entries()) {
      await whole.engine.until(id, (action) => handled(action) > part, 5);
      await whole.carriers[at % 2]!.simulator.set({ disconnect: true });
    }
    const sent = await whole.engine.until(id, isSent);
    const { possibleDuplicates, ...counts } = sent.waves[0]!.counts;
    expect(counts.acknowledged + counts.delivered).toBe(4_000);
    expect(possibleDuplicates).toBeGreaterThan(0);
    expect(possibleDuplicates).toBeLessThanOrEqual(3 * WINDOW);
    const carriers = await whole.engine.carriers();
    expect(carriers.reduce((sum, { disconnects }) => sum + disconnects, 0)).toBe(3);
    const twice = await expectAllAsked(whole);
    expect(twice).toBeLessThanOrEqual(possibleDuplicates);
    console.log(`three disconnects: ${possibleDuplicates} flagged, ${twice} came twice`);
  });

  it("that falls silent loses its share to the other, and what it had is sent again, flagged", async () => {
    const quick = { ...entry, responseTimeoutMs: 1_500, enquireLinkMs: 1_000, enquireLinkTimeoutMs: 1_000 };
    const whole = await Whole.start(4_000, [
      { name: "north", entry: quick },
      { name: "south", entry: quick, simulator: { latencyMs: 20 } },
    ]);
    await whole.carriers[0]!.simulator.set({ pause: true });
    const { id } = await whole.engine.createAction(REQUEST);
    const sent = await whole.engine.until(id, isSent);
    const { possibleDuplicates } = sent.waves[0]!.counts;
    expect(handled(sent)).toBe(4_000);
    expect(possibleDuplicates).toBeGreaterThan(0);
    const [silent, other] = whole.carriers.map((carrier) => acceptedBy([carrier.log()], tagOf(TEXT)).size);
    expect(other).toBeGreaterThan(4_000 - possibleDuplicates - 1);
    expect(silent).toBeLessThanOrEqual(possibleDuplicates);
    await expectAllAsked(whole);
  });
});

describe("an action that expires", () => {
  it("lets nothing leave after that, and the rest is expired", async () => {
    const whole = await Whole.start(4_000, [{ name: "north", entry: { window: 20 }, simulator: { rate: 300 } }]);
    const expiresAtMs = Date.now() + 3_000;
    const expiresAt = new Date(expiresAtMs).toISOString();
    const { id } = await whole.engine.createAction({ ...REQUEST, expiresAt });
    const done = await whole.engine.until(id, isSent);
    const counts = done.waves[0]!.counts;
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAtMs);
    expect(counts.expired).toBeGreaterThan(0);
    expect(counts.expired + handled(done)).toBe(4_000);
    const asked = accepted(whole).size;
    expect(asked).toBe(handled(done));
    await sleep(300);
    const log = whole.carriers.map((carrier) => carrier.log())[0]!;
    expect(log.length).toBe(asked);
    // What was written before may arrive just after: no more than the window.
    expect(log.arrivedAtMs.filter((atMs) => atMs > expiresAtMs).length).toBeLessThanOrEqual(20);
    await whole.restart();
    expect(named((await whole.engine.action(id)).waves[0]!.counts)).toEqual(named(counts));
    const late = await whole.engine.request<{ code: string }>("POST", `/v1/actions/${id}/dispatch`);
    expect([late.status, late.body.code]).toEqual([409, "WRONG_STATE"]);
  });

  it("is not sent at all when it was a draft too long", async () => {
    const whole = await Whole.start(3_000, [{ name: "north" }]);
    const expiresAt = new Date(Date.now() + 700).toISOString();
    const { id } = await whole.engine.createAction({ ...REQUEST, dispatch: false, expiresAt });
    await sleep(800);
    const late = await whole.engine.request<{ code: string }>("POST", `/v1/actions/${id}/dispatch`);
    expect([late.status, late.body.code]).toEqual([409, "WRONG_STATE"]);
    expect((await whole.carriers[0]!.simulator.counters()).submitted).toBe(0);
  });
});
