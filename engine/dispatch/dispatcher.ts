/**
 * The ledger's loop. Each turn takes what the carriers reported, decides what to grant, writes both in one commit, and only
 * when that is on the disk releases the events (receipts are answered then) and lets the carriers see the grants (they write
 * to the socket then). So an intent is durable before the socket write, an outcome before its room is granted again, and a
 * receipt before it is answered.
 *
 * Runs on the main thread and owns every LiveWave. A turn is bounded by DISPATCH.eventsPerTurn and DISPATCH.grantsPerTurn,
 * so it holds the API up for a millisecond or two at most. A commit that fails ends the process: nothing that happens after
 * it could be trusted, and a restart resumes from what is durable.
 */
import { assert, type Problem } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import { EVENT, GRANT_WORDS } from "../../schemas/link.js";
import { STATE, STATE_MASK } from "../../schemas/words.js";
import type { Store } from "../store/store.js";
import { CarrierAccount, nextCarrier } from "./account.js";
import type { CarrierPort } from "./carrier-port.js";
import type { Found } from "./id-search.js";
import { applyEvent, JournalPage } from "./journal.js";
import type { People } from "./people.js";
import { ReceiptDesk } from "./receipt-desk.js";
import { StrayStore } from "./stray-store.js";
import type { LiveWave } from "./wave.js";

export interface DispatcherHooks {
  /** Every recipient of the wave has been concluded. Called once, when that is durable. */
  onSent(wave: LiveWave): void;
  /** The store did not commit: the process must end. */
  onFatal(problem: Problem): void;
  now(): number;
}

/** Puts that go into the next commit, and who waits for it. */
interface PendingWrite {
  readonly write: () => void;
  readonly done: () => void;
}

export class Dispatcher {
  readonly accounts: readonly CarrierAccount[];
  readonly receipts: ReceiptDesk;
  readonly strays: StrayStore;
  /** In the order in which they go. */
  #waves: LiveWave[] = [];
  readonly #bySlot: (LiveWave | undefined)[] = new Array(DISPATCH.liveWaves).fill(undefined);
  readonly #pages = new Map<LiveWave, JournalPage>();
  #writes: PendingWrite[] = [];
  #turning = false;
  #firstToDrain = 0;
  #again = false;
  #closed = false;
  #started = false;
  readonly #ticker: NodeJS.Timeout;

  constructor(
    readonly store: Store,
    ports: readonly CarrierPort[],
    readonly hooks: DispatcherHooks,
    people: People,
  ) {
    this.accounts = ports.map((port) => new CarrierAccount(port));
    this.receipts = new ReceiptDesk(this.#waves, people, () => hooks.now());
    this.strays = new StrayStore(store);
    for (const port of ports) port.onWake(() => this.turn());
    this.#ticker = setInterval(() => this.turn(), DISPATCH.tickMs).unref();
  }

  get waves(): readonly LiveWave[] {
    return this.#waves;
  }

  /** A slot for a new wave, or -1 when DISPATCH.liveWaves are alive. */
  freeSlot(): number {
    return this.#bySlot.indexOf(undefined);
  }

  /**
   * Takes a wave up. `write` puts what makes it durable; it runs in the commit that also holds the wave's first grants.
   * `sequence` is where its journal goes on. Settles when that commit is on the disk.
   */
  open(wave: LiveWave, sequence: number, write: () => void): Promise<void> {
    assert(this.#bySlot[wave.slot] === undefined, "a slot holds one wave");
    this.#bySlot[wave.slot] = wave;
    this.#pages.set(wave, new JournalPage(sequence));
    this.#waves.push(wave);
    this.#waves.sort((a, b) => a.rank - b.rank);
    const { slot, rank, roster, record } = wave;
    const { text, expiresAtMs, timeCritical: urgent } = record;
    const reference = record.waveId & 0xffff;
    const opened = { slot, rank, roster, text, expiresAtMs, urgent, reference, toSwitchedOff: false };
    for (const { port } of this.accounts) port.openWave(opened);
    return this.write(write);
  }

  /**
   * Stops a wave: the carriers see it at once, so that at most what is in flight still goes out. `write` puts what makes the
   * stop durable; settles when it is.
   */
  stop(wave: LiveWave, write: () => void): Promise<void> {
    for (const { port } of this.accounts) port.stopWave(wave.slot);
    if (wave.stoppedAtMs === null) wave.stop(this.hooks.now(), STATE.stopped);
    return this.write(write);
  }

  /** Adds puts to the next commit of the ledger; settles when it is on the disk. Never settles if the commit fails. */
  write(write: () => void): Promise<void> {
    return new Promise((done) => {
      this.#writes.push({ write, done });
      this.turn();
    });
  }

  /** Lets a settled wave go; its receipts belong to no one from here on. */
  forget(wave: LiveWave): void {
    for (const { port } of this.accounts) port.forgetWave(wave.slot);
    this.#waves.splice(this.#waves.indexOf(wave), 1);
    this.#bySlot[wave.slot] = undefined;
    this.receipts.forget(wave);
    this.#pages.delete(wave);
  }

  /**
   * The first turn. Before it no event is taken: a receipt that a carrier brings while waves are still being revived would
   * find no wave, be answered all the same, and be lost.
   */
  start(): void {
    this.#started = true;
    this.turn();
  }

  /** Runs turns until nothing is left to do. Safe to call at any time. */
  turn(): void {
    this.#again = true;
    if (this.#turning || this.#closed || !this.#started) return;
    this.#turning = true;
    void this.#run();
  }

  /** Finishes the running turn and takes up nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#ticker);
    while (this.#turning) await new Promise((resolve) => setImmediate(resolve));
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      const nowMs = this.hooks.now();
      this.#drain();
      this.receipts.sweep(nowMs, this.#record);
      this.#expire(nowMs);
      this.#plan(nowMs);
      if (!(await this.#commit(nowMs))) break;
      // A turn that had nothing to write did not wait for anything: the API must have its turn too.
      if (this.#again) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#turning = false;
    if (this.#again) this.turn();
  }

  /** Takes events into the waves and their pages, as many as a turn may. Each turn begins with another carrier. */
  #drain(): void {
    let left = DISPATCH.eventsPerTurn;
    const searches = this.receipts.searched + DISPATCH.searchesPerTurn;
    const first = this.#firstToDrain++;
    for (let i = 0; i < this.accounts.length; i++) {
      const account = this.accounts[(first + i) % this.accounts.length];
      const ring = account.port.events;
      ring.acceptWake();
      for (let at = ring.next(); at >= 0; at = ring.next()) {
        this.#take(account, ring.words, at);
        if (--left === 0 || this.receipts.searched >= searches) {
          this.#again = true;
          return;
        }
      }
    }
  }

  #take(account: CarrierAccount, words: Uint32Array, at: number): void {
    if ((words[at] & 0xff) === EVENT.receipt) {
      const found = this.receipts.find(words, at, account.ids);
      if (found) this.#record(found, words[at + 1], account.hash);
      return;
    }
    const wave = this.#bySlot[words[at + 1]];
    assert(wave !== undefined, "an event names a live wave");
    this.#pages.get(wave)?.addEvent(words, at, words[at - 1], account.hash);
    const concluded = applyEvent(wave, words, at, account.hash);
    if (concluded > 0) account.settle(wave.slot, concluded * wave.record.segments);
    if (this.receipts.early > 0) this.receipts.follow(words, at, account.ids, wave, this.#record);
  }

  readonly #record = ({ wave, entry }: Found, receiptState: number, carrier: number): void => {
    const segment = entry % wave.record.segments;
    const position = (entry - segment) / wave.record.segments;
    const isUnderWay = (wave.states[position] & STATE_MASK) === STATE.intended;
    wave.receipt(position, segment, receiptState);
    this.#pages.get(wave)?.addReceipt(position, segment, receiptState, carrier, isUnderWay);
  };

  #expire(nowMs: number): void {
    for (const wave of this.#waves) {
      if (wave.stoppedAtMs === null && nowMs >= wave.record.expiresAtMs) wave.stop(nowMs, STATE.expired);
    }
  }

  /** Grants to the wave that goes first whatever carriers have room for; the next wave only when that one has no work left. */
  #plan(nowMs: number): void {
    let left: number = DISPATCH.grantsPerTurn;
    for (const wave of this.#waves) {
      while (wave.hasWork && left > 0 && this.#grant(wave, nowMs)) left--;
      // There may be room for more: single positions that go again use up the grants long before the carriers' room.
      if (left === 0) this.#again = true;
      if (wave.hasWork) return;
    }
  }

  #grant(wave: LiveWave, nowMs: number): boolean {
    const segments = wave.record.segments;
    const room = (account: CarrierAccount): number => account.room(wave, this.#waves);
    const account = nextCarrier(this.accounts, room, segments, nowMs);
    if (account === null || account.port.grants.room() < 4 * (GRANT_WORDS + 1)) return false;
    const run = wave.take(Math.min(DISPATCH.grant, Math.floor(room(account) / segments)));
    if (run === null) return false;
    wave.intend(run.from, run.count, run.resend, nowMs);
    account.expose(wave.slot, run.count * segments);
    this.#pages.get(wave)?.addGrant(account.hash, run.from, run.count, run.resend);
    const { grants } = account.port;
    const at = grants.reserve(GRANT_WORDS);
    assert(at >= 0, "a grant was given only where the ring has room");
    grants.words[at] = wave.slot;
    grants.words[at + 1] = run.from;
    grants.words[at + 2] = run.count;
    grants.words[at + 3] = run.resend ? 1 : 0;
    return true;
  }

  /** Writes all that this turn did; then, and only then, carriers may see and forget. */
  async #commit(nowMs: number): Promise<boolean> {
    const writes = this.#writes;
    this.#writes = [];
    const pages = [...this.#pages].filter(([, page]) => !page.isEmpty);
    const positions = this.accounts.map((account) => account.port.events.position());
    const strays = this.receipts.takeStrays();
    if (pages.length > 0 || writes.length > 0 || strays.length > 0) {
      const committed = await this.store.commit(() => {
        for (const { write } of writes) write();
        this.strays.put(strays);
        for (const [wave, page] of pages) page.write(this.store.table("journal"), wave.record.waveId, nowMs);
      });
      if (!committed.ok) {
        this.#closed = true;
        this.hooks.onFatal(committed.problem);
        return false;
      }
    }
    this.#release(positions);
    for (const { done } of writes) done();
    for (const wave of [...this.#waves]) if (wave.finish(this.hooks.now())) this.hooks.onSent(wave);
    return true;
  }

  #release(positions: readonly number[]): void {
    for (const [i, { port }] of this.accounts.entries()) {
      const released = port.events.released() !== positions[i];
      if (released) port.events.release(positions[i]);
      const granted = port.grants.unpublished > 0;
      if (granted) port.grants.publish();
      if (released || granted) port.wake();
    }
  }
}
