/**
 * The course of an action: what follows what. Selection, the wave with its roster, the end and its thank-you, the archive.
 * Each step is durable before the next begins, and each can be taken up again after a restart from what is stored.
 *
 * A step that is not possible just now is tried again (steps.ts).
 *
 * draft -> selecting -> sending -> sent -> ending -> ended; stopped in place of any of the first four; failed if the selection
 * could not be made or found nobody; held in place of what goes on by itself, until an operator says that it goes on (holding.ts).
 */
import type { ActionRequest } from "../../schemas/api/api.js";
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import type { ActionWaveKind } from "../../schemas/words.js";
import type { Archive } from "../dispatch/ledger/archive.js";
import type { Dispatcher } from "../dispatch/ledger/dispatcher.js";
import { type NewWave, openWave } from "../dispatch/ledger/opening.js";
import type { UnreadableWave } from "../dispatch/ledger/recovery.js";
import type { StoredWave } from "../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../dispatch/wave/wave.js";
import type { Roster, Selector } from "../selection/selector.js";
import type { ActionStore } from "./action-store.js";
import { Failures } from "./failures.js";
import { FirstCommits } from "./first-commit.js";
import { nobodyInside } from "./preview/areas.js";
import { queryOf } from "./query.js";
import { type ActionRecord, courseOf, heldFor, isUnderWay, policyOf, precedenceOf, settled } from "./record.js";
import { type StepHooks, Steps } from "./steps.js";
import { FoundWaves } from "./waves/found-waves.js";
import { REPLACED, reachedIn, UNTHANKED } from "./waves/reached.js";

export interface CourseHooks extends StepHooks {
  /** A selection for a dispatch took so long. */
  onSelected(ms: number): void;
}

export class Course {
  readonly failures = new Failures();
  /** The waves of each action. */
  readonly found: FoundWaves;
  /** Records of actions that are under way, newer than or the same as what is stored. */
  readonly #underWay = new Map<string, ActionRecord>();
  readonly #steps: Steps;
  readonly #firstCommits = new FirstCommits();

  constructor(
    private readonly actions: ActionStore,
    private readonly waves: WaveStore,
    private readonly archive: Archive,
    private readonly dispatcher: Dispatcher,
    private readonly selector: Selector,
    /** Generation of the loaded registry. */
    private readonly registry: number,
    private readonly hooks: CourseHooks,
  ) {
    this.found = new FoundWaves(waves, archive, dispatcher);
    this.#steps = new Steps(this, this.failures, hooks);
  }

  /** A wave of this action was archived, so perhaps its record need not be kept in memory. */
  onArchived(actionId: string): void {
    const record = this.#underWay.get(actionId);
    if (record) this.note(record);
  }

  record(id: string): Result<ActionRecord> {
    const current = this.current(id);
    return current ? ok(current) : this.actions.get(id);
  }

  /** Undefined where the stored one is all there is. */
  current(id: string): ActionRecord | undefined {
    return this.#underWay.get(id);
  }

  /** Every action that is accepted and not done, or has a wave that lives. */
  get underWay(): Iterable<ActionRecord> {
    return this.#underWay.values();
  }

  /** Takes note of a record that the caller writes; only what is under way, or has a wave that lives, is kept in memory. */
  note(record: ActionRecord): void {
    const hasLive = this.dispatcher.waves.some((wave) => wave.record.actionId === record.id);
    if (isUnderWay(record) || hasLive) this.#underWay.set(record.id, record);
    else this.#underWay.delete(record.id);
    this.failures.note(record);
  }

  /** `commit` makes a new action durable, as it is by then: somebody who saw it may have stopped it. Launches it where it is to be sent. */
  begin(record: ActionRecord, commit: (current: ActionRecord) => Promise<Result<void>>): Promise<Result<void>> {
    if (record.status !== "selecting") return commit(record);
    void this.launch(record);
    return this.#firstCommits.begin(record.id, () => {
      const current = this.record(record.id);
      return commit(current.ok ? current.value : record);
    });
  }

  /**
   * Selects and sends, for a record that is stored as selecting, or whose first commit is asked for before anything that follows is:
   * commits are made in that order, so nothing of it is durable before, and nothing is sent before that is durable.
   */
  launch({ id }: ActionRecord): Promise<void> {
    return this.#steps.run("selecting", id, () => this.#launchOnce(id));
  }

  async #launchOnce(id: string): Promise<Result<void>> {
    const asked = this.#underWay.get(id);
    if (asked?.status !== "selecting") return ok(undefined);
    const startedAt = performance.now();
    const roster = await this.#select(asked.request).finally(() => this.#firstCommits.selected(id));
    const current = this.#underWay.get(id);
    if (!roster.ok || current?.status !== "selecting") return roster.ok ? ok(undefined) : roster;
    const selectMs = Math.round((performance.now() - startedAt) * 100) / 100;
    this.hooks.onSelected(selectMs);
    const { request } = current;
    if (roster.value.count === 0 && !request.allowNobody) return fail("NOBODY_INSIDE", nobodyInside(request.area));
    return this.#openWave({ ...current, selectMs, reason: null }, "first", roster.value, request.text);
  }

  /** Stops what is not in flight: the question, or the thank-you once there is one. `write` goes into the commit of the stop. */
  async stop(record: ActionRecord, write: (stopped: ActionRecord) => void): Promise<void> {
    const atMs = this.hooks.now();
    const stops = record.end === null ? "first" : "ending";
    const status = stops === "first" ? "stopped" : "ended";
    const stopped: ActionRecord = { ...settled(record, status), stoppedAtMs: record.stoppedAtMs ?? atMs };
    await this.#halt(record.id, stops, atMs, stopped, write);
  }

  /** Ends an action: what runs is stopped, and when nothing is in flight any more everyone reached is thanked. */
  async end(record: ActionRecord, write: (ending: ActionRecord) => void): Promise<void> {
    const ending: ActionRecord = { ...settled(record, "ending"), endedAtMs: this.hooks.now() };
    // Otherwise the ledger says so (onSent) when the last one in flight is concluded.
    const concluded = this.#isConcluded(record.id, "first");
    await this.#halt(record.id, "first", this.hooks.now(), ending, write);
    if (concluded) void this.#thank(ending);
  }

  /** The ledger has concluded every recipient of a wave. */
  onSent(wave: LiveWave): void {
    const record = this.#underWay.get(wave.record.actionId);
    if (!record) return;
    const course = courseOf(record);
    if (wave.record.kind === "ending") void this.save(settled(record, "ended"));
    else if (record.status === "ending" && record.waveIds.length === 1) void this.#thank(record);
    else if (course === "sending") void this.save(settled(record, "sent"));
  }

  /**
   * Takes up what a restart interrupted: these actions (ActionStore.toTakeUp), and those of the waves that live. Waves are in the
   * dispatcher already, but for the `unreadable`: their actions are held, and say why. A record of an action that is damaged itself
   * is passed over; the store has told of it.
   */
  resume(ids: readonly string[], unreadable: readonly UnreadableWave[] = []): Result<void> {
    for (const wave of unreadable) this.found.note(wave);
    for (const live of this.dispatcher.waves) {
      const stored = this.waves.get(live.record.waveId);
      if (!stored.ok) return stored;
      this.archive.keep(live, stored.value);
    }
    const ofLive = this.dispatcher.waves.map(({ record }) => record.actionId);
    for (const id of new Set([...ids, ...ofLive])) {
      const read = this.actions.get(id);
      if (!read.ok) continue;
      const record = this.#judged(read.value);
      this.note(record);
      if (this.#underWay.has(id)) this.takeUp(record);
    }
    return ok(undefined);
  }

  /** Goes on from where the record stands; one that is held only as far as that sends nothing. */
  takeUp(record: ActionRecord): void {
    const course = courseOf(record);
    const goes = record.status !== "held";
    if (!goes && this.found.damageOf(record)) return;
    const thanked = record.waveIds.length > 1;
    if (course === "selecting" && goes) void this.launch(record);
    if (course === "selecting" || !this.#isConcluded(record.id, thanked ? "ending" : "first")) return;
    if (course === "sending") void this.save(settled(record, "sent"));
    else if (course === "ending" && thanked) void this.save(settled(record, "ended"));
    else if (course === "ending" && goes) void this.#thank(record);
  }

  /** True if a wave of it that lives names people of another registry: it can't be sent to. */
  isForeign({ id }: ActionRecord): boolean {
    return this.dispatcher.waves.some(({ record }) => record.actionId === id && record.registry !== this.registry);
  }

  #judged(record: ActionRecord): ActionRecord {
    if (this.isForeign(record)) return heldFor(record, REPLACED);
    const damage = isUnderWay(record) ? this.found.damageOf(record) : undefined;
    // What there is of a wave without its record is no leftover.
    if (damage) for (const waveId of record.waveIds) this.waves.orphans.spare(waveId);
    return damage ? heldFor(record, { code: "STORE_CORRUPT", detail: damage.detail }) : record;
  }

  #select(request: ActionRequest): Promise<Result<Roster>> {
    return this.selector.select(queryOf(request, this.hooks.now()), precedenceOf(request));
  }

  #openWave(record: ActionRecord, kind: ActionWaveKind, roster: Roster, text: string): Promise<Result<void>> {
    const { waves, archive, dispatcher, registry } = this;
    const isFirst = kind === "first";
    const nowMs = this.hooks.now();
    const wave: NewWave = {
      actionId: record.id,
      registry,
      kind,
      text,
      timeCritical: record.request.timeCritical && isFirst,
      extreme: record.request.urgency === "extreme" && isFirst,
      onUnknown: isFirst ? policyOf(record.request) : "resend",
      expiresAtMs: isFirst ? record.expiresAtMs : nowMs + API.expiresHoursDefault * 3_600_000,
      startedAtMs: nowMs,
      ...(record.doubted && { doubted: true }),
    };
    return openWave({ waves, archive, dispatcher }, wave, roster, (waveId) => {
      // Stopped, or ended, while the roster was being written.
      if (this.#underWay.get(record.id)?.status !== record.status) return null;
      const status = isFirst ? "sending" : record.status;
      const next: ActionRecord = { ...record, status, waveIds: [...record.waveIds, waveId] };
      this.note(next);
      return () => this.actions.put(next);
    });
  }

  /** Stops the wave of this kind, if it runs, in one commit with `write` and with the record as it is then. */
  async #halt(
    id: string,
    kind: ActionWaveKind,
    atMs: number,
    next: ActionRecord,
    write: (next: ActionRecord) => void,
  ): Promise<void> {
    this.note(next);
    // Kept in memory until the store has it, also what is over: what is read there is a draft, and could be dispatched.
    this.#underWay.set(id, next);
    await this.#haltWave(this.#liveWave(id, kind), atMs, () => {
      this.actions.put(next);
      write(next);
    });
    if (this.#underWay.get(id) === next) this.note(next);
  }

  #haltWave(live: LiveWave | undefined, atMs: number, put: () => void): Promise<void> {
    const stored = live && this.archive.stored(live);
    if (!live || !stored || live.isSent) return this.dispatcher.write(put);
    const stopped: StoredWave = { ...stored, stop: stored.stop ?? { atMs, inJournal: true } };
    this.archive.keep(live, stopped);
    return this.dispatcher.stop(live, () => {
      this.waves.put(stopped);
      put();
    });
  }

  /** Ends the wait of all steps that are to be tried again; the next start takes them up. */
  close(): void {
    this.#steps.close();
  }

  /** Thanks who was reached. */
  #thank({ id }: ActionRecord): Promise<void> {
    return this.#steps.run("ending", id, () => this.#thankOnce(id));
  }

  async #thankOnce(id: string): Promise<Result<void>> {
    const record = this.#underWay.get(id);
    if (record?.status !== "ending" || record.waveIds.length > 1) return ok(undefined);
    assert(record.end !== null, "an action that ends has its last text");
    const damage = this.found.damageOf(record);
    const reached = damage
      ? fail("STORE_CORRUPT", damage.detail)
      : await reachedIn(this.found.of(record)[0], this.waves, this.registry);
    if (reached.ok && reached.value.count > 0) {
      return this.#openWave({ ...record, reason: null }, "ending", reached.value, record.end.text);
    }
    if (!reached.ok && !UNTHANKED.includes(reached.problem.code)) return reached;
    // It has ended as it was told to, and whoever looks sees why nobody was thanked.
    const reason = reached.ok ? null : { code: reached.problem.code, detail: reached.problem.detail };
    await this.save({ ...record, status: "ended", reason });
    return ok(undefined);
  }

  /** True if the ledger has nothing more to say about the sending of this wave. */
  #isConcluded(actionId: string, kind: ActionWaveKind): boolean {
    const live = this.#liveWave(actionId, kind);
    return live === undefined || live.acknowledgedAtMs !== null;
  }

  #liveWave(actionId: string, kind: ActionWaveKind): LiveWave | undefined {
    return this.dispatcher.waves.find(({ record }) => record.actionId === actionId && record.kind === kind);
  }

  /** Settles when the record is durable. */
  save(record: ActionRecord): Promise<void> {
    this.note(record);
    return this.dispatcher.write(() => this.actions.put(record));
  }
}
