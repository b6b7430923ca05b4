/** When something of an action is due that goes by itself: one timer each. The moments themselves stand in the records. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Moments {
  readonly #timers = new Map<string, { readonly atMs: number; readonly timer: NodeJS.Timeout }>();
  #closed = false;
  readonly #now: () => number;
  readonly #come: (actionId: string) => void;

  /** `come` is called when it is time; by a clock that was set meanwhile perhaps too early. */
  constructor(now: () => number, come: (actionId: string) => void) {
    this.#now = now;
    this.#come = come;
  }

  /** Infinity: nothing is due. */
  set(actionId: string, atMs: number): void {
    const known = this.#timers.get(actionId);
    if (known?.atMs === atMs) return;
    clearTimeout(known?.timer);
    this.#timers.delete(actionId);
    if (atMs === Infinity || this.#closed) return;
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(0, atMs - this.#now()));
    const timer = setTimeout(() => {
      this.#timers.delete(actionId);
      this.#come(actionId);
    }, waitMs).unref();
    this.#timers.set(actionId, { atMs, timer });
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
