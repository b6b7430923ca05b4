/**
 * Doing something with an action: one intent under one key, asked again until there is an answer. Where it was refused because a colleague was
 * first, the action is shown as it is now with who changed it, and what was typed stays.
 */
import { signal } from "@preact/signals";
import type { Action } from "../../../../schemas/api/api.js";
import { ask, type Problem } from "../kit/api.js";
import { type Confirmable, carryOut, confirmableOf, persevering } from "../kit/intent.js";
import { IntentKey } from "../kit/intent-key.js";
import { kept } from "../kit/kept.js";
import type { Act } from "./may.js";
import { action, load, shownNow } from "./state.js";

/** What was typed for an act; of the same action until it was done. */
export interface Typed {
  readonly of: string;
  readonly act: Act | null;
  readonly text: string;
  readonly outcome: "success" | "partialSuccess" | "noSuccess" | "cancelled";
  readonly direct: boolean;
  readonly caughtInTheAct: boolean;
  readonly way: "area" | "rings" | "enough" | "fleeing";
  readonly stepMeters: string;
  readonly everyMinutes: string;
  readonly mostMeters: string;
  readonly enough: string;
  readonly metersPerSecond: string;
  /** The reply that an update comes of. */
  readonly reply: number | null;
}

const NOTHING: Typed = {
  ...{ of: "", act: null, text: "", outcome: "success", direct: false, caughtInTheAct: false, way: "area" },
  ...{
    stepMeters: "1000",
    everyMinutes: "5",
    mostMeters: "10000",
    enough: "2000",
    metersPerSecond: "1.5",
    reply: null,
  },
};
const keptTyped = kept<Typed>("act", NOTHING);
export const typed = keptTyped.value;
export function type(part: Partial<Typed>): void {
  typed.value = { ...typed.peek(), ...part };
  // What was confirmed, or was to be, was another thing.
  confirmed = [];
  if (doing.peek().is === "second") doing.value = { is: "no" };
}

export type Doing =
  | { readonly is: "no" }
  | { readonly is: "asking"; readonly attempt: number }
  | { readonly is: "refused"; readonly problem: Problem }
  /** A colleague was first. */
  | { readonly is: "overtaken"; readonly by: string }
  | { readonly is: "second"; readonly word: Confirmable }
  | { readonly is: "givenUp" };

export const doing = signal<Doing>({ is: "no" });
let confirmed: readonly Confirmable[] = [];
const key = new IntentKey("act");

export function choose(act: Act | null): void {
  const isSame = typed.value.of === action.value?.id && typed.value.act === act;
  if (!isSame) keptTyped.clear();
  type({ of: action.value?.id ?? "", act });
  doing.value = { is: "no" };
}

const patience = persevering((attempt) => {
  doing.value = { is: "asking", attempt };
});
export const { giveUp } = patience;

/** True where it was done. `path` behind the action's own. */
export async function perform(path: string, body: object | undefined): Promise<Action | undefined> {
  const now = action.value;
  if (now === undefined) return undefined;
  const { value: state } = doing;
  if (state.is === "second") confirmed = [...confirmed, state.word];
  doing.value = { is: "asking", attempt: 1 };
  const whole = body && { ...body, ...(confirmed.length > 0 && { confirmed }) };
  const own = key.of([now.id, path, whole]);
  const post = (idempotencyKey: string) =>
    ask<Action>("POST", `/v1/actions/${now.id}${path}`, { ...(whole && { body: whole }), idempotencyKey });
  const settled = await carryOut({ key: own, ask: post }, patience);
  if (settled.state === "done") return finished(settled.value, now);
  if (settled.state === "givenUp") doing.value = { is: "givenUp" };
  else await refuse(settled.problem, now);
  return undefined;
}

function finished(done: Action, before: Action): Action {
  key.clear();
  confirmed = [];
  keptTyped.clear();
  doing.value = { is: "no" };
  if (done.id === before.id) shownNow(done);
  return done;
}

async function refuse(problem: Problem, before: Action): Promise<void> {
  const word = confirmableOf(problem);
  if (word && !confirmed.includes(word)) {
    doing.value = { is: "second", word };
    return;
  }
  const now = problem.code === "WRONG_STATE" || problem.code === "VERSION_CHANGED" ? await load(before.id) : undefined;
  const isOvertaken = now !== undefined && now.version !== before.version;
  doing.value = isOvertaken ? { is: "overtaken", by: doneBy(before, now) } : { is: "refused", problem };
}

/** Who did something with it since: what they did is there now, and was not before, or by somebody else. */
function doneBy(before: Action, now: Action): string {
  const acts = Object.keys(now.actors) as (keyof Action["actors"])[];
  const changed = acts.filter((act) => now.actors[act] && now.actors[act]?.id !== before.actors[act]?.id);
  const [act] = changed.reverse();
  return (act === undefined ? now.rounds.at(-1)?.by.name : now.actors[act]?.name) ?? "?";
}
