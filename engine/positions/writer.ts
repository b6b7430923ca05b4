/**
 * Brings positions to the disk: one commit after the other, each with all that came during the one before. A whole is
 * written anew (journal.ts) when the journal has grown long, and when something that was forgotten has to go.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { POSITIONS } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";
import type { PositionJournal, PositionVault } from "./journal.js";
import { Records } from "./records.js";

export interface WriterParts {
  readonly store: Store;
  readonly vault: PositionVault;
  forgotten(): Promise<Result<void>>;
  now(): number;
  onFatal(problem: Problem): void;
}

interface Waiter {
  readonly until: number;
  readonly done: (result: Result<void>) => void;
}

/** Lets those go who waited for `reached`, or for less. */
function release(waiters: Waiter[], reached: number): void {
  const first = waiters.findIndex(({ until }) => until > reached);
  for (const { done } of waiters.splice(0, first < 0 ? waiters.length : first)) done(ok(undefined));
}

export class PositionWriter {
  readonly #waiting = new Records(POSITIONS.waitingMoves + POSITIONS.waitingGiveUps);
  readonly #chunk = new Records(POSITIONS.chunkParticipants);
  /** How many changes there were, and how many of them are on the disk. */
  #changes = 0;
  #durable = 0;
  readonly #waiters: Waiter[] = [];
  /** How often something was forgotten: until now, before the whole on the disk, before the one that is being written. */
  #forgets = 0;
  #purged = 0;
  #purging = 0;
  /** Whether a whole is to be written for what was forgotten. */
  #purgeWanted = 0;
  readonly #purgeWaiters: Waiter[] = [];
  #lastWholeMs: number;
  /** By the clock that only goes forward. */
  #lastCommitMs = Number.NEGATIVE_INFINITY;
  readonly #wanting: (() => void)[] = [];
  #running = false;
  #failed: Result<never> | undefined;
  readonly #parts: WriterParts;
  readonly #journal: PositionJournal;
  readonly #fill: (chunk: number, records: Records) => void;

  /** `fill` adds the positions of the participants of a chunk. */
  constructor(parts: WriterParts, journal: PositionJournal, fill: (chunk: number, records: Records) => void) {
    this.#parts = parts;
    this.#journal = journal;
    this.#fill = fill;
    this.#lastWholeMs = parts.now();
  }

  /** How many more there is room for until the next commit. */
  get room(): number {
    return Math.max(0, this.#waiting.room - POSITIONS.waitingGiveUps);
  }

  add(participant: number, lng: number, lat: number, at: number, municipality: number): void {
    this.#waiting.add(participant, lng, lat, at, municipality);
    this.#changes++;
    this.#flush();
  }

  /** The position is given up: what waits of it is never written. */
  giveUp(participant: number): void {
    this.#waiting.blot(participant);
    // Where there is no room for the record, a whole without the position takes its place.
    if (this.#waiting.room > 0) this.#waiting.giveUp(participant);
    else this.#purgeWanted = this.#forgets;
    this.#changes++;
    this.#flush();
  }

  /** Something on the disk is to go from there. */
  forgot(): void {
    this.#forgets++;
  }

  /** Settles when nothing of what was forgotten before can be read from the disk. */
  purge(): Promise<Result<void>> {
    if (this.#failed) return Promise.resolve(this.#failed);
    if (this.#purged === this.#forgets) return Promise.resolve(ok(undefined));
    this.#purgeWanted = this.#forgets;
    const until = this.#forgets;
    return new Promise((done) => {
      this.#purgeWaiters.push({ until, done });
      this.#flush();
    });
  }

  /** Settles when everything before is on the disk. */
  settled(): Promise<Result<void>> {
    if (this.#failed) return Promise.resolve(this.#failed);
    if (this.#durable === this.#changes) return Promise.resolve(ok(undefined));
    const until = this.#changes;
    return new Promise((done) => this.#waiters.push({ until, done }));
  }

  /** Calls back once there is room, from the next commit on. */
  whenRoom(callback: () => void): void {
    this.#wanting.push(callback);
    this.#flush();
  }

  /** Does now and then what is owed. */
  tidy(nowMs: number): void {
    const isOwed = this.#forgets > this.#purging && nowMs - this.#lastWholeMs >= POSITIONS.purgeMs;
    if (isOwed) this.#purgeWanted = this.#forgets;
    this.#flush();
  }

  /** Settles when nothing is under way any more. */
  async close(): Promise<void> {
    await this.settled();
    while (this.#running) await setImmediate();
  }

  #flush(): void {
    if (!this.#running && this.#failed === undefined && this.#hasWork) void this.#run();
  }

  get #hasWork(): boolean {
    const journal = this.#journal;
    return (
      this.#waiting.count > 0 ||
      this.#wanting.length > 0 ||
      journal.isWriting ||
      journal.hasLeftovers ||
      this.#needsWhole
    );
  }

  get #needsWhole(): boolean {
    return this.#purgeWanted > this.#purging || this.#journal.bytes >= POSITIONS.journalBytes;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#hasWork) {
      const restMs = this.#lastCommitMs + POSITIONS.commitMs - performance.now();
      // What else comes meanwhile, or at least in this turn, goes along.
      await (restMs > 0 ? setTimeout(restMs) : setImmediate());
      this.#lastCommitMs = performance.now();
      const done = await this.#commit();
      if (!done.ok) {
        this.#fail(done.problem);
        break;
      }
    }
    this.#running = false;
  }

  async #commit(): Promise<Result<void>> {
    const journal = this.#journal;
    const nowMs = this.#parts.now();
    if (!journal.isWriting && this.#needsWhole) {
      journal.begin();
      this.#purging = this.#forgets;
      this.#lastWholeMs = nowMs;
    }
    let until = this.#durable;
    let isComplete = false;
    const done = await this.#parts.store.commit(() => {
      // Only here, for the commit may have waited for its turn, and what came meanwhile is in it as well.
      until = this.#changes;
      isComplete = this.#put(nowMs);
      // There is room from here on, before anything is durable; who is told may commit itself.
      for (const callback of this.#wanting.splice(0)) queueMicrotask(callback);
    });
    if (!done.ok) return done;
    this.#durable = until;
    release(this.#waiters, until);
    return isComplete ? this.#forget(this.#purging) : done;
  }

  /** True when the whole is complete with this commit. */
  #put(nowMs: number): boolean {
    const journal = this.#journal;
    if (this.#waiting.count > 0) journal.append(this.#waiting, nowMs);
    this.#waiting.clear();
    const isComplete = journal.isWriting && journal.putChunks((chunk) => this.#recordsOf(chunk), nowMs);
    if (!journal.isWriting && !isComplete) journal.tidy();
    // The keys that were made or forgotten are in the same commit as what they seal.
    this.#parts.vault.write();
    return isComplete;
  }

  #recordsOf(chunk: number): Records {
    this.#chunk.clear();
    this.#fill(chunk, this.#chunk);
    return this.#chunk;
  }

  /** The old whole's key went with the commit; once the root is renewed, nothing opens it. */
  async #forget(purged: number): Promise<Result<void>> {
    const forgotten = await this.#parts.forgotten();
    if (!forgotten.ok) return forgotten;
    this.#purged = purged;
    release(this.#purgeWaiters, purged);
    return ok(undefined);
  }

  #fail(problem: Problem): void {
    this.#failed = { ok: false, problem };
    for (const { done } of [...this.#waiters.splice(0), ...this.#purgeWaiters.splice(0)]) done(this.#failed);
    this.#parts.onFatal(problem);
  }
}
