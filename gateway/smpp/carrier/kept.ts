/**
 * What of a carrier's sending is kept for who has waited longest: after so many segments of waves that go before others, one of the
 * wave that was opened first of those that wait behind. What is owed is counted as segments are sent, and paid by moving the first of
 * that wave before all others but the extreme, of which nothing is kept.
 *
 * The ledger sees to it that there is something of that wave here (engine/dispatch/plan/planner.ts).
 */
import { AFTER_EXTREME } from "../../../engine/dispatch/ledger/wave-record.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { Queue } from "../bind/queue.js";
import type { Session } from "../bind/session.js";
import type { Wave, Waves } from "./waves.js";

export class Kept {
  /** Segments; no more than a grant has, for what nobody waited for is not made up for. */
  #owed = 0;
  readonly #waves: Waves;

  constructor(waves: Waves) {
    this.#waves = waves;
  }

  /** So many segments of a wave of this rank were sent; what was moved forward was paid for. */
  sent(rank: number, segments: number): void {
    if (rank > AFTER_EXTREME) this.#owed = Math.min(DISPATCH.grant, this.#owed + segments / DISPATCH.keptOneIn);
  }

  /**
   * Pays what is owed to whoever waits behind the first of `queue`, unless that is an extreme one or was moved forward itself. What is to
   * be sent stands there or in the queues of the binds, so many segments in all.
   */
  pay(queue: Queue, sessions: readonly Pick<Session, "own">[], segments: number): void {
    if (this.#owed < 1 || queue.length === 0 || queue.rank <= AFTER_EXTREME) return;
    const first = this.#waves.at(queue.slot);
    // Nearly always there is one wave, and this is all that it costs.
    if (first.queued === segments) return;
    const oldest = this.#waves.oldestBehind(first, AFTER_EXTREME);
    if (oldest === undefined) return;
    // Of a message in parts that has begun the rest comes first.
    for (const { own } of sessions) this.#move(oldest, own);
    this.#move(oldest, queue);
  }

  #move(wave: Wave, queue: Queue): void {
    this.#owed -= queue.moveForward(wave, AFTER_EXTREME, Math.floor(this.#owed));
  }
}
