/**
 * Who of a wave goes again and who no more, by what was tried with them and whether they may have the message already.
 *
 * A copy is an attempt after which a person may have the message or a part of it: granted, and neither given back unwritten
 * nor surely refused. Copies are counted from grants and what came back alone, so that a replay of the journal counts the same.
 * Whoever may have DISPATCH.copies of it stays `unknown` and is not sent to again by itself, however often the process is
 * killed; where the wave holds such recipients, one is enough. An operator's word allows one copy more (`resend`): it is meant
 * to pass the bound, for those at the bound are whom it is for, and a second word is needed for a second copy.
 *
 * Whoever may have a copy is never concluded as stopped, expired or failed for want of attempts: that would say that they
 * don't have it.
 */
import { DISPATCH } from "../../../schemas/limits.js";
import { type TextNumbers, textAt } from "../../../schemas/text-numbers.js";
import { STATE } from "../../../schemas/words.js";
import { WaveQueue } from "./queue.js";
import { Recipients } from "./recipients.js";
import { SAW } from "./segments.js";
import { Trials } from "./trials.js";

export class Retries extends Recipients {
  readonly queue: WaveQueue;
  readonly trials: Trials;
  stoppedAtMs: number | null = null;
  /** Of those that come back after the stop. */
  protected stopState: number = STATE.stopped;
  /** How many of the unknown will be sent again; and of each text, where there are several. */
  #resends = 0;
  readonly #resendsOf: Int32Array;

  /** `holds`: who is unknown is not sent to again by itself. `seed`: of the pauses. The rest as for Recipients. */
  constructor(
    participants: Uint32Array,
    count: number,
    readonly holds: boolean,
    seed: number,
    textNumbers?: TextNumbers,
    shares: readonly number[] = [],
  ) {
    super(participants, count, textNumbers, shares);
    this.#resendsOf = new Int32Array(Math.max(1, shares.length));
    this.trials = new Trials(count);
    const waiting = {
      waits: (position: number) => this.waits(position),
      isFlagged: (position: number) => this.isFlagged(position),
      tried: (position: number) => this.trials.attempts(position),
    };
    this.queue = new WaveQueue(count, waiting, seed);
  }

  /** True for a recipient who is neither with a carrier nor concluded. */
  waits(position: number): boolean {
    const state = this.at(position);
    return state === STATE.pending || (state === STATE.unknown && this.#goesAgain(position));
  }

  /** Recipients who wait, for a carrier or for the end of a pause. */
  protected get waiting(): number {
    return this.counts[STATE.pending]! + this.#resends;
  }

  /** Recipients of one of several texts who are not concluded. */
  protected openOf(text: number): number {
    return this.countOf(text, STATE.pending) + this.countOf(text, STATE.intended) + this.#resendsOf[text]!;
  }

  /** Positions of whom it is not known whether they have the message, and who don't go again by themselves: from, count. */
  *unknownRuns(): Generator<[from: number, count: number]> {
    const isLeft = (position: number): boolean => this.at(position) === STATE.unknown && !this.#goesAgain(position);
    let left = this.counts[STATE.unknown]! - this.#resends;
    for (let position = 0; left > 0; position++) {
      if (!isLeft(position)) continue;
      const from = position;
      while (left > 0 && isLeft(position)) {
        position++;
        left--;
      }
      yield [from, position - from];
    }
  }

  /** The operator's word for these, as far as they are unknown: each may get one copy more, and is flagged. */
  protected allowOneMore(position: number): void {
    if (this.stoppedAtMs !== null || this.at(position) !== STATE.unknown || this.#goesAgain(position)) return;
    this.flag(position);
    this.trials.allowOneMore(position);
    this.#countResend(position, 1);
    this.queue.push(position);
  }

  /** After a restart; false if it was not under way. No attempt is counted: the journal does not say that one was lost. */
  lost(position: number): boolean {
    if (this.at(position) !== STATE.intended) return false;
    if (!this.holds) this.flag(position);
    this.trials.countCopy(position);
    this.set(position, STATE.unknown);
    return true;
  }

  /** Nothing goes again from here on. */
  protected halt(atMs: number, state: number): void {
    this.setPending((position) => this.#unlessCopied(position, state), state, this.queue.cursor);
    this.#resends = 0;
    this.#resendsOf.fill(0);
    this.stoppedAtMs = atMs;
    this.stopState = state;
    this.queue.clear();
  }

  /** Given back unwritten: waits again, or is over after the stop. */
  protected putBack(position: number): void {
    if (this.stoppedAtMs !== null) this.set(position, this.#unlessCopied(position, this.stopState));
    else {
      this.set(position, STATE.pending);
      this.queue.push(position);
    }
  }

  /** No response came for it, or for a part of it, and it is not sent again by itself. */
  protected hold(position: number): void {
    this.trials.countCopy(position);
    this.set(position, STATE.unknown);
  }

  /** Refused for good: never again by this carrier. When none is left that serves it, it will be concluded (`refused`). */
  protected sendElsewhere(position: number, saw: number, carrier: number): void {
    this.#noteCopy(position, saw);
    if (this.stoppedAtMs !== null) this.fail(position);
    else if (!this.#mayHaveMore(position)) this.set(position, STATE.unknown);
    else if (this.trials.bar(position, carrier)) this.putBack(position);
    else this.fail(position);
  }

  /** Back into the queue, unless the wave was stopped or it was tried often enough. */
  protected giveBack(position: number, saw: number, carrier: number): void {
    this.#noteCopy(position, saw);
    this.trials.countAttempt(position);
    const unknown = (saw & SAW.unknown) !== 0;
    if (this.#mayTryAgain(position)) {
      this.set(position, unknown ? STATE.unknown : STATE.pending);
      this.#requeue(position, saw, carrier);
    } else if (this.stoppedAtMs !== null) this.set(position, this.#unlessCopied(position, this.stopState));
    else if (this.trials.copies(position) > 0) this.set(position, STATE.unknown);
    else this.fail(position);
  }

  /** Stays unknown, and is not sent again: it may have arrived, so it has not failed. */
  protected exhaust(position: number): void {
    const waited = this.#goesAgain(position);
    while (this.trials.attempts(position) < DISPATCH.attempts) this.trials.countAttempt(position);
    if (waited) this.#countResend(position, -1);
  }

  /** With what a carrier said last as the reason; `otherwise` where none said anything. */
  protected fail(position: number, otherwise = 0): void {
    this.because(position, this.trials.lastStatus(position) || otherwise);
    this.set(position, STATE.failed);
  }

  /** True of one that is concluded as far as the responses go: what a receipt says of it then counts. */
  protected isAnswered(position: number, state: number): boolean {
    return state === STATE.acknowledged || (state === STATE.unknown && !this.#goesAgain(position));
  }

  protected override set(position: number, state: number): void {
    if (this.at(position) === STATE.unknown && this.#goesAgain(position)) this.#countResend(position, -1);
    if (state === STATE.unknown && this.#goesAgain(position)) this.#countResend(position, 1);
    super.set(position, state);
  }

  #countResend(position: number, by: number): void {
    this.#resends += by;
    this.#resendsOf[textAt(this.textNumbers, position)]! += by;
  }

  /** Where a part was taken, or may have been, what follows may come twice. */
  #noteCopy(position: number, saw: number): void {
    if ((saw & (SAW.acknowledged | SAW.unknown)) === 0) return;
    this.flag(position);
    this.trials.countCopy(position);
  }

  /** At once when it is unknown, or another carrier has not been tried; else after a pause that grows. */
  #requeue(position: number, saw: number, carrier: number): void {
    this.trials.tried(position, carrier);
    const isLast = !this.queue.router.hasUntried(position);
    if (isLast) this.trials.tryAll(position);
    if ((saw & SAW.unknown) === 0 && (isLast || saw & SAW.temporary)) {
      this.queue.pause(position, this.trials.attempts(position));
    } else this.queue.push(position);
  }

  #unlessCopied(position: number, state: number): number {
    return this.trials.copies(position) > 0 ? STATE.unknown : state;
  }

  #mayHaveMore(position: number): boolean {
    return this.trials.copies(position) < Math.max(DISPATCH.copies, this.trials.allowed(position));
  }

  #mayTryAgain(position: number): boolean {
    return (
      this.stoppedAtMs === null && this.trials.attempts(position) < DISPATCH.attempts && this.#mayHaveMore(position)
    );
  }

  /** Of an unknown one: true if it goes again. */
  #goesAgain(position: number): boolean {
    if (this.holds && this.trials.copies(position) >= this.trials.allowed(position)) return false;
    return this.#mayTryAgain(position);
  }
}
