/**
 * The registry in memory, as flat columns in shared memory that every thread may read: per participant here, per location
 * in the shards (engine/selection/rows/shard.ts). All of it is written while the registry loads; afterwards the main thread alone
 * changes the columns of participants (engine/registry/live/live-columns.ts), and everybody else reads them.
 */

import { PARTICIPANT_STATUSES, STATUS_MASK, switchedOffBit } from "../../../schemas/words.js";
import { isGivenActive } from "../record/contact-marks.js";
import type { Participant } from "../record/participant.js";
import type { SparseColumns } from "../record/sparse.js";

/** One row a location, in the order of loading; input of the shards and dropped once they are built. */
export interface LocationRows {
  readonly count: number;
  /** Degrees, WGS84; Float64. */
  readonly lng: SharedArrayBuffer;
  readonly lat: SharedArrayBuffer;
  /** Participant number; Uint32. */
  readonly participant: SharedArrayBuffer;
  /** Bit `channel * 4 + domain` (schemas/words.ts, channelBit); Uint16. */
  readonly channels: SharedArrayBuffer;
  /** Row of the table of terms; Uint16. */
  readonly terms: SharedArrayBuffer;
  /** 363 for GM0363, 0 outside the Netherlands; Uint16. */
  readonly municipality: SharedArrayBuffer;
}

/** One row a participant; the row is the participant number. A row with number 0 and status erased is unused. */
export interface ParticipantColumns {
  /** With the room for those who join while the service runs (REGISTRY.roomToJoin). */
  readonly count: number;
  /**
   * E.164 without "+", 0 for none, negative while no SMS may go to it (numberInColumn); Float64 holds 15 digits exactly.
   * Longer than the others by SELF.codeWaves rows that no participant ever has (engine/self/codes/sms-codes.ts).
   */
  readonly numbers: SharedArrayBuffer;
  /** As statusInColumn gives it; Uint8. */
  readonly status: SharedArrayBuffer;
  /** Index into LANGUAGES; Uint8. */
  readonly language: SharedArrayBuffer;
  /** Bits of GROUPS; Uint8. */
  readonly groups: SharedArrayBuffer;
  /** As addressSet gives it; Uint8. */
  readonly addresses: SharedArrayBuffer;
  /** How often they were asked: ASKED_BYTES each, in the columns of engine/selection/query/asked-columns.ts. Nothing of it is loaded. */
  readonly asked: SharedArrayBuffer;
}

/** Four counts of two bytes. */
export const ASKED_BYTES = 8;

/** What loading the registry gives. */
export interface LoadedRegistry {
  /** Counts up when a registry is replaced as a whole: participant numbers then mean other people. */
  readonly generation: number;
  readonly generated: boolean;
  /** Highest participant number plus one; behind it the columns have room for those who join. */
  readonly rows: number;
  readonly participants: ParticipantColumns;
  readonly locations: LocationRows;
  /** TERMS_WORDS words for each distinct terms (terms.ts). Uint32. */
  readonly terms: SharedArrayBuffer;
  /** How many participants have a location in a municipality, by its number; 0 is everything outside the Netherlands. */
  readonly members: Uint32Array;
  /** What few participants have; dropped once the service has it in its own order. */
  readonly sparse: SparseColumns;
}

/** Numbers of municipalities have four digits. */
const MUNICIPALITIES = 10_000;

export function noMembers(): Uint32Array {
  return new Uint32Array(MUNICIPALITIES);
}

const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");
/**
 * Of the column alone: unconfirmed, so that nobody asks them, and active as whoever gave their contacts sees it. What that one is
 * shown of its people counts them, or it would tell whose contacts somebody else has.
 */
export const GIVEN_ACTIVE = PARTICIPANT_STATUSES.length;

/** An index into PARTICIPANT_STATUSES, or GIVEN_ACTIVE, and above it a bit for each channel that is switched off (switchedOffBit). */
export function statusInColumn({
  status,
  switchedOff,
  contacts,
}: Pick<Participant, "status" | "switchedOff" | "contacts">): number {
  const isGiven = status === UNCONFIRMED && isGivenActive(contacts);
  return (isGiven ? GIVEN_ACTIVE : status) | switchedOff;
}

/** Whether those who look after people, and do not send, see the participant as active. */
export function isShownActive(status: number): boolean {
  const state = status & STATUS_MASK;
  return state === 0 || state === GIVEN_ACTIVE;
}

/** What must be 0 of a status byte for an SMS to go to the participant. */
const NO_SMS = STATUS_MASK | switchedOffBit("sms");

/**
 * A number as the column has it. Carriers send to what they read there and to nobody whose number is negative: who says STOP,
 * pauses or leaves while a wave is on its way gets nothing of it from then on.
 */
export function numberInColumn(number: number, status: number): number {
  return (status & NO_SMS) !== 0 && number !== 0 ? -number : number;
}
