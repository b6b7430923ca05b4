/** What a day has left: days of Europe/Amsterdam, over restarts, with nothing taken twice and nothing lost. */
import { expect, onTestFinished, test } from "vitest";
import { dayOf, secondsToNextDay } from "../../../engine/rights/day.js";
import { Spending } from "../../../engine/rights/spending.js";
import { Store } from "../../../engine/store/store.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";

const BUDGET = { messagesPerDay: 100, costPerDay: { amount: 5, currency: "EUR" } };
const NOON = Date.parse("2026-11-30T12:00:00+01:00");

test.each([
  ["2026-11-30T23:59:59+01:00", "2026-11-30", 1],
  ["2026-12-01T00:00:00+01:00", "2026-12-01", 86_400],
  // The clock is put back at three on the 25th, which has 25 hours, and forward on the 28th of March, which has 23.
  ["2026-10-25T00:00:00+02:00", "2026-10-25", 25 * 3_600],
  ["2026-10-25T12:00:00+01:00", "2026-10-25", 12 * 3_600],
  ["2027-03-28T00:00:00+01:00", "2027-03-28", 23 * 3_600],
])("%s is of %s, which ends in %d s", (at, day, seconds) => {
  expect([dayOf(Date.parse(at)), secondsToNextDay(Date.parse(at))]).toEqual([day, seconds]);
});

test("a day has so much and no more, through a restart, and the next one has all of it again", async () => {
  const folder = temporaryFolder();
  let store = given(Store.open(folder));
  onTestFinished(() => store.close());
  let spending = new Spending(store);
  const take = (messages: number, cost = 0, nowMs = NOON) =>
    codeOf(spending.take("k", BUDGET, { messages, cost }, nowMs));
  expect([take(60), take(41), take(40), take(1)]).toEqual(["ok", "BUDGET_EXCEEDED", "ok", "BUDGET_EXCEEDED"]);
  given(await store.commit(() => spending.put("k")));
  await store.close();
  store = given(Store.open(folder));
  spending = new Spending(store);
  expect(spending.today("k", NOON)).toMatchObject({ messages: 100 });
  const refused = spending.take("k", BUDGET, { messages: 1, cost: 0 }, NOON);
  expect(refused).toMatchObject({ problem: { code: "BUDGET_EXCEEDED", retryAfterSeconds: 12 * 3_600 } });
  spending.giveBack("k", { messages: 1, cost: 0 }, NOON);
  expect([take(1), take(1)]).toEqual(["ok", "BUDGET_EXCEEDED"]);
  const tomorrow = NOON + 86_400_000;
  expect([take(100, 0, tomorrow), take(1, 0, tomorrow)]).toEqual(["ok", "BUDGET_EXCEEDED"]);
  // Of money likewise, whatever is left of messages.
  const later = tomorrow + 86_400_000;
  expect([take(1, 49_999, later), take(1, 2, later), take(1, 1, later)]).toEqual(["ok", "BUDGET_EXCEEDED", "ok"]);
});

test("the last cent of a budget can be spent, and what is left is told without crumbs", () => {
  const store = given(Store.open(temporaryFolder()));
  onTestFinished(() => store.close());
  const spending = new Spending(store);
  const of = (amount: number) => ({ messagesPerDay: null, costPerDay: { amount, currency: "EUR" } });
  expect(codeOf(spending.take("whole", of(4.35), { messages: 1, cost: 43_500 }, NOON))).toBe("ok");
  expect(codeOf(spending.take("less", of(4.34999), { messages: 1, cost: 43_500 }, NOON))).toBe("BUDGET_EXCEEDED");
  given(spending.take("most", of(10), { messages: 1, cost: 97_000 }, NOON));
  const refused = spending.take("most", of(10), { messages: 1, cost: 4_000 }, NOON);
  expect(refused).toMatchObject({ problem: { detail: "it costs 0.4 EUR, of which 0.3 are left today" } });
});
