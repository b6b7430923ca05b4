/**
 * What comes with the first wave and after it: waves that are opened, stopped, sent again and concluded, and what the action does by
 * itself between them.
 */
import type { ActionStatus } from "../../../schemas/words.js";
import { type ActionRecord, type ActionWave, doingOf, isOpen, settled, waveOf } from "../record.js";
import { nothing, type Opened, SAVE, type Step, saved, savedFirst, type Word } from "./words.js";

export function stopped(record: ActionRecord, word: Extract<Word, { type: "stopped" }>): Step {
  // The question, or the thank-you once there is one.
  const isEnding = record.end !== null;
  const next = settled(record, isEnding ? "ended" : "stopped");
  return halted({ ...next, stoppedAtMs: record.stoppedAtMs ?? word.atMs }, isEnding ? "ending" : "first", word);
}

export function resumed(record: ActionRecord): Step {
  const { record: next, effects } = savedFirst(goOn(record));
  return { record: next, effects: [SAVE, { do: "release" }, ...effects.slice(1)] };
}

export function resent(record: ActionRecord, { goes }: Extract<Word, { type: "resent" }>): Step {
  const first = waveOf(record, "first");
  if (!goes || first === undefined) return saved(record);
  return saved(settled(withWave(record, { ...first, state: "sending" }), "sending"));
}

export function ended(record: ActionRecord, word: Extract<Word, { type: "ended" }>): Step {
  const ending = { ...settled(record, "ending"), end: word.end, endedAtMs: word.atMs };
  const { record: next, effects } = halted(ending, "first", word);
  return { record: next, effects: [...effects, ...goOn(next).effects] };
}

/** Stops the wave of this kind, if it is still sent. */
function halted(record: ActionRecord, kind: ActionWave["kind"], { atMs }: Pick<Word, "atMs">): Step {
  const wave = waveOf(record, kind);
  if (wave?.state !== "sending") return saved(record);
  return {
    record: withWave(record, { ...wave, state: "stopping" }),
    effects: [{ do: "stop", waveId: wave.id, atMs }],
  };
}

export function opened(record: ActionRecord, { wave }: Opened): Step {
  // One that has its first wave is never selecting again.
  const isWanted = wave.kind === "first" ? record.status === "selecting" : awaitsThanks(record);
  if (!isWanted) return nothing(record);
  const waves: readonly ActionWave[] = [...record.waves, { ...wave, state: "sending" }];
  if (wave.kind === "ending") return saved({ ...record, waves, reason: null });
  return saved({ ...record, waves, reason: null, status: "sending" });
}

export function concluded(record: ActionRecord, waveId: number): Step {
  const wave = record.waves.find(({ id }) => id === waveId);
  if (!isOpen(wave)) return nothing(record);
  const then = goOn(withWave(record, { ...wave, state: "concluded" }));
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
  const isHeld = record.status === "held";
  const ending = waveOf(record, "ending");
  switch (doingOf(record)) {
    case "selecting":
      return isHeld ? nothing(record) : { record, effects: [{ do: "select" }] };
    case "sending":
      return isOpen(waveOf(record, "first")) ? nothing(record) : saved(settled(record, "sent"));
    case "ending":
      if (ending) return isOpen(ending) ? nothing(record) : saved(settled(record, "ended"));
      return awaitsThanks(record) ? { record, effects: [{ do: "thank" }] } : nothing(record);
    default:
      return nothing(record);
  }
}

/** True of one whose last word is still to be sent, and can be: whom it thanks is known once all are concluded. */
export function awaitsThanks(record: ActionRecord): boolean {
  return record.status === "ending" && !waveOf(record, "ending") && !isOpen(waveOf(record, "first"));
}

/** True of one that has a step to do that may fail. */
export function isAtWork(record: ActionRecord): boolean {
  return record.status === "selecting" || awaitsThanks(record);
}

function withWave(record: ActionRecord, wave: ActionWave): ActionRecord {
  return { ...record, waves: record.waves.map((each) => (each.id === wave.id ? wave : each)) };
}
