/**
 * Removes what was kept long enough, each kind of data after a period of its own. What identifies people goes first: who was
 * asked in an action, then what they wrote; what remains of an action are its text and its counts.
 *
 * What belongs to no wave any more goes as well, whatever its age (orphans.ts).
 *
 * A pass looks at a bounded number of records of each kind, the oldest first, and removes in one commit; it goes on where the
 * last one ended. Assumes that ids of actions are UUIDs of version 7, which begin with the time of their creation. Nothing of
 * a wave that still lives is touched. Where a period ends between two passes, the next one carries it out.
 */

import { ok, type Result } from "../../schemas/errors.js";
import { AUDIT, RETENTION, WEBHOOKS } from "../../schemas/limits.js";
import { isActionWave } from "../../schemas/words.js";
import type { ActionStore } from "../actions/action-store.js";
import type { ActionRecord } from "../actions/record.js";
import type { Trail } from "../audit/trail.js";
import { type Clock, ClockWatch } from "../clock/clock.js";
import type { StoredWave } from "../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../dispatch/ledger/wave-store.js";
import { StrayStore } from "../dispatch/receipts/stray-store.js";
import type { History } from "../history/history.js";
import type { ReplyStore } from "../replies/reply-store.js";
import type { Results } from "../results/results.js";
import type { Keys } from "../rights/keys.js";
import type { Store } from "../store/store.js";
import type { Outbox } from "../webhooks/outbox.js";

export interface Periods {
  readonly repliesDays: number;
  readonly rostersDays: number;
  readonly actionsDays: number;
  readonly straysDays: number;
  readonly auditDays: number;
}

/** How many of each kind were removed. */
export interface Removed {
  replies: number;
  media: number;
  rosters: number;
  actions: number;
  strays: number;
  audit: number;
  keys: number;
  /** Minutes and quarters of the history of carriers. */
  history: number;
  /** Dead letters of webhooks. */
  deadLetters: number;
}

/** Who did what, and the keys with which it was done that are over. */
export interface Rights {
  readonly trail: Pick<Trail, "before" | "remove">;
  readonly keys: Pick<Keys, "forget">;
  readonly outbox?: Pick<Outbox, "forget">;
  readonly results?: Pick<Results, "changed">;
}

/** What goes along with the rest; nothing where it is absent. */
export interface RetentionHooks {
  readonly rights?: Rights;
  /** Who was asked in an action is gone. */
  readonly onPeopleGone?: (actionId: string) => Promise<void>;
  /** How carriers did, which has its own periods (HISTORY). */
  readonly history?: Pick<History, "forget">;
  /** Of actions that were created before this time: photos and films, answers, codes and links. Gives how many files. */
  readonly removeOldPages?: (beforeMs: number) => Promise<Result<number>>;
}

const DAY_MS = 86_400_000;

export class Retention {
  /** Waves below this number have no roster any more, or it was looked at since the start. */
  #rosterFrom = 0;
  /** In steady time. */
  #nextPassMs = Number.NEGATIVE_INFINITY;
  readonly #watch: ClockWatch;
  readonly #strays: StrayStore;
  readonly #store: Store;
  readonly #actions: ActionStore;
  readonly #waves: WaveStore;
  readonly #replies: ReplyStore;
  readonly #periods: Periods;
  readonly #clock: Clock;
  /** Whether a wave is in the dispatcher. */
  readonly #isLive: (waveId: number) => boolean;
  readonly #hooks: RetentionHooks;

  constructor(
    store: Store,
    actions: ActionStore,
    waves: WaveStore,
    replies: ReplyStore,
    periods: Periods,
    clock: Clock,
    isLive: (waveId: number) => boolean = () => true,
    hooks: RetentionHooks = {},
  ) {
    this.#hooks = hooks;
    this.#store = store;
    this.#actions = actions;
    this.#waves = waves;
    this.#replies = replies;
    this.#periods = periods;
    this.#clock = clock;
    this.#isLive = isLive;
    this.#watch = new ClockWatch(clock);
    this.#strays = new StrayStore(store);
  }

  /** A pass, if it is time for one; undefined when it is not. To be called about once a second. */
  async tidy(): Promise<Result<Removed | undefined>> {
    const steadyMs = this.#clock.steadyMs();
    // Somebody may yet set it right, and what was removed can't be put back.
    if (this.#watch.aheadMs() > 0) this.#nextPassMs = steadyMs + RETENTION.afterStepMs;
    if (steadyMs < this.#nextPassMs) return ok(undefined);
    this.#nextPassMs = steadyMs + RETENTION.everyMs;
    return this.pass(this.#clock.now());
  }

  async pass(nowMs: number): Promise<Result<Removed>> {
    const removed: Removed = {
      replies: 0,
      media: 0,
      rosters: 0,
      actions: 0,
      strays: 0,
      audit: 0,
      keys: 0,
      history: 0,
      deadLetters: 0,
    };
    const before = (days: number): number => nowMs - days * DAY_MS;
    for (const step of [
      () => this.#removeRosters(before(this.#periods.rostersDays), removed),
      () => this.#removeOld("replies", this.#replies, before(this.#periods.repliesDays), removed),
      () => this.#removePages(before(this.#periods.repliesDays), removed),
      () => this.#removeActions(before(this.#periods.actionsDays), removed),
      () => this.#removeOld("strays", this.#strays, before(this.#periods.straysDays), removed),
      () => this.#removeAudit(before(this.#periods.auditDays), removed),
      () => this.#removeDeadLetters(nowMs - WEBHOOKS.deadMs, removed),
      () => this.#removeHistory(nowMs, removed),
      () => this.#removeOrphans(),
    ]) {
      const done = await step();
      if (!done.ok) return done;
    }
    return ok(removed);
  }

  async #removeRosters(beforeMs: number, removed: Removed): Promise<Result<void>> {
    const old: StoredWave[] = [];
    let waiting = Number.POSITIVE_INFINITY;
    for (const wave of this.#waves.from(this.#rosterFrom)) {
      // One whose record can't be read goes with its action, and holds up no other.
      if (!wave.ok) continue;
      // In the order of their numbers waves are in the order of their time: the rest is newer.
      if (wave.value.startedAtMs >= beforeMs || old.length === RETENTION.recordsPerPass) break;
      if (this.#lives(wave.value)) waiting = Math.min(waiting, wave.value.waveId);
      else old.push(wave.value);
    }
    for (const wave of old) {
      const gone = await this.#waves.removePeople(wave);
      if (!gone.ok) return gone;
      if (gone.value) removed.rosters++;
      // Also where that was done before, and what follows was cut off.
      if (isActionWave(wave.kind)) await this.#hooks.onPeopleGone?.(wave.actionId);
      this.#rosterFrom = Math.min(waiting, wave.waveId + 1);
    }
    return ok(undefined);
  }

  /** One that was never put to rest and does not live either could not be taken up after a restart. */
  #lives({ archive, waveId }: StoredWave): boolean {
    return archive === null && this.#isLive(waveId);
  }

  async #removeActions(beforeMs: number, removed: Removed): Promise<Result<void>> {
    const old: ActionRecord[] = [];
    for (const action of this.#actions.oldest()) {
      // When a damaged one was created is not known: it stays.
      if (!action.ok) continue;
      if (action.value.createdAtMs >= beforeMs || old.length === RETENTION.recordsPerPass) break;
      old.push(action.value);
    }
    for (const action of old) {
      const gone = await this.#removeAction(action);
      if (!gone.ok) return gone;
      if (gone.value) removed.actions++;
    }
    return ok(undefined);
  }

  /** With its waves; false where one of them still lives. The action goes last, so that what is interrupted is taken up. */
  async #removeAction(action: ActionRecord): Promise<Result<boolean>> {
    for (const { id } of action.waves) {
      const wave = this.#waves.get(id);
      if (wave.ok && this.#lives(wave.value)) return ok(false);
    }
    for (const { id } of action.waves) {
      const gone = await this.#waves.remove({ waveId: id });
      if (!gone.ok) return gone;
    }
    const gone = await this.#store.commit(() => {
      this.#actions.remove(action.id);
      this.#hooks.rights?.results?.changed(action.id);
    });
    return gone.ok ? ok(true) : gone;
  }

  async #removePages(beforeMs: number, removed: Removed): Promise<Result<void>> {
    const gone = (await this.#hooks.removeOldPages?.(beforeMs)) ?? ok(0);
    if (!gone.ok) return gone;
    removed.media += gone.value;
    return ok(undefined);
  }

  /** A key that is over is kept as long as what was done with it. */
  async #removeAudit(beforeMs: number, removed: Removed): Promise<Result<void>> {
    if (this.#hooks.rights === undefined) return ok(undefined);
    const { trail, keys } = this.#hooks.rights;
    const old = trail.before(beforeMs, AUDIT.removedPerPass);
    const gone = await this.#remove("audit", old, trail, removed);
    if (!gone.ok) return gone;
    const forgotten = await keys.forget(beforeMs, RETENTION.recordsPerPass);
    if (forgotten.ok) removed.keys += forgotten.value;
    return forgotten.ok ? ok(undefined) : forgotten;
  }

  async #removeDeadLetters(beforeMs: number, removed: Removed): Promise<Result<void>> {
    const forgotten = (await this.#hooks.rights?.outbox?.forget(beforeMs)) ?? ok(0);
    if (forgotten.ok) removed.deadLetters += forgotten.value;
    return forgotten.ok ? ok(undefined) : forgotten;
  }

  async #removeHistory(nowMs: number, removed: Removed): Promise<Result<void>> {
    const forgotten = (await this.#hooks.history?.forget(nowMs)) ?? ok(0);
    if (forgotten.ok) removed.history += forgotten.value;
    return forgotten.ok ? ok(undefined) : forgotten;
  }

  async #removeOrphans(): Promise<Result<void>> {
    const swept = await this.#waves.orphans.sweep();
    return swept.ok ? ok(undefined) : swept;
  }

  async #removeOld(
    kind: "replies" | "strays",
    records: Pick<StrayStore, "before" | "remove">,
    beforeMs: number,
    removed: Removed,
  ): Promise<Result<void>> {
    const old = records.before(beforeMs, RETENTION.recordsPerPass);
    return old.ok ? this.#remove(kind, old.value, records, removed) : old;
  }

  /** Nothing is committed where there is nothing to remove. */
  async #remove(
    kind: "replies" | "strays" | "audit",
    old: readonly Buffer[],
    records: { remove(keys: readonly Buffer[]): void },
    removed: Removed,
  ): Promise<Result<void>> {
    if (old.length === 0) return ok(undefined);
    const gone = await this.#store.commit(() => records.remove(old));
    if (gone.ok) removed[kind] += old.length;
    return gone;
  }
}
