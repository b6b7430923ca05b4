/**
 * What a key with an area or a budget wants to send, looked at before it is accepted: that nobody is asked outside its
 * municipalities, and that its day has enough left. A key with neither claims nothing and waits for nothing.
 *
 * Whoever would be asked is counted for it. Who is selected a moment later may differ by whoever moved, joined or left in between: of
 * what is paid for them the wave makes up (paying.ts), and where they live is as true as the count.
 */

import type { Saying, Wordings } from "../../../schemas/api/about-action.js";
import type { Action, ActionRequest, PreviewRequest } from "../../../schemas/api/api.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import type { Mode } from "../../../schemas/words.js";
import { municipalityNumber } from "../../geo/municipality-code.js";
import type { Principal } from "../../rights/principal.js";
import type { Amount, Spending } from "../../rights/spending.js";
import type { Selector } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import type { FilledRequest } from "../kinds/filled.js";
import type { Kinds } from "../kinds/kinds.js";
import type { Occasion } from "../kinds/ready-kind.js";
import { membersOf, type TestGroups } from "../modes/groups.js";
import { marked } from "../modes/marked.js";
import type { CheckRequest } from "../preview/area-check.js";
import { costOf } from "../preview/cost.js";
import { queryOf } from "../query.js";
import { askableIn } from "../rounds/askable.js";
import { enoughAround } from "../rounds/nearest.js";
import type { Reach } from "../rounds/rosters.js";
import type { Claim } from "../service.js";
import { eachText } from "../texts/choice.js";
import { amountOf, type Hold, hasBudget, type PaidFor, type Paying } from "./paying.js";
import { liesWithin, type MunicipalityAt } from "./within.js";

/** What of an action decides who is asked, and what that costs. */
export type Asked = Pick<FilledRequest, "area" | "domain" | "like" | "kind" | "urgency" | "mode" | keyof Wordings> & {
  readonly testGroup?: string | null | undefined;
  readonly groups?: FilledRequest["groups"] | null;
  /** As in a request; null or absent: the area alone. */
  readonly enough?: number | null | undefined;
};

/** On which occasion something is said, and in which waves. */
interface Said {
  readonly on: Occasion;
  readonly what: PaidFor;
}

interface Counted {
  readonly messages: number;
  readonly texts: readonly string[];
}

export interface ClaimParts {
  readonly kinds: Kinds;
  readonly selector: Pick<Selector, "count" | "select">;
  readonly paying: Paying;
  readonly spending: Pick<Spending, "put">;
  readonly checkRequest: CheckRequest;
  /** Undefined where the outlines of municipalities are not known. */
  readonly municipalityAt: MunicipalityAt | undefined;
  /** Who is left out of it besides. */
  readonly asking: Pick<Asking, "sparingOf" | "askable">;
  readonly ports: () => Parameters<typeof costOf>[2];
  readonly now: () => number;
  readonly testGroups: TestGroups;
}

export class Claims {
  /** Refused since the process started. */
  readonly refused = { area: 0, budget: 0 };
  /** When something was last refused for the budget of a key, and the name of that. */
  lastRefusal: { readonly name: string; readonly atMs: number } | undefined;
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /** For a new action, sent or not. */
  ofCreating(request: ActionRequest, by: Principal): Claim | undefined {
    const { kinds, now } = this.#parts;
    const filled = () => kinds.fillIn(request, now());
    return request.dispatch ? this.ofSending(filled, by) : this.#ofDraft(filled, by);
  }

  ofPreview(request: PreviewRequest, by: Principal): Claim | undefined {
    const { kinds, now } = this.#parts;
    return this.#ofDraft(() => kinds.fillInPreview(request, now()), by);
  }

  /** For an action that is to be sent; `asked` is looked at when it is to be allowed. */
  ofSending(asked: () => Result<Asked>, by: Principal): Claim | undefined {
    if (by.municipalities === undefined && !hasBudget(by.budget)) return undefined;
    return this.#claim(by, "first", async () => {
      const filled = asked();
      return filled.ok ? this.#counted(filled.value, by) : filled;
    });
  }

  /** For more people of an action that is sent. `reach`: where they are, and how many, looked at once it is asked. */
  ofWidening(action: Asked, reach: () => Promise<Result<Reach>>, by: Principal): Claim | undefined {
    if (by.municipalities === undefined && !hasBudget(by.budget)) return undefined;
    return this.#claim(by, "round", async () => {
      const found = await reach();
      if (!found.ok) return found;
      return this.#within(action, found.value, by);
    });
  }

  /** For what is said to so many who were reached, in the words of the action's kind where it is not written out. */
  ofSaying(reached: number, action: Action, said: Said, saying: Saying, by: Principal): Claim | undefined {
    const { kinds, now } = this.#parts;
    const moment = () => ({ nowMs: now(), untilMs: Date.parse(action.expiresAt) });
    const texts = () => {
      const told = kinds.saidLater(action, said.on, saying, moment());
      return told.ok ? ok([told.value]) : told;
    };
    return this.ofMore(reached, action.mode, texts, said.what, by);
  }

  /** For so many more messages to people who were asked before: each may get any of what is `said`. */
  ofMore(
    messages: number,
    mode: Mode,
    said: () => Result<readonly Wordings[]>,
    what: PaidFor | undefined,
    by: Principal,
  ): Claim | undefined {
    if (!hasBudget(by.budget)) return undefined;
    return this.#claim(by, what, async () => {
      const told = said();
      return told.ok ? ok({ messages, texts: told.value.flatMap((each) => textsIn(mode, each)) }) : told;
    });
  }

  /** For an action that is not sent yet: its area alone. */
  #ofDraft(asked: () => Result<Pick<Asked, "area">>, by: Principal): Claim | undefined {
    if (by.municipalities === undefined) return undefined;
    return this.#claim(by, undefined, async () => {
      const filled = asked();
      if (!filled.ok) return filled;
      const today = await this.#inside(filled.value, by);
      return today.ok ? ok({ messages: 0, texts: [] }) : today;
    });
  }

  /** AREA_FORBIDDEN where somebody who would be asked lives elsewhere. */
  areOwn(people: ReadonlyMap<number, number>, { municipalities }: Principal): Result<void> {
    const strangers = [...people.keys()].some((code) => municipalities?.includes(code) === false);
    return strangers ? this.#outside() : ok(undefined);
  }

  /** `what`: the waves that it pays for; undefined where it pays for what goes again by those that there are. */
  #claim(by: Principal, what: PaidFor | undefined, count: () => Promise<Result<Counted>>): Claim {
    const { paying } = this.#parts;
    let hold: Hold | undefined;
    return {
      admit: async () => {
        const counted = await count();
        if (!counted.ok) return counted;
        if (counted.value.messages === 0 || !hasBudget(by.budget)) return ok(undefined);
        const amount = this.#priced(counted.value, by);
        const taken = amount.ok ? paying.take(by.keyId, by.budget, amount.value) : amount;
        if (!taken.ok) this.#overBudget(by);
        else hold = taken.value;
        return taken.ok ? ok(undefined) : taken;
      },
      begin: (action) => {
        if (hold && what) paying.note(action, what, hold);
        return () => hold && this.#parts.spending.put(hold.keyId);
      },
      giveBack: () => {
        if (hold) paying.giveBack(hold);
        hold = undefined;
      },
    };
  }

  #overBudget({ by }: Principal): void {
    this.refused.budget++;
    this.lastRefusal = { name: by.name, atMs: this.#parts.now() };
  }

  async #counted(asked: Asked, by: Principal): Promise<Result<Counted>> {
    const { selector, now, asking, testGroups } = this.#parts;
    const today = await this.#inside(asked, by);
    if (!today.ok) return today;
    const counts = await selector.count({ ...queryOf(today.value, now()), sparing: asking.sparingOf(asked) });
    if (!counts.ok) return counts;
    const own = this.areOwn(counts.value.municipalities, by);
    const group = own.ok ? membersOf(asked, testGroups) : own;
    if (!group.ok) return group;
    const { enough } = asked;
    if (!enough || counts.value.recipients >= enough) {
      // How many of its group are asked is known once they are selected: at most all of them.
      const messages = Math.min(counts.value.recipients, group.value?.size ?? Number.POSITIVE_INFINITY);
      return ok({ messages, texts: textsIn(asked.mode, asked) });
    }
    return this.#enough(today.value, enough, by);
  }

  /** The nearest besides may live elsewhere. */
  async #enough(asked: Asked, enough: number, by: Principal): Promise<Result<Counted>> {
    const reached = await enoughAround(asked.area, enough, askableIn(this.#parts, asked));
    if (!reached.ok) return reached;
    const { area, roster } = reached.value;
    return this.#within(asked, { area, messages: roster.count }, by);
  }

  /** So many of those who are in this area, all of whom have to be the key's own. */
  async #within(asked: Asked, { area, messages }: Reach, by: Principal): Promise<Result<Counted>> {
    const isFree = by.municipalities === undefined;
    const own = isFree ? ok(undefined) : await this.#counted({ ...asked, area, enough: null }, by);
    return own.ok ? ok({ messages, texts: textsIn(asked.mode, asked) }) : own;
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

  /** As if everybody got the dearest of the texts: who gets which is known once they are selected. */
  #priced({ messages, texts }: Counted, { budget }: Principal): Result<Amount> {
    if (budget.costPerDay === null) return amountOf(messages, null, budget);
    const costs = texts.map((text) => costOf(messages, text, this.#parts.ports()));
    return amountOf(messages, costs.some((cost) => cost === null) ? null : costs.reduce(dearer, null), budget);
  }
}

type Cost = ReturnType<typeof costOf>;

function dearer(a: Cost, b: Cost): Cost {
  return a === null || (b !== null && b.amount > a.amount) ? b : a;
}

/** As they are sent. */
function textsIn(mode: Mode, said: Wordings): string[] {
  return eachText(marked(mode, said)).map(({ text }) => text);
}
