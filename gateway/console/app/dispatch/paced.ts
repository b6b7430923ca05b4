/**
 * Asks after a pause, one at a time, and shows only what answers the last that was asked for: an answer that was overtaken never shows. Keeps
 * to a pace, because the service lets a key have so many previews an hour (600): a hand on the mouse would use them up in a minute.
 */

export interface Timing {
  readonly nowMs: () => number;
  /** Calls once after so long; what it gives back calls it off. */
  readonly after: (ms: number, call: () => void) => () => void;
}

export interface PacedOptions<Q, A> {
  readonly ask: (question: Q, signal: AbortSignal) => Promise<A>;
  readonly show: (answer: A, question: Q) => void;
  readonly timing: Timing;
  readonly pauseMs: number;
  /** So many may be asked at once; then one more each `everyMs`. */
  readonly burst: number;
  readonly everyMs: number;
}

export class Paced<Q, A> {
  readonly #options: PacedOptions<Q, A>;
  #callOff: () => void = () => undefined;
  #running: AbortController | undefined;
  #asked = "";
  /** How many may be asked now, as of then. */
  #left: number;
  #asOfMs: number;

  constructor(options: PacedOptions<Q, A>) {
    this.#options = options;
    this.#left = options.burst;
    this.#asOfMs = options.timing.nowMs();
  }

  /** Undefined: nothing is wanted any more, and what is on its way does not show. The same as before is asked once. */
  want(question: Q | undefined): void {
    const text = question === undefined ? "" : JSON.stringify(question);
    if (text === this.#asked) return;
    this.#asked = text;
    this.#callOff();
    this.#running?.abort();
    this.#running = undefined;
    if (question === undefined) return;
    const { timing, pauseMs } = this.#options;
    this.#callOff = timing.after(Math.max(pauseMs, this.#waitMs()), () => void this.#go(question, text));
  }

  /** The same once more: after a failure, or because time has passed. */
  again(question: Q | undefined): void {
    this.#asked = "";
    this.want(question);
  }

  #waitMs(): number {
    const { timing, burst, everyMs } = this.#options;
    const nowMs = timing.nowMs();
    this.#left = Math.min(burst, this.#left + (nowMs - this.#asOfMs) / everyMs);
    this.#asOfMs = nowMs;
    return this.#left >= 1 ? 0 : Math.ceil((1 - this.#left) * everyMs);
  }

  async #go(question: Q, text: string): Promise<void> {
    this.#waitMs();
    this.#left -= 1;
    const running = new AbortController();
    this.#running = running;
    const answer = await this.#options.ask(question, running.signal);
    if (running.signal.aborted || this.#asked !== text) return;
    this.#running = undefined;
    this.#options.show(answer, question);
  }
}
