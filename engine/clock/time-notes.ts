/** What the time was while anything was being sent, for the next start (engine/actions/waves/past.ts). */
import { ok, type Result } from "../../schemas/errors.js";
import { CLOCK } from "../../schemas/limits.js";
import { type LastRun, putLastRun } from "../store/last-run.js";
import type { Store } from "../store/store.js";
import type { Clock } from "./clock.js";

/** Notes the time while anything is being sent, so that a start with an earlier one is noticed. */
export class TimeNotes {
  #clockMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;
  readonly #store: Store;
  readonly #present: LastRun;
  readonly #clock: Clock;

  /** `present`: what this run has put. */
  constructor(store: Store, present: LastRun, clock: Clock) {
    this.#store = store;
    this.#present = present;
    this.#clock = clock;
    this.#clockMs = present.clockMs;
  }

  /** To be called about once a second while anything is being sent. A clock that is set back meanwhile takes nothing back. */
  async note(): Promise<Result<void>> {
    const steadyMs = this.#clock.steadyMs();
    if (steadyMs < this.#nextMs) return ok(undefined);
    this.#nextMs = steadyMs + CLOCK.noteMs;
    this.#clockMs = Math.max(this.#clockMs, this.#clock.now());
    return this.#store.commit(() => putLastRun(this.#store, { ...this.#present, clockMs: this.#clockMs }));
  }
}
