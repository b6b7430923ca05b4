/** The history of carriers: what is written, what is read back, what a restart costs, and what goes when it is old. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CarrierAccount } from "../../../engine/dispatch/plan/account.js";
import { History } from "../../../engine/history/history.js";
import { type CarrierSample, decodeSamples, encodeSamples, FIGURES } from "../../../engine/history/sample.js";
import { showHistory } from "../../../engine/history/shown.js";
import type { Store } from "../../../engine/store/store.js";
import type { CarrierHistory } from "../../../schemas/history/history.js";
import { HISTORY } from "../../../schemas/limits.js";
import { EVENT, GAUGE, GAUGE_WORDS, LATENCY_BUCKETS } from "../../../schemas/link.js";
import { CARRIER_TROUBLES } from "../../../schemas/words.js";
import { carrierPort } from "../dispatch/bare-fixtures.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { given } from "../registry/samples.js";

const MINUTE_MS = 60_000;
/** The begin of a quarter of an hour. */
const START_MS = 1_800_000_000_000 - (1_800_000_000_000 % (15 * MINUTE_MS));

let folder: TemporaryFolder;
let store: Store;
let accounts: CarrierAccount[];

beforeEach(() => {
  folder = new TemporaryFolder();
  store = folder.open();
  accounts = ["north", "south"].map((name, place) => new CarrierAccount(carrierPort(name), place));
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

/** So many were written and taken, and each answer took as long as bucket 10 says. */
function works(account: CarrierAccount, times: number): void {
  const { gauges } = account.port;
  for (const name of ["submitted", "acknowledged"] as const) gauges[GAUGE[name]]! += times;
  gauges[GAUGE_WORDS + 10]! += times;
}

function refuses(account: CarrierAccount, status: number): void {
  account.port.gauges[GAUGE.refused]!++;
  account.heed(Uint32Array.of(EVENT.outcome, 0, 0, status), 0, 0);
}

async function pass(
  history: History,
  from: number,
  to: number,
  each: (minute: number) => void = () => {},
): Promise<void> {
  for (let minute = from; minute < to; minute++) {
    for (const second of [0, 30]) given(await history.tick(accounts, START_MS + minute * MINUTE_MS + second * 1_000));
    each(minute);
  }
}

const show = (history: History, span: "hour" | "day" | "month", minute: number, asked = {}): Promise<CarrierHistory> =>
  showHistory(history, { span, ...asked }, START_MS + minute * MINUTE_MS);

it("has a record for each minute, also of silence, and of all together what their answers came to", async () => {
  const history = new History(store);
  await pass(history, 0, 5, (minute) => {
    if (minute !== 1) return;
    works(accounts[0]!, 600);
    works(accounts[1]!, 60);
    refuses(accounts[1]!, 0x0b);
    refuses(accounts[1]!, 0x0b);
    refuses(accounts[1]!, 0x45);
  });
  const all = await show(history, "hour", 5);
  expect(all.at.length).toBe(4);
  expect(all.series.submittedPerSecond).toEqual([0, 11, 0, 0]);
  expect(all.series.refused).toEqual([0, 3, 0, 0]);
  expect(all.series.latencyP99Ms[0]).toBeNull();
  expect(all.series.latencyP99Ms[1]).toBe(Number((0.1 * 2 ** (11 / 4)).toPrecision(3)));
  expect(all.errors).toEqual([
    { cause: "commandStatus", code: 0x0b, times: 2 },
    { cause: "commandStatus", code: 0x45, times: 1 },
  ]);
  const one = await show(history, "hour", 5, { carrier: "north" });
  expect([one.carriers, one.series.submittedPerSecond, one.errors]).toEqual([["north"], [0, 10, 0, 0], []]);
  expect((await show(history, "hour", 5, { channel: "voice" })).carriers).toEqual([]);
});

it("keeps the most frequent errors of each minute, not of the time before it, and in no record more than are told apart", async () => {
  const [north] = accounts;
  const old = Array.from({ length: HISTORY.errors }, (_, at) => at + 1);
  const history = new History(store);
  await pass(history, 0, 16, (minute) => {
    const codes = [old.flatMap((code) => Array(6).fill(code)), [...old, ...Array(5).fill(0x45)]][minute] ?? [];
    for (const code of codes) refuses(north!, code);
  });
  const { errors } = await show(history, "hour", 16);
  expect(errors.find(({ code }) => code === 0x45)?.times).toBe(5);
  const records = [...store.table("history").range()].map(({ value }) => decodeSamples(given(value)));
  expect(records).toHaveLength(16);
  for (const samples of records) {
    for (const each of samples) expect(each.errors.length).toBeLessThanOrEqual(HISTORY.errors);
  }
});

it("reads all that there is, however many records that is", async () => {
  const history = new History(store);
  const minutes = 2 * HISTORY.recordsOfStep + 1;
  await pass(history, 0, minutes + 1, () => works(accounts[0]!, 60));
  const { at, series } = await show(history, "day", minutes + 1);
  expect(at).toEqual(Array.from({ length: minutes }, (_, at) => new Date(START_MS + at * MINUTE_MS).toISOString()));
  expect(series.submittedPerSecond).toEqual(Array(minutes).fill(1));
});

it("makes a quarter of its minutes, also where a restart lies within it or at its end", async () => {
  await pass(new History(store), 0, 7, () => works(accounts[0]!, 100));
  const [north] = accounts;
  accounts = [new CarrierAccount(carrierPort("north"))];
  // The minute in which it was killed is lost, and nothing else: six were written.
  await pass(new History(store), 8, 14, () => works(accounts[0]!, 100));
  expect(north).not.toBe(accounts[0]);
  accounts = [new CarrierAccount(carrierPort("north"))];
  const after = new History(store);
  await pass(after, 20, 32);
  const { at, series } = await show(after, "month", 32);
  expect(at.slice(0, 2)).toEqual([0, 15].map((minute) => new Date(START_MS + minute * MINUTE_MS).toISOString()));
  expect(Math.round(series.submittedPerSecond[0]! * 900)).toBe(6 * 100 + 5 * 100);
  expect(series.submittedPerSecond[1]).toBe(0);
});

it("lets go of minutes after a day and of quarters after a month, and of nothing before", async () => {
  const history = new History(store);
  await pass(history, 0, 31);
  const at = (minute: number): number => START_MS + minute * MINUTE_MS;
  expect(given(await history.forget(at(HISTORY.minutesKept)))).toBe(0);
  expect(given(await history.forget(at(HISTORY.minutesKept + 30)))).toBe(30);
  const month = HISTORY.quartersKept * HISTORY.minutesOfQuarter;
  expect(given(await history.forget(at(month)))).toBe(0);
  expect(given(await history.forget(at(month + 15)))).toBe(1);
});

it("reads back what it wrote, and a busy minute takes few bytes", () => {
  const count = fc.nat(2 ** 32 - 1);
  const sample: fc.Arbitrary<CarrierSample> = fc.record({
    name: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
    channel: fc.constantFrom("sms", "voice"),
    figures: fc.record(Object.fromEntries(FIGURES.map((figure) => [figure, count]))) as fc.Arbitrary<
      CarrierSample["figures"]
    >,
    latency: fc
      .array(count, { minLength: LATENCY_BUCKETS, maxLength: LATENCY_BUCKETS })
      .map((each) => Uint32Array.from(each)),
    errors: fc.array(fc.record({ cause: fc.constantFrom(...CARRIER_TROUBLES), code: count, times: count }), {
      maxLength: 8,
    }),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 4 }), (samples) => {
      expect(decodeSamples(encodeSamples(samples))).toEqual(samples);
    }),
  );
  const busy = {
    submitted: 600_000,
    acknowledged: 600_000,
    receipts: 590_000,
    outstanding: 1_000,
    allowedPerSecond: 10_000,
  };
  const figures = { ...Object.fromEntries(FIGURES.map((figure) => [figure, 0])), ...busy } as CarrierSample["figures"];
  const latency = new Uint32Array(LATENCY_BUCKETS).fill(40_000, 20, 35);
  expect(encodeSamples([{ name: "north", channel: "sms", figures, latency, errors: [] }]).length).toBeLessThan(128);
});
