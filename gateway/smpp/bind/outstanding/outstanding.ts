/**
 * How many submissions one bind may have outstanding: as many as its carrier answers in a short time (Little's law), and never
 * more than the configured window. Time comes in as an argument, in milliseconds of any one clock.
 *
 * Many carriers do one message after the other and never say that it is too much; whatever is sent beyond what they are at
 * only waits there, where it can't be stopped, given to another carrier or overtaken. So the time that answers take is kept
 * near OUTSTANDING.queueMs, or twice what the way there takes where that is longer.
 *
 * To a carrier that is new only a tenth of what it has taken so far is outstanding: whatever its limit is, little runs into it.
 *
 * Promises: never less than OUTSTANDING.least, with which no carrier stands still between two messages; no allocation.
 */
import { OUTSTANDING } from "../../../../schemas/limits.js";
import type { Window } from "./window.js";

export class Outstanding {
  /** By what the answers took; the window until they took too long. */
  #byTime: number;
  #taken = 0;
  #answeredMs = 0;
  /** The least that an answer took: the way there and back, and one message. */
  #baseMs = Number.POSITIVE_INFINITY;
  /** What was sent since then is measured; the answers to it, how long they took together, and the most outstanding. */
  #fromMs = Number.NEGATIVE_INFINITY;
  #answers = 0;
  #sumMs = 0;
  #most = 0;
  #size: number;

  constructor(size: number) {
    this.#size = size;
    this.#byTime = size;
  }

  /** How many may be outstanding now. */
  get limit(): number {
    const first = Math.max(OUTSTANDING.first, this.#taken * OUTSTANDING.partOfTaken);
    return Math.floor(Math.min(this.#size, Math.max(OUTSTANDING.least, Math.min(this.#byTime, first))));
  }

  /**
   * How many more may be, where each message has so many parts: a whole one always may, because some carriers answer none of its parts
   * before the last has come. What others have overtaken is perhaps lost: it must not keep the bind from sending.
   */
  room(window: Window, parts = 1): number {
    const limit = Math.max(this.limit, parts);
    return Math.min(window.size, limit + window.overtaken(limit)) - window.inFlight;
  }

  /** Whether nothing was answered for so long that the carrier does not just pause. `deadlineMs`: of a response. */
  isStuck({ oldest, sentAtMs }: Window, nowMs: number, deadlineMs: number): boolean {
    if (oldest < 0) return false;
    return nowMs - Math.max(this.#answeredMs, sentAtMs[oldest]!) >= deadlineMs * OUTSTANDING.pauseDeadlines;
  }

  /** Another window was configured. */
  resize(size: number): void {
    if (size === this.#size) return;
    this.#byTime = Math.max(OUTSTANDING.least, (this.#byTime / this.#size) * size);
    this.#size = size;
  }

  /** It is known from before that the carrier copes with so many. */
  trust(outstanding: number): void {
    this.#taken = Math.max(this.#taken, outstanding / OUTSTANDING.partOfTaken);
  }

  /** So many are outstanding after a batch was sent. */
  sent(inFlight: number): void {
    if (inFlight > this.#most) this.#most = inFlight;
  }

  /**
   * A submission that was sent at `sentAtMs` was answered. To throttle costs a carrier nothing, so that tells of no queue.
   * `deadlineMs`: of a response.
   */
  answered(wasThrottled: boolean, sentAtMs: number, nowMs: number, deadlineMs: number): void {
    this.#answeredMs = nowMs;
    if (wasThrottled) return;
    this.#taken++;
    const tookMs = nowMs - sentAtMs;
    if (tookMs < this.#baseMs) this.#baseMs = tookMs;
    if (sentAtMs < this.#fromMs) return;
    this.#answers++;
    this.#sumMs += tookMs;
    if (this.#answers < this.limit) return;
    this.#judge(this.#sumMs / this.#answers, deadlineMs);
    this.#fromMs = nowMs;
    this.#answers = 0;
    this.#sumMs = 0;
    this.#most = 0;
  }

  /** The carrier fell silent: the next bind begins with the least. */
  silent(): void {
    this.#byTime = OUTSTANDING.least;
  }

  #judge(meanMs: number, deadlineMs: number): void {
    const { least, queueMs, mostOfDeadline, mostGrowth } = OUTSTANDING;
    const longestMs = deadlineMs * mostOfDeadline;
    const targetMs = Math.min(Math.max(queueMs, 2 * this.#baseMs), Math.max(longestMs, this.#baseMs * mostGrowth));
    const wanted = (this.#most * targetMs) / Math.max(meanMs, Number.MIN_VALUE);
    if (meanMs > targetMs) {
      // With so few there is no queue of ours: it is the way that has become longer.
      if (this.#byTime <= least) this.#baseMs = meanMs;
      this.#byTime = Math.max(least, Math.min(this.#byTime, wanted));
    } else if (this.#most >= this.limit) {
      this.#byTime = Math.min(this.#size, Math.max(this.#byTime, Math.min(this.#byTime * 2, wanted)));
    }
  }
}
