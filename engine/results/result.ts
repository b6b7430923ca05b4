/**
 * What one action has come to, as far as its records say: ids of the action apart nothing that leads to anybody. Table `results`, by
 * action id (16 bytes), holds those of which nothing more will become known; it outlives who was asked and what they wrote, and goes with
 * its action. All others are worked out when they are asked for.
 */

import type { Outcome } from "../../schemas/api/action/outcome.js";
import { ok, type Result } from "../../schemas/errors.js";
import type { ReplyChannel } from "../../schemas/replies/words.js";
import { type Channel, type Mode, STATE } from "../../schemas/words.js";
import { type ActionRecord, isAsking, isUnderWay } from "../actions/record.js";
import { channelOf, type StoredWave } from "../dispatch/ledger/wave-record.js";
import { knownVersion } from "../store/version.js";

const VERSION = 1;

export interface ActionResult {
  readonly mode: Mode;
  readonly kind: string;
  readonly timeCritical: boolean;
  /** Of Europe/Amsterdam, on which it was made: "2026-11-30". */
  readonly day: string;
  /** Number, 363 for GM0363; 0 where the middle of its area lies in none. */
  readonly municipality: number;
  /** Messages by which somebody was asked, as carriers took them. */
  readonly asked: number;
  /** All messages that carriers took. */
  readonly messages: Readonly<Partial<Record<Channel, number>>>;
  /** What those cost, by currency. */
  readonly cost: Readonly<Record<string, number>>;
  readonly reactions: Readonly<Partial<Record<ReplyChannel, number>>>;
  readonly outcome: Outcome | null;
  readonly direct: boolean;
  readonly caught: boolean;
  readonly incidentAtMs: number | null;
  readonly firstMessageAtMs: number | null;
  readonly firstReactionAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** A reaction, as far as it counts. */
export interface Reaction {
  readonly receivedAtMs: number;
  readonly channel: ReplyChannel;
}

/** Those to one action, counted one by one: there may be very many. */
export class Reactions {
  readonly came: Partial<Record<ReplyChannel, number>> = {};
  firstAtMs: number | null = null;

  add({ channel, receivedAtMs }: Reaction): void {
    this.came[channel] = (this.came[channel] ?? 0) + 1;
    this.firstAtMs = earlier(this.firstAtMs, receivedAtMs);
  }
}

/** What is known of a wave: its record, and its counts so far by RECIPIENT_STATES. */
export interface WaveSoFar {
  readonly stored: StoredWave;
  readonly counts: ArrayLike<number>;
  readonly firstIntentAtMs: number | null;
}

/** In these the carrier took the message, or may have. */
const TAKEN = [STATE.acknowledged, STATE.delivered, STATE.unknown];

export function resultOf(
  record: ActionRecord,
  waves: readonly WaveSoFar[],
  reactions: Reactions,
  day: string,
  municipality: number,
): ActionResult {
  const { request, end, endedAtMs, stoppedAtMs } = record;
  const messages: Partial<Record<Channel, number>> = {};
  const cost: Record<string, number> = {};
  let asked = 0;
  let firstMessageAtMs: number | null = null;
  for (const { stored, counts, firstIntentAtMs } of waves) {
    const taken = TAKEN.reduce<number>((sum, state) => sum + (counts[state] ?? 0), 0);
    const channel = channelOf(stored);
    messages[channel] = (messages[channel] ?? 0) + taken;
    if (record.waves.some((wave) => wave.id === stored.waveId && isAsking(wave))) asked += taken;
    const expected = stored.forecast?.cost;
    // Each message at the price that was expected of it.
    if (expected && stored.count > 0)
      cost[expected.currency] = (cost[expected.currency] ?? 0) + (expected.amount * taken) / stored.count;
    firstMessageAtMs = earlier(firstMessageAtMs, firstIntentAtMs);
  }
  const { incidentAt } = request.asked;
  return {
    ...{ mode: request.mode, kind: request.kind, timeCritical: request.timeCritical, day, municipality },
    ...{ asked, messages, cost, reactions: reactions.came },
    ...{ outcome: end?.outcome ?? null, direct: end?.direct ?? false, caught: end?.caughtInTheAct ?? false },
    incidentAtMs: incidentAt === undefined ? null : Date.parse(incidentAt),
    ...{ firstMessageAtMs, firstReactionAtMs: reactions.firstAtMs, endedAtMs: endedAtMs ?? stoppedAtMs },
  };
}

/** Whether nothing more becomes known of it by itself: it is over, all receipts were awaited, and replies came long enough. */
export function isSettled(record: ActionRecord, waves: readonly WaveSoFar[], beforeMs: number): boolean {
  const { endedAtMs, stoppedAtMs, expiresAtMs } = record;
  const isOver = (endedAtMs ?? stoppedAtMs ?? expiresAtMs) < beforeMs && expiresAtMs < beforeMs;
  return isOver && !isUnderWay(record) && waves.every(({ stored }) => stored.archive !== null);
}

export function encodeResult(result: ActionResult): Buffer {
  return Buffer.from(JSON.stringify({ version: VERSION, ...result }));
}

export function decodeResult(bytes: Buffer, place: string): Result<ActionResult> {
  const { version, ...result } = JSON.parse(bytes.toString()) as ActionResult & { version: number };
  const known = knownVersion(version, VERSION, place);
  return known.ok ? ok(result) : known;
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || (other !== null && other < one) ? other : one;
}
