/** How the rounds of an action move on: by a wave that is opened, or that nobody is for; or to their end, where they are dropped. */
import { ROUNDS } from "../../../schemas/limits.js";
import type { ActionRecord, ActionWave } from "../record.js";
import { isReady, isUnfinished } from "./ready.js";
import type { Round, RoundState } from "./round.js";

/** True of a wave that the record wants as it stands: its round has not been dropped, nor has an update changed the text. */
export function isRoundWanted(record: ActionRecord, number: ActionWave["round"], updates: number): boolean {
  const round = record.rounds?.find((each) => each.number === number);
  return round !== undefined && isReady(record, round) && updates === updatesOf(record);
}

/** How often its text was corrected. */
export function updatesOf({ rounds = [] }: Pick<ActionRecord, "rounds">): number {
  return rounds.filter(({ kind }) => kind === "update").length;
}

/** What came of a round just now: which ring it was, where it has some, and when. */
export interface Came {
  readonly ring?: number | undefined;
  readonly atMs: number;
}

/** The record as it is once a wave of this round is open, or there was nobody for it. */
export function movedOn(record: ActionRecord, number: number, { ring, atMs }: Came): ActionRecord {
  return withRounds(record, (round) => {
    if (round.number !== number) return round;
    if (round.kind === "arrivals") return { ...round, ...nextLook(record, atMs) };
    if (ring === undefined || round.widening === undefined || !("rings" in round.widening)) {
      return { ...round, state: stateAfter(round) };
    }
    const next = ring + 1;
    return { ...round, next, state: next < round.widening.rings.steps.length ? "waits" : "done" };
  });
}

/** The record of an action whose first wave has just been opened: where it wants late arrivals, they are looked for from here on. */
export function withArrivals(record: ActionRecord, atMs: number): ActionRecord {
  const { request, actors, rounds = [], waves } = record;
  const by = actors?.dispatched ?? actors?.created;
  if (request.arrivals !== true || by === undefined) return record;
  const round: Round = { number: rounds.length + 1, kind: "arrivals", atMs, by, state: "waits", before: waves.length };
  return { ...record, rounds: [...rounds, { ...round, ...nextLook(record, atMs) }] };
}

/** When it is looked next: soon, as long as it may find somebody each time for the rest of the action's life, or for long; see ROUNDS. */
function nextLook({ waves, expiresAtMs }: ActionRecord, atMs: number): Pick<Round, "state" | "nextAtMs"> {
  const left = ROUNDS.arrivalsWaves - waves.filter(({ kind }) => kind === "arrivals").length;
  const isShort = left < ROUNDS.arrivalsWaves / 2;
  const pauseMs = Math.max(ROUNDS.arrivalsMs, isShort ? (expiresAtMs - atMs) / left : 0);
  const nextAtMs = Math.round(atMs + pauseMs);
  return nextAtMs < expiresAtMs ? { state: "waits", nextAtMs } : { state: "done" };
}

/** The same, with nothing more to come of any round. */
export function withoutRounds(record: ActionRecord): ActionRecord {
  return withRounds(record, dropped);
}

export function dropped(round: Round): Round {
  return isUnfinished(round) ? { ...round, state: "dropped" } : round;
}

export function withRounds(record: ActionRecord, change: (round: Round) => Round): ActionRecord {
  return record.rounds === undefined ? record : { ...record, rounds: record.rounds.map(change) };
}

function stateAfter({ kind, state }: Round): RoundState {
  const isCorrecting = kind === "update" || kind === "correction";
  return isCorrecting && state === "due" ? "follows" : "done";
}
