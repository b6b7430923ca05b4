/** What is held for waves that are to come, and how it ends, over a real store. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Payable, Paying } from "../../../../engine/actions/guard/paying.js";
import type { ActionRecord } from "../../../../engine/actions/record.js";
import type { Round } from "../../../../engine/actions/rounds/round.js";
import { LOCAL } from "../../../../engine/audit/actor.js";
import { Spending } from "../../../../engine/rights/spending.js";
import type { Store } from "../../../../engine/store/store.js";
import type { KeyBudget } from "../../../../schemas/api/rights.js";
import { TemporaryFolder } from "../../dispatch/fixtures.js";
import { given } from "../../registry/samples.js";
import { code } from "../harness.js";

const BUDGET: KeyBudget = { messagesPerDay: 10, costPerDay: null };
const DAY_MS = 86_400_000;
let folder: TemporaryFolder;
let store: Store;
let spending: Spending;
let nowMs: number;

beforeEach(() => {
  folder = new TemporaryFolder();
  store = folder.open();
  spending = new Spending(store);
  nowMs = 1_700_000_000_000;
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

function paying(): Paying {
  const write = (put: () => void) => void store.commit(put);
  return new Paying({ spending, budgetOf: () => BUDGET, ports: () => [], now: () => nowMs, write });
}

function round(number: number, state: Round["state"]): Round {
  return { number, kind: "widening", atMs: nowMs, by: LOCAL, state, before: 1 };
}

const ACTION = { id: "action", actors: { dispatched: { kind: "key", id: "owner", name: "owner" } } } as const;
const wave = (kind: Payable["kind"], count: number, number?: number): Payable => ({
  ...{ kind, texts: ["boy is missing"], recipients: [count] },
  ...(number !== undefined && { round: number }),
});
const shown = (...rounds: number[]) => ({ id: ACTION.id, rounds: rounds.map((number) => ({ number })) });
const spent = (keyId: string) => spending.today(keyId, nowMs).messages;
const opened = async (paid: ReturnType<Paying["pay"]>, record: Pick<ActionRecord, "rounds"> = {}) =>
  given(await store.commit(() => given(paid).put(record)));

test("each wave of a round takes of what was paid for it, and what the last of them leaves is given back", async () => {
  const payments = paying();
  payments.note(shown(1, 2), "round", given(payments.take("key", BUDGET, { messages: 8, cost: 0 })));
  await opened(payments.pay(ACTION, wave("widening", 3, 2)), { rounds: [round(1, "done"), round(2, "waits")] });
  expect(spent("key")).toBe(8);
  await opened(payments.pay(ACTION, wave("widening", 2, 2)), { rounds: [round(1, "done"), round(2, "done")] });
  expect(spent("key")).toBe(5);
  expect(new Spending(store).today("key", nowMs).messages).toBe(5);
});

test("a wave that is not opened costs nothing, and is paid again when it is", async () => {
  const payments = paying();
  payments.note(shown(), "first", given(payments.take("key", BUDGET, { messages: 4, cost: 0 })));
  given(payments.pay(ACTION, wave("first", 6))).undo();
  expect(spent("key")).toBe(4);
  expect(code(payments.pay(ACTION, wave("first", 11)))).toBe("BUDGET_EXCEEDED");
  expect(spent("key")).toBe(4);
  await opened(payments.pay(ACTION, wave("first", 6)));
  expect(spent("key")).toBe(6);
});

test("what is left when nothing more is to be sent is given back, to each key what it paid, and only on the day", async () => {
  const payments = paying();
  payments.note(shown(), "first", given(payments.take("one", BUDGET, { messages: 6, cost: 0 })));
  payments.note(shown(1), "round", given(payments.take("other", BUDGET, { messages: 2, cost: 0 })));
  payments.over(ACTION.id);
  expect([spent("one"), spent("other")]).toEqual([0, 0]);
  payments.note(shown(), "last", given(payments.take("one", BUDGET, { messages: 6, cost: 0 })));
  nowMs += DAY_MS;
  given(payments.take("one", BUDGET, { messages: 3, cost: 0 }));
  payments.over(ACTION.id);
  expect(spent("one")).toBe(3);
});

test("a correction is the last word of an action too, and late arrivals are paid by whose the action is", async () => {
  const payments = paying();
  payments.note(shown(1), "last", given(payments.take("key", BUDGET, { messages: 4, cost: 0 })));
  await opened(payments.pay(ACTION, wave("correction", 3, 1)));
  expect(spent("key")).toBe(3);
  await opened(payments.pay(ACTION, wave("arrivals", 7, 2)));
  expect(spent("owner")).toBe(7);
  expect(code(payments.pay(ACTION, wave("arrivals", 4, 2)))).toBe("BUDGET_EXCEEDED");
  const local = { ...ACTION, actors: { dispatched: LOCAL } };
  await opened(payments.pay(local, wave("arrivals", 4, 2)));
  expect([spent("key"), spent("owner")]).toEqual([3, 7]);
});
