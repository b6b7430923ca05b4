/**
 * Ends pauses that are over, in slices, so that a thousand that end at midnight hold nothing up. What a service finds that was
 * down when they ended is ended by its first sweep.
 */
import { ok, type Problem, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../../schemas/words.js";
import type { Participant } from "../record/participant.js";
import { type Pauses, pauseOf } from "./pauses.js";

const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");

/** Of the live registry. */
interface Pausing {
  get(participant: number): Result<Participant | undefined>;
  change(participant: number, change: (now: Participant) => Participant): Result<Participant>;
  settled(): Promise<Result<void>>;
}

export class PauseEnds {
  #sweeping = false;
  #closed = false;
  readonly #live: Pausing;
  readonly #pauses: Pauses;
  readonly #onFatal: (problem: Problem) => void;

  constructor(live: Pausing, pauses: Pauses, onFatal: (problem: Problem) => void) {
    this.#live = live;
    this.#pauses = pauses;
    this.#onFatal = onFatal;
  }

  /** Settles when all that end are on the disk; at once while another sweep is under way. */
  async sweep(nowMs: number): Promise<Result<void>> {
    if (this.#sweeping) return ok(undefined);
    this.#sweeping = true;
    let swept: Result<void> = ok(undefined);
    const nowSeconds = Math.floor(nowMs / 1_000);
    for (;;) {
      const due = this.#pauses.take(nowSeconds, REGISTRY.pausesPerTurn);
      for (const participant of due) this.#end(participant, nowSeconds);
      if (due.length > 0) swept = await this.#live.settled();
      if (due.length < REGISTRY.pausesPerTurn || !swept.ok || this.#closed) break;
    }
    this.#sweeping = false;
    return swept;
  }

  /** Ends no more of them; those whose turn it was are on the disk with all else. */
  close(): void {
    this.#closed = true;
  }

  #end(participant: number, nowSeconds: number): void {
    const read = this.#live.get(participant);
    if (!read.ok) this.#onFatal(read.problem);
    const until = read.ok && read.value ? pauseOf(read.value) : 0;
    // Who has moved the end of the pause since, or was erased.
    if (until === 0 || until > nowSeconds) return;
    const ended = this.#live.change(participant, (now) => ({ ...now, status: ACTIVE, pausedUntil: 0 }));
    // What is refused now is tried again with the next sweep.
    if (!ended.ok) this.#pauses.add(participant, nowSeconds + 1);
  }
}
