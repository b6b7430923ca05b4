/**
 * How many more persons may be asked, so that who reacts is answered: as many as bring no more reactions than the desk deals with in the time
 * in which they come and a caller is willing to wait. Numbers alone, without a clock or a ledger, so that the simulated desk
 * (loadtest/desk) runs on the same.
 *
 * Reactions come about exponentially after the message, DESK.reactMs in the mean. So of who was asked a part that decays by that may still
 * react, and one number holds them all, whenever they were asked.
 */
import { DESK } from "../../schemas/limits.js";

/** What an action has asked, and what came of it, since it is looked at. */
export class Response {
  #asked = 0;
  /** Of those, how many may still react. */
  #fresh = 0;
  #reactions = 0;

  /** How many more were asked, or fewer where some could not be, and how many more reacted, in the `passedMs` since the last time. */
  note(asked: number, reactions: number, passedMs: number): void {
    this.#fresh = this.#fresh * Math.exp(-passedMs / DESK.reactMs) + Math.max(0, asked);
    this.#asked += asked;
    this.#reactions += reactions;
  }

  /** Reactions for each person asked: what was found of those who had their time, with DESK.reactionsPerPerson for a few more. */
  get perPerson(): number {
    const { priorPersons, reactionsPerPerson } = DESK;
    return (
      (reactionsPerPerson * priorPersons + this.#reactions) / (priorPersons + Math.max(0, this.#asked - this.#fresh))
    );
  }

  /** Reactions that are still to come. */
  get expected(): number {
    return this.#fresh * this.perPerson;
  }
}

/** Persons who may be asked now, of an action that shares the desk with so many others alike; at least what DESK.leastPerMinute is. */
export function mayAsk(
  { answersPerMinute, waiting, expected }: { answersPerMinute: number; waiting: number; expected: number },
  perPerson: number,
  sharing: number,
  passedMs: number,
): number {
  const dealtWith = (answersPerMinute * (DESK.reactMs + DESK.waitMs)) / 60_000;
  const room = (dealtWith - waiting - expected) / sharing;
  return Math.max(room / perPerson, (DESK.leastPerMinute * passedMs) / 60_000);
}

/** Who waits, where nobody says it: what came, less what was answered meanwhile. */
export function stillWaiting(waiting: number, came: number, answersPerMinute: number, passedMs: number): number {
  return Math.max(0, waiting + came - (answersPerMinute * passedMs) / 60_000);
}

/**
 * How long it takes until so many more are asked, of an action that shares the desk with others alike: as many as there is room for are
 * asked at once, and then as many as bring what goes of those who are still to react. With DESK.reactionsPerPerson, for nothing is known of it yet.
 */
export function askingMs(
  { answersPerMinute, waiting, expected }: { answersPerMinute: number; waiting: number; expected: number },
  sharing: number,
  persons: number,
): number {
  const { reactMs, waitMs, reactionsPerPerson, leastPerMinute } = DESK;
  const dealtWith = Math.max(0, (answersPerMinute * (reactMs + waitMs)) / 60_000 - waiting);
  const atOnce = Math.max(0, dealtWith - expected) / sharing / reactionsPerPerson;
  const perMs = Math.max(leastPerMinute / 60_000, dealtWith / sharing / reactionsPerPerson / reactMs);
  return Math.max(0, persons - atOnce) / perMs;
}
