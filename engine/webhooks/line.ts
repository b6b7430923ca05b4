/**
 * What waits for one webhook, in memory: numbers of deliveries alone; what they say is read from the disk when it is their turn.
 *
 * All that were tried as often wait as long, so each number of attempts has a queue of its own that is in the order of time, and what is
 * due is at the head of one of them. A webhook that does not answer rests as a whole, longer each time, and is then asked with one event
 * alone; one that answers and takes an event not has that event alone to be tried again.
 */
import { WEBHOOKS } from "../../schemas/limits.js";

export interface Waiting {
  readonly number: number;
  readonly nextAtMs: number;
  readonly sinceMs: number;
  readonly attempts: number;
}

export class Line {
  /** Given up, the oldest first. */
  readonly dead = new Set<number>();
  lastDeliveredMs: number | null = null;
  readonly #queues: Waiting[][] = Array.from({ length: WEBHOOKS.waitsMs.length + 1 }, () => []);
  #pending = 0;
  #atWork = 0;
  #silentInARow = 0;
  #restsUntilMs = 0;

  /** Those that are at work too. */
  get pending(): number {
    return this.#pending;
  }

  get isFull(): boolean {
    return this.#pending >= WEBHOOKS.pending;
  }

  get isFailing(): boolean {
    return this.#silentInARow > 0;
  }

  /** One more that waits, behind those that were tried as often. */
  add(waiting: Waiting): void {
    this.#queues[waiting.attempts]!.push(waiting);
    this.#pending++;
  }

  /** Takes what is due, to be given back by `done` or `again`; undefined where nothing is, or nothing more may be at work. */
  take(nowMs: number): Waiting | undefined {
    const most = this.isFailing ? 1 : WEBHOOKS.atOnceEach;
    if (this.#atWork >= most || nowMs < this.#restsUntilMs) return undefined;
    const queue = this.#queues.find(([first]) => first !== undefined && first.nextAtMs <= nowMs);
    if (queue === undefined) return undefined;
    this.#atWork++;
    return queue.shift();
  }

  /** It was taken, or is dropped for another reason. */
  done(): void {
    this.#atWork--;
    this.#pending--;
  }

  /** It is tried again at its time. */
  again(waiting: Waiting): void {
    this.#atWork--;
    this.#queues[waiting.attempts]!.push(waiting);
  }

  /** It was given up. The oldest that was, where there is no more room: to be taken out. */
  bury(number: number): number | undefined {
    this.dead.add(number);
    if (this.dead.size <= WEBHOOKS.dead) return undefined;
    const [oldest] = this.dead;
    this.dead.delete(oldest!);
    return oldest;
  }

  answered(nowMs: number): void {
    this.#silentInARow = 0;
    this.#restsUntilMs = 0;
    this.lastDeliveredMs = nowMs;
  }

  /** It answers, and wants to be left alone for a while, or just took nothing. */
  refused(untilMs: number): void {
    this.#silentInARow = 0;
    this.#restsUntilMs = Math.max(this.#restsUntilMs, untilMs);
  }

  silent(nowMs: number): void {
    const restMs = Math.min(WEBHOOKS.restMs * 2 ** this.#silentInARow, WEBHOOKS.restMsMax);
    this.#silentInARow++;
    this.#restsUntilMs = nowMs + restMs;
  }
}
