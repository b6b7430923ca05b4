/** What is fixed when a wave opens, and stored with it. */
import type { Channel, Domain, Mode, UnknownPolicy, WaveKind } from "../../../schemas/words.js";

export interface WaveRecord {
  readonly waveId: number;
  readonly actionId: string;
  /** Generation of the registry that the roster's numbers belong to. */
  readonly registry: number;
  readonly kind: WaveKind;
  /** Of an exercise or a test; absent of what is real. */
  readonly mode?: Exclude<Mode, "actual">;
  /** Only who carries this channel may send it. Records of before there were others have none: see `channelOf`. */
  readonly channel?: Channel;
  /** By number: where there are several each recipient has the number of one (schemas/text-numbers.ts). */
  readonly texts: readonly string[];
  readonly count: number;
  /** Parts of the message at the carrier that makes most of them; of the text of most parts where there are several. */
  readonly segments: number;
  /** Of each text, by number; absent where there is one. */
  readonly shares?: readonly TextShare[];
  readonly timeCritical: boolean;
  /** Danger to life here and now: goes before all that is not. Absent where it is not, and in older records. */
  readonly extreme?: boolean;
  /** Absent where it is of no action, and in older records. */
  readonly domain?: Domain;
  /** What becomes of a recipient of whom no outcome is known; in records without it, resend. */
  readonly onUnknown?: UnknownPolicy;
  readonly expiresAtMs: number;
  readonly startedAtMs: number;
  /** What was expected of it when it opened; absent where nothing was, and in older records. */
  readonly forecast?: WaveForecast;
}

/** How long it was to take, from startedAtMs on, and what it was to cost; null where that could not be told. */
export interface WaveForecast {
  readonly durationMs: number | null;
  readonly cost: { readonly amount: number; readonly currency: string } | null;
}

/** What one of several texts has of its wave. */
export interface TextShare {
  readonly recipients: number;
  /** Parts at the carrier that makes most of them. */
  readonly segments: number;
}

/** That an operator stopped a wave. */
export interface StoredStop {
  readonly atMs: number;
  /** The journal has it too, in its place among the entries; absent in those of before it had. */
  readonly inJournal?: true;
}

/** A wave's record as stored. What stands under `stop` and `archive` comes later in its life. */
export interface StoredWave extends WaveRecord {
  /** Set when an operator stopped it. */
  readonly stop: StoredStop | null;
  /** Set when the wave is settled, or its receipts were awaited long enough. */
  readonly archive: WaveSummary | null;
  /** True once it was removed who was asked (removePeople). */
  readonly peopleGone?: boolean;
}

/** What is kept of a wave's course beside the outcome of each recipient. */
export interface WaveSummary {
  /** In the order of RECIPIENT_STATES. */
  readonly counts: readonly number[];
  readonly possibleDuplicates: number;
  readonly reasons: readonly (readonly [number, number])[];
  readonly firstIntentAtMs: number | null;
  readonly acknowledgedAtMs: number | null;
}

/** A wave of which the record says nothing was made when there was SMS alone. */
export function channelOf({ channel }: Pick<WaveRecord, "channel">): Channel {
  return channel ?? "sms";
}

/** Parts of this text at the carrier that makes most of them. */
export function countedParts({ segments, shares }: Pick<WaveRecord, "segments" | "shares">, text: number): number {
  return shares === undefined ? segments : shares[text]!.segments;
}

/** Segments of all its messages, at the carrier that makes most of each. */
export function countedSegments({
  count,
  segments,
  shares,
}: Pick<WaveRecord, "count" | "segments" | "shares">): number {
  if (shares === undefined) return count * segments;
  return shares.reduce((sum, share) => sum + share.recipients * share.segments, 0);
}

/** Ranks below it are those of extreme waves, and no wave's is just this. */
export const AFTER_EXTREME = 2 ** 32;

/** Where something has happened or is looked for; the others tell and ask what can wait. */
const GOES_LATER: readonly (Domain | undefined)[] = ["inform", "involve"];

export type Ranked = Pick<WaveRecord, "extreme" | "timeCritical" | "count"> & { readonly domain?: Domain | undefined };

/**
 * Lower goes first: the extreme, then the time-critical, then the others; of these what alarms and traces before what informs and
 * involves, and then a small wave before a large one. However many go before one, it goes on a little: see Planner.
 */
export function rankOf({ extreme, timeCritical, domain, count }: Ranked): number {
  if (extreme) return count;
  const later = GOES_LATER.includes(domain) ? 1 : 0;
  return count + ((timeCritical ? 1 : 3) + later) * AFTER_EXTREME;
}
