/**
 * Brings changes to the disk: those that must be in the ledger's next commit with that one, all others with commits of its
 * own, a few blocks at a time, so that the main thread is held up for some milliseconds at most. What is put says the same
 * everywhere: blocks, the registry's record and the growth of the municipalities go into one commit.
 *
 * Erasure: the block goes under a new key, and then the root of all keys is renewed (engine/vault/vault.ts), which takes a
 * commit of its own. Where the ledger's commit was first, it holds the block already, and that the root is to be renewed; the
 * next start makes up for what a crash left of that (open.ts). Many erasures within one commit share one renewal. Only this
 * class renews; who has made the vault forget something else waits for `settled` too.
 */
import { ok, type Problem, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import type { Store } from "../../store/store.js";
import type { Vault } from "../../vault/vault.js";
import type { PendingBlocks } from "./blocks.js";
import type { Growth } from "./growth.js";
import type { LiveRecord } from "./live-record.js";

export interface DurabilityHooks {
  /** The words of the table of terms. */
  terms(): Uint32Array;
  /** The store did not commit: the process must end. */
  onFatal(problem: Problem): void;
}

interface Waiter {
  readonly clock: number;
  readonly done: (result: Result<void>) => void;
}

export class Durability {
  readonly #waiters: Waiter[] = [];
  #running = false;
  #failed: Result<never> | undefined;
  readonly #store: Store;
  readonly #blocks: PendingBlocks;
  readonly #record: LiveRecord;
  readonly #growth: Growth;
  readonly #vault: Vault;
  readonly #hooks: DurabilityHooks;

  constructor(
    store: Store,
    blocks: PendingBlocks,
    record: LiveRecord,
    growth: Growth,
    vault: Vault,
    hooks: DurabilityHooks,
  ) {
    this.#store = store;
    this.#blocks = blocks;
    this.#record = record;
    this.#growth = growth;
    this.#vault = vault;
    this.#hooks = hooks;
  }

  /** Puts what must be in the ledger's commit. To be called inside it; what it gives, once that is on the disk. */
  write(): () => void {
    return this.#put(0);
  }

  /** Settles when everything that was changed before is on the disk, and what was erased is forgotten. */
  settled(): Promise<Result<void>> {
    if (this.#failed) return Promise.resolve(this.#failed);
    return new Promise((done) => {
      this.#waiters.push({ clock: this.#blocks.clock, done });
      this.flush();
    });
  }

  /** Begins to bring everything to the disk, for whoever need not wait. */
  flush(): void {
    if (!this.#running && this.#failed === undefined) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#hasWork) {
      const done = await this.#commit();
      if (!done.ok) {
        this.#fail(done.problem);
        return;
      }
      this.#release();
      // The API and the ledger must have their turn between two commits.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
    this.#release();
  }

  get #hasWork(): boolean {
    return this.#vault.needsRenewal || this.#blocks.next(1).length > 0;
  }

  async #commit(): Promise<Result<void>> {
    const renews = this.#vault.needsRenewal || this.#blocks.forgets(REGISTRY.blocksPerTurn);
    const prepared = renews ? await this.#vault.prepareRenewal() : ok(undefined);
    if (!prepared.ok) return prepared;
    let durable = () => {};
    const committed = await this.#store.commit(() => {
      durable = this.#put(REGISTRY.blocksPerTurn);
    });
    if (!committed.ok) return committed;
    durable();
    return renews ? this.#vault.finishRenewal() : ok(undefined);
  }

  #put(others: number): () => void {
    const put = this.#blocks.next(others).map((block) => this.#blocks.put(block));
    for (const written of put) {
      this.#record.wrote(written);
      for (const step of written.steps) this.#growth.count(step);
    }
    this.#record.write(this.#hooks.terms());
    this.#growth.write();
    this.#vault.write();
    return () => {
      for (const { block } of put) this.#blocks.settled(block);
      if (!this.#running) this.#release();
    };
  }

  /** Lets those go whose changes are on the disk. A renewal that is owed may be for any of them. */
  #release(): void {
    if (this.#vault.needsRenewal) return;
    const before = this.#blocks.durableBefore;
    // Those who wait stand in the order of their changes.
    const count = this.#waiters.findIndex(({ clock }) => clock >= before);
    for (const { done } of this.#waiters.splice(0, count < 0 ? this.#waiters.length : count)) done(ok(undefined));
  }

  #fail(problem: Problem): void {
    this.#failed = { ok: false, problem };
    for (const { done } of this.#waiters.splice(0)) done(this.#failed);
    this.#hooks.onFatal(problem);
  }
}
