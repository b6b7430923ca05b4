/**
 * What dispatch needs from whoever carries messages of one channel, a carrier of SMS first of all: `gateway/smpp/carrier/carrier.ts`
 * supplies it with a thread of its own. Everything bulk goes through the two rings and never by call.
 */
import type { MessageIdForm, ReceiptsPer } from "../../../schemas/carrier.js";
import type { Problem } from "../../../schemas/errors.js";
import type { WaveForCarrier } from "../../../schemas/link.js";
import type { Ring } from "../../../schemas/ring.js";
import type { Channel } from "../../../schemas/words.js";

/** What a carrier's encoding makes of a text. */
export interface TextAdvice {
  readonly encoding: "gsm0338" | "latin1" | "ascii" | "utf8" | "ucs2";
  /** Submissions of one message: so many outcomes it has. */
  readonly segments: number;
  /** Short messages on the air, which is what is paid for: more than `segments` where the carrier takes a long one apart. */
  readonly onAir: number;
  /** Each character, once, for which the text needs an alphabet of half as many characters a part. */
  readonly outside: readonly string[];
}

/** Of a carrier, what a text costs there. */
export interface Priced {
  readonly name: string;
  /** Its part of the traffic, in proportion to the shares of the others. */
  readonly share: number;
  /** Price of one segment; null: not known. */
  readonly costPerSegment: number | null;
  readonly currency: string;
  adviseText(text: string): TextAdvice;
}

export interface ChannelPort extends Priced {
  /** It is granted of waves of this channel alone. */
  readonly channel: Channel;
  readonly ratePerSecond: number;
  /** How many binds are configured that can send. */
  readonly binds: number;
  /** First digits of the numbers that it serves; empty: all numbers (see routes.ts). */
  readonly routes: readonly string[];
  /** What recipients see as the sender of its messages. */
  readonly sender: string;
  readonly messageIds: MessageIdForm;
  readonly receiptsPer: ReceiptsPer;
  /** Reader side of the carrier's events. */
  readonly events: Ring;
  /** Writer side of its grants. */
  readonly grants: Ring;
  /** GAUGE_WORDS gauges, then LATENCY_BUCKETS buckets. */
  readonly gauges: Int32Array;
  openWave(wave: WaveForCarrier): void;
  /** Sets the shared flag at once: what is granted of the wave and not written comes back. */
  stopWave(slot: number): void;
  /** Takes that back: grants of the wave are written again. */
  runWave(slot: number): void;
  /** The slot will be used again: resets the flag. */
  forgetWave(slot: number): void;
  /** Grants were published or events released. */
  wake(): void;
  /** Called when the thread has events or a bind changed. */
  onWake(listener: () => void): void;
  /** The last bind's problem, null when it is bound. */
  lastProblem(): Problem | null;
  close(): Promise<void>;
}
