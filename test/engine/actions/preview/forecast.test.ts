/** What a forecast takes for the rate of a carrier, with the gauges that its thread would write. */
import { expect, test } from "vitest";
import { Forecast } from "../../../../engine/actions/preview/forecast.js";
import type { Dispatcher } from "../../../../engine/dispatch/ledger/dispatcher.js";
import type { CarrierAccount } from "../../../../engine/dispatch/plan/account.js";
import { CarrierMemory } from "../../../../engine/dispatch/plan/carrier-memory.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { DISPATCH } from "../../../../schemas/limits.js";
import { GAUGE, GAUGE_WORDS, LATENCY_BUCKETS } from "../../../../schemas/link.js";
import { rosterOf, waveRecord } from "../../dispatch/bare-fixtures.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { TemporaryFolder, until } from "../../dispatch/fixtures.js";
import { FakeSelector, Harness } from "../harness.js";

test("a carrier takes what was learnt of it, except while it is backed off from", async () => {
  const folder = new TemporaryFolder();
  const carrier = new FakeCarrier("a", 1);
  const harness = await Harness.start(folder, [carrier], new FakeSelector(1_000));
  const perSecond = async (allowed: number, backingOff: number): Promise<number> => {
    Atomics.store(carrier.gauges, GAUGE.allowedPerSecond, allowed);
    Atomics.store(carrier.gauges, GAUGE.backingOff, backingOff);
    const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000 };
    const preview = await harness.preview({ area, text: "boy is missing" });
    if (!preview.ok) throw new Error(preview.problem.detail);
    return preview.value.forecast.segmentsPerSecond;
  };
  await until(() => Atomics.load(carrier.gauges, GAUGE.bound) > 0);
  expect(await perSecond(1_000_000, 0)).toBe(DISPATCH.assumedPerSecond);
  expect(await perSecond(900, 0)).toBe(900);
  expect(await perSecond(20, 1)).toBe(DISPATCH.assumedPerSecond);
  await harness.crash();
  folder.remove();
});

test("what goes first is told by urgency and by size, of the preview's as of the waves that run", async () => {
  const folder = new TemporaryFolder();
  // So slow that nearly all of it waits.
  const carrier = new FakeCarrier("a", 1, { window: 4, perTurn: 1, turnMs: 200 });
  const harness = await Harness.start(folder, [carrier], new FakeSelector(1_000));
  const { id } = await harness.create({ dispatch: true });
  await harness.at(id, "sending");
  const waiting = async (recipients: number, fields: object): Promise<number> => {
    harness.selector.count_ = recipients;
    const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000 };
    const preview = await harness.preview({ area, text: "boy is missing", ...fields });
    if (!preview.ok) throw new Error(preview.problem.detail);
    return preview.value.forecast.waitingSegments;
  };
  const least = 900;
  expect(await waiting(10, {})).toBe(0);
  expect(await waiting(10, { timeCritical: false })).toBeGreaterThan(least);
  expect(await waiting(2_000, {})).toBeGreaterThan(least);
  expect(await waiting(1_000, {})).toBeGreaterThan(least);
  expect(await waiting(2_000, { urgency: "extreme" })).toBe(0);
  await harness.crash();
  folder.remove();
});

test("what a carrier took in the last run counts after a restart, within a fifth, until it is seen anew", async () => {
  const folder = new TemporaryFolder();
  const store = folder.open();
  const gauges = new Int32Array(GAUGE_WORDS + LATENCY_BUCKETS);
  gauges[GAUGE.bound] = 1;
  const port = { name: "a", binds: 1, gauges, ratePerSecond: 1_000_000 };
  const account = { port, exposed: 50, limit: 60, isBound: true, serves: true } as unknown as CarrierAccount;
  const dispatcher = { carriers: { of: () => [account] }, waves: [] } as unknown as Dispatcher;
  const ofThousand = {
    ...{ recipients: 1_000, segments: 1_000, extreme: false, timeCritical: true },
    domain: "trace",
  } as const;
  const memory = new CarrierMemory(store);
  const forecast = new Forecast(memory);
  expect(forecast.of(ofThousand, dispatcher, 0).segmentsPerSecond).toBe(DISPATCH.assumedPerSecond);
  // A hundred a second, of which a few come in the second after.
  for (const [second, more] of [0, 97, 104, 95, 103, 101].entries()) {
    gauges[GAUGE.acknowledged]! += more;
    forecast.observe([account], second * 1_000);
  }
  // The last of a wave are no measure of a carrier.
  const calm = { ...account, exposed: 3 } as CarrierAccount;
  gauges[GAUGE.acknowledged]! += 4;
  forecast.observe([calm], 6_000);
  expect((await memory.note([port])).ok).toBe(true);
  const restarted = new Forecast(new CarrierMemory(store));
  const { segmentsPerSecond, durationMs } = restarted.of(ofThousand, dispatcher, 0);
  expect(Math.abs(segmentsPerSecond - 100)).toBeLessThanOrEqual(20);
  expect(Math.abs(durationMs - 10_000)).toBeLessThanOrEqual(2_000);
  // Whoever waits behind it has a part meanwhile; behind an extreme one nobody has.
  const behind = new LiveWave(waveRecord({ count: 10, timeCritical: false }), 0, rosterOf(10));
  const beside = { ...dispatcher, waves: [behind] } as unknown as Dispatcher;
  const shared = restarted.of(ofThousand, beside, 0).durationMs;
  expect(shared / durationMs).toBeCloseTo(1 + 1 / DISPATCH.keptOneIn, 3);
  expect(restarted.of({ ...ofThousand, extreme: true }, beside, 0).durationMs).toBe(durationMs);
  // A full desk holds up what asks, but for danger to life; what was to take longer anyway takes no longer.
  const paced = new Forecast(new CarrierMemory(store), (recipients) => recipients * 60);
  const held = { ...ofThousand, recipients: 1_000 };
  expect(paced.of(held, dispatcher, 0)).toMatchObject({ durationMs: 60_000, finishedAt: "1970-01-01T00:01:00.000Z" });
  expect(paced.of({ ...held, extreme: true }, dispatcher, 0).durationMs).toBe(durationMs);
  expect(paced.of({ ...held, isTold: true }, dispatcher, 0).durationMs).toBe(durationMs);
  expect(paced.of({ ...held, recipients: 1 }, dispatcher, 0).durationMs).toBe(durationMs);
  await store.close();
  folder.remove();
});
