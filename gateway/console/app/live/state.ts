/**
 * The action that is shown: what the service says of it, asked for again whenever the live feed says that something about it is other than
 * before, and every few seconds for what the feed does not tell; its counts come from the feed, ten times a second.
 */
import { computed, effect, signal } from "@preact/signals";
import type { Reply, ReplyPage } from "../../../../schemas/api/action/reply.js";
import type { Action, Counts } from "../../../../schemas/api/api.js";
import type { KindsFile } from "../../../../schemas/kinds/kinds-file.js";
import type { MonitorAction } from "../../../../schemas/monitor.js";
import { ask, type Problem } from "../kit/api.js";
import { watchedActions, watchMonitor } from "../kit/monitor.js";
import { mayAny } from "../kit/session.js";
import type { Shape } from "../map/areas.js";
import { type Drawing, IDLE } from "../map/drawing.js";
import { START, type View } from "../map/view.js";
import { followReplies } from "./reply-stream.js";

const LOOK_EVERY_MS = 8_000;
const REPLIES_MOST = 500;

/** By the id of the kind, in each language. */
export const kindNames = signal<ReadonlyMap<string, Readonly<Record<string, string>>>>(new Map());
export const action = signal<Action | undefined>(undefined);
export const problem = signal<Problem | undefined>(undefined);
export const replies = signal<readonly Reply[]>([]);
export const view = signal<View>(START);
/** What is drawn for a widening; undefined where nothing is asked for. */
export const drawing = signal<Drawing | undefined>(undefined);
export const drawn = signal<readonly Shape[]>([]);

export function drawNothing(): void {
  drawing.value = undefined;
  drawn.value = [];
}
export function drawAnew(): void {
  drawing.value = IDLE;
  drawn.value = [];
}

export const watched = computed<MonitorAction | undefined>(() => watchedActions.value.get(action.value?.id ?? ""));

const NONE: Counts = {
  ...{ pending: 0, intended: 0, unknown: 0, acknowledged: 0, delivered: 0 },
  ...{ failed: 0, expired: 0, stopped: 0, possibleDuplicates: 0 },
};

/** Of the wave that is on its way, or was last. */
export const counts = computed<Counts>(() => watched.value?.counts ?? action.value?.waves.at(-1)?.counts ?? NONE);

/** What tells that the action is to be asked for anew. */
function signOf(now: MonitorAction | undefined): string {
  if (now === undefined) return "";
  const { status, reason, wave, nextAt, startedAt, lateMs } = now;
  return [status, reason?.code, wave, nextAt, startedAt, lateMs].join(" ");
}

/** Which is shown, or will be once it is answered. */
let opened = "";

/** From when an action is opened until it is left. */
export function enter(id: string): () => void {
  opened = id;
  action.value = undefined;
  problem.value = undefined;
  replies.value = [];
  drawNothing();
  const leave = watchMonitor();
  let sign = "";
  let told = -1;
  const look = (): void => {
    void load(id);
    void loadReplies(id);
  };
  look();
  const unfollow = mayAny("replies") ? followReplies(id, merge) : () => undefined;
  const timer = setInterval(look, LOOK_EVERY_MS);
  const stop = effect(() => {
    const now = watchedActions.value.get(id);
    const isOther = signOf(now) !== sign;
    const hasReplies = now !== undefined && now.replies !== told;
    sign = signOf(now);
    told = now?.replies ?? told;
    if (isOther) void load(id);
    if (hasReplies) void loadReplies(id);
  });
  return () => {
    clearInterval(timer);
    stop();
    unfollow();
    leave();
  };
}

/** What kinds are called; asked once. */
export async function loadKinds(): Promise<void> {
  if (kindNames.peek().size > 0) return;
  const answer = await ask<KindsFile>("GET", "/v1/kinds");
  if (answer.ok)
    kindNames.value = new Map(answer.value.kinds.map(({ id, names }) => [id, names as Record<string, string>]));
}

let asked = 0;

/** Of two answers only the one to the later question counts. */
export async function load(id: string): Promise<Action | undefined> {
  const own = ++asked;
  const answer = await ask<Action>("GET", `/v1/actions/${id}`);
  if (own !== asked) return undefined;
  problem.value = answer.ok ? undefined : answer.problem;
  if (answer.ok) action.value = answer.value;
  return action.value;
}

/** An answer to a command is the action as it is now. */
export function shownNow(now: Action): void {
  asked += 1;
  action.value = now;
}

/** Those that are new since the last. */
async function loadReplies(id: string): Promise<void> {
  if (!mayAny("replies")) return;
  const known = replies.peek();
  const page = await ask<ReplyPage>("GET", `/v1/actions/${id}/replies?after=${known.at(-1)?.sequence ?? 0}`);
  if (!page.ok || opened !== id) return;
  if (page.value.replies.length > 0) merge(page.value.replies, new Set());
  if (page.value.next !== null) await loadReplies(id);
}

/** By their order of arrival; those that came again are other than before. */
function merge(changed: readonly Reply[], gone: ReadonlySet<number>): void {
  const all = new Map([...replies.value, ...changed].map((reply) => [reply.sequence, reply]));
  for (const sequence of gone) all.delete(sequence);
  replies.value = [...all.values()].sort((a, b) => a.sequence - b.sequence).slice(-REPLIES_MOST);
}

/** One of them is other than it was. */
export function replyChanged(sequence: number, change: Partial<Reply>): void {
  replies.value = replies.value.map((reply) => (reply.sequence === sequence ? { ...reply, ...change } : reply));
}
