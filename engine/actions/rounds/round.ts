/**
 * What is asked of an action after its first wave. A round makes one wave, or several: an update makes a second one for those whose
 * message was on its way when it came, and a widening in rings makes one for each ring. Where there is nobody for it, it makes none.
 *
 * All that a round needs to go on after a restart stands in it. It moves on in the commit that makes its wave durable, so what it did
 * is never done twice, and what it did not do is done.
 */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Reason } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import type { ActionWaveKind } from "../../../schemas/words.js";
import type { Actor } from "../../audit/actor.js";
import type { Rings } from "./rings.js";

export type RoundKind = Exclude<ActionWaveKind, "first" | "ending">;

/**
 * `waits`: for its moment. `due`: its wave is to be opened. `follows`: its first wave is open, and who was on the way then is to
 * get another. `dropped`: it was stopped, or the action was ended, before it was done.
 */
export type RoundState = "waits" | "due" | "follows" | "done" | "failed" | "dropped";

/** What a widening asks: everybody in an area, in one circle after the other, or the nearest until so many were asked in all. */
export type Widening = { readonly area: AreaInput } | { readonly rings: Rings } | { readonly enough: number };

export interface Round {
  /** From 1, in the order in which they were asked for. */
  readonly number: number;
  readonly kind: RoundKind;
  readonly atMs: number;
  readonly by: Actor;
  readonly state: RoundState;
  /** How many waves the action had when it was asked for: those are what an update or a correction corrects. */
  readonly before: number;
  /** What an update or a correction says. */
  readonly said?: Wordings;
  readonly widening?: Widening;
  /** Of a widening in rings: the one that comes next. */
  readonly next?: number;
  /** Of arrivals: when it is looked next who has come. */
  readonly nextAtMs?: number;
  /** Why it has failed. */
  readonly reason?: Reason;
}
