/**
 * Hands lmdb one transaction after the other: whatever is to be durable within one turn of the event loop goes together, and what
 * comes while that is under way is the next.
 *
 * lmdb would take transactions side by side. But it commits the next one before anybody knows that one has failed, so that up to
 * 741 were acknowledged after it; and it may never settle one that failed while more was put (3 of 17 runs of
 * test/engine/store/after-failure-child.ts; one at a time, none of 30).
 *
 * A commit that fails is the last one: what it was to write may be what others count on.
 *
 * While a transaction is put together the process can't end: where a turn has put more than a thousand records, lmdb's thread has begun
 * and waits for the end of that turn, and process.exit, which waits for that thread, never comes back. See `endCommits`.
 *
 * What a transaction holds is bounded by who writes, for each waits for its own before it writes more: one turn of the ledger
 * (DISPATCH.eventsPerTurn), four new actions and the alarms, one portion each of live changes, positions, an import, the archive and
 * retention. How long it takes is for the disk to say: none is given up, for nobody could tell what became of it.
 */
import { assert, ok, type Problem, type Result } from "../../schemas/errors.js";
import { STORE } from "../../schemas/limits.js";

/** What lmdb does: runs `write` at once, as a part of the transaction of this turn; settles when that is durable. */
export type Batch = (write: () => void) => Promise<boolean>;

/** The transactions that are under way, of whatever store of this process. */
const underWay = new Set<Promise<void>>();
/** Nothing is begun any more. */
let isOver = false;

/**
 * Of all stores of this process: from here on whoever commits waits for ever, as for a process that is gone. Settles when what is under
 * way is done, well or not, after which process.exit comes back; where the disk hangs, it never does.
 */
export async function endCommits(): Promise<void> {
  isOver = true;
  await Promise.all(underWay);
}

/** Others that want to open the store, which they may between two transactions alone (opening/openings.ts). */
export interface Asking {
  readonly isAsked: boolean;
  letOne(): Promise<void>;
}

type Waiter = (settled: Result<void>) => void;

/** Puts of one who waits for them to be durable. */
interface PendingWrite {
  readonly write: () => void;
  readonly done: Waiter;
}

/** What becomes durable together. */
interface Transaction {
  readonly waiters: Waiter[];
  readonly batches: Promise<boolean>[];
}

/**
 * What became durable since the store was opened, and how long that took, from the first write on; the time of one that is under way
 * counts as it passes, so that a disk which hangs is seen.
 */
export interface CommitCounts {
  readonly count: number;
  readonly seconds: number;
}

export class Commits {
  #count = 0;
  #seconds = 0;
  /** When the transaction began that is under way, or was last. */
  #startedMs = 0;
  #writing = false;
  /** Of the transaction that is put together, while somebody's `write` runs. */
  #told: Waiter[] = [];
  #running = false;
  #waiting: PendingWrite[] = [];
  /** Who chooses what to write when all else is there that goes along. */
  #choosing: (() => void)[] = [];
  /** While its turn lasts, others may still go along. */
  #open: Transaction | undefined;
  /** Of the first that failed. */
  #failed: Problem | undefined;
  readonly #batch: Batch;
  readonly #openings: Asking | undefined;
  readonly #looking: NodeJS.Timeout | undefined;
  /** What a transaction failed of: as it looks at once, and with what lmdb says later. */
  readonly #problemOf: (error: Error) => { readonly now: Problem; readonly later: Promise<Problem> };

  constructor(
    batch: Batch,
    problemOf: (error: Error) => { readonly now: Problem; readonly later: Promise<Problem> },
    openings?: Asking,
  ) {
    this.#batch = batch;
    this.#problemOf = problemOf;
    this.#openings = openings;
    this.#looking = openings && setInterval(() => this.#look(), STORE.openingLookMs).unref();
  }

  get counts(): CommitCounts {
    const underWayMs = this.#running ? performance.now() - this.#startedMs : 0;
    return { count: this.#count, seconds: this.#seconds + underWayMs / 1_000 };
  }

  /** Whether somebody's `write` runs. */
  get isWriting(): boolean {
    return this.#writing;
  }

  /**
   * For who has to choose what to write, and does better to choose late. `choose` is called at once where no transaction is under
   * way; else as the last one in the turn of the event loop in which the next begins, or this one if its turn lasts. What it
   * adds then goes along.
   */
  lastly(choose: () => void): void {
    if (this.#running) this.#choosing.push(choose);
    else choose();
  }

  /** For who puts something into a commit of somebody else's, while that one's `write` runs: told when it is durable, or failed. */
  settled(told: Waiter): void {
    assert(this.#writing, "what is put is part of a commit");
    this.#told.push(told);
  }

  /**
   * `write` is called at once, unless the transaction of an earlier turn is under way: then when that has settled, together with
   * what else came meanwhile, in the order in which it came.
   */
  add(write: () => void): Promise<Result<void>> {
    assert(!this.#writing, "a commit is not made inside another");
    return new Promise((done) => {
      if (isOver) return;
      this.#waiting.push({ write, done });
      if (this.#open !== undefined) this.#put(this.#open);
      else if (!this.#running) this.#begin();
    });
  }

  /** Nobody is let in any more by who commits nothing. */
  close(): void {
    clearInterval(this.#looking);
  }

  /** Where nothing is committed, nobody else looks who wants to open the store. */
  #look(): void {
    if (!this.#running && !isOver && this.#openings?.isAsked) this.#begin();
  }

  #begin(): void {
    const running = this.#run().finally(() => underWay.delete(running));
    underWay.add(running);
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (!isOver) {
      if (this.#openings?.isAsked) await this.#openings.letOne();
      if (this.#waiting.length === 0) break;
      const transaction: Transaction = { waiters: [], batches: [] };
      this.#startedMs = performance.now();
      const settled = await this.#settle(transaction);
      if (settled.ok) {
        this.#count++;
        this.#seconds += (performance.now() - this.#startedMs) / 1_000;
      }
      for (const done of transaction.waiters) done(settled);
    }
    this.#running = false;
    this.#choose();
  }

  async #settle(transaction: Transaction): Promise<Result<void>> {
    try {
      const closed = this.#untilTurnEnds(transaction);
      this.#put(transaction);
      await closed;
      await Promise.all(transaction.batches);
      return this.#failed === undefined ? ok(undefined) : { ok: false, problem: this.#failed };
    } catch (error) {
      const { now, later } = this.#problemOf(error as Error);
      this.#failed = now;
      return { ok: false, problem: await later };
    }
  }

  /** lmdb ends a transaction with the turn in which it began. This is queued before that, so whoever comes after is not of it. */
  #untilTurnEnds(transaction: Transaction): Promise<void> {
    this.#open = transaction;
    return new Promise((closed) => {
      setImmediate(() => {
        this.#choose();
        this.#open = undefined;
        closed();
      });
    });
  }

  #choose(): void {
    for (const choose of this.#choosing.splice(0)) choose();
  }

  #put({ waiters, batches }: Transaction): void {
    const writes = this.#waiting;
    this.#waiting = [];
    for (const { done } of writes) waiters.push(done);
    if (this.#failed !== undefined) return;
    this.#writing = true;
    this.#told = waiters;
    try {
      const batch = this.#batch(() => {
        for (const { write } of writes) write();
      });
      batches.push(batch);
    } finally {
      this.#writing = false;
    }
  }
}
