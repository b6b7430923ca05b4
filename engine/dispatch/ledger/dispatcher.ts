/**
 * The ledger's loop. Each turn takes what the carriers reported, decides what to grant, writes both in one commit, and only
 * when that is on the disk releases the events (receipts are answered then) and lets the carriers see the grants (they write
 * to the socket then). So an intent is durable before the socket write, an outcome before its room is granted again, and a
 * receipt before it is answered.
 *
 * Runs on the main thread and owns every LiveWave. A turn is bounded by DISPATCH.eventsPerTurn and DISPATCH.grantsPerTurn,
 * so it holds the API up for a millisecond or two at most. A commit that fails ends the process:
 * what happens after it could not be trusted, and a restart resumes from what is durable.
 */
import { assert, type Problem } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { ClockWatch } from "../../clock/clock.js";
import type { Store } from "../../store/store.js";
import type { CarrierAccount } from "../plan/account.js";
import { Carriers } from "../plan/carriers.js";
import type { ChannelPort } from "../plan/channel-port.js";
import { depart } from "../plan/departure.js";
import { Planner } from "../plan/planner.js";
import type { People } from "../receipts/people.js";
import { ReceiptMatcher } from "../receipts/receipt-matcher.js";
import { StrayStore } from "../receipts/stray-store.js";
import { Halting } from "../wave/halting.js";
import { GOES } from "../wave/standing.js";
import type { LiveWave } from "../wave/wave.js";
import type { DispatcherHooks } from "./dispatcher-hooks.js";
import { Intake, type MessageHandler, releaseOf } from "./intake.js";
import { JournalEnds } from "./journal/journal-ends.js";
import { LiveWaves } from "./live-waves.js";

/** Puts that go into the next commit, and who waits for it. */
interface PendingWrite {
  readonly write: () => void;
  readonly done: () => void;
}

export class Dispatcher {
  readonly receipts: ReceiptMatcher;
  readonly strays: StrayStore;
  readonly ends: JournalEnds;
  readonly carriers: Carriers;
  readonly #planner: Planner;
  readonly #liveWaves = new LiveWaves();
  readonly #halting: Halting;
  /** The one that all go by to whom a step is something to hold: whoever looks first finds it, for everybody. */
  readonly watch: ClockWatch;
  readonly #intake: Intake;
  #writes: PendingWrite[] = [];
  #turning = false;
  #again = false;
  #closed = false;
  #started = false;
  readonly #ticker: NodeJS.Timeout;
  /** Without one, as in tests of the ledger alone, messages go nowhere. */
  readonly #messages: MessageHandler | undefined;

  constructor(
    readonly store: Store,
    ports: readonly ChannelPort[],
    readonly hooks: DispatcherHooks,
    people: People,
    messages?: MessageHandler,
  ) {
    this.#messages = messages;
    this.carriers = new Carriers(ports, people.numbers, hooks.controlOf);
    this.#planner = new Planner(this.carriers, this.#liveWaves);
    this.#halting = new Halting(this.carriers, this.#liveWaves, hooks);
    this.watch = new ClockWatch(hooks, (aheadMs) => hooks.onClockAhead(aheadMs));
    this.receipts = new ReceiptMatcher(this.waves, people, hooks);
    this.strays = new StrayStore(store);
    this.ends = new JournalEnds(store);
    this.#intake = new Intake(this.#liveWaves, this.receipts, messages);
    for (const port of ports) port.onWake(() => this.turn());
    this.#ticker = setInterval(() => this.turn(), DISPATCH.tickMs).unref();
  }

  get accounts(): readonly CarrierAccount[] {
    return this.carriers.accounts;
  }

  get waves(): readonly LiveWave[] {
    return this.#liveWaves.waves;
  }

  /** Parts that whoever waited longest got while others went first, since the process started. */
  get kept(): number {
    return this.#planner.kept;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  steadyMs(): number {
    return this.hooks.steadyMs();
  }

  /** Settles when all that was taken so far is on the disk. */
  commit(): Promise<void> {
    return this.write(() => {});
  }

  /** A slot for a new wave, or -1 when DISPATCH.liveWaves are alive. */
  freeSlot(): number {
    return this.#liveWaves.freeSlot();
  }

  /**
   * Takes a wave up. `write` puts what makes it durable; it runs in the commit that also holds the wave's first grants.
   * `sequence` is where its journal goes on. Settles when that commit is on the disk.
   */
  open(wave: LiveWave, sequence: number, write: () => void, { held, doubted } = GOES): Promise<void> {
    this.#liveWaves.add(wave, sequence);
    this.ends.set(wave.record.waveId, sequence);
    this.#halting.begin(wave);
    wave.queue.isHeld = held;
    if (doubted && !wave.queue.isDoubted) this.#halting.doubt(wave);
    this.#messages?.opened(wave);
    this.hooks.onOpened?.(wave);
    for (const account of this.accounts) account.open(wave);
    wave.route(this.carriers.routerOf(wave), this.steadyMs());
    return this.write(write);
  }

  /**
   * Stops waves: the carriers see it at once, so that at most what is in flight still goes out. `write` puts what makes the
   * stop durable, of all of them in one commit; settles when it is.
   */
  stop(waves: readonly LiveWave[], write: () => void): Promise<void> {
    for (const wave of waves) this.#halting.stop(wave, this.hooks.now());
    return this.write(write);
  }

  /**
   * Grants nothing more of these before `letGo`; what a carrier has of them and has not written comes back. `write` puts what
   * makes it durable that they are held; settles when it is.
   */
  hold(waves: readonly LiveWave[], doubted: boolean, write: () => void): Promise<void> {
    for (const wave of waves) {
      this.#halting.hold(wave);
      if (doubted) this.#halting.doubt(wave);
    }
    return this.write(write);
  }

  /** A wave that was held goes on. */
  letGo(wave: LiveWave): void {
    this.#halting.letGo(wave);
    this.turn();
  }

  /** Exactly those who are unknown, and would not go again by themselves, go once more. Durable with the next commit. */
  resend(wave: LiveWave): void {
    this.#liveWaves.pageOf(wave).addResends(wave);
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
    this.#liveWaves.remove(wave);
    this.ends.forget(wave.record.waveId);
    this.receipts.forget(wave);
  }

  /** Takes up another carrier, for the waves that live too. One that replaces another comes before that is removed. */
  addCarrier(port: ChannelPort): void {
    const account = this.carriers.add(port);
    // Who has waited longest there is who was opened first.
    for (const wave of this.#liveWaves.byAge) account.open(wave);
    port.onWake(() => this.turn());
    this.routesChanged();
  }

  /**
   * Grants a carrier nothing more, waits for what it has, closes it, and takes what it still had to say. Settles when it is
   * gone and all of that is durable. Numbers that no other carrier serves wait until one does.
   */
  async removeCarrier(port: ChannelPort): Promise<void> {
    const account = this.accounts.find((each) => each.port === port);
    assert(account !== undefined && !account.leaving, "a carrier is removed once");
    account.leaving = true;
    this.routesChanged();
    const departed = await depart(account, this);
    if (this.#closed) return;
    if (!departed.ok) return this.#fail(departed.problem);
    this.carriers.remove(account);
    this.routesChanged();
  }

  /** To be called when the routes or the share of a carrier are others than they were. */
  routesChanged(): void {
    this.carriers.change();
    for (const wave of this.waves) wave.route(this.carriers.routerOf(wave), this.steadyMs());
    this.turn();
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

  /** Grants nothing more, to anyone. Settles when all grants are where the carriers can see them, so that they can close. */
  async quiesce(): Promise<void> {
    for (const account of this.accounts) account.leaving = true;
    if (this.#started && !this.#closed) await this.commit();
  }

  /** Finishes the running turn and takes up nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#ticker);
    while (this.#turning) await new Promise((resolve) => setImmediate(resolve));
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      // Late, so that a wave which comes while others commit is in the transaction that follows.
      const hasWritten = await new Promise<boolean>((done) => this.store.lastly(() => done(this.#takeTurn())));
      void this.store.space.look(this.steadyMs());
      // A turn that had nothing to write did not wait for anything: the API must have its turn too.
      if (this.#again && !hasWritten) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#turning = false;
    if (this.#again) this.turn();
  }

  #takeTurn(): Promise<boolean> {
    this.#again = false;
    const nowMs = this.hooks.now();
    const steadyMs = this.steadyMs();
    this.watch.isAhead();
    for (const wave of this.waves) wave.queue.tick(steadyMs);
    if (this.#intake.drain(this.accounts, steadyMs)) this.#again = true;
    this.receipts.sweep(steadyMs, this.#intake.record);
    this.#halting.expire(nowMs, steadyMs);
    // Nothing is granted whose outcome could not be stored.
    if (this.store.space.problem === null && this.#planner.plan(nowMs, steadyMs)) this.#again = true;
    return this.#commit(nowMs);
  }

  /** Writes all that this turn did; then, and only then, carriers may see and forget. False if there was nothing to write. */
  async #commit(nowMs: number): Promise<boolean> {
    const writes = this.#writes;
    this.#writes = [];
    const pages = this.#liveWaves.written;
    const release = releaseOf(this.accounts);
    const strays = this.receipts.takeStrays();
    const hasWork = pages.length > 0 || writes.length > 0 || strays.length > 0 || this.#messages?.hasWork === true;
    if (hasWork) {
      const committed = await this.store.commit(() => {
        for (const { write } of writes) write();
        this.strays.put(strays);
        this.#messages?.write();
        this.ends.write(pages, nowMs);
      });
      if (!committed.ok) {
        this.#fail(committed.problem);
        return true;
      }
    }
    this.#messages?.committed();
    release();
    for (const { done } of writes) done();
    for (const wave of [...this.waves]) if (wave.finish(this.hooks.now())) this.hooks.onSent(wave);
    return hasWork;
  }

  #fail(problem: Problem): void {
    this.#closed = true;
    this.hooks.onFatal(problem);
  }
}
