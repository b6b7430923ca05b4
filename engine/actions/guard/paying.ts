/**
 * What the keys that have a budget pay for the waves of actions. It is taken before anything is accepted, as if everybody who was counted
 * got the dearest of the texts. Once the roster of a wave is known, and so who gets which text, the wave costs exactly that: what
 * was paid beyond it is the key's again, and where people came in between, what they cost is taken as well, or the wave is not opened.
 * So no key sends for more than its day has. What is left once nothing more of an action is to be sent is given back too.
 *
 * A cost is what carriers take by their shares (preview/cost.ts). In memory: after a restart it is known no more what was paid for
 * which wave, and all of it stays paid. What an action sends by itself (late arrivals) is paid by the key that dispatched it.
 */
import type { KeyBudget } from "../../../schemas/api/rights.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { NewWave } from "../../dispatch/ledger/opening.js";
import { dayOf } from "../../rights/day.js";
import { type Amount, type Spending, stepsOf } from "../../rights/spending.js";
import { type costOf, costOfAll } from "../preview/cost.js";
import type { ActionRecord, ActionWave } from "../record.js";
import { isUnfinished } from "../rounds/ready.js";

/** For which waves of an action it was paid: its first, those of its last word, or those of the round that was asked for last. */
export type PaidFor = "first" | "last" | "round";

/** What was taken, and not used yet. */
export interface Hold {
  readonly keyId: string;
  readonly budget: KeyBudget;
  readonly takenAtMs: number;
  left: Amount;
}

/** A wave that may be opened. */
export interface Paid {
  /** Into the commit that opens it, with the record of its action by then. */
  put(record: Pick<ActionRecord, "rounds">): void;
  /** It was not opened. */
  undo(): void;
}

/** What a wave is to be, as far as that decides who pays, and how much. */
export interface Payable extends Pick<ActionWave, "kind" | "round"> {
  readonly texts: NewWave["texts"];
  /** Of each text. */
  readonly recipients: readonly number[];
}

export interface PayingParts {
  readonly spending: Spending;
  /** Undefined of a key that there is no more. */
  budgetOf(keyId: string): KeyBudget | undefined;
  readonly ports: () => Parameters<typeof costOf>[2];
  now(): number;
  /** Writes into the ledger's next commit. */
  write(put: () => void): void;
}

const FREE: Paid = { put: () => {}, undo: () => {} };
const NOTHING: Amount = { messages: 0, cost: 0 };

export class Paying {
  /** By action, and by what was paid for: of a round its number. */
  readonly #holds = new Map<string, Map<string | number, Hold>>();
  readonly #parts: PayingParts;

  constructor(parts: PayingParts) {
    this.#parts = parts;
  }

  /** BUDGET_EXCEEDED where the day has less left. */
  take(keyId: string, budget: KeyBudget, amount: Amount): Result<Hold> {
    const takenAtMs = this.#parts.now();
    const taken = this.#parts.spending.take(keyId, budget, amount, takenAtMs);
    return taken.ok ? ok({ keyId, budget, takenAtMs, left: amount }) : taken;
  }

  /** It is what this action pays with. Of so many actions at most: what is forgotten stays paid. */
  note({ id, rounds }: Pick<NotedAction, "id" | "rounds">, what: PaidFor, hold: Hold): void {
    const holds = this.#holds.get(id) ?? new Map<string | number, Hold>();
    holds.set(what === "round" ? (rounds.at(-1)?.number ?? what) : what, hold);
    this.#holds.delete(id);
    if (this.#holds.size >= DISPATCH.claimsKept) this.#holds.delete(this.#holds.keys().next().value!);
    this.#holds.set(id, holds);
  }

  /** All that is left of it is the key's again: it was taken today, or is not missed any more. */
  giveBack(hold: Hold): void {
    const nowMs = this.#parts.now();
    if (dayOf(hold.takenAtMs) === dayOf(nowMs)) this.#parts.spending.giveBack(hold.keyId, hold.left, nowMs);
    hold.left = NOTHING;
  }

  /** What this wave costs is paid. BUDGET_EXCEEDED, PRICE_UNKNOWN. */
  pay(record: Pick<ActionRecord, "id" | "actors">, wave: Payable): Result<Paid> {
    const paidFor = paidForOf(wave);
    const hold = this.#holds.get(record.id)?.get(paidFor) ?? this.#byItself(record, wave);
    if (hold === undefined) return ok(FREE);
    const messages = wave.recipients.reduce((sum, count) => sum + count, 0);
    const sent = wave.texts.map((text, number) => ({ text, recipients: wave.recipients[number]! }));
    const amount = amountOf(messages, hold.budget.costPerDay && costOfAll(sent, this.#parts.ports()), hold.budget);
    if (!amount.ok) return amount;
    const before = hold.left;
    const more = this.take(hold.keyId, hold.budget, less(amount.value, before));
    if (!more.ok) return more;
    hold.left = less(before, amount.value);
    const put = ({ rounds = [] }: Pick<ActionRecord, "rounds">): void => {
      const isOver = !rounds.some((each) => each.number === wave.round && isUnfinished(each));
      if (isOver) this.#over(record.id, paidFor, hold);
      this.#parts.spending.put(hold.keyId);
    };
    const undo = (): void => {
      hold.left = before;
      this.giveBack(more.value);
    };
    return ok({ put, undo });
  }

  /** Nothing more of it is to be sent. */
  over(actionId: string): void {
    const holds = [...(this.#holds.get(actionId)?.values() ?? [])];
    this.#holds.delete(actionId);
    for (const hold of holds) this.giveBack(hold);
    if (holds.length === 0) return;
    this.#parts.write(() => {
      for (const { keyId } of holds) this.#parts.spending.put(keyId);
    });
  }

  #over(actionId: string, what: string | number, hold: Hold): void {
    this.giveBack(hold);
    const holds = this.#holds.get(actionId);
    holds?.delete(what);
    if (holds?.size === 0) this.#holds.delete(actionId);
  }

  /** Nothing of it was paid before; whose it is pays it. */
  #byItself({ actors }: Pick<ActionRecord, "actors">, { kind }: Payable): Hold | undefined {
    const by = actors?.dispatched;
    if (kind !== "arrivals" || by?.kind !== "key") return undefined;
    const budget = this.#parts.budgetOf(by.id);
    return budget && hasBudget(budget)
      ? { keyId: by.id, budget, takenAtMs: this.#parts.now(), left: NOTHING }
      : undefined;
  }
}

export interface NotedAction {
  readonly id: string;
  readonly rounds: readonly { readonly number: number }[];
}

export function hasBudget({ messagesPerDay, costPerDay }: KeyBudget): boolean {
  return messagesPerDay !== null || costPerDay !== null;
}

/** As a budget counts it. PRICE_UNKNOWN where it has one in money, and this is not known in its currency. */
export function amountOf(messages: number, cost: ReturnType<typeof costOf>, { costPerDay }: KeyBudget): Result<Amount> {
  if (costPerDay === null) return ok({ messages, cost: 0 });
  const { currency } = costPerDay;
  if (cost?.currency === currency) return ok({ messages, cost: stepsOf(cost.amount) });
  return fail("PRICE_UNKNOWN", `the key has a budget in ${currency}, and not all carriers have a price in it`);
}

function paidForOf({ kind, round }: Payable): string | number {
  if (kind === "ending" || kind === "correction") return "last" satisfies PaidFor;
  return round ?? ("first" satisfies PaidFor);
}

function less(some: Amount, other: Amount): Amount {
  return { messages: Math.max(0, some.messages - other.messages), cost: Math.max(0, some.cost - other.cost) };
}
