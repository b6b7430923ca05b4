/** Which round of an action is to go on, when, and what it says. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import { type ActionRecord, isOpen } from "../record.js";
import type { Round } from "./round.js";

/** What whoever is asked is told: the last update, or what the action itself says. */
export function saidBy({ request, rounds = [] }: Pick<ActionRecord, "request" | "rounds">): Wordings {
  return rounds.findLast(({ kind }) => kind === "update")?.said ?? request;
}

/** True of a round of which something is still to come. */
export function isUnfinished({ state }: Pick<Round, "state">): boolean {
  return state === "waits" || state === "due" || state === "follows";
}

/** The round whose next wave can be opened now, if there is one, corrections first; none of an action that is held. */
export function readyRound(record: ActionRecord): Round | undefined {
  const ready = record.rounds?.filter((round) => isReady(record, round));
  return ready?.find(({ kind }) => kind === "update" || kind === "correction") ?? ready?.[0];
}

export function isReady(record: ActionRecord, { state, before }: Round): boolean {
  if (record.status !== "sending" && record.status !== "ending") return false;
  // Who was on the way is known once all that is corrected has come to an end.
  return state === "due" || (state === "follows" && !record.waves.slice(0, before).some(isOpen));
}

/** True of one of which nothing more goes by itself: no wave is under way, and no round. */
export function isAllSent({ waves, rounds = [] }: ActionRecord): boolean {
  return !waves.some(isOpen) && !rounds.some(isUnfinished);
}

/** When the next ring of one that waits is due; Infinity where none is, or where nothing may go on by itself. */
export function nextMomentMs(record: ActionRecord): number {
  if (record.status !== "sending") return Infinity;
  const moments = (record.rounds ?? []).filter(({ state }) => state === "waits").map(momentOf);
  return Math.min(Infinity, ...moments);
}

export function momentOf({ widening, next = 0, nextAtMs = Infinity }: Round): number {
  if (widening === undefined || !("rings" in widening)) return nextAtMs;
  return widening.rings.steps[next]?.atMs ?? Infinity;
}
