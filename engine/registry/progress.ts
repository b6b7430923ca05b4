/** How far a long run is, for a bar or a line: what is done, how fast, and how long it will take. */

export interface Progress {
  readonly done: number;
  /** Undefined when nobody knows, as for a stream. */
  readonly total: number | undefined;
  readonly ratePerSecond: number;
  /** Undefined without a total. */
  readonly leftMs: number | undefined;
}

export type OnProgress = (progress: Progress) => void;

const INTERVAL_MS = 100;

/** Reports at most ten times a second, and once at the end. */
export class ProgressMeter {
  readonly #startMs = performance.now();
  #reportedMs = this.#startMs;
  readonly #report: OnProgress | undefined;

  constructor(report: OnProgress | undefined) {
    this.#report = report;
  }

  /** `fraction` of the work says when it ends, where `done` has no total of its own (rows of a file of known size). */
  at(done: number, total: number | undefined, fraction?: number): void {
    const nowMs = performance.now();
    if (!this.#report || nowMs - this.#reportedMs < INTERVAL_MS) return;
    this.#reportedMs = nowMs;
    this.#say(done, total, nowMs, fraction);
  }

  end(done: number): void {
    if (this.#report) this.#say(done, done, performance.now(), 1);
  }

  #say(done: number, total: number | undefined, nowMs: number, fraction?: number): void {
    const elapsedMs = Math.max(1, nowMs - this.#startMs);
    const share = fraction ?? (total === undefined || total === 0 ? undefined : done / total);
    const leftMs = share === undefined || share === 0 ? undefined : elapsedMs * (1 / share - 1);
    this.#report?.({ done, total, ratePerSecond: (done * 1_000) / elapsedMs, leftMs });
  }
}
