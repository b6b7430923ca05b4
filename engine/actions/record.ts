/**
 * The record of an action, and what it says. What a wave counts is never part of it: that comes from the ledger, live or archived,
 * and so does whether a wave lives. What follows from what happens to an action is in transitions/.
 */
import type { Act, Reason } from "../../schemas/api/api.js";
import type { ActionStatus, ActionWaveKind, Channel, Precedence, UnknownPolicy } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import type { FilledEnd, FilledRequest } from "./kinds/filled.js";
import type { Round } from "./rounds/round.js";

export interface ActionRecord {
  readonly id: string;
  /** One more with each word of an operator. */
  readonly revision: number;
  /** The action that it was made from. */
  readonly copyOf: string | null;
  readonly request: FilledRequest;
  readonly createdAtMs: number;
  /** When it is to start, where that was set. */
  readonly startAtMs: number | null;
  readonly expiresAtMs: number;
  readonly status: ActionStatus;
  readonly stoppedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly end: FilledEnd | null;
  /** How long the selection took, in milliseconds. */
  readonly selectMs: number | null;
  /** In the order in which they were opened. */
  readonly waves: readonly ActionWave[];
  /** What was asked of it beside its first wave and its end, in the order in which it was asked; absent where nothing was. */
  readonly rounds?: readonly Round[];
  /** Why it has failed or is held, or what its next step waits for. */
  readonly reason: Reason | null;
  /** Of one that is held: what it was doing, and goes on with. */
  readonly heldFrom?: HeldFrom;
  /** True if the ledger may lack what was sent: whoever is sent to from now on is flagged. */
  readonly doubted?: true;
  /** Who did what with it; of what was done more than once, who did it last. Of older ones it was not kept. */
  readonly actors?: Readonly<Partial<Record<Act, Actor>>>;
}

/** By what actions are sent. */
export const ACTION_CHANNEL = "sms" satisfies Channel;

/** One message to some of those whom the action asks. */
export interface ActionWave {
  /** Its number in the ledger. */
  readonly id: number;
  readonly kind: ActionWaveKind;
  readonly channel: Channel;
  /**
   * `stopping`: an operator stopped it, and some may still be in flight. `concluded`: of nobody more is to be said that it was sent.
   * The ledger may be ahead of what is stored.
   */
  readonly state: "sending" | "stopping" | "concluded";
  /** The round that it is of; absent of the first wave and of the ending. */
  readonly round?: number;
  /** An update stopped it: whoever it had not been sent to gets the new text in place of this one's. */
  readonly replaced?: true;
}

const GOING = ["scheduled", "selecting", "sending", "ending"] as const satisfies readonly ActionStatus[];
export type HeldFrom = (typeof GOING)[number];

function isGoing(status: ActionStatus): status is HeldFrom {
  return (GOING as readonly ActionStatus[]).includes(status);
}

/** True of one of which something is still to be done. */
export function isUnderWay({ status }: Pick<ActionRecord, "status">): boolean {
  return isGoing(status) || status === "held";
}

/** True of one whose question is with people, once it has a wave: it was asked, and is not over. */
export function isRunning({ status }: Pick<ActionRecord, "status">): boolean {
  return status === "sending" || status === "sent" || status === "held";
}

/** The wave of a kind of which there is one at most; undefined where there is none. */
export function waveOf(
  { waves }: Pick<ActionRecord, "waves">,
  kind: Extract<ActionWaveKind, "first" | "ending">,
): ActionWave | undefined {
  return waves.find((wave) => wave.kind === kind);
}

/** True of a wave that asks: each person is asked once, by whichever it is. The others tell something to who was asked. */
export function isAsking({ kind }: Pick<ActionWave, "kind">): boolean {
  return kind === "first" || kind === "widening" || kind === "arrivals";
}

/** True of a wave that is there, and of which the ledger has more to say. */
export function isOpen(wave: ActionWave | undefined): wave is ActionWave {
  return wave !== undefined && wave.state !== "concluded";
}

/** The same, held for this reason; the record itself where nothing would go on anyway. */
export function heldFor(record: ActionRecord, { code, detail }: Reason): ActionRecord {
  const { status } = record;
  return isGoing(status) ? { ...record, status: "held", heldFrom: status, reason: { code, detail } } : record;
}

/** The same, with this status, and no reason left to wait for. */
export function settled({ heldFrom: _, ...record }: ActionRecord, status: ActionStatus): ActionRecord {
  return { ...record, status, reason: null };
}

/** What it does, or goes on with once it is held no more. */
export function doingOf({ status, heldFrom }: ActionRecord): ActionStatus {
  return status === "held" && heldFrom !== undefined ? heldFrom : status;
}

/** Whom it is urgent to reach may rather get it twice than not at all. */
export function policyOf({ onUnknown, timeCritical }: FilledRequest): UnknownPolicy {
  return onUnknown ?? (timeCritical ? "resend" : "hold");
}

/** An exercise or a test goes before nothing that is real. */
export function precedenceOf({
  mode,
  urgency,
  timeCritical,
}: Pick<FilledRequest, "mode" | "urgency" | "timeCritical">): Precedence {
  if (mode !== "actual") return "normal";
  if (urgency === "extreme") return "extreme";
  return timeCritical ? "urgent" : "normal";
}
