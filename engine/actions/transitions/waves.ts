/**
 * What comes with the first wave and after it: waves that are opened, stopped, sent again and concluded, and what the action does by
 * itself between them.
 */
import type { ActionStatus } from "../../../schemas/words.js";
import type { FilledEnd } from "../kinds/filled.js";
import { type ActionRecord, type ActionWave, doingOf, isOpen, settled, waveOf } from "../record.js";
import { isRoundWanted, movedOn, withArrivals, withoutRounds } from "../rounds/moving.js";
import { isAllSent, readyRound } from "../rounds/ready.js";
import type { Round } from "../rounds/round.js";
import { andThen, nothing, type Opened, SAVE, type Step, saved, savedFirst, type Word } from "./words.js";

export function stopped(record: ActionRecord, { atMs }: Extract<Word, { type: "stopped" }>): Step {
  const next = settled(withoutRounds(record), record.end === null ? "stopped" : "ended");
  return haltAll({ ...next, stoppedAtMs: record.stoppedAtMs ?? atMs }, atMs);
}

export function resumed(record: ActionRecord): Step {
  const { record: next, effects } = savedFirst(goOn(record));
  return { record: next, effects: [SAVE, { do: "release" }, ...effects.slice(1)] };
}

export function resent(record: ActionRecord, { goes }: Extract<Word, { type: "resent" }>): Step {
  if (goes.length === 0) return saved(record);
  const waves = record.waves.map((wave) => (goes.includes(wave.id) ? { ...wave, state: "sending" as const } : wave));
  return saved(settled({ ...record, waves }, "sending"));
}

export function ended(record: ActionRecord, { atMs, end }: Extract<Word, { type: "ended" }>): Step {
  return andThen(brokenOff(record, end, atMs), goOn);
}

/** Nothing more of it leaves but this last word, which is still to be sent. */
export function brokenOff(record: ActionRecord, end: FilledEnd, atMs: number): Step {
  return haltAll({ ...withoutRounds(settled(record, "ending")), end, endedAtMs: atMs }, atMs);
}

/** Stops every wave that is still sent. `isReplaced`: whoever they had not gone to gets another text in place of theirs. */
export function haltAll(record: ActionRecord, atMs: number, isReplaced = false): Step {
  const waveIds = record.waves.filter(({ state }) => state === "sending").map(({ id }) => id);
  if (waveIds.length === 0) return saved(record);
  const waves = record.waves.map((wave): ActionWave => {
    if (wave.state !== "sending") return wave;
    return isReplaced ? { ...wave, state: "stopping", replaced: true } : { ...wave, state: "stopping" };
  });
  return { record: { ...record, waves }, effects: [{ do: "stop", waveIds, atMs }] };
}

export function opened(record: ActionRecord, { wave, updates, ...came }: Opened): Step {
  if (!isWanted(record, wave, updates)) return nothing(record);
  const waves: readonly ActionWave[] = [...record.waves, { ...wave, state: "sending" }];
  const next = { ...record, waves, reason: null };
  if (wave.kind === "first") return saved(withArrivals({ ...next, status: "sending" }, came.atMs));
  return saved(wave.round === undefined ? next : movedOn(next, wave.round, came));
}

function isWanted(record: ActionRecord, wave: Opened["wave"], updates: number): boolean {
  // One that has its first wave is never selecting again.
  if (wave.kind === "first") return record.status === "selecting";
  return wave.kind === "ending" ? awaitsThanks(record) : isRoundWanted(record, wave.round, updates);
}

export function concluded(record: ActionRecord, waveId: number): Step {
  const wave = record.waves.find(({ id }) => id === waveId);
  if (!isOpen(wave)) return nothing(record);
  const waves = record.waves.map((each) => (each === wave ? { ...wave, state: "concluded" as const } : each));
  const then = goOn({ ...record, waves });
  // Where something follows that is written with what comes of it.
  return then.effects.length > 0 ? then : saved(then.record);
}

/** Of what is over nothing can follow once it is not kept any more who was asked. */
export function archived(record: ActionRecord): Step {
  const isOver = OVER.includes(record.status);
  return isOver ? saved({ ...record, status: "archived" }) : nothing(record);
}

const OVER: readonly ActionStatus[] = ["sent", "stopped", "ended", "failed"];

/** What the action does by itself as it stands; one that is held only as far as that sends nothing. */
export function goOn(record: ActionRecord): Step {
  if (readyRound(record)) return { record, effects: [{ do: "follow" }] };
  switch (doingOf(record)) {
    case "selecting":
      return record.status === "held" ? nothing(record) : { record, effects: [{ do: "select" }] };
    case "sending":
      return isAllSent(record) ? saved(settled(record, "sent")) : nothing(record);
    case "ending":
      if (isOver(record)) return saved({ ...settled(record, "ended"), reason: whyOf(record) });
      return awaitsThanks(record) ? { record, effects: [{ do: "thank" }] } : nothing(record);
    default:
      return nothing(record);
  }
}

/** True of one whose last word was sent, or could not be. */
function isOver(record: ActionRecord): boolean {
  return isAllSent(record) && (waveOf(record, "ending") !== undefined || correctionOf(record) !== undefined);
}

/** Why a correction was not sent to some; null: there is nothing to tell. */
function whyOf(record: ActionRecord): ActionRecord["reason"] {
  return correctionOf(record)?.reason ?? null;
}

function correctionOf({ rounds }: ActionRecord): Round | undefined {
  return rounds?.find(({ kind }) => kind === "correction");
}

/** True of one whose thank-you is still to be sent, and can be: whom it goes to is known once all are concluded. */
export function awaitsThanks(record: ActionRecord): boolean {
  const isThanking = record.status === "ending" && correctionOf(record) === undefined;
  return isThanking && !waveOf(record, "ending") && !record.waves.some(isOpen);
}

/** True of one that has a step to do that may fail. */
export function isAtWork(record: ActionRecord): boolean {
  return record.status === "selecting" || awaitsThanks(record) || readyRound(record) !== undefined;
}
