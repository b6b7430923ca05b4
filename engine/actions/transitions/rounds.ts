/**
 * What is asked of an action beside its first wave and its end, each a round: corrected text, more people, the same once more, and that
 * it was not so. A round is written when it is asked for and begins at once; each of its waves moves it on.
 */
import { type ActionRecord, settled } from "../record.js";
import { type Came, dropped, movedOn, withRounds } from "../rounds/moving.js";
import { isReady, isUnfinished, momentOf, readyRound } from "../rounds/ready.js";
import type { Round } from "../rounds/round.js";
import { brokenOff, goOn, haltAll } from "./waves.js";
import { andThen, nothing, type Step, saved, savedFirst, type Word } from "./words.js";

/**
 * Nothing more of the old text leaves, and whoever it did not go to gets the new one. An update of before that is not done yet is
 * done with: the new one goes to all that it was for.
 */
export function updated(record: ActionRecord, word: Extract<Word, { type: "updated" }>): Step {
  const older = withRounds(record, (round) => (round.kind === "update" ? dropped(round) : round));
  const halted = haltAll(settled(older, "sending"), word.atMs, true);
  return andThen(halted, (sending) => goOn(asked(sending, word, { kind: "update", said: word.said })));
}

/** It is over, and was not so: nothing more of it leaves, and who has read it, or may have, reads that. */
export function corrected(record: ActionRecord, word: Extract<Word, { type: "corrected" }>): Step {
  const end = { ...word.said, outcome: "cancelled" } as const;
  const halted = brokenOff(record, end, word.atMs);
  return andThen(halted, (ending) => goOn(asked(ending, word, { kind: "correction", said: word.said })));
}

export function widened(record: ActionRecord, word: Extract<Word, { type: "widened" }>): Step {
  const { widening } = word;
  const isRings = "rings" in widening;
  return going(asked(record, word, { kind: "widening", widening, ...(isRings && { next: 0, state: "waits" }) }));
}

export function repeated(record: ActionRecord, word: Extract<Word, { type: "repeated" }>): Step {
  return going(asked(record, word, { kind: "repeat" }));
}

/** The moment of some rounds may have come. What they do next is written with their wave. */
export function momentCame(record: ActionRecord, atMs: number): Step {
  const isDue = (round: Round) => round.state === "waits" && momentOf(round) <= atMs;
  const next = withRounds(record, (round) => (isDue(round) ? { ...round, state: "due" } : round));
  return readyRound(next) ? goOn(next) : nothing(record);
}

/** There was nobody for the wave of this round that was to be opened. That nobody has come is not written each time. */
export function nobodyFor(record: ActionRecord, number: number, came: Came): Step {
  const round = record.rounds?.find((each) => each.number === number);
  if (round === undefined || !isReady(record, round)) return nothing(record);
  const next = goOn(movedOn(record, number, came));
  return round.kind === "arrivals" && next.record.status === "sending" ? next : savedFirst(next);
}

export function roundFailed(record: ActionRecord, number: number, reason: Round["reason"]): Step {
  const round = record.rounds?.find((each) => each.number === number);
  // It was dropped meanwhile: what came in its place waited for it.
  if (round === undefined || !isUnfinished(round)) return readyRound(record) ? goOn(record) : nothing(record);
  const failed: Round = { ...round, state: "failed", ...(reason && { reason }) };
  return savedFirst(goOn(withRounds({ ...record, reason: null }, (each) => (each.number === number ? failed : each))));
}

/** The record with one round more, that is due. */
function asked(
  record: ActionRecord,
  { by, atMs }: Pick<Word, "by" | "atMs">,
  what: Pick<Round, "kind"> & Partial<Round>,
): ActionRecord {
  const rounds = record.rounds ?? [];
  const round: Round = { number: rounds.length + 1, atMs, by, state: "due", before: record.waves.length, ...what };
  return { ...record, rounds: [...rounds, round] };
}

/** Of one that had been sent more is to be sent; one that is selecting goes on with it after its first wave. */
function going(record: ActionRecord): Step {
  if (record.status === "selecting") return saved(record);
  return savedFirst(goOn(record.status === "sent" ? settled(record, "sending") : record));
}
