/**
 * A carrier that does one message after the other: when each is done, at a speed that may change and with pauses. It never
 * says that it is too much; it only takes its time.
 *
 * Counts the time that it was at work, pauses included: no sender could have been through sooner.
 */
import type { SimulatorSettings } from "../carrier/settings.js";
import type { PersonalityName } from "./table.js";

/** From its fastest to its slowest. */
const SWING = 10;

export type ServiceSettings = Pick<
  SimulatorSettings,
  "serviceMs" | "queuePlaces" | "deviationSwingMs" | "deviationPeriodMs" | "deviationPauseMs"
>;

export class Service {
  /** From the first message on, without the time in which there was nothing to do. */
  workedMs = 0;
  #freeAtMs = 0;
  #startedAtMs = 0;
  /** When it pauses next; 0 before the first message. */
  #pauseAtMs = 0;
  /** When those that wait will be done, the first of them at `#head`. */
  #doneAtMs: number[] = [];
  #head = 0;

  /** `paused` is called for each pause. */
  constructor(
    readonly names: ReadonlySet<PersonalityName>,
    readonly paused: () => void,
  ) {}

  /** Whether one more would be too many in the queue. */
  isFull(nowMs: number, { queuePlaces }: ServiceSettings): boolean {
    if (!this.names.has("queue-places")) return false;
    while (this.#head < this.#doneAtMs.length && this.#doneAtMs[this.#head]! <= nowMs) this.#head++;
    if (this.#head > queuePlaces) {
      this.#doneAtMs = this.#doneAtMs.slice(this.#head);
      this.#head = 0;
    }
    return this.#doneAtMs.length - this.#head >= queuePlaces;
  }

  /** When one that comes now will be done. */
  take(nowMs: number, settings: ServiceSettings): number {
    if (this.#pauseAtMs === 0) {
      this.#startedAtMs = nowMs;
      this.#pauseAtMs = nowMs + settings.deviationPeriodMs;
    }
    const beginsAtMs = Math.max(nowMs, this.#freeAtMs);
    let doneAtMs = beginsAtMs + this.#durationMs(beginsAtMs, settings);
    if (this.names.has("pauses") && doneAtMs >= this.#pauseAtMs) {
      const lastsMs = Math.max(0, this.#pauseAtMs + settings.deviationPauseMs - beginsAtMs);
      doneAtMs += Math.min(lastsMs, settings.deviationPauseMs);
      this.#pauseAtMs = doneAtMs + settings.deviationPeriodMs;
      this.paused();
    }
    this.workedMs += doneAtMs - beginsAtMs;
    this.#freeAtMs = doneAtMs;
    if (this.names.has("queue-places")) this.#doneAtMs.push(doneAtMs);
    return doneAtMs;
  }

  /** When something that costs it no time has its turn. */
  turn(nowMs: number): number {
    return Math.max(nowMs, this.#freeAtMs);
  }

  /** Ten times slower and back again, by equal parts in equal times. */
  #durationMs(atMs: number, { serviceMs, deviationSwingMs }: ServiceSettings): number {
    if (!this.names.has("uneven")) return serviceMs;
    const turn = ((atMs - this.#startedAtMs) / deviationSwingMs) % 2;
    return serviceMs * SWING ** (turn < 1 ? turn : 2 - turn);
  }
}

/** Null where none of these makes it work one by one. */
export function makeService(names: ReadonlySet<PersonalityName>, paused: () => void): Service | null {
  const isSerial = (["serial", "queue-places", "uneven", "pauses"] as const).some((name) => names.has(name));
  return isSerial ? new Service(names, paused) : null;
}
