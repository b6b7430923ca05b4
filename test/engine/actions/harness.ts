/** Actions put together as the service does, on a real store, with carriers in threads and a selection that gives what it is told. */

import { createHash } from "node:crypto";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { Actions } from "../../../engine/actions/actions.js";
import { Asked } from "../../../engine/actions/fatigue/asked.js";
import { type AskedBounds, Asking } from "../../../engine/actions/fatigue/asking.js";
import { recallAsked } from "../../../engine/actions/fatigue/recall.js";
import type { FilledRequest } from "../../../engine/actions/kinds/filled.js";
import { Kinds } from "../../../engine/actions/kinds/kinds.js";
import { readKindsFile } from "../../../engine/actions/kinds/shipped.js";
import { Lifecycle, type LifecycleHooks } from "../../../engine/actions/lifecycle.js";
import { HeldSelector } from "../../../engine/actions/modes/held-selector.js";
import { areaCheck, requestCheck } from "../../../engine/actions/preview/area-check.js";
import { Forecast } from "../../../engine/actions/preview/forecast.js";
import { Previews } from "../../../engine/actions/preview/preview.js";
import { Schedule } from "../../../engine/actions/schedule.js";
import type { Caller } from "../../../engine/actions/service.js";
import { surveyStore } from "../../../engine/actions/survey.js";
import { Readers } from "../../../engine/actions/texts/readers.js";
import { textChecks } from "../../../engine/actions/texts/text-checks.js";
import { Holding } from "../../../engine/actions/waves/holding.js";
import { Resending } from "../../../engine/actions/waves/resend.js";
import type { Actor } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { Archive } from "../../../engine/dispatch/ledger/archive.js";
import { Dispatcher } from "../../../engine/dispatch/ledger/dispatcher.js";
import { recover } from "../../../engine/dispatch/ledger/recovery.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { CarrierMemory } from "../../../engine/dispatch/plan/carrier-memory.js";
import type { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { checkFlat } from "../../../engine/geo/flat-area.js";
import type { Turn } from "../../../engine/pool/turns.js";
import { ASKED_BYTES, type ParticipantColumns } from "../../../engine/registry/columns/columns.js";
import { TestGroups } from "../../../engine/registry/test-groups.js";
import { ReplyStore } from "../../../engine/replies/reply-store.js";
import { NO_SPARING } from "../../../engine/selection/query/persons.js";
import type { Roster, SelectionCounts, SelectionQuery, Selector } from "../../../engine/selection/selector.js";
import type { Store } from "../../../engine/store/store.js";
import type { Action, Preview } from "../../../schemas/api/api.js";
import { ActionRequest, PreviewRequest } from "../../../schemas/api/api.js";
import { assert, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { LANGUAGES, LEFT_OUT } from "../../../schemas/words.js";
import { rosterOf } from "../dispatch/bare-fixtures.js";
import type { FakeCarrier, WrittenSegment } from "../dispatch/fake-carrier.js";
import { peopleOf, type TemporaryFolder, until, vaultOf } from "../dispatch/fixtures.js";
import { given } from "../registry/samples.js";
import { type Owner, principalOf } from "../rights/principals.js";

/** Selects `count` participants, or nothing at all until `held` is let go. */
export class FakeSelector implements Selector {
  selections = 0;
  /** What it throws, as a broken assumption would. */
  mistake: Error | null = null;
  /** Over which channels each can be asked, as if it had been asked for several. */
  channels: SharedArrayBuffer | undefined;
  /** All that it was asked, to select or to count. */
  readonly queries: SelectionQuery[] = [];
  #release: () => void = () => {};
  #held: Promise<void> = Promise.resolve();

  constructor(
    public count_: number,
    public problem: Problem | null = null,
  ) {}

  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }
  release(): void {
    this.#release();
  }
  async select(query: SelectionQuery): Promise<Result<Roster>> {
    this.selections++;
    this.queries.push(query);
    await this.#held;
    if (this.mistake) throw this.mistake;
    if (this.problem) return { ok: false, problem: this.problem };
    const { channels } = this;
    return ok({ count: this.count_, participants: rosterOf(this.count_), ...(channels && { channels }) });
  }
  async count(query: SelectionQuery): Promise<Result<SelectionCounts>> {
    this.queries.push(query);
    const channels = { sms: this.count_, push: 0, email: 0, voice: 0 };
    return ok({
      ...{ channels, municipalities: new Map([[363, this.count_]]), recipients: this.count_ },
      languages: { ...none(LANGUAGES), nl: this.count_ },
      simple: none(LANGUAGES),
      leftOut: none(LEFT_OUT),
      asked: { persons: this.count_, times: 0 },
    });
  }
  async close(): Promise<void> {}
}

function none<Word extends string>(words: readonly Word[]): Record<Word, number> {
  return Object.fromEntries(words.map((word) => [word, 0])) as Record<Word, number>;
}

/** GM0363 is as it was, GM0632 became part of it, and all others nobody knows. */
const MUNICIPALITIES = { municipalityToday: (number: number) => (number === 363 || number === 632 ? 363 : undefined) };

/** As many as any test asks. */
const PEOPLE = 250_000;

type Shared = SharedArrayBuffer;

function peopleColumns(count: number): ParticipantColumns {
  const numbers = new SharedArrayBuffer(8 * count);
  new Float64Array(numbers).fill(31_600_000_000);
  const [status, language, groups, addresses] = [1, 1, 1, 1].map((bytes) => new SharedArrayBuffer(bytes * count)) as [
    Shared,
    Shared,
    Shared,
    Shared,
  ];
  new Uint8Array(addresses).fill(0xf);
  return { count, numbers, status, language, groups, addresses, asked: new SharedArrayBuffer(ASKED_BYTES * count) };
}

/** What a start finds in its store; it may do something to the harness meanwhile, which has taken nothing up yet. */
type Look = (store: Store, nowMs: number, harness: Harness) => ReturnType<typeof surveyStore>;

/** Generation of the registry that rosters belong to. */
export const REGISTRY = 1;

export class Harness {
  readonly actions: Actions;
  readonly archive: Archive;
  readonly lifecycle: Lifecycle;
  readonly dispatcher: Dispatcher;
  readonly holding: Holding;
  readonly schedule: Schedule;
  readonly trail: Trail;
  readonly asked: Asked;
  readonly asking: Asking;
  /** Columns of participants, who all have a number. */
  readonly people = peopleColumns(PEOPLE);
  readonly kinds = KINDS;
  readonly testGroups: TestGroups;
  readonly waves: WaveStore;
  readonly problems: Problem[] = [];
  readonly mistakes: unknown[] = [];
  /** Added to the clock. */
  aheadMs = 0;
  /** Added to its wall clock alone, as by somebody who sets it. */
  setAheadMs = 0;
  /** How much faster its clock goes from here on, for what is done after pauses. */
  speed = 1;

  readonly now: () => number;

  /** What keys pay; nothing, where a test says nothing of it. */
  paying: LifecycleHooks["paying"] = { pay: () => ok({ put: () => {}, undo: () => {} }), over: () => {} };

  /** The turns in which areas were checked that are not small. */
  readonly checkedIn: Turn[] = [];

  private constructor(
    readonly store: Store,
    readonly carriers: readonly FakeCarrier[],
    readonly selector: FakeSelector,
    registry: number,
    askedAtMost: AskedBounds,
  ) {
    const startMs = Date.now();
    const steadyMs = (): number => startMs + (Date.now() - startMs) * this.speed + this.aheadMs;
    const now = (): number => steadyMs() + this.setAheadMs;
    this.now = now;
    this.waves = new WaveStore(store);
    this.testGroups = new TestGroups(store, registry, (participant) => participant < 100_000);
    const { waves } = this;
    const records = new ActionStore(store);
    const hooks = {
      onSent: (wave: LiveWave) => this.lifecycle.onSent(wave),
      onFatal: (problem: Problem) => void this.problems.push(problem),
      onClockAhead: (aheadMs: number) => void this.holding.clockAhead(aheadMs),
      now,
      steadyMs,
    };
    this.dispatcher = new Dispatcher(store, carriers, hooks, peopleOf());
    const onProblem = (_: object, problem: Problem, isPassing: boolean): void => {
      if (!isPassing) this.problems.push(problem);
    };
    this.archive = new Archive(waves, this.dispatcher, {
      now,
      steadyMs,
      onArchived: (id) => this.lifecycle.onArchived(id),
    });
    this.asked = new Asked(this.people.asked, waves);
    const asking = new Asking(
      this.people,
      this.asked,
      askedAtMost,
      () => PEOPLE,
      (kind) => this.kinds.isAlone(kind),
    );
    this.asking = asking;
    const held = new HeldSelector(selector, this.testGroups);
    this.lifecycle = new Lifecycle(records, waves, this.archive, this.dispatcher, held, asking, registry, {
      readers: new Readers(this.people),
      now,
      onProblem,
      onMistake: (_, error) => void this.mistakes.push(error),
      paying: {
        pay: (record, wave) => this.paying.pay(record, wave),
        over: (id) => this.paying.over(id),
      },
      onSelected: () => {},
      reactedTo: () => () => false,
      forecast: () => undefined,
    });
    this.holding = new Holding(this.lifecycle);
    this.schedule = new Schedule(this.lifecycle, { now }, this.dispatcher.watch);
    this.trail = new Trail(store, now);
    const check = requestCheck(
      areaCheck(async (flat, { turn }) => {
        this.checkedIn.push(turn);
        return checkFlat(flat);
      }),
      MUNICIPALITIES,
    );
    // Every point lies in one municipality.
    const checks = textChecks(store, this.kinds, this.lifecycle, () => 363);
    this.actions = new Actions(
      store,
      this.lifecycle,
      this.holding,
      new Resending(this.archive, this.dispatcher),
      this.dispatcher,
      new Previews(check, held, this.dispatcher, new Forecast(new CarrierMemory(store)), asking, this.kinds, checks, {
        now,
        steadyMs,
      }),
      this.kinds,
      checks,
      new ReplyStore(store, vaultOf(store)),
      check,
      this.trail,
      { now, steadyMs },
      this.testGroups,
    );
  }

  /** Opens the store, takes up what is in it and goes on. */
  static async start(
    folder: TemporaryFolder,
    carriers: readonly FakeCarrier[],
    selector: FakeSelector,
    aheadMs = 0,
    registry = REGISTRY,
    look: Look = surveyStore,
    askedAtMost: AskedBounds = NO_SPARING,
  ): Promise<Harness> {
    const harness = new Harness(folder.open(), carriers, selector, registry, askedAtMost);
    harness.aheadMs = aheadMs;
    const { store, dispatcher } = harness;
    const survey = look(store, harness.now(), harness);
    assert(survey.ok, "no later program wrote it");
    const standingOf = ({ actionId }: { actionId: string }) => new ActionStore(store).standingOf(actionId);
    const parts = { waves: new WaveStore(store), dispatcher, registry, standingOf };
    const recovered = await recover(parts, survey.value.living);
    const { actions } = survey.value;
    const { asked } = harness;
    const records = new ActionStore(store);
    await (await recallAsked({ store, records, asked, registry }, harness.now())).rest;
    assert(
      recovered.ok && harness.lifecycle.resume(actions, recovered.value.unreadable).ok,
      "the store is whole enough",
    );
    dispatcher.start();
    return harness;
  }

  async create(fields: Record<string, unknown> = {}, key?: string): Promise<Action> {
    return must(await this.actions.create(request(fields), caller(key)));
  }

  preview(fields: Record<string, unknown>): Promise<Result<Preview>> {
    return this.actions.preview(PreviewRequest.parse(fields), undefined, principalOf("tester"));
  }

  /** The action, once it has this status. */
  async at(id: string, status: Action["status"]): Promise<Action> {
    await until(() => this.get(id).status === status || this.carriers.some(({ failure }) => failure));
    for (const { failure } of this.carriers) if (failure) throw failure;
    return this.get(id);
  }

  get(id: string): Action {
    const action = this.actions.get(id);
    assert(action.ok, "the action is known");
    return action.value;
  }

  log(): WrittenSegment[] {
    return this.carriers.flatMap((carrier) => carrier.log());
  }

  /** Ends between two commits, with what the carriers know lost. */
  async crash(): Promise<void> {
    await this.dispatcher.close();
    await Promise.all(this.carriers.map((carrier) => carrier.close()));
    await this.store.close();
  }
}

export function request(fields: Record<string, unknown> = {}): ActionRequest {
  const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000 };
  // Tests ask the same again and again.
  const usual = { area, text: "boy is missing", kind: "missingPerson", confirmed: ["TEXT_REPEATED"] };
  return ActionRequest.parse({ ...usual, ...fields });
}

const KINDS = new Kinds(given(readKindsFile()));

/** The same, filled in by its kind. */
export function filled(fields: Record<string, unknown> = {}): FilledRequest {
  return given(KINDS.fillIn(request(fields), Date.now()));
}

let keys = 0;
export function caller(key = `key ${++keys}`, body = "", owner: Owner | Actor = {}): Caller {
  const fingerprint = createHash("sha256").update(body).digest("hex");
  const by = "kind" in owner ? { by: owner } : {};
  return { ...principalOf("tester", "kind" in owner ? {} : owner), ...by, idempotencyKey: key, fingerprint };
}

export function must(answer: Result<{ action: Action }>): Action {
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.detail}`);
  return answer.value.action;
}

export function code(answer: Result<unknown>): string | undefined {
  return answer.ok ? undefined : answer.problem.code;
}
