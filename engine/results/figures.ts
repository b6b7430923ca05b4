/** Figures of many actions: sums, shares and how long things took. What share counts is of the actions that asked somebody. */

import { OUTCOMES } from "../../schemas/api/action/outcome.js";
import { REPLY_CHANNELS } from "../../schemas/replies/words.js";
import type { Figures } from "../../schemas/results/results.js";
import { CHANNELS } from "../../schemas/words.js";
import type { ActionResult } from "./result.js";

/** To a hundredth of a percent. */
const SHARE_STEPS = 10_000;
/** To a ten-thousandth of whatever the currency is. */
const COST_STEPS = 10_000;

export class Summing {
  #actions = 0;
  #asked = 0;
  #withReaction = 0;
  #direct = 0;
  #caught = 0;
  readonly #messages = new Map<string, number>();
  readonly #cost = new Map<string, number>();
  readonly #reactions = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #toFirstMessage: number[] = [];
  readonly #toFirstReaction: number[] = [];
  readonly #toEnd: number[] = [];

  /** Of a real action; one that asked nobody counts not at all. */
  add(result: ActionResult): void {
    if (result.asked === 0) return;
    this.#actions++;
    this.#asked += result.asked;
    this.#direct += Number(result.direct);
    this.#caught += Number(result.caught);
    addAll(this.#messages, result.messages);
    addAll(this.#cost, result.cost);
    addAll(this.#reactions, result.reactions);
    this.#withReaction += Number(result.firstReactionAtMs !== null);
    addAll(this.#outcomes, { [result.outcome ?? "none"]: 1 });
    const { incidentAtMs, firstMessageAtMs, firstReactionAtMs, endedAtMs } = result;
    between(this.#toFirstMessage, incidentAtMs, firstMessageAtMs);
    between(this.#toFirstReaction, firstMessageAtMs, firstReactionAtMs);
    between(this.#toEnd, firstMessageAtMs, endedAtMs);
  }

  figures(): Figures {
    const share = (part: number): number | null =>
      this.#actions === 0 ? null : Math.round((part / this.#actions) * SHARE_STEPS) / SHARE_STEPS;
    return {
      ...{ actions: this.#actions, asked: this.#asked, messages: byName(CHANNELS, this.#messages) },
      cost: [...this.#cost].sort().map(([currency, amount]) => {
        return { currency, amount: Math.round(amount * COST_STEPS) / COST_STEPS };
      }),
      reactions: [...this.#reactions.values()].reduce((sum, count) => sum + count, 0),
      reactionsBy: byName(REPLY_CHANNELS, this.#reactions),
      ...{ withReaction: this.#withReaction, withReactionShare: share(this.#withReaction) },
      ...{ direct: this.#direct, directShare: share(this.#direct) },
      ...{ caught: this.#caught, caughtShare: share(this.#caught) },
      outcomes: Object.fromEntries([...OUTCOMES, "none" as const].map((name) => [name, this.#outcomes.get(name) ?? 0])),
      incidentToFirstMessage: spread(this.#toFirstMessage),
      firstMessageToFirstReaction: spread(this.#toFirstReaction),
      firstMessageToEnd: spread(this.#toEnd),
    };
  }
}

function addAll(sums: Map<string, number>, more: Readonly<Record<string, number | undefined>>): void {
  for (const [name, count = 0] of Object.entries(more)) sums.set(name, (sums.get(name) ?? 0) + count);
}

function byName<Name extends string>(names: readonly Name[], sums: ReadonlyMap<string, number>) {
  const found = names.flatMap((name) => (sums.has(name) ? [[name, sums.get(name)!]] : []));
  return Object.fromEntries(found) as Partial<Record<Name, number>>;
}

/** A clock that was wrong says of some that they ended before they began; those are left out. */
function between(durations: number[], fromMs: number | null, toMs: number | null): void {
  if (fromMs !== null && toMs !== null && toMs >= fromMs) durations.push(toMs - fromMs);
}

/** The nearest rank; null of nothing. */
function spread(durations: readonly number[]): Figures["firstMessageToEnd"] {
  const sorted = Float64Array.from(durations).sort();
  const at = (part: number): number | null =>
    sorted.length === 0 ? null : Math.round(sorted[Math.ceil(part * sorted.length) - 1]! / 100) / 10;
  return { actions: sorted.length, median: at(0.5), p90: at(0.9) };
}
