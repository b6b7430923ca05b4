/**
 * The two clocks, and which is for what. A date (when it was, until when it counts) is of the wall clock, which somebody may
 * set: it is what is stored and shown. How long something takes or rests is of the monotonic clock, which nobody can set,
 * and which stands still while the machine sleeps: it means nothing beyond the process.
 */
import { CLOCK } from "../../schemas/limits.js";

export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Milliseconds since some moment in the life of this process. */
  steadyMs(): number;
}

export const MACHINE_CLOCK: Clock = { now: () => Date.now(), steadyMs: () => performance.now() };

/**
 * Dates for what is kept for a while and has to outlive the process: they go on from what the wall clock says now by the
 * steady one, so that setting the clock makes nothing older or younger before the next start.
 */
export function steadyDates(clock: Clock): () => number {
  const offsetMs = clock.now() - clock.steadyMs();
  return () => clock.steadyMs() + offsetMs;
}

/** How old in steady time something is that began at this date: what happened in the future has only just begun. */
export function sinceSteadyMs(beganAtMs: number, clock: Clock): number {
  return clock.steadyMs() - Math.max(0, clock.now() - beganAtMs);
}

/**
 * Notices when the wall clock gets ahead of the monotonic one at once: somebody set it, or the machine stood still, and then
 * what it was about to do may have been done elsewhere, as by a virtual machine that was put back to an earlier moment.
 * Slow corrections are followed.
 */
export class ClockWatch {
  #offsetMs: number;
  readonly #clock: Clock;
  readonly #onAhead: (aheadMs: number) => void;

  constructor(clock: Clock, onAhead: (aheadMs: number) => void = () => {}) {
    this.#clock = clock;
    this.#onAhead = onAhead;
    this.#offsetMs = clock.now() - clock.steadyMs();
  }

  /** By how much it got ahead since the last look, if by more than CLOCK.stepMs; else 0. */
  aheadMs(): number {
    const beforeMs = this.#clock.steadyMs();
    const offsetMs = this.#clock.now() - beforeMs;
    // A process that lost its processor between the two has compared nothing; it looks again in a moment.
    if (this.#clock.steadyMs() - beforeMs > CLOCK.stepMs / 10) return 0;
    const aheadMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    return aheadMs > CLOCK.stepMs ? aheadMs : 0;
  }

  /** Whether it did so; whoever has to know of that is told by then. */
  isAhead(): boolean {
    const aheadMs = this.aheadMs();
    if (aheadMs > 0) this.#onAhead(aheadMs);
    return aheadMs > 0;
  }
}
