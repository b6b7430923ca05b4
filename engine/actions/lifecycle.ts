/**
 * Makes what follows in the life of an action happen: what that is, is decided in transitions/. The record is durable before what
 * follows from it begins, and what is under way is taken up again after a restart from what is stored.
 *
 * The selection with the first wave, the waves of rounds, and the thank-you are steps that are tried again where they are not possible
 * just now (steps.ts).
 */
import type { WideningRequest } from "../../schemas/api/action/follow-up.js";
import type { Reason } from "../../schemas/api/api.js";
import { type ErrorCode, ok, type Problem, type Result } from "../../schemas/errors.js";
import type { Archive } from "../dispatch/ledger/archive.js";
import type { Dispatcher } from "../dispatch/ledger/dispatcher.js";
import type { UnreadableWave } from "../dispatch/ledger/recovery.js";
import type { WaveStore } from "../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../dispatch/wave/wave.js";
import type { Selector } from "../selection/selector.js";
import { FirstCommits } from "./accepting/first-commit.js";
import type { ActionStore } from "./action-store.js";
import { Failures } from "./failures.js";
import type { Asking } from "./fatigue/asking.js";
import { type ActionRecord, isRunning, isUnderWay } from "./record.js";
import { Moments } from "./rounds/moments.js";
import { wideningOf } from "./rounds/plan.js";
import { nextMomentMs } from "./rounds/ready.js";
import type { Reach } from "./rounds/rosters.js";
import { type StepHooks, Steps } from "./steps.js";
import { step } from "./transitions/step.js";
import type { ActionEvent, Effect, Step } from "./transitions/words.js";
import { ActionWaves } from "./waves/action-waves.js";
import { FoundWaves } from "./waves/found-waves.js";
import { type MakingHooks, WaveMaking } from "./waves/making.js";
import { REPLACED } from "./waves/unthanked.js";

export interface LifecycleHooks extends StepHooks, MakingHooks {}

/** Puts something beside a record, in the commit that makes that durable. */
type Beside = (record: ActionRecord) => void;

export class Lifecycle {
  readonly failures = new Failures();
  /** Where records lie; whoever writes one does so by this. */
  readonly records: ActionStore;
  /** The waves of each action, at rest or not. */
  readonly found: FoundWaves;
  /** Those of them that live. */
  readonly live: ActionWaves;
  /** Records of actions that are under way, newer than or the same as what is stored. */
  readonly #underWay = new Map<string, ActionRecord>();
  readonly #steps: Steps;
  readonly #moments: Moments;
  readonly #making: WaveMaking;
  readonly #firstCommits = new FirstCommits();
  readonly #waves: WaveStore;
  readonly #archive: Archive;
  readonly #dispatcher: Dispatcher;
  readonly #asking: Asking;
  readonly #hooks: LifecycleHooks;

  constructor(
    actions: ActionStore,
    waves: WaveStore,
    archive: Archive,
    dispatcher: Dispatcher,
    selector: Selector,
    asking: Asking,
    registry: number,
    hooks: LifecycleHooks,
  ) {
    this.records = actions;
    this.#waves = waves;
    this.#archive = archive;
    this.#dispatcher = dispatcher;
    this.#asking = asking;
    this.#hooks = hooks;
    this.found = new FoundWaves(waves, archive, dispatcher);
    this.live = new ActionWaves(waves, archive, dispatcher, registry);
    const { now, readers, forecast, paying } = hooks;
    const opening = { waves, archive, dispatcher, asking, readers, registry, now, forecast, paying };
    this.#making = new WaveMaking(this, actions, opening, selector, this.#firstCommits, hooks);
    this.#moments = new Moments(hooks.now, (id) => void this.apply(id, { type: "moment", atMs: hooks.now() }));
    this.#steps = new Steps(this, hooks);
  }

  /** As it is now; of a wave that the ledger is done with it says so. */
  record(id: string): Result<ActionRecord> {
    const current = this.current(id);
    if (current) return ok(current);
    const stored = this.records.get(id);
    return stored.ok ? ok(this.live.broughtUpToDate(stored.value)) : stored;
  }

  /** Undefined where the stored one is all there is. */
  current(id: string): ActionRecord | undefined {
    return this.#underWay.get(id);
  }

  /** Waves that were opened since the process started, by kind. */
  get wavesOpened(): WaveMaking["opened"] {
    return this.#making.opened;
  }

  /** What a widening would ask, now. */
  async reachOf(record: ActionRecord, request: WideningRequest): Promise<Result<Reach>> {
    const widening = wideningOf(request, record, this.#hooks.now());
    return widening.ok ? this.#making.rosters.reachOf(record, widening.value) : widening;
  }

  roundAtWork(id: string): number | undefined {
    return this.#making.roundAtWork(id);
  }

  /** Every action that is accepted and not done, or has a wave that lives. */
  get underWay(): Iterable<ActionRecord> {
    return this.#underWay.values();
  }

  /**
   * A new action, with what follows from its request. `commit` makes it durable, as it is by then: somebody who saw it may have
   * stopped it. Its selection does not wait for that; where it is done soon, both are one commit.
   */
  begin(accepted: Step, commit: (current: ActionRecord) => Promise<Result<void>>): Promise<Result<void>> {
    const { record } = accepted;
    this.#startWith(accepted);
    if (record.status !== "selecting") return commit(record);
    return this.#firstCommits.begin(record.id, () => {
      const current = this.record(record.id);
      return commit(current.ok ? current.value : record);
    });
  }

  /** An action that is dispatched as it was stored. Its selection does not wait for `commit`, and what it writes comes after that. */
  dispatch(dispatched: Step, commit: () => Promise<Result<void>>): Promise<Result<void>> {
    this.#startWith(dispatched);
    return commit();
  }

  /** Something happened to an action. Settles when what follows is durable, and what comes of that has begun. */
  async apply(id: string, event: ActionEvent, beside: Beside = () => {}): Promise<void> {
    const record = this.record(id);
    if (!record.ok) return;
    const follows = step(record.value, event);
    const { status, reason } = follows.record;
    if (status === "failed" && record.value.status !== status && reason) this.#failed(follows.record, reason);
    const isRound = event.type === "failed" && event.round !== undefined;
    // One that was dropped meanwhile has not failed.
    if (isRound && follows.record !== record.value) this.#failed(follows.record, event.reason);
    await this.#make(follows, beside);
  }

  /** The ledger has concluded every recipient of a wave. */
  onSent({ record: { actionId, waveId } }: LiveWave): void {
    if (this.#underWay.has(actionId)) void this.apply(actionId, { type: "concluded", waveId });
  }

  /** A wave of this action was archived, so perhaps its record need not be kept in memory. */
  onArchived(actionId: string): void {
    const record = this.#underWay.get(actionId);
    if (record) this.note(record);
  }

  /**
   * Takes up what a restart interrupted: these actions (ActionStore.toTakeUp), and those of the waves that live. Waves are in the
   * dispatcher already, but for the `unreadable`: their actions are held, and say why. A record of an action that is damaged itself
   * is passed over; the store has told of it.
   */
  resume(ids: readonly string[], unreadable: readonly UnreadableWave[] = []): Result<void> {
    for (const wave of unreadable) this.found.note(wave);
    for (const live of this.#dispatcher.waves) {
      const stored = this.#waves.get(live.record.waveId);
      if (!stored.ok) return stored;
      this.#archive.keep(live, stored.value);
    }
    const ofLive = this.#dispatcher.waves.map(({ record }) => record.actionId);
    for (const id of new Set([...ids, ...ofLive])) {
      const read = this.record(id);
      if (!read.ok) continue;
      this.note(read.value);
      if (this.#underWay.has(id)) void this.apply(id, this.#foundAs(read.value));
    }
    return ok(undefined);
  }

  /** Ends the wait of all steps that are to be tried again; the next start takes them up. */
  close(): void {
    this.#moments.close();
    this.#steps.close();
  }

  #failed({ id, request: { mode } }: ActionRecord, { code, detail }: Reason): void {
    // Whatever the reason of an action is, it was a problem.
    const problem: Problem = { code: code as ErrorCode, detail };
    if (mode === "actual") this.failures.count(problem.code);
    this.#hooks.onProblem({ actionId: id, mode }, problem, false);
  }

  #foundAs(record: ActionRecord): ActionEvent {
    const damage = isUnderWay(record) ? this.found.damageOf(record) : undefined;
    // What there is of a wave without its record is no leftover.
    if (damage) for (const { id } of record.waves) this.#waves.orphans.spare(id);
    const corrupt = damage ? { code: "STORE_CORRUPT" as const, detail: damage.detail } : null;
    return {
      type: "found",
      refusal: this.live.isForeign(record) ? REPLACED : corrupt,
      isDamaged: damage !== undefined,
    };
  }

  /** Takes note of a record as it is now; only what is under way, or has a wave that lives, is kept in memory. */
  note(record: ActionRecord): void {
    if (isUnderWay(record) || this.live.of(record).length > 0) this.#underWay.set(record.id, record);
    else this.#underWay.delete(record.id);
    if (!isRunning(record) && record.waves.length > 0) this.#asking.over(record.id);
    if (!isUnderWay(record)) {
      this.#making.forget(record.id);
      this.#hooks.paying.over(record.id);
    }
    this.#moments.set(record.id, nextMomentMs(record));
    this.failures.note(record);
  }

  /** Of a record that the caller writes: takes note of it, and begins with what does not wait until it is written. */
  #startWith({ record, effects }: Step): void {
    this.note(record);
    for (const effect of effects) if (effect.do !== "save") void this.#bringAbout(effect, record, () => {});
  }

  async #make({ record, effects }: Step, beside: Beside): Promise<void> {
    this.note(record);
    for (const [at, effect] of effects.entries()) {
      const current = at > 0 ? this.record(record.id) : ok(record);
      // Something else happened to it while the record was written, and brings about what follows from that.
      if (!current.ok || current.value.status !== record.status) return;
      await this.#bringAbout(effect, record, beside);
    }
  }

  async #bringAbout(effect: Effect, record: ActionRecord, beside: Beside): Promise<void> {
    switch (effect.do) {
      case "save":
        return this.#save(record, (put) => this.#dispatcher.write(put), beside);
      case "stop":
        return this.#save(record, (put) => this.live.stop(effect.waveIds, effect.atMs, put), beside);
      case "hold":
        return this.#save(record, (put) => this.live.hold(record, put), beside);
      case "release":
        return this.live.letGo(record);
      case "select":
        void this.#steps.run("selecting", record.id, () => this.#making.select(record.id));
        return;
      case "follow":
        void this.#steps.run("following", record.id, () => this.#making.follow(record.id));
        return;
      case "thank":
        void this.#steps.run("ending", record.id, () => this.#making.thank(record.id));
    }
  }

  /** Writes the record, with what is `beside` it and whatever else `write` puts into the same commit. */
  async #save(record: ActionRecord, write: (put: () => void) => Promise<void>, beside: Beside): Promise<void> {
    // Kept in memory until the store has it, also what is over: what is read there is a draft, and could be dispatched.
    this.#underWay.set(record.id, record);
    await write(() => {
      this.records.put(record);
      beside(record);
    });
    if (this.#underWay.get(record.id) === record) this.note(record);
  }
}
