/**
 * What a carrier's thread and the ledger say to each other. Bulk goes through two rings of shared memory (`ring.ts`):
 * events towards the ledger, grants towards the carrier. What is rare goes by message (`ToCarrier`, `FromCarrier`).
 *
 * A recipient is named by the wave's slot (0 … DISPATCH.liveWaves - 1) and its position in the wave's roster.
 */

import type { CarrierConfiguration } from "./carrier.js";
import type { TextNumbers } from "./text-numbers.js";

/** Words of an event before its payload. */
export const EVENT_WORDS = 4;

/**
 * Kinds of event. Word 0: kind | segment << 8 | payload bytes << 16. Words 1 to 3 by kind:
 *
 * - `outcome`: wave slot, position, command_status of the submit_sm_resp; payload: the message_id as sent.
 *   One for each segment. Throttling is no outcome: the carrier's thread keeps such a submission and sends it again.
 * - `unknown`: wave slot, position, reason (UNKNOWN_REASON); that segment was written and no response came: the bind
 *   broke, or the response deadline passed.
 * - `released`: wave slot, first position, count; granted and not written (stopped, expired, or no bind is left).
 *   Word 0's segment is a RELEASE_REASON. Nothing of these positions has gone out. Where a part of a message has gone
 *   out and another part waits after throttling, the part that waits ends with an outcome of ESME_RTHROTTLED.
 * - `receipt`: RECEIPT_STATE, the carrier's error number, bytes of a second message_id or 0; payload: the recipient's number
 *   (float64, 0 if it can't be read), then the message_id as the receipt has it. Where its TLV and its text name different
 *   ones, that of the text follows at the next word, and is not counted in the payload.
 * - `message`: from a citizen, or one part of it. Reference of the concatenation; part from 1 | parts << 8, 0 for a whole
 *   message; 0. Payload: the sender's number (float64, 0 if it can't be read), then the text as UTF-16LE, which is two bytes
 *   for each byte of the PDU at most.
 *
 * A position that is granted gives, for each of its segments, exactly one of outcome, unknown or released, in the end. Of a
 * message there are as many segments as the carrier that it was granted to makes of it. Where a carrier's thread refuses a
 * recipient itself, the command_status is NOT_SENT + NOT_SENT_REASON.
 *
 * Five come from no carrier, but from the ledger itself, for its journal:
 *
 * - `refused`: positions that will not be sent to. Wave slot, first position, count; word 0's segment is a NOT_SENT_REASON.
 * - `resend`: those of such positions who are unknown go once more, by an operator's word.
 * - `halted`: from here on nothing of the wave is granted. Word 0's segment is the STATE in which those end who waited.
 * - `doubted`: whoever is under way or is sent to from here on may have got it before, without the ledger's knowledge.
 * - `parts`: what a carrier makes of each text of a wave with several, from here on. Wave slot, number of texts, 0; payload: for each
 *   text a byte with its number of parts.
 */
export const EVENT = {
  outcome: 1,
  unknown: 2,
  released: 3,
  receipt: 4,
  message: 5,
  refused: 6,
  halted: 7,
  doubted: 8,
  resend: 9,
  parts: 10,
} as const;

/**
 * Why a recipient was not sent to at all, by our own decision: every carrier that serves the number has refused it; SMS is switched off, or the
 * participant pauses; there is no number.
 */
export const NOT_SENT_REASON = { noRoute: 1, switchedOff: 2, noNumber: 3 } as const;
/** Added to a NOT_SENT_REASON, and to the message_state of a receipt, where a command_status stands. */
export const NOT_SENT = 0x2000_0000;
export const RECEIPT_REASON = 0x1000_0000;
/** A command_status from here on is nobody's, so that a carrier's can't be taken for one of ours. */
export const COMMAND_STATUS_LAST = RECEIPT_REASON - 1;

export const UNKNOWN_REASON = { disconnected: 1, deadline: 2 } as const;
export const RELEASE_REASON = { stopped: 1, expired: 2, unbound: 3 } as const;

/** SMPP 3.4, 5.2.28 message_state, as numbers of the specification. */
export const RECEIPT_STATE = {
  enroute: 1,
  delivered: 2,
  expired: 3,
  deleted: 4,
  undeliverable: 5,
  accepted: 6,
  unknown: 7,
  rejected: 8,
} as const;

const { delivered, expired, deleted, undeliverable, rejected } = RECEIPT_STATE;
const FINAL_BITS = [delivered, expired, deleted, undeliverable, rejected].reduce(
  (bits, state) => bits | (1 << state),
  0,
);

/** True for a state after which a message changes no more. */
export function isFinalState(state: number): boolean {
  return (FINAL_BITS & (1 << state)) !== 0;
}

/** A grant: wave slot, first position, count, 1 if these were sent before and may arrive twice. */
export const GRANT_WORDS = 4;

/**
 * The carrier's shared gauges and counters, written by its thread alone; Int32Array, read by the monitor and the plan.
 * Latency is a histogram of submit_sm to response in powers of 2^(1/4) from 0.1 ms: bucket b holds up to
 * 0.1 * 2^((b + 1) / 4) ms.
 */
export const GAUGE = {
  /** Binds that can send and are bound: transceivers and transmitters. */
  bound: 0,
  /** Submissions without response, in segments. */
  inFlight: 1,
  /** Granted and not written, in segments. */
  queued: 2,
  /** Sum of their windows. */
  window: 3,
  submitted: 4,
  acknowledged: 5,
  refused: 6,
  throttled: 7,
  receipts: 8,
  disconnects: 9,
  protocolErrors: 10,
  incoming: 11,
  /** 1 while the binds are backing off. */
  backingOff: 12,
  /** Code of the last bind failure, as command_status; 0 if the last bind succeeded. */
  lastBindStatus: 13,
  /** Responses to nothing that is outstanding: late, doubled, or with a sequence number that was never used. */
  strayResponses: 14,
  /** Binds that can receive and are bound: transceivers and receivers. */
  receiving: 15,
  /** Segments a second that the thread allows itself now, over all binds: the configured rate, or what it has learnt. */
  allowedPerSecond: 16,
  /** Of that, what was learnt to hold, over the binds that have learnt a limit; 0 where none has. */
  learntPerSecond: 17,
} as const;
export const GAUGE_WORDS = 32;
export const LATENCY_BUCKETS = 64;

/** Flags of the waves at a carrier, one Int32 a slot, written by the main thread alone. */
export const WAVE_FLAG = { running: 0, stopped: 1 } as const;

/** A wave as a carrier needs it. Lower rank goes first; within a wave, the lower position. */
export interface WaveForCarrier {
  readonly slot: number;
  readonly rank: number;
  /** Uint32: participant numbers, nearest first. */
  readonly roster: SharedArrayBuffer;
  /** By number; null for one of which nothing is granted to this carrier. */
  readonly texts: readonly (string | null)[];
  /** Which text each recipient gets. */
  readonly textNumbers: TextNumbers;
  /** Nothing leaves after this moment; Unix time in milliseconds. */
  readonly expiresAtMs: number;
  /** Goes out with the carrier's priority_flag for urgent messages. */
  readonly urgent: boolean;
  /** Tells the parts of different messages to one recipient apart, over all carriers; 16 bits. */
  readonly reference: number;
  /** Its parts are joined without TLVs, whatever is configured: the carrier's binds are of SMPP 3.3. */
  readonly withoutTlvs?: boolean;
  /** Goes to those too who have switched SMS off or pause: the confirmation of just that. */
  readonly toSwitchedOff: boolean;
}

export type ToCarrier =
  /** There are grants, or events were released. */
  | { readonly type: "wake" }
  | { readonly type: "wave"; readonly wave: WaveForCarrier }
  /** The slot will be used again; nothing of it is granted any more. */
  | { readonly type: "forget"; readonly slot: number }
  /** The carrier's settings have changed; binds that are not touched by the change stay. */
  | { readonly type: "configure"; readonly carrier: CarrierConfiguration }
  /** Unbind: what is in flight gets its responses or its deadline, then the thread exits. */
  | { readonly type: "close" };

export type FromCarrier =
  /** There are events. */
  | { readonly type: "wake" }
  /**
   * A bind ("bind 1", "receiver 1") came or went, or was refused; `code` from the error catalogue, none where we unbound it
   * ourselves. The words hold no personal data.
   */
  | {
      readonly type: "bind";
      readonly bind: string;
      readonly bound: boolean;
      /** Of a bind that came: whether the carrier may be sent TLVs over it. */
      readonly hasTlvs?: boolean;
      readonly code?: string;
      readonly detail?: string;
    }
  | { readonly type: "closed" };

/** What was learnt of a carrier before this start, over all its binds; 0 where nothing was. */
export interface CarrierKnowledge {
  /** Segments a second that it takes; 0 where it never throttled. */
  readonly perSecond: number;
  /** Submissions that it was seen to cope with at a time. */
  readonly outstanding: number;
  /** Segments a second that it took when it had more than enough to do, whatever held it back; 0, or absent, where it never had. */
  readonly taken?: number;
}

export const NOTHING_KNOWN: CarrierKnowledge = { perSecond: 0, outstanding: 0 };

/** What the thread of a carrier is started with. All buffers are shared. */
export interface CarrierThreadData {
  readonly carrier: CarrierConfiguration;
  /** Ring of events; this thread writes. */
  readonly events: SharedArrayBuffer;
  /** Ring of grants; this thread reads. */
  readonly grants: SharedArrayBuffer;
  /** Int32: GAUGE_WORDS gauges, then LATENCY_BUCKETS buckets. */
  readonly gauges: SharedArrayBuffer;
  /** Int32: a WAVE_FLAG for each slot. */
  readonly flags: SharedArrayBuffer;
  /** Float64, by participant number: E.164 number without "+", negative while SMS is switched off, 0 for none. */
  readonly numbers: SharedArrayBuffer;
  /** A generated registry is sent to loopback only; the thread judges addresses before it connects. */
  readonly loopbackOnly: boolean;
  readonly known: CarrierKnowledge;
}
