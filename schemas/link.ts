/**
 * What a carrier's thread and the ledger say to each other. Bulk goes through two rings of shared memory (`ring.ts`):
 * events towards the ledger, grants towards the carrier. What is rare goes by message (`ToCarrier`, `FromCarrier`).
 *
 * A recipient is named by the wave's slot (0 … DISPATCH.liveWaves - 1) and its position in the wave's roster.
 */

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
 * - `receipt`: RECEIPT_STATE, the carrier's error number, 0; payload: the recipient's number (float64, 0 if it can't be
 *   read), then the message_id as the receipt has it.
 *
 * A position that is granted gives, for each of its segments, exactly one of outcome, unknown or released, in the end.
 */
export const EVENT = { outcome: 1, unknown: 2, released: 3, receipt: 4 } as const;

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

/** A grant: wave slot, first position, count, 1 if these were sent before and may arrive twice. */
export const GRANT_WORDS = 4;

/**
 * The carrier's shared gauges and counters, written by its thread alone; Int32Array, read by the monitor and the plan.
 * Latency is a histogram of submit_sm to response in powers of 2^(1/4) from 0.1 ms: bucket b holds up to
 * 0.1 * 2^((b + 1) / 4) ms.
 */
export const GAUGE = {
  /** Binds that are bound. */
  bound: 0,
  /** Submissions without response, in segments. */
  inFlight: 1,
  /** Granted and not written, in segments. */
  queued: 2,
  /** Sum of the windows of the bound binds. */
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
  readonly text: string;
  /** Nothing leaves after this moment; Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

export type ToCarrier =
  /** There are grants, or events were released. */
  | { readonly type: "wake" }
  | { readonly type: "wave"; readonly wave: WaveForCarrier }
  /** The slot will be used again; nothing of it is granted any more. */
  | { readonly type: "forget"; readonly slot: number }
  /** Unbind: what is in flight gets its responses or its deadline, then the thread exits. */
  | { readonly type: "close" };

export type FromCarrier =
  /** There are events. */
  | { readonly type: "wake" }
  /** A bind came or went, or was refused; `code` from the error catalogue. The words hold no personal data. */
  | {
      readonly type: "bind";
      readonly bind: number;
      readonly bound: boolean;
      readonly code?: string;
      readonly detail?: string;
    }
  | { readonly type: "closed" };

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
  /** Float64: E.164 number without "+" for each participant number; 0 for none. */
  readonly numbers: SharedArrayBuffer;
  /** A generated registry is sent to loopback only; the thread judges addresses before it connects. */
  readonly loopbackOnly: boolean;
}

/** One carrier, as configured and with every default filled in. */
export interface CarrierConfiguration {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** Alphanumeric, up to eleven characters, or digits. */
  readonly sender: string;
  /** Its part of the traffic, in proportion to the shares of the others. */
  readonly share: number;
  readonly binds: number;
  /** Outstanding submit_sm of each bind. */
  readonly window: number;
  /** Segments a second over all binds. */
  readonly ratePerSecond: number;
  readonly bindTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly enquireLinkMs: number;
  readonly enquireLinkTimeoutMs: number;
}
