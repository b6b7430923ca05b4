/** When a carrier's thread goes on by itself: in the next turn of its loop, or at a moment at which a rate allows more. */
import { PACE } from "../../../schemas/limits.js";

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

export class WakeUp {
  #isSoon = false;
  #isTimed = false;
  readonly #run: () => void;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** After sockets were read. */
  soon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      this.#run();
    });
  }

  /**
   * After `waitMs`, or when it was to go on before that. `isExact`: at that very moment. A timer comes a millisecond late, so it is
   * set to before the moment, and the rest, less than a turn of a busy loop, is slept through.
   */
  after(waitMs: number, isExact: boolean): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    const atMs = performance.now() + waitMs;
    const wake = (): void => {
      if (isExact) sleepUntil(atMs);
      this.#isTimed = false;
      this.#run();
    };
    if (!isExact) setTimeout(wake, waitMs);
    else if (waitMs <= PACE.sleepMs) setImmediate(wake);
    else setTimeout(wake, waitMs - PACE.sleepMs);
  }
}

/** Holds up this thread and no other: nothing but time wakes the sleeper. */
function sleepUntil(atMs: number): void {
  const leftMs = atMs - performance.now();
  if (leftMs > 0) Atomics.wait(SLEEPER, 0, 0, leftMs);
}
