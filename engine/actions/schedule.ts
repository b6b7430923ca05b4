/**
 * Starts actions at the time that was set for them. That is a date, so the wall clock says when it is; where that clock got ahead at
 * once nothing starts, for somebody may have set it wrongly, and everything is held before the next look.
 *
 * Promises that an action is selecting, durably, before anybody is selected for it, so that it starts once whatever happens; what was
 * missed by more than DISPATCH.startLateMs is held (transitions/before.ts).
 */
import type { Clock, ClockWatch } from "../clock/clock.js";
import type { Lifecycle } from "./lifecycle.js";

export class Schedule {
  readonly #lifecycle: Pick<Lifecycle, "underWay" | "apply">;
  readonly #clock: Pick<Clock, "now">;
  /** The ledger's: with one of its own this one found a step later, and held again what had been resumed since. */
  readonly #watch: Pick<ClockWatch, "isAhead">;

  constructor(
    lifecycle: Pick<Lifecycle, "underWay" | "apply">,
    clock: Pick<Clock, "now">,
    watch: Pick<ClockWatch, "isAhead">,
  ) {
    this.#lifecycle = lifecycle;
    this.#clock = clock;
    this.#watch = watch;
  }

  /** To be called about once a second. */
  tick(): void {
    if (this.#watch.isAhead()) return;
    const atMs = this.#clock.now();
    for (const { id, status, startAtMs } of [...this.#lifecycle.underWay]) {
      const isDue = status === "scheduled" && (startAtMs ?? 0) <= atMs;
      if (isDue) void this.#lifecycle.apply(id, { type: "due", atMs });
    }
  }
}
