/**
 * Whose turn it is where only so many can go at a time: tasks at the workers of the pool, and large selections at the memory
 * that there is once. Dispatch goes before all else, an extreme alarm before an urgent action before the rest; then upkeep,
 * without which changes would find no room; then what is optional: previews, counts, reach. Equal ones go as they came.
 *
 * Upkeep and what is optional never have the last of several places, so that an alarm waits for nothing but other dispatches,
 * however long a count takes. Who does not want it any more is let go from the queue at once.
 *
 * Piscina (5.3.2) has neither: its task queue can be put in order, but whatever comes first finds every worker free for it, and
 * a signal ends the worker in which the task runs, with all the memory that it keeps for the next.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { PRECEDENCES } from "../../schemas/words.js";

const TURNS = [...PRECEDENCES, "upkeep", "optional"] as const;
export type Turn = (typeof TURNS)[number];

/** What something is done for, and until when it is wanted. */
export interface Purpose {
  readonly turn: Turn;
  /** Aborted when nobody waits for it any more; absent: it is wanted until it is done. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly turn: Turn;
  readonly settle: (taken: Result<void>) => void;
}

const CANCELLED = fail("CANCELLED", "whoever asked is gone");
const CLOSED = fail("NOT_READY", "the pool is closed");

export class Turns {
  readonly #waiting = new Map<Turn, Set<Waiting>>(TURNS.map((turn) => [turn, new Set()]));
  /** Who waits with a signal, and what listens to it: one for all, as a step of a large selection waits for each of its tasks. */
  readonly #watched = new Map<AbortSignal, { readonly waiting: Set<Waiting>; readonly leave: () => void }>();
  #free: number;
  /** Places that upkeep and what is optional may have. */
  #freeForOthers: number;
  #closed = false;

  constructor(places: number) {
    this.#free = places;
    this.#freeForOthers = Math.max(1, places - 1);
  }

  /** True while a dispatch waits. */
  get isDispatchWaiting(): boolean {
    return PRECEDENCES.some((turn) => this.#waiting.get(turn)!.size > 0);
  }

  /** How many wait for a place. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, queue) => sum + queue.size, 0);
  }

  /** Settles when it has a place, which is to be given back; or with CANCELLED, or NOT_READY after a close. */
  take({ turn, signal }: Purpose): Promise<Result<void>> {
    if (this.#closed) return Promise.resolve(CLOSED);
    if (signal?.aborted) return Promise.resolve(CANCELLED);
    if (this.#hasPlace(turn)) {
      this.#occupy(turn, -1);
      return Promise.resolve(ok(undefined));
    }
    return new Promise((resolve) => {
      const waiting: Waiting = {
        turn,
        settle: (taken) => {
          this.#waiting.get(turn)!.delete(waiting);
          if (signal) this.#unwatch(signal, waiting);
          resolve(taken);
        },
      };
      this.#waiting.get(turn)!.add(waiting);
      if (signal) this.#watch(signal, waiting);
    });
  }

  give(turn: Turn): void {
    this.#occupy(turn, 1);
    for (const next of TURNS) {
      for (const waiting of this.#waiting.get(next)!) {
        if (!this.#hasPlace(next)) break;
        this.#occupy(next, -1);
        waiting.settle(ok(undefined));
      }
    }
  }

  /** Who waits gets NOT_READY, and so does whoever comes. */
  close(): void {
    this.#closed = true;
    for (const queue of this.#waiting.values()) for (const waiting of [...queue]) waiting.settle(CLOSED);
  }

  #watch(signal: AbortSignal, waiting: Waiting): void {
    const watched = this.#watched.get(signal);
    if (watched) {
      watched.waiting.add(waiting);
      return;
    }
    const all = new Set([waiting]);
    const leave = (): void => {
      for (const each of [...all]) each.settle(CANCELLED);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#watched.set(signal, { waiting: all, leave });
  }

  #unwatch(signal: AbortSignal, waiting: Waiting): void {
    const watched = this.#watched.get(signal)!;
    watched.waiting.delete(waiting);
    if (watched.waiting.size > 0) return;
    signal.removeEventListener("abort", watched.leave);
    this.#watched.delete(signal);
  }

  #hasPlace(turn: Turn): boolean {
    return this.#free > 0 && (isDispatch(turn) || this.#freeForOthers > 0);
  }

  #occupy(turn: Turn, places: 1 | -1): void {
    this.#free += places;
    if (!isDispatch(turn)) this.#freeForOthers += places;
  }
}

function isDispatch(turn: Turn): boolean {
  return (PRECEDENCES as readonly Turn[]).includes(turn);
}
