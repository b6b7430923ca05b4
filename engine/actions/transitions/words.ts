/**
 * What can happen to an action, and what may follow from it: an operator's words, the events that come of what is brought about, and
 * the effects. What is decided of them stands in step.ts and beside it.
 */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Act, Reason } from "../../../schemas/api/api.js";
import type { Confirmable } from "../../../schemas/words.js";
import type { Actor } from "../../audit/actor.js";
import type { FilledEnd } from "../kinds/filled.js";
import type { ActionRecord, ActionWave } from "../record.js";
import type { Came } from "../rounds/moving.js";
import type { Widening } from "../rounds/round.js";

/** What a draft says. */
export type Made = Pick<ActionRecord, "request" | "startAtMs" | "expiresAtMs">;

/** An operator's word. Those that are refused (refusal.ts) change nothing. */
export type Word =
  | ({ readonly type: "edited"; readonly by: Actor; readonly atMs: number } & Made)
  | { readonly type: "approved"; readonly by: Actor; readonly atMs: number }
  | {
      readonly type: "dispatched";
      readonly by: Actor;
      readonly atMs: number;
      readonly allowNobody: boolean;
      readonly confirmed?: readonly Confirmable[] | undefined;
    }
  | { readonly type: "stopped"; readonly by: Actor; readonly atMs: number }
  | { readonly type: "resumed"; readonly by: Actor; readonly atMs: number }
  /** `goes`: the waves of which there was somebody to send to once more. */
  | { readonly type: "resent"; readonly by: Actor; readonly atMs: number; readonly goes: readonly number[] }
  | { readonly type: "updated"; readonly by: Actor; readonly atMs: number; readonly said: Wordings }
  | { readonly type: "widened"; readonly by: Actor; readonly atMs: number; readonly widening: Widening }
  | { readonly type: "repeated"; readonly by: Actor; readonly atMs: number }
  | { readonly type: "corrected"; readonly by: Actor; readonly atMs: number; readonly said: Wordings }
  | { readonly type: "ended"; readonly by: Actor; readonly atMs: number; readonly end: FilledEnd };

/** A wave was made, which may not be wanted any more. `updates`: how often the text had been corrected when it was made. */
export interface Opened extends Came {
  readonly type: "opened";
  readonly wave: Omit<ActionWave, "state">;
  readonly updates: number;
}

export type ActionEvent =
  | Word
  /** It is this late, and it may be time to start. */
  | { readonly type: "due"; readonly atMs: number }
  /** So many are to be asked. */
  | { readonly type: "selected"; readonly atMs: number; readonly recipients: number; readonly selectMs: number }
  | Opened
  /** The ledger has nothing more to say about the sending of this wave. */
  | { readonly type: "concluded"; readonly waveId: number }
  /** There is nobody to thank, or nobody can be, for this reason. */
  | { readonly type: "unthanked"; readonly reason: Reason | null }
  /** Its time was over before anything of it was sent: this is what it waited for. */
  | { readonly type: "expired"; readonly detail: string }
  /** It is not kept any more who was asked. */
  | { readonly type: "archived" }
  /** The moment of one of its rounds has come. */
  | { readonly type: "moment"; readonly atMs: number }
  /** There is nobody for the wave of this round that was to be opened. */
  | (Came & { readonly type: "nobody"; readonly round: number })
  /** What it is to do by itself is not possible just now, and is tried again. */
  | { readonly type: "waits"; readonly reason: Reason }
  /** What it was to do by itself can't be done: this round, or what the status says. */
  | { readonly type: "failed"; readonly reason: Reason; readonly round?: number }
  /** Nothing of it may go on by itself, and the ledger may lack what was sent. */
  | { readonly type: "held"; readonly reason: Reason }
  /** A start found it. `refusal`: why it can't go on by itself; `isDamaged`: what became of its waves is not known either. */
  | { readonly type: "found"; readonly refusal: Reason | null; readonly isDamaged: boolean };

/** What is to be brought about, in this order; each begins when the one before is durable. */
export type Effect =
  /** The record is written. So it is with each of the next two, in one commit. */
  | { readonly do: "save" }
  /** What is not in flight of these waves is stopped. */
  | { readonly do: "stop"; readonly waveIds: readonly number[]; readonly atMs: number }
  /** Nothing more of its waves is granted, and whoever is sent to from here on is flagged. */
  | { readonly do: "hold" }
  /** Its waves go on. */
  | { readonly do: "release" }
  /** Whom to ask is selected, and the first wave opened. */
  | { readonly do: "select" }
  /** The waves of its rounds that can be opened are opened, one after the other. */
  | { readonly do: "follow" }
  /** Who was reached is thanked. */
  | { readonly do: "thank" };

export interface Step {
  readonly record: ActionRecord;
  readonly effects: readonly Effect[];
}

export const SAVE: Effect = { do: "save" };

export function nothing(record: ActionRecord): Step {
  return { record, effects: [] };
}

export function saved(record: ActionRecord): Step {
  return { record, effects: [SAVE] };
}

export function savedFirst({ record, effects }: Step): Step {
  return { record, effects: [SAVE, ...effects.filter((effect) => effect.do !== "save")] };
}

/** What follows from a step, with the effects of both. */
export function andThen({ record, effects }: Step, next: (record: ActionRecord) => Step): Step {
  const then = next(record);
  return { record: then.record, effects: [...effects, ...then.effects] };
}

/** The record says whose this act was, and is another version by it. */
export function signed(record: ActionRecord, { type, by }: { readonly type: Act; readonly by: Actor }): ActionRecord {
  return { ...record, revision: record.revision + 1, actors: { ...record.actors, [type]: by } };
}
