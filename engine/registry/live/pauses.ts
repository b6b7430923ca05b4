/**
 * Pauses that end by themselves: who is due by the second in which the pause ends. A sweep takes those whose second has come,
 * so that it costs nothing while nobody is due, however many pause.
 */
import { PARTICIPANT_STATUSES } from "../../../schemas/words.js";
import type { Participant } from "../record/participant.js";

const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");

/** When the pause ends by itself, in seconds since 1970; 0 for one that does not, or for who does not pause. */
export function pauseOf({ status, pausedUntil }: Participant): number {
  return status === PAUSED ? pausedUntil : 0;
}

export class Pauses {
  readonly #bySecond = new Map<number, Set<number>>();
  /** Every second up to this one was swept. */
  #swept = 0;
  readonly #due: number[] = [];

  add(participant: number, untilSeconds: number): void {
    if (untilSeconds <= this.#swept) {
      this.#due.push(participant);
      return;
    }
    const there = this.#bySecond.get(untilSeconds);
    if (there) there.add(participant);
    else this.#bySecond.set(untilSeconds, new Set([participant]));
  }

  /** One that is due already stays so: who takes it finds that there is nothing to do. */
  remove(participant: number, untilSeconds: number): void {
    const there = this.#bySecond.get(untilSeconds);
    if (there?.delete(participant) && there.size === 0) this.#bySecond.delete(untilSeconds);
  }

  /** At most `count` of those whose pause is over. */
  take(nowSeconds: number, count: number): number[] {
    if (nowSeconds - this.#swept > this.#bySecond.size) {
      for (const second of this.#bySecond.keys()) if (second <= nowSeconds) this.#ends(second);
    } else {
      for (let second = this.#swept + 1; second <= nowSeconds; second++) this.#ends(second);
    }
    this.#swept = Math.max(this.#swept, nowSeconds);
    return this.#due.splice(0, count);
  }

  #ends(second: number): void {
    const there = this.#bySecond.get(second);
    if (there === undefined) return;
    // One by one: a new year may end more pauses than a call can have arguments.
    for (const participant of there) this.#due.push(participant);
    this.#bySecond.delete(second);
  }
}
