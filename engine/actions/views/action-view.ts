/** How the API shows an action, and what became of its recipients: from the record and from the ledger, live or archived. */
import { ACTS, type Action, type Counts, type Failure, type Reason, type Wave } from "../../../schemas/api/api.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import { assert, type Problem } from "../../../schemas/errors.js";
import { NOT_SENT, RECEIPT_REASON } from "../../../schemas/link.js";
import { isActionWave, RECIPIENT_STATES } from "../../../schemas/words.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import { summaryOf } from "../../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import type { ReplyStore } from "../../replies/reply-store.js";
import type { Space } from "../../store/space.js";
import { type ActionRecord, type ActionWave, isUnderWay } from "../record.js";
import { saidBy } from "../rounds/ready.js";
import type { FoundWaves } from "../waves/found-waves.js";
import { showForecast } from "./forecast-view.js";
import { showRound } from "./round-view.js";

/** Shows actions as they are at the moment. */
export class Showing {
  readonly #space: Pick<Space, "problem">;
  readonly #found: FoundWaves;
  readonly #received: ReplyStore;

  constructor(space: Pick<Space, "problem">, found: FoundWaves, received: ReplyStore) {
    this.#space = space;
    this.#found = found;
    this.#received = received;
  }

  of(record: ActionRecord): Action {
    return showAction(
      withDamage(waitingFor(record, this.#space), this.#found.damageOf(record)),
      this.#found.of(record).map(({ wave, stored, live }) => showWave(wave, stored, live)),
      this.#received.last(record.id),
    );
  }
}

export function showAction(record: ActionRecord, waves: readonly Wave[], replies: number): Action {
  const {
    mode,
    testGroup = null,
    kind,
    like,
    domain,
    urgency,
    timeCritical,
    area,
    groups = null,
    fields = null,
  } = record.request;
  const said = saidBy(record);
  return {
    id: record.id,
    version: record.revision,
    copyOf: record.copyOf,
    status: record.status,
    reason: record.reason ?? waitingReason(waves.reduce((sum, { withoutCarrier }) => sum + withoutCarrier, 0)),
    mode,
    testGroup,
    kind,
    like,
    domain,
    urgency,
    timeCritical,
    area,
    groups,
    arrivals: record.request.arrivals ?? false,
    enough: record.request.enough ?? null,
    text: said.text,
    simpleText: said.simpleText ?? null,
    spokenText: said.spokenText ?? null,
    texts: said.texts ?? {},
    fields,
    createdAt: dateTime(record.createdAtMs),
    startAt: dateTime(record.startAtMs),
    expiresAt: dateTime(record.expiresAtMs),
    stoppedAt: dateTime(record.stoppedAtMs),
    endedAt: dateTime(record.endedAtMs),
    outcome: record.end?.outcome ?? null,
    direct: record.end?.direct ?? false,
    caughtInTheAct: record.end?.caughtInTheAct ?? false,
    incidentAt: record.request.asked.incidentAt ?? null,
    confirmed: [...new Set([...(record.request.confirmed ?? []), ...(record.end?.confirmed ?? [])])],
    selectMs: record.selectMs,
    actors: showActors(record.actors),
    replies,
    waves: [...waves],
    rounds: (record.rounds ?? []).map(showRound),
  };
}

/** What is said of an action of which so many wait for a carrier. */
export function waitingReason(withoutCarrier: number): Reason | null {
  if (withoutCarrier === 0) return null;
  const detail = `no carrier serves ${withoutCarrier} of its recipients now, or none that makes as few parts of the text as were counted; they are sent to when one does, until it expires`;
  return { code: "NO_ROUTE", detail };
}

function showActors(actors: ActionRecord["actors"]): Action["actors"] {
  const shown = ACTS.map((act) => [act, actors?.[act] ?? null]);
  return Object.fromEntries(shown) as Action["actors"];
}

export function showWave({ round }: Pick<ActionWave, "round">, stored: StoredWave, live: LiveWave | undefined): Wave {
  const summary = live ? summaryOf(live) : stored.archive;
  const { kind, texts, count, segments, startedAtMs } = stored;
  assert(isActionWave(kind), "an action has no waves of confirmations or codes");
  return {
    kind,
    round: round ?? null,
    text: texts[0]!,
    recipients: count,
    segmentsPerMessage: segments,
    withoutCarrier: live?.queue.unserved ?? 0,
    counts: live ? showCounts(summary) : atRest(showCounts(summary)),
    failures: (summary?.reasons ?? []).map(showFailure),
    startedAt: dateTime(startedAtMs),
    firstIntentAt: dateTime(summary?.firstIntentAtMs ?? null),
    acknowledgedAt: dateTime(summary?.acknowledgedAtMs ?? null),
    ...showForecast(stored, summary),
  };
}

/**
 * No receipt is awaited any more: whoever a carrier took the message for, and never said more of, is unknown. The ledger
 * still knows that they were reached, and who ends the action then thanks them.
 */
function atRest(counts: Counts): Counts {
  return { ...counts, acknowledged: 0, unknown: counts.unknown + counts.acknowledged };
}

/** The ledger keeps a receipt's state, and our own reason not to send, beside command_status, moved up. */
function showFailure([reason, times]: readonly [number, number]): Failure {
  if (reason >= NOT_SENT) return { cause: "notSent", code: reason - NOT_SENT, times };
  if (reason >= RECEIPT_REASON) return { cause: "messageState", code: reason - RECEIPT_REASON, times };
  return { cause: "commandStatus", code: reason, times };
}

export function showCounts(
  summary: { readonly counts: ArrayLike<number>; readonly possibleDuplicates: number } | null,
): Counts {
  const byState = RECIPIENT_STATES.map((state, i) => [state, summary?.counts[i] ?? 0]);
  return {
    ...(Object.fromEntries(byState) as Record<(typeof RECIPIENT_STATES)[number], number>),
    possibleDuplicates: summary?.possibleDuplicates ?? 0,
  };
}

/** Recipients of all these waves together. */
export function sumCounts(waves: readonly LiveWave[]): Counts {
  const counts = new Array<number>(RECIPIENT_STATES.length).fill(0);
  let possibleDuplicates = 0;
  for (const wave of waves) {
    possibleDuplicates += wave.possibleDuplicates;
    for (let state = 0; state < counts.length; state++) counts[state]! += wave.counts[state]!;
  }
  return showCounts({ counts, possibleDuplicates });
}

/** As it is shown: while the disk is full that is what everything under way waits for, unless it has a reason of its own. */
export function waitingFor(record: ActionRecord, { problem }: Pick<Space, "problem">): ActionRecord {
  if (problem === null || record.reason !== null || !isUnderWay(record)) return record;
  return { ...record, reason: { code: problem.code, detail: problem.detail } };
}

/** The same, with what is wrong with its waves as the reason where it has no other. */
function withDamage(record: ActionRecord, damage: Problem | undefined): ActionRecord {
  if (damage === undefined || record.reason !== null) return record;
  return { ...record, reason: { code: "STORE_CORRUPT", detail: damage.detail } };
}
