/**
 * From the last gesture to an action: a countdown in which it can be called off, then one request under one key, asked again until there is an
 * answer. The key is kept with what is asked for, so that a reload, or somebody who gives up and sends again, asks under the same one.
 */
import { signal } from "@preact/signals";
import type { Action } from "../../../../schemas/api/api.js";
import { type Answer, ask, type Problem } from "../kit/api.js";
import { type Confirmable, carryOut, confirmableOf, persevering, type Settled } from "../kit/intent.js";
import { IntentKey } from "../kit/intent-key.js";
import { kept } from "../kit/kept.js";
import { go } from "../kit/router.js";
import type { Asked } from "./draft.js";
import { drafted } from "./drafted.js";
import { asked, change, forgetDraft } from "./state.js";

const COUNTDOWN_SECONDS = 5;

export type Sending =
  | { readonly is: "no" }
  /** The last gesture is asked for; `second` is the word that goes along. */
  | { readonly is: "gesture"; readonly second?: Confirmable }
  | { readonly is: "countdown"; readonly seconds: number }
  | { readonly is: "asking"; readonly attempt: number }
  | { readonly is: "refused"; readonly problem: Problem }
  | { readonly is: "givenUp" }
  | { readonly is: "calledOff" };

export const sending = signal<Sending>({ is: "no" });
/** Warnings that were confirmed for what is being sent; another text or area has to be confirmed anew. */
export const confirmed = signal<readonly Confirmable[]>([]);

const key = new IntentKey("dispatch");

/** The draft that was kept and is being changed. */
interface Editing {
  readonly id: string;
  readonly version: number;
}
const editing = kept<Editing | null>("dispatch-editing", null);
export const edited = editing.value;

export const begin = (): void => {
  sending.value = { is: "gesture" };
};
export const stepBack = (): void => {
  sending.value = { is: "no" };
};

let timer: ReturnType<typeof setInterval> | undefined;

export function callOff(): void {
  clearInterval(timer);
  sending.value = { is: "calledOff" };
}

/** Who leaves the page in the countdown could not call it off any more. */
export function leave(): void {
  if (sending.peek().is === "countdown") callOff();
}

/** What is asked for is other than before: nothing that was confirmed counts for it, and what was about to go out does not. */
export function askedAnew(): void {
  confirmed.value = [];
  isSaved.value = false;
  const now = sending.peek();
  if (now.is === "countdown") callOff();
  else if (now.is === "gesture" && now.second) begin();
}

/** The gesture was made. */
export function countDown(): void {
  const now = sending.value;
  if (now.is !== "gesture") return;
  if (now.second) confirmed.value = [...confirmed.value.filter((one) => one !== now.second), now.second];
  let seconds = COUNTDOWN_SECONDS;
  sending.value = { is: "countdown", seconds };
  timer = setInterval(() => {
    seconds -= 1;
    if (seconds > 0) sending.value = { is: "countdown", seconds };
    else {
      clearInterval(timer);
      void send();
    }
  }, 1_000);
}

const patience = persevering((attempt) => {
  sending.value = { is: "asking", attempt };
});
export const { giveUp } = patience;

async function send(): Promise<void> {
  const question = asked.value;
  if (question === undefined) return stepBack();
  sending.value = { is: "asking", attempt: 1 };
  const words = confirmed.value.length > 0 ? { confirmed: confirmed.value } : {};
  const saved = edited.value === null ? undefined : await changeDraft(question, edited.value);
  if (saved !== undefined && saved.state !== "done") return settle(saved);
  const path = saved ? `/v1/actions/${saved.value.id}/dispatch` : "/v1/actions";
  const body = saved ? words : { ...question, ...words, dispatch: true };
  const own = key.of([path, saved?.value.version, body]);
  const post = (idempotencyKey: string) => ask<Action>("POST", path, { body, idempotencyKey });
  settle(await carryOut({ key: own, ask: post }, patience));
}

function settle(settled: Settled<Action, Problem>): void {
  if (settled.state === "givenUp") sending.value = { is: "givenUp" };
  else if (settled.state === "refused") refuse(settled.problem);
  else {
    forgetAll();
    go(`/console/live/${settled.value.id}`);
  }
}

/** What a second word lifts asks for it at once, with the same gesture. */
function refuse(problem: Problem): void {
  const second = confirmableOf(problem);
  if (second && !confirmed.value.includes(second)) sending.value = { is: "gesture", second };
  else sending.value = { is: "refused", problem };
}

export function forgetAll(): void {
  forgetDraft();
  key.clear();
  editing.clear();
  confirmed.value = [];
  saveProblem.value = undefined;
  sending.value = { is: "no" };
}

const NO_ANSWER: Problem = { code: "TIMED_OUT", detail: "No answer came", status: 0 };
export const saveProblem = signal<Problem | undefined>(undefined);
export const isSaved = signal(false);

/** Keeps what was drawn and typed as a draft that colleagues see too. */
export async function save(): Promise<void> {
  const question = asked.value;
  if (question === undefined) return;
  const settled = edited.value === null ? await makeDraft(question) : await changeDraft(question, edited.value);
  if (settled.state === "refused") saveProblem.value = settled.problem;
  else saveProblem.value = settled.state === "givenUp" ? NO_ANSWER : undefined;
  isSaved.value = settled.state === "done";
  sending.value = { is: "no" };
}

async function makeDraft(question: Asked): Promise<Settled<Action, Problem>> {
  const own = key.of(["draft", question]);
  const post = (idempotencyKey: string) => ask<Action>("POST", "/v1/actions", { body: question, idempotencyKey });
  return remembered(await carryOut({ key: own, ask: post }, patience));
}

/** What is left out of what is asked stands as null: a merge patch would leave it as it was. */
async function changeDraft(question: Asked, { id, version }: Editing): Promise<Settled<Action, Problem>> {
  const body = { text: null, fields: null, enough: null, urgency: null, domain: null, ...question };
  const headers = { "If-Match": `"${version}"` };
  const own = key.of(["change", id, version, body]);
  const change = (idempotencyKey: string): Promise<Answer<Action>> =>
    ask<Action>("PATCH", `/v1/actions/${id}`, { body, idempotencyKey, headers });
  return remembered(await carryOut({ key: own, ask: change }, patience));
}

function remembered(settled: Settled<Action, Problem>): Settled<Action, Problem> {
  if (settled.state === "done") edited.value = { id: settled.value.id, version: settled.value.version };
  return settled;
}

/** A draft that was kept, to go on with; what was typed before it was opened is gone for it. */
export async function open(id: string): Promise<Problem | undefined> {
  const answer = await ask<Action>("GET", `/v1/actions/${id}`);
  if (!answer.ok) return answer.problem;
  change(drafted(answer.value));
  remembered({ state: "done", value: answer.value });
  saveProblem.value = undefined;
  return undefined;
}

/** A colleague changed it: what was typed here goes over theirs. */
export async function saveOver(): Promise<void> {
  const answer = edited.value && (await ask<Action>("GET", `/v1/actions/${edited.value.id}`));
  if (!answer?.ok) return;
  remembered({ state: "done", value: answer.value });
  await save();
}
