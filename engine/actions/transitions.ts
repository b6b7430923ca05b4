/**
 * What follows from what happens to an action: the record as it is then, and what is to be brought about. Nothing is done here and
 * nothing looked up, so what is decided can be tested without a ledger, and is the same live, tried again and after a restart. The
 * lifecycle (lifecycle.ts) makes it happen.
 *
 * draft -> selecting -> sending -> sent -> ending -> ended; stopped in place of any of the first four; failed if the selection
 * could not be made or found nobody; held in place of what goes on by itself, until an operator says that it goes on.
 *
 * Promises one first wave and one ending wave at most, and that nothing follows once an action has ended. What happens too late, or
 * a second time, changes nothing: the record that comes out is the one that went in.
 */
import type { Act, EndRequest, Reason } from "../../schemas/api/api.js";
import { fail, type Result } from "../../schemas/errors.js";
import type { ActionStatus } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import { type ActionRecord, type ActionWave, doingOf, heldFor, isOpen, settled, waveOf } from "./record.js";

/** An operator's word. Those that are refused (refusalOf) change nothing. */
export type Word =
  | { readonly type: "dispatched"; readonly by: Actor; readonly atMs: number; readonly allowNobody: boolean }
  | { readonly type: "stopped"; readonly by: Actor; readonly atMs: number }
  | { readonly type: "resumed"; readonly by: Actor; readonly atMs: number }
  /** `goes`: there was somebody to send to once more. */
  | { readonly type: "resent"; readonly by: Actor; readonly atMs: number; readonly goes: boolean }
  | { readonly type: "ended"; readonly by: Actor; readonly atMs: number; readonly end: EndRequest };

/** A wave was made, which may not be wanted any more. `selectMs`: how long the selection took, where it was that of a first wave. */
interface Opened {
  readonly type: "opened";
  readonly wave: Omit<ActionWave, "state">;
  readonly selectMs: number | null;
}

export type ActionEvent =
  | Word
  | Opened
  /** The ledger has nothing more to say about the sending of this wave. */
  | { readonly type: "concluded"; readonly waveId: number }
  /** There is nobody to thank, or nobody can be, for this reason. */
  | { readonly type: "unthanked"; readonly reason: Reason | null }
  /** What it is to do by itself is not possible just now, and is tried again. */
  | { readonly type: "waits"; readonly reason: Reason }
  /** What it was to do by itself can't be done. */
  | { readonly type: "failed"; readonly reason: Reason }
  /** Nothing of it may go on by itself, and the ledger may lack what was sent. */
  | { readonly type: "held"; readonly reason: Reason }
  /** A start found it. `refusal`: why it can't go on by itself; `isDamaged`: what became of its waves is not known either. */
  | { readonly type: "found"; readonly refusal: Reason | null; readonly isDamaged: boolean };

/** What is to be brought about, in this order; each begins when the one before is durable. */
export type Effect =
  /** The record is written. So it is with each of the next two, in one commit. */
  | { readonly do: "save" }
  /** What is not in flight of this wave is stopped. */
  | { readonly do: "stop"; readonly waveId: number; readonly atMs: number }
  /** Nothing more of its waves is granted, and whoever is sent to from here on is flagged. */
  | { readonly do: "hold" }
  /** Its waves go on. */
  | { readonly do: "release" }
  /** Whom to ask is selected, and the first wave opened. */
  | { readonly do: "select" }
  /** Who was reached is thanked. */
  | { readonly do: "thank" };

export interface Step {
  readonly record: ActionRecord;
  readonly effects: readonly Effect[];
}

const SAVE: Effect = { do: "save" };

/** The statuses in which a word has a meaning. */
const NEEDED: Readonly<Record<Word["type"], readonly ActionStatus[]>> = {
  dispatched: ["draft", "failed"],
  stopped: ["draft", "selecting", "sending", "sent", "stopped", "held", "ending"],
  resumed: ["held"],
  resent: ["sending", "sent"],
  ended: ["selecting", "sending", "sent", "stopped", "held"],
};

/** Why this word can't be heeded; undefined if it can. */
export function refusalOf(record: ActionRecord, word: Word["type"], nowMs: number): Result<never> | undefined {
  const needed = NEEDED[word];
  const refused = (detail: string) => fail("WRONG_STATE", detail, "id");
  if (!needed.includes(record.status)) {
    return refused(`the action is ${record.status}; this needs ${needed.join(", ")}`);
  }
  if (word === "ended" && record.end !== null) return refused("it is ending already; resume or stop it");
  // One that failed at its thank-you goes on there, whatever was sent, and when it expired.
  if (word !== "dispatched" || record.end !== null) return undefined;
  if (record.waves.length > 0) return refused("the action was sent already");
  return record.expiresAtMs <= nowMs ? refused("the action has expired") : undefined;
}

export function step(record: ActionRecord, event: ActionEvent): Step {
  switch (event.type) {
    case "opened":
      return opened(record, event);
    case "concluded":
      return concluded(record, event.waveId);
    case "unthanked":
      return awaitsThanks(record) ? saved({ ...record, status: "ended", reason: event.reason }) : nothing(record);
    case "waits":
      return isAtWork(record) ? { record: { ...record, reason: event.reason }, effects: [] } : nothing(record);
    case "failed":
      return isAtWork(record) ? saved({ ...record, status: "failed", reason: event.reason }) : nothing(record);
    case "held": {
      const held = heldFor(record, event.reason);
      return held === record ? nothing(record) : { record: { ...held, doubted: true }, effects: [{ do: "hold" }] };
    }
    case "found": {
      const found = event.refusal === null ? record : heldFor(record, event.refusal);
      return event.isDamaged && found.status === "held" ? nothing(found) : goOn(found);
    }
    default:
      return refusalOf(record, event.type, event.atMs) ? nothing(record) : heeded(signed(record, event), event);
  }
}

/** A word that is not refused; `record` says already whose it is. */
function heeded(record: ActionRecord, word: Word): Step {
  switch (word.type) {
    case "dispatched": {
      const { allowNobody } = word;
      const request = allowNobody ? { ...record.request, allowNobody } : record.request;
      const status = record.end === null ? "selecting" : "ending";
      return savedFirst(goOn({ ...record, request, status, reason: null }));
    }
    case "stopped": {
      // The question, or the thank-you once there is one.
      const isEnding = record.end !== null;
      const stopped = settled(record, isEnding ? "ended" : "stopped");
      return halted({ ...stopped, stoppedAtMs: record.stoppedAtMs ?? word.atMs }, isEnding ? "ending" : "first", word);
    }
    case "resumed": {
      const { record: next, effects } = savedFirst(goOn(settled(record, doingOf(record))));
      return { record: next, effects: [SAVE, { do: "release" }, ...effects.slice(1)] };
    }
    case "resent": {
      const first = waveOf(record, "first");
      if (!word.goes || first === undefined) return saved(record);
      return saved(settled(withWave(record, { ...first, state: "sending" }), "sending"));
    }
    case "ended": {
      const ending = { ...settled(record, "ending"), end: word.end, endedAtMs: word.atMs };
      const { record: next, effects } = halted(ending, "first", word);
      return { record: next, effects: [...effects, ...goOn(next).effects] };
    }
  }
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

function opened(record: ActionRecord, { wave, selectMs }: Opened): Step {
  // One that has its first wave is never selecting again.
  const isWanted = wave.kind === "first" ? record.status === "selecting" : awaitsThanks(record);
  if (!isWanted) return nothing(record);
  const waves: readonly ActionWave[] = [...record.waves, { ...wave, state: "sending" }];
  if (wave.kind === "ending") return saved({ ...record, waves, reason: null });
  return saved({ ...record, waves, reason: null, status: "sending", selectMs });
}

function concluded(record: ActionRecord, waveId: number): Step {
  const wave = record.waves.find(({ id }) => id === waveId);
  if (!isOpen(wave)) return nothing(record);
  const then = goOn(withWave(record, { ...wave, state: "concluded" }));
  // Where something follows that is written with what comes of it.
  return then.effects.length > 0 ? then : saved(then.record);
}

/** What the action does by itself as it stands; one that is held only as far as that sends nothing. */
function goOn(record: ActionRecord): Step {
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
function awaitsThanks(record: ActionRecord): boolean {
  return record.status === "ending" && !waveOf(record, "ending") && !isOpen(waveOf(record, "first"));
}

/** True of one that has a step to do that may fail. */
function isAtWork(record: ActionRecord): boolean {
  return record.status === "selecting" || awaitsThanks(record);
}

function withWave(record: ActionRecord, wave: ActionWave): ActionRecord {
  return { ...record, waves: record.waves.map((each) => (each.id === wave.id ? wave : each)) };
}

function signed(record: ActionRecord, { type, by }: { readonly type: Act; readonly by: Actor }): ActionRecord {
  return { ...record, actors: { ...record.actors, [type]: by } };
}

function nothing(record: ActionRecord): Step {
  return { record, effects: [] };
}

function saved(record: ActionRecord): Step {
  return { record, effects: [SAVE] };
}

function savedFirst({ record, effects }: Step): Step {
  return { record, effects: [SAVE, ...effects.filter((effect) => effect.do !== "save")] };
}
