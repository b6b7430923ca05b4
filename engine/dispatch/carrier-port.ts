/**
 * What dispatch needs of a carrier: the shared rings, gauges and flags, and a handful of calls. `gateway/smpp` supplies it;
 * tests supply others.
 */
import type { Problem } from "../../schemas/errors.js";
import type { WaveForCarrier } from "../../schemas/link.js";
import type { Ring } from "../../schemas/ring.js";

export interface CarrierPort {
  readonly name: string;
  readonly share: number;
  readonly ratePerSecond: number;
  /** Reader side of the carrier's events. */
  readonly events: Ring;
  /** Writer side of its grants. */
  readonly grants: Ring;
  /** GAUGE words then LATENCY_BUCKETS. */
  readonly gauges: Int32Array;
  segmentsOf(text: string): number;
  openWave(wave: WaveForCarrier): void;
  /** Sets the shared flag at once. */
  stopWave(slot: number): void;
  /** The slot will be reused: resets the flag. */
  forgetWave(slot: number): void;
  /** Grants were published or events released. */
  wake(): void;
  /** Called when the thread has events or a bind changed. */
  onWake(listener: () => void): void;
  /** Last bind problem, null when bound. */
  lastProblem(): Problem | null;
  close(): Promise<void>;
}
