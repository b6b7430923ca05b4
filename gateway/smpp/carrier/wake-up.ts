/** When a carrier's thread goes on by itself: in the next turn of its loop, or at a moment at which a rate allows more. */
import { PACE } from "../../../schemas/limits.js";

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

export class WakeUp {
  #isSoon = false;
  #isTimed = false;
  readonly #run: (nowMs: number) => void;

  /** `run` gets the moment for which it is woken, which may be PACE.aheadMs ahead. */
  constructor(run: (nowMs: number) => void) {
    this.#run = run;
  }

  /** After sockets were read. */
  soon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      this.#run(performance.now());
    });
  }

  /**
   * At `atMs`, or when it was to go on before that. `isExact`: for that very moment, and so a little ahead of it: a timer comes a
   * millisecond late, so it is set to before the moment, and the rest, less than a turn of a busy loop, is slept through; what is to
   * be written is then put together, and waits for the moment (`holdUntil`).
   */
  at(atMs: number, isExact: boolean): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    const wake = (): void => {
      if (isExact) sleepUntil(atMs - PACE.aheadMs);
      this.#isTimed = false;
      const nowMs = performance.now();
      this.#run(isExact ? Math.max(atMs, nowMs) : nowMs);
    };
    const waitMs = atMs - performance.now();
    if (!isExact) setTimeout(wake, waitMs);
    else if (waitMs <= PACE.sleepMs) setImmediate(wake);
    else setTimeout(wake, waitMs - PACE.sleepMs);
  }
}

/**
 * Returns at that moment, or at once where it is past, and how much later it is then: to be called for moments that are hardly ahead, for
 * it does not sleep.
 */
export function holdUntil(atMs: number): number {
  let nowMs = performance.now();
  while (nowMs < atMs) nowMs = performance.now();
  return nowMs - atMs;
}

/** Holds up this thread and no other: nothing but time wakes the sleeper. */
function sleepUntil(atMs: number): void {
  const leftMs = atMs - performance.now();
  if (leftMs > 0) Atomics.wait(SLEEPER, 0, 0, leftMs);
}
