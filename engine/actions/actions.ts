/**
 * What the API calls of the engine (service.ts): checks what a request asks against what is, answers once for each Idempotency-Key, and
 * hands the rest to the life of the action.
 */
import type { CorrectionRequest, UpdateRequest, WideningRequest } from "../../schemas/api/action/follow-up.js";
import type {
  Action,
  ActionRequest,
  DispatchRequest,
  EndRequest,
  Preview,
  PreviewRequest,
} from "../../schemas/api/api.js";
import { assert, fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import type { Confirmable } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import { type Clock, steadyDates } from "../clock/clock.js";
import type { Dispatcher } from "../dispatch/ledger/dispatcher.js";
import type { ReplyStore } from "../replies/reply-store.js";
import type { Principal } from "../rights/principal.js";
import type { Store } from "../store/store.js";
import { Beginnings } from "./accepting/beginnings.js";
import { Creating } from "./accepting/creating.js";
import { Idempotency } from "./accepting/idempotency.js";
import { Recorded, type Remember } from "./accepting/recorded.js";
import type { ActionStore } from "./action-store.js";
import type { Kinds } from "./kinds/kinds.js";
import type { Lifecycle } from "./lifecycle.js";
import type { TestGroups } from "./modes/groups.js";
import type { CheckRequest } from "./preview/area-check.js";
import type { Previews } from "./preview/preview.js";
import { ACTION_CHANNEL, type ActionRecord, precedenceOf } from "./record.js";
import { FollowUps } from "./rounds/follow-ups.js";
import { saidBy } from "./rounds/ready.js";
import type { Reach } from "./rounds/rosters.js";
import type { ActionService, Answer, Caller, Change, MayBeTold, Reaching, Version } from "./service.js";
import type { TextChecks } from "./texts/checks.js";
import { refusalOf } from "./transitions/refusal.js";
import { step } from "./transitions/step.js";
import type { Word } from "./transitions/words.js";
import { ActionReader } from "./views/reader.js";
import type { Holding } from "./waves/holding.js";
import type { Resending } from "./waves/resend.js";

export class Actions extends ActionReader implements ActionService, Reaching {
  readonly #recorded: Recorded;
  readonly #records: ActionStore;
  readonly #beginnings = new Beginnings();
  readonly #creating: Creating;
  readonly #followUps: FollowUps;
  readonly #store: Store;
  readonly #lifecycle: Lifecycle;
  readonly #holding: Holding;
  readonly #resending: Resending;
  readonly #dispatcher: Dispatcher;
  readonly #previews: Previews;
  readonly #checkRequest: CheckRequest;
  readonly #clock: Clock;

  constructor(
    store: Store,
    lifecycle: Lifecycle,
    holding: Holding,
    resending: Resending,
    dispatcher: Dispatcher,
    previews: Previews,
    kinds: Kinds,
    checks: TextChecks,
    received: ReplyStore,
    checkRequest: CheckRequest,
    trail: Pick<Trail, "put">,
    clock: Clock,
    testGroups: TestGroups,
  ) {
    super(store, lifecycle, dispatcher, received, clock);
    this.#store = store;
    this.#lifecycle = lifecycle;
    this.#holding = holding;
    this.#resending = resending;
    this.#dispatcher = dispatcher;
    this.#previews = previews;
    this.#checkRequest = checkRequest;
    this.#clock = clock;
    const answered = new Idempotency(store, steadyDates(clock));
    this.#recorded = new Recorded(answered, trail, (id) => this.get(id));
    this.#records = lifecycle.records;
    const ports = () => dispatcher.carriers.of(ACTION_CHANNEL).map(({ port }) => port);
    const shared = { checkRequest, kinds, checks, testGroups, ports };
    const [recorded, beginnings] = [this.#recorded, this.#beginnings];
    this.#creating = new Creating({ store, lifecycle, dispatcher, clock, recorded, beginnings, ...shared });
    this.#followUps = new FollowUps({ creating: this.#creating, ...shared });
  }

  /** Actions created since the process started, by mode and kind. */
  get created(): Creating["created"] {
    return this.#creating.created;
  }

  preview(
    request: PreviewRequest,
    signal: AbortSignal | undefined,
    by: Principal,
    mayBeTold?: MayBeTold,
  ): Promise<Result<Preview>> {
    return this.#previews.of(request, signal, by, mayBeTold);
  }

  /** Previews that were refused since the process started. */
  get previewsRefused(): number {
    return this.#previews.budget.refused;
  }

  create(request: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    return this.#creating.create(request, caller);
  }

  copy(id: string, change: Change, caller: Caller): Promise<Result<Answer>> {
    return this.#creating.copy(id, change, caller);
  }

  edit(id: string, change: Change, version: Version, caller: Caller): Promise<Result<Answer>> {
    return this.#recorded.once({ caller, acts: ["edited"] }, async (remember) => {
      const asked = this.#editable(id, version);
      if (!asked.ok) return asked;
      const request = this.#creating.changed(asked.value, change);
      const today = request.ok ? await this.#checkRequest(request.value, { turn: "optional" }) : request;
      if (!today.ok) return today;
      // While its area was checked somebody else may have changed it.
      const still = this.#editable(id, asked.value.revision);
      const said = this.#said(caller);
      const made = still.ok ? this.#creating.made(today.value, said.atMs) : still;
      return made.ok ? this.#say(id, { type: "edited", ...said, ...made.value }, remember) : made;
    });
  }

  approve(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#word(id, caller, "approved", () => ok({ type: "approved", ...this.#said(caller) }));
  }

  dispatch(
    id: string,
    caller: Caller,
    { allowNobody, confirmed }: DispatchRequest = { allowNobody: false },
  ): Promise<Result<Answer>> {
    return this.#recorded.once({ caller, acts: ["dispatched"], confirmed }, async (remember) => {
      const word = { type: "dispatched", ...this.#said(caller), allowNobody, confirmed } as const;
      const found = this.#asked(id, word.type, word.atMs);
      if (!found.ok) return found;
      const { request } = found.value;
      return this.#beginnings.run(precedenceOf(request) === "extreme", request.area, async () => {
        // By now somebody else may have said what becomes of it.
        const record = this.#asked(id, word.type, word.atMs);
        if (!record.ok) return record;
        const dispatched = step(record.value, word);
        const may = this.#creating.dispatchable(dispatched.record, word.atMs);
        if (!may.ok) return may;
        const shown = this.showing.of(dispatched.record);
        const beside = this.#creating.noted(dispatched.record, remember(shown));
        const committed = await this.#lifecycle.dispatch(dispatched, () => this.#put(dispatched.record, beside));
        return committed.ok ? ok(shown) : this.#storeFailed(committed.problem);
      });
    });
  }

  stop(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#word(id, caller, "stopped", () => ok({ type: "stopped", ...this.#said(caller) }));
  }

  resume(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#word(id, caller, "resumed", (record) => {
      return this.#holding.refusal(record) ?? ok({ type: "resumed", ...this.#said(caller) });
    });
  }

  resend(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#word(id, caller, "resent", (record) => {
      const refusal = this.#resending.refusal(record);
      return refusal ?? ok({ type: "resent", ...this.#said(caller), goes: this.#resending.begin(record) });
    });
  }

  end(id: string, request: EndRequest, caller: Caller): Promise<Result<Answer>> {
    const make = (record: ActionRecord) => this.#followUps.ended(record, request, this.#said(caller));
    return this.#word(id, caller, "ended", make, request.confirmed);
  }

  update(id: string, request: UpdateRequest, caller: Caller): Promise<Result<Answer>> {
    const make = (record: ActionRecord) => this.#followUps.updated(record, request, this.#said(caller));
    return this.#word(id, caller, "updated", make, request.confirmed);
  }

  widen(id: string, request: WideningRequest, caller: Caller): Promise<Result<Answer>> {
    return this.#recorded.once({ caller, acts: ["widened"], confirmed: request.confirmed }, async (remember) => {
      const today = await this.#wideningToday(id, request);
      if (!today.ok) return today;
      const make = (record: ActionRecord) => this.#followUps.widened(record, today.value, this.#said(caller));
      return this.#heed(id, "widened", make, remember);
    });
  }

  async widening(id: string, request: WideningRequest): Promise<Result<Reach>> {
    const today = await this.#wideningToday(id, request);
    if (!today.ok) return today;
    const record = this.#asked(id, "widened", this.#clock.now());
    return record.ok ? this.#lifecycle.reachOf(record.value, today.value) : record;
  }

  sayings(id: string): ReturnType<Reaching["sayings"]> {
    const record = this.#lifecycle.record(id);
    return record.ok ? ok({ now: saidBy(record.value), last: record.value.end }) : record;
  }

  repeat(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#word(id, caller, "repeated", (record) => this.#followUps.repeated(record, this.#said(caller)));
  }

  correct(id: string, request: CorrectionRequest, caller: Caller): Promise<Result<Answer>> {
    const make = (record: ActionRecord) => this.#followUps.corrected(record, request, this.#said(caller));
    return this.#word(id, caller, "corrected", make, request.confirmed);
  }

  /** To be called now and then: forgets old Idempotency-Keys. */
  sweep(): Promise<Result<void>> {
    this.#previews.budget.sweep(this.#clock.steadyMs());
    return this.#recorded.sweep();
  }

  /** Nothing may be acknowledged any more; the process ends, and a restart resumes from what is durable. */
  #storeFailed(problem: Problem): { ok: false; problem: Problem } {
    this.#dispatcher.hooks.onFatal(problem);
    return { ok: false, problem };
  }

  #put(record: ActionRecord, beside: () => void): Promise<Result<void>> {
    return this.#store.commit(() => {
      this.#records.put(record);
      beside();
    });
  }

  /** An operator's word, once for each Idempotency-Key; see #heed. */
  #word(
    id: string,
    caller: Caller,
    type: Word["type"],
    make: (record: ActionRecord) => Result<Word>,
    confirmed?: readonly Confirmable[],
  ): Promise<Result<Answer>> {
    const asking = { caller, acts: [type], confirmed };
    return this.#recorded.once(asking, async (remember) => this.#heed(id, type, make, remember));
  }

  /** As things stand; `make` may still refuse it. How the action is shown by then is remembered with it, and is the answer. */
  async #heed(
    id: string,
    type: Word["type"],
    make: (record: ActionRecord) => Result<Word>,
    remember: Remember,
  ): Promise<Result<Action>> {
    const record = this.#asked(id, type, this.#clock.now());
    if (!record.ok) return record;
    const word = make(record.value);
    return word.ok ? this.#say(id, word.value, remember) : word;
  }

  /** A word that nothing speaks against. */
  async #say(id: string, word: Word, remember: Remember): Promise<Result<Action>> {
    let shown: Action | undefined;
    await this.#lifecycle.apply(id, word, (next) => {
      this.#followUps.note(next, word);
      shown = this.showing.of(next);
      remember(shown)();
    });
    assert(shown !== undefined, "a word that is heeded is written");
    return ok(shown);
  }

  /** What it asks once its area was checked, which takes its turn: somebody may say something of it meanwhile. */
  async #wideningToday(id: string, request: WideningRequest): Promise<Result<WideningRequest>> {
    const record = this.#asked(id, "widened", this.#clock.now());
    return record.ok ? this.#followUps.today(request, record.value) : record;
  }

  /** VERSION_CHANGED where somebody said something of it since the caller looked. */
  #editable(id: string, version: Version): Result<ActionRecord> {
    const record = this.#asked(id, "edited", this.#clock.now());
    if (!record.ok || version === "any" || version === record.value.revision) return record;
    return fail("VERSION_CHANGED", `it is version ${record.value.revision} by now; look at it again`, "If-Match");
  }

  #said({ by }: Caller): { readonly by: Actor; readonly atMs: number } {
    return { by, atMs: this.#clock.now() };
  }

  #asked(id: string, word: Word["type"], nowMs: number): Result<ActionRecord> {
    const record = this.#lifecycle.record(id);
    return record.ok ? (refusalOf(record.value, word, nowMs) ?? record) : record;
  }
}
