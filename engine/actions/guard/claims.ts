/**
 * What a key with an area or a budget wants to send, looked at before it is accepted: that nobody is asked outside its
 * municipalities, and that its day has enough left. A key with neither claims nothing and waits for nothing.
 *
 * Whoever would be asked is counted for it, so the claim is as true as that count: who is selected a moment later may differ
 * by whoever moved, joined or left in between.
 */

import type { ActionRequest } from "../../../schemas/api/api.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { municipalityNumber } from "../../geo/municipality-code.js";
import type { Principal } from "../../rights/principal.js";
import { type Amount, type Spending, stepsOf } from "../../rights/spending.js";
import type { Sparing } from "../../selection/query/persons.js";
import type { Selector } from "../../selection/selector.js";
import type { CheckRequest } from "../preview/area-check.js";
import { costOf } from "../preview/cost.js";
import { queryOf } from "../query.js";
import { enoughAround } from "../rounds/nearest.js";
import type { Reach } from "../rounds/rosters.js";
import type { Claim } from "../service.js";
import { liesWithin, type MunicipalityAt } from "./within.js";

/** What of an action decides who is asked, and what that costs. */
export type Asked = Pick<ActionRequest, "area" | "domain" | "kind" | "urgency" | "text"> & {
  readonly groups?: ActionRequest["groups"] | null;
  /** As in a request; null or absent: the area alone. */
  readonly enough?: number | null | undefined;
};

export interface ClaimParts {
  readonly selector: Pick<Selector, "count" | "select">;
  readonly spending: Spending;
  readonly checkRequest: CheckRequest;
  /** Undefined where the outlines of municipalities are not known. */
  readonly municipalityAt: MunicipalityAt | undefined;
  /** Who is left out of it besides. */
  readonly sparingOf: (asked: Asked) => Sparing;
  readonly ports: () => Parameters<typeof costOf>[2];
  readonly now: () => number;
}

interface Taken {
  readonly keyId: string;
  readonly amount: Amount;
  readonly isThanks: boolean;
}

export class Claims {
  /** Refused since the process started. */
  readonly refused = { area: 0, budget: 0 };
  /** When something was last refused for the budget of a key, and the name of that. */
  lastRefusal: { readonly name: string; readonly atMs: number } | undefined;
  /** What was taken for the last step of an action, by action. */
  readonly #taken = new Map<string, Taken>();
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /** For an action that is to be sent. */
  ofSending(asked: Asked, by: Principal): Claim | undefined {
    if (by.municipalities === undefined && !hasBudget(by)) return undefined;
    return this.#claim(by, () => this.#counted(asked, by));
  }

  /** For more people of an action that is sent. `reach`: where they are, and how many, looked at once it is asked. */
  ofWidening(action: Asked, reach: () => Promise<Result<Reach>>, by: Principal): Claim | undefined {
    if (by.municipalities === undefined && !hasBudget(by)) return undefined;
    return this.#claim(by, async () => {
      const found = await reach();
      if (!found.ok) return found;
      const { area, messages } = found.value;
      const counted =
        by.municipalities === undefined ? ok(undefined) : await this.#counted({ ...action, area, enough: null }, by);
      return counted.ok ? ok({ messages, text: action.text }) : counted;
    });
  }

  /** For so many more messages to people who were asked before. */
  ofMore(messages: number, text: string, by: Principal): Claim | undefined {
    return hasBudget(by) ? this.#claim(by, async () => ok({ messages, text })) : undefined;
  }

  /** For an action that is not sent yet: its area alone. */
  ofDraft(asked: Pick<Asked, "area">, by: Principal): Claim | undefined {
    if (by.municipalities === undefined) return undefined;
    return this.#claim(by, async () => {
      const today = await this.#inside(asked, by);
      return today.ok ? ok({ messages: 0, text: "" }) : today;
    });
  }

  /** AREA_FORBIDDEN where somebody who would be asked lives elsewhere. */
  areOwn(people: ReadonlyMap<number, number>, { municipalities }: Principal): Result<void> {
    const strangers = [...people.keys()].some((code) => municipalities?.includes(code) === false);
    return strangers ? this.#outside() : ok(undefined);
  }

  #claim(by: Principal, count: () => Promise<Result<{ messages: number; text: string }>>): Claim {
    const { spending, now } = this.#parts;
    let taken: Amount | undefined;
    return {
      admit: async () => {
        const counted = await count();
        if (!counted.ok) return counted;
        if (counted.value.messages === 0 || !hasBudget(by)) return ok(undefined);
        const amount = this.#priced(counted.value, by);
        const admitted = amount.ok ? spending.take(by.keyId, by.budget, amount.value, now()) : amount;
        if (!admitted.ok) this.#overBudget(by);
        else if (amount.ok) taken = amount.value;
        return admitted.ok ? ok(undefined) : admitted;
      },
      put: (action) => {
        if (!taken) return;
        spending.put(by.keyId);
        this.#note(action.id, { keyId: by.keyId, amount: taken, isThanks: action.endedAt !== null });
      },
      giveBack: () => {
        if (taken) spending.giveBack(by.keyId, taken, now());
        taken = undefined;
      },
    };
  }

  /**
   * Of the action, or its thank-you, nobody was sent anything: what was taken for that is the key's again, and `put` writes it. Not
   * after a restart, for what it was is known no more.
   */
  unsent(actionId: string, isThanks: boolean, put: (write: () => void) => void): void {
    const { spending, now } = this.#parts;
    const taken = this.#taken.get(actionId);
    if (taken?.isThanks !== isThanks) return;
    this.#taken.delete(actionId);
    spending.giveBack(taken.keyId, taken.amount, now());
    put(() => spending.put(taken.keyId));
  }

  /** Of so many actions at most: those that were accepted long ago have not failed. */
  #note(actionId: string, taken: Taken): void {
    this.#taken.delete(actionId);
    if (this.#taken.size >= DISPATCH.claimsKept) this.#taken.delete(this.#taken.keys().next().value!);
    this.#taken.set(actionId, taken);
  }

  #overBudget({ by }: Principal): void {
    this.refused.budget++;
    this.lastRefusal = { name: by.name, atMs: this.#parts.now() };
  }

  async #counted(asked: Asked, by: Principal): Promise<Result<{ messages: number; text: string }>> {
    const { selector, now, sparingOf } = this.#parts;
    const today = await this.#inside(asked, by);
    if (!today.ok) return today;
    const counts = await selector.count({ ...queryOf(today.value, now()), sparing: sparingOf(asked) });
    if (!counts.ok) return counts;
    const own = this.areOwn(counts.value.municipalities, by);
    if (!own.ok) return own;
    const { enough } = asked;
    if (!enough || counts.value.recipients >= enough)
      return ok({ messages: counts.value.recipients, text: asked.text });
    return this.#enough(today.value, enough, by);
  }

  /** The nearest besides may live elsewhere. */
  async #enough(asked: Asked, enough: number, by: Principal): Promise<Result<{ messages: number; text: string }>> {
    const { selector, now } = this.#parts;
    const reached = await enoughAround(asked.area, enough, (area) =>
      selector.select(queryOf({ ...asked, area }, now())),
    );
    if (!reached.ok) return reached;
    const { area, roster } = reached.value;
    const own =
      by.municipalities === undefined ? ok(undefined) : await this.#counted({ ...asked, area, enough: null }, by);
    return own.ok ? ok({ messages: roster.count, text: asked.text }) : own;
  }

  async #inside<A extends Pick<Asked, "area">>(asked: A, { municipalities }: Principal): Promise<Result<A>> {
    const { checkRequest, municipalityAt } = this.#parts;
    const today = await checkRequest(asked, { turn: "optional" });
    if (!today.ok || municipalities === undefined) return today;
    const { area } = today.value;
    const isInside =
      area.type === "Municipality"
        ? municipalities.includes(municipalityNumber(area.code))
        : municipalityAt === undefined || liesWithin(area, municipalities, municipalityAt);
    return isInside ? today : this.#outside();
  }

  #outside(): Result<never> {
    this.refused.area++;
    return fail("AREA_FORBIDDEN", "it reaches beyond the municipalities of the key", "/area");
  }

  #priced({ messages, text }: { messages: number; text: string }, { budget }: Principal): Result<Amount> {
    if (budget.costPerDay === null) return ok({ messages, cost: 0 });
    const cost = costOf(messages, text, this.#parts.ports());
    if (cost !== null && cost.currency === budget.costPerDay.currency) {
      return ok({ messages, cost: stepsOf(cost.amount) });
    }
    const currency = budget.costPerDay.currency;
    return fail("PRICE_UNKNOWN", `the key has a budget in ${currency}, and not all carriers have a price in it`);
  }
}

function hasBudget({ budget }: Principal): boolean {
  return budget.messagesPerDay !== null || budget.costPerDay !== null;
}
