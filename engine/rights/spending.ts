/**
 * What was sent today with each key that has a budget: messages, and what they cost. Taken in memory in the turn in which
 * something is accepted, so that two that are accepted in one moment don't both find the last of it, and written in the commit that
 * accepts it, so that a restart gives nothing back. Of each key there is one record, of its last day.
 */
import type { KeyBudget } from "../../schemas/api/rights.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Store, Table } from "../store/store.js";
import { dayOf, secondsToNextDay } from "./day.js";

/** Messages, one for each person, and their price in ten-thousandths of the currency. */
export interface Amount {
  readonly messages: number;
  readonly cost: number;
}

interface Day extends Amount {
  readonly day: string;
}

/** Of one of the currency: prices of a part have four decimals at most, and so have amounts. */
export const COST_STEPS = 10_000;
const NOTHING: Amount = { messages: 0, cost: 0 };

export class Spending {
  readonly #table: Table;
  readonly #days = new Map<string, Day>();

  constructor(store: Store) {
    this.#table = store.table("spending");
    for (const { key, value } of this.#table.range()) {
      // Of a damaged one today's is lost; the store has told of it.
      if (value.ok) this.#days.set(key.toString(), JSON.parse(value.value.toString()) as Day);
    }
  }

  today(keyId: string, nowMs: number): Amount {
    const last = this.#days.get(keyId);
    return last?.day === dayOf(nowMs) ? last : NOTHING;
  }

  /** BUDGET_EXCEEDED where the day has less left than that. */
  take(keyId: string, budget: KeyBudget, amount: Amount, nowMs: number): Result<void> {
    const spent = this.today(keyId, nowMs);
    const { messagesPerDay, costPerDay } = budget;
    const messages = spent.messages + amount.messages;
    const cost = spent.cost + amount.cost;
    if (messagesPerDay !== null && messages > messagesPerDay) {
      return over(`${amount.messages} messages, of which ${messagesPerDay - spent.messages} are left today`, nowMs);
    }
    const left = costPerDay === null ? Number.POSITIVE_INFINITY : stepsOf(costPerDay.amount) - spent.cost;
    if (costPerDay !== null && amount.cost > left) {
      const [asked, rest] = [amount.cost / COST_STEPS, left / COST_STEPS];
      return over(`it costs ${asked} ${costPerDay.currency}, of which ${rest} are left today`, nowMs);
    }
    this.#days.set(keyId, { day: dayOf(nowMs), messages, cost });
    return ok(undefined);
  }

  /** What was taken was not accepted after all. */
  giveBack(keyId: string, amount: Amount, nowMs: number): void {
    const { messages, cost } = this.today(keyId, nowMs);
    const left = { messages: Math.max(0, messages - amount.messages), cost: Math.max(0, cost - amount.cost) };
    this.#days.set(keyId, { day: dayOf(nowMs), ...left });
  }

  /** Into the running commit. */
  put(keyId: string): void {
    void this.#table.put(Buffer.from(keyId), Buffer.from(JSON.stringify(this.#days.get(keyId))));
  }

  /** Into the running commit: the key is gone. */
  forget(keyId: string): void {
    this.#days.delete(keyId);
    void this.#table.remove(Buffer.from(keyId));
  }
}

/** Whole ones that are in it; a little is added, for 4.35 x 10,000 comes out a little below 43,500. */
export function stepsOf(amount: number): number {
  return Math.floor(amount * COST_STEPS + 0.001);
}

function over(detail: string, nowMs: number): Result<never> {
  const { problem } = fail("BUDGET_EXCEEDED", detail, "Authorization");
  return { ok: false, problem: { ...problem, retryAfterSeconds: secondsToNextDay(nowMs) } };
}
