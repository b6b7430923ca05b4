/** How the API shows an action, and what became of its recipients: from the record and from the ledger, live or archived. */
import { ACTS, type Action, type Reason, type Wave } from "../../../schemas/api/api.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import type { Problem } from "../../../schemas/errors.js";
import type { ReplyStore } from "../../replies/reply-store.js";
import type { Space } from "../../store/space.js";
import { type ActionRecord, isUnderWay } from "../record.js";
import { saidBy } from "../rounds/ready.js";
import type { FoundWaves } from "../waves/found-waves.js";
import { showRound } from "./round-view.js";
import { ShownWaves } from "./shown-waves.js";

/** Shows actions as they are at the moment. */
export class Showing {
  readonly #space: Pick<Space, "problem">;
  readonly #waves: ShownWaves;
  readonly #received: ReplyStore;

  constructor(space: Pick<Space, "problem">, found: FoundWaves, received: ReplyStore) {
    this.#space = space;
    this.#waves = new ShownWaves(found);
    this.#received = received;
  }

  of(record: ActionRecord): Action {
    const { waves, damage } = this.#waves.of(record);
    const shown = withDamage(waitingFor(record, this.#space), damage);
    return showAction(shown, waves, this.#received.last(record.id));
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
