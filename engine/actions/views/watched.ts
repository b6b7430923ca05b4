/**
 * The actions that the monitor shows: those with a wave that lives, by their newest wave; those that are accepted and have
 * none yet; and those that have failed.
 */
import type { Action, Counts } from "../../../schemas/api/api.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import { type ActionKind, type ActionWaveKind, isActionWave } from "../../../schemas/words.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { Lifecycle } from "../lifecycle.js";
import { marked } from "../modes/marked.js";
import type { ActionRecord } from "../record.js";
import { momentOf, saidBy } from "../rounds/ready.js";
import { waitingFor, waitingReason } from "./action-view.js";
import { showForecast } from "./forecast-view.js";
import { showCounts } from "./wave-view.js";

/** An action as the monitor shows it. */
export interface WatchedAction extends Pick<Action, "id" | "mode" | "text" | "status" | "reason"> {
  /** What the action's kind is like. */
  readonly kind: ActionKind;
  readonly startedAt: string | null;
  /** When it was to be done, as was forecast, and how much later it was. */
  readonly expectedAt: string | null;
  readonly lateMs: number | null;
  /** When it goes on by itself. */
  readonly nextAt: string | null;
  readonly wave: ActionWaveKind;
  readonly recipients: number;
  readonly replies: number;
  readonly counts: Counts;
}

type Seen = Pick<WatchedAction, "text" | "startedAt" | "expectedAt" | "lateMs" | "wave" | "recipients" | "counts">;

const UNBEGUN = { startedAt: null, expectedAt: null, lateMs: null, recipients: 0, counts: showCounts(null) };

/** `replies`: how many came back for an action. */
export function watched(
  { waves, store }: Dispatcher,
  lifecycle: Lifecycle,
  nowMs: number,
  replies: (actionId: string) => number,
): WatchedAction[] {
  const shown = new Map<string, WatchedAction>();
  const show = (record: ActionRecord, seen: Seen, waits = 0): void => {
    const { id, status, request, reason: known } = waitingFor(record, store.space);
    const reason = known ?? waitingReason(waits);
    const nextAt = nextAtOf(record);
    shown.set(id, {
      id,
      mode: request.mode,
      kind: request.like,
      status,
      reason,
      nextAt,
      replies: replies(id),
      ...seen,
    });
  };
  for (const wave of [...waves].sort((a, b) => a.record.waveId - b.record.waveId)) {
    const record = lifecycle.record(wave.record.actionId);
    const { kind, count: recipients, texts, startedAtMs } = wave.record;
    if (!record.ok || !isActionWave(kind)) continue;
    const startedAt = new Date(startedAtMs).toISOString();
    const { forecast, forecastError } = showForecast(wave.record, wave);
    const seen = { startedAt, expectedAt: forecast?.finishedAt ?? null, lateMs: forecastError?.durationMs ?? null };
    show(
      record.value,
      { ...seen, text: texts[0]!, wave: kind, recipients, counts: showCounts(wave) },
      wave.queue.unserved,
    );
  }
  for (const record of [...lifecycle.underWay, ...lifecycle.failures.shown(nowMs)]) {
    const { id, end } = record;
    const wave = end === null ? "first" : "ending";
    const { text } = marked(record.request.mode, end ?? saidBy(record));
    if (!shown.has(id)) show(record, { ...UNBEGUN, text, wave });
  }
  return [...shown.values()];
}

/** Its start, where it waits for that, or its next ring. Whether somebody has come is looked again and again, and told of no moment. */
function nextAtOf({ status, startAtMs, rounds = [] }: ActionRecord): string | null {
  if (status === "scheduled") return dateTime(startAtMs);
  const rings = rounds.filter(({ kind, state }) => kind === "widening" && state === "waits");
  return status !== "sending" || rings.length === 0 ? null : dateTime(Math.min(...rings.map(momentOf)));
}
