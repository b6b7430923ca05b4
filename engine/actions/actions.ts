/**
 * The engine's face towards the API: checks what a request asks against what is, answers once for each Idempotency-Key, and
 * hands the rest to the course of the action.
 */
import type {
  Act,
  Action,
  ActionPage,
  ActionRequest,
  Counts,
  DispatchRequest,
  EndRequest,
  Preview,
  PreviewRequest,
  ReplyPage,
} from "../../schemas/api/api.js";
import type { Carrier, StrayReceipt } from "../../schemas/api/operations.js";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import type { ActionKind } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import { type Clock, steadyDates } from "../clock/clock.js";
import type { Dispatcher } from "../dispatch/ledger/dispatcher.js";
import type { CarrierPort } from "../dispatch/plan/carrier-port.js";
import { type ReplyStore, UNASSIGNED } from "../replies/reply-store.js";
import type { Selector } from "../selection/selector.js";
import type { Store } from "../store/store.js";
import { ActionStore } from "./action-store.js";
import type { Course } from "./course.js";
import { FewAtATime } from "./few-at-a-time.js";
import { Idempotency } from "./idempotency.js";
import { newRecord, taken } from "./new-record.js";
import type { CheckRequest } from "./preview/area-check.js";
import { warningsOf } from "./preview/areas.js";
import type { Forecast } from "./preview/forecast.js";
import { showPreview } from "./preview/preview.js";
import { segmentsOf } from "./preview/text-advice.js";
import { queryOf } from "./query.js";
import { type ActionRecord, precedenceOf, signed } from "./record.js";
import { Recorded } from "./recorded.js";
import { roomFor } from "./room.js";
import type { ActionService, Answer, Caller } from "./service.js";
import { Showing, showAction, sumCounts } from "./views/action-view.js";
import { showCarrier, showStray } from "./views/carrier-view.js";
import { type WatchedAction, watched } from "./views/watched.js";
import type { Holding } from "./waves/holding.js";
import type { Resending } from "./waves/resend.js";

export class Actions implements ActionService {
  /** Actions created since the process started, by kind. */
  readonly created: Partial<Record<ActionKind, number>> = {};
  readonly #recorded: Recorded;
  readonly #records: ActionStore;
  readonly #showing: Showing;
  readonly #beginning = new FewAtATime(DISPATCH.actionsAtATime);
  #closing = false;

  constructor(
    private readonly store: Store,
    private readonly course: Course,
    private readonly holding: Holding,
    private readonly resending: Resending,
    private readonly dispatcher: Dispatcher,
    private readonly selector: Selector,
    private readonly forecast: Forecast,
    private readonly received: ReplyStore,
    private readonly checkRequest: CheckRequest,
    trail: Pick<Trail, "put">,
    private readonly clock: Clock,
  ) {
    const answered = new Idempotency(store, steadyDates(clock), (id) => this.get(id));
    this.#recorded = new Recorded(answered, trail);
    this.#records = new ActionStore(store);
    this.#showing = new Showing(store.space, course.found, received);
  }

  async preview(request: PreviewRequest, signal?: AbortSignal): Promise<Result<Preview>> {
    const today = await this.checkRequest(request, { turn: "optional", signal });
    if (!today.ok) return today;
    const nowMs = this.clock.now();
    const segments = this.#segments(request.text ?? "");
    if (!segments.ok) return segments;
    const counts = await this.selector.count(queryOf(today.value, nowMs), signal);
    if (!counts.ok) return counts;
    const { recipients } = counts.value;
    const { timeCritical, urgency } = request;
    const asked = { recipients, segments: segments.value, extreme: urgency === "extreme", timeCritical };
    const forecast = this.forecast.of(asked, this.dispatcher, nowMs);
    const warnings = warningsOf(request.area, today.value.area, recipients);
    return ok(showPreview(request, counts.value, segments.value, forecast, this.#ports(), warnings));
  }

  create(request: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    const acts: Act[] = request.dispatch ? ["created", "dispatched"] : ["created"];
    return this.#recorded.once(caller, acts, async (remember) => {
      const today = await this.checkRequest(request, { turn: precedenceOf(request) });
      if (!today.ok) return today;
      const begin = () => this.#begin(today.value, caller, remember);
      return precedenceOf(request) === "extreme" ? begin() : this.#beginning.run(begin);
    });
  }

  /** Nothing is awaited from the check of its room until it is known to be under way. */
  async #begin(request: ActionRequest, { by }: Caller, remember: (action: Action) => void): Promise<Result<Action>> {
    const record = this.#newRecord(request, by);
    if (!record.ok) return record;
    const shown = showAction(record.value, [], 0);
    this.course.note(record.value);
    const committed = await this.course.begin(record.value, (current) =>
      this.store.commit(() => {
        this.#records.put(current);
        remember(shown);
      }),
    );
    if (!committed.ok) return this.#storeFailed(committed.problem);
    this.created[request.kind] = (this.created[request.kind] ?? 0) + 1;
    return ok(shown);
  }

  dispatch(
    id: string,
    caller: Caller,
    { allowNobody }: DispatchRequest = { allowNobody: false },
  ): Promise<Result<Answer>> {
    return this.#recorded.once(caller, ["dispatched"], async (remember) => {
      const record = this.#inState(id, ["draft", "failed"]);
      if (!record.ok) return record;
      const next = taken(signed(record.value, "dispatched", caller.by), allowNobody, this.clock.now());
      if (!next.ok) return next;
      const room = this.#room(next.value.request);
      if (!room.ok) return room;
      const shown = this.#showing.of(next.value);
      this.course.note(next.value);
      this.course.takeUp(next.value);
      const committed = await this.store.commit(() => {
        this.#records.put(next.value);
        remember(shown);
      });
      return committed.ok ? ok(shown) : this.#storeFailed(committed.problem);
    });
  }

  stop(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#recorded.once(caller, ["stopped"], async (remember) => {
      const record = this.#inState(id, ["draft", "selecting", "sending", "sent", "stopped", "held", "ending"]);
      if (!record.ok) return record;
      const stopping = signed(record.value, "stopped", caller.by);
      return this.#shownBy((show) => this.course.stop(stopping, show), record.value, remember);
    });
  }

  resume(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#goOn(id, caller, "resumed", ["held"], this.holding);
  }

  resend(id: string, caller: Caller): Promise<Result<Answer>> {
    return this.#goOn(id, caller, "resent", ["sending", "sent"], this.resending);
  }

  end(id: string, request: EndRequest, caller: Caller): Promise<Result<Answer>> {
    return this.#recorded.once(caller, ["ended"], async (remember) => {
      const record = this.#inState(id, ["selecting", "sending", "sent", "stopped", "held"]);
      if (!record.ok) return record;
      if (record.value.end !== null) return fail("WRONG_STATE", "it is ending already; resume or stop it", "id");
      const segments = this.#segments(request.text);
      if (!segments.ok) return segments;
      const ending = { ...signed(record.value, "ended", caller.by), end: request };
      return this.#shownBy((show) => this.course.end(ending, show), record.value, remember);
    });
  }

  get(id: string): Result<Action> {
    const record = this.course.record(id);
    return record.ok ? ok(this.#showing.of(record.value)) : record;
  }

  list(after: string | undefined, limit: number): Result<ActionPage> {
    const { records, next } = this.#records.page(after, limit);
    return ok({ actions: records.map((read) => this.#showing.of(this.course.current(read.id) ?? read)), next });
  }

  replies(id: string, after: number, limit: number): Result<ReplyPage> {
    const record = this.course.record(id);
    // What people wrote can be read where the action's own record can't.
    const isThere = record.ok || record.problem.code === "STORE_CORRUPT";
    return isThere ? ok(this.received.page(id, after, limit)) : record;
  }

  unassignedReplies(after: number, limit: number): Result<ReplyPage> {
    return ok(this.received.page(UNASSIGNED, after, limit));
  }

  carriers(): Carrier[] {
    return this.dispatcher.accounts.map(showCarrier);
  }

  strayReceipts(limit: number): Result<StrayReceipt[]> {
    const strays = this.dispatcher.strays.newest(limit);
    return strays.ok ? ok(strays.value.map(showStray)) : strays;
  }

  readiness(): { ready: boolean; reasons: string[] } {
    const full = this.store.space.problem;
    const reasons = [this.#closing ? "the service is stopping" : "", full ? `${full.code}: ${full.detail}` : ""];
    return { ready: !this.#closing && full === null, reasons: reasons.filter(Boolean) };
  }

  /** The actions that the monitor shows. */
  watched(): WatchedAction[] {
    return watched(this.dispatcher, this.course, this.clock.now(), (id) => this.received.last(id));
  }

  /** Recipients of all live waves, by state. */
  recipients(): Counts {
    return sumCounts(this.dispatcher.waves);
  }

  /** From here on the service is not ready; what is under way goes on. */
  beginClosing(): void {
    this.#closing = true;
  }

  /** To be called now and then: forgets old Idempotency-Keys. */
  sweep(): Promise<Result<void>> {
    return this.#recorded.sweep();
  }

  /** Nothing may be acknowledged any more; the process ends, and a restart resumes from what is durable. */
  #storeFailed(problem: Problem): { ok: false; problem: Problem } {
    this.dispatcher.hooks.onFatal(problem);
    return { ok: false, problem };
  }

  #newRecord(request: ActionRequest, by: Actor): Result<ActionRecord> {
    const record = newRecord(request, by, this.clock.now());
    if (!record.ok) return record;
    const segments = this.#segments(request.text);
    if (!segments.ok) return segments;
    const room = request.dispatch ? this.#room(request) : ok(undefined);
    return room.ok ? record : room;
  }

  /** By an operator's word: what waits for it goes on, unless something speaks against it. */
  #goOn(
    id: string,
    caller: Caller,
    act: Act,
    states: readonly ActionRecord["status"][],
    word: Pick<Holding, "refusal" | "resume">,
  ): Promise<Result<Answer>> {
    return this.#recorded.once(caller, [act], async (remember) => {
      const record = this.#inState(id, states);
      if (!record.ok) return record;
      const refusal = word.refusal(record.value);
      if (refusal) return refusal;
      const going = signed(record.value, act, caller.by);
      return this.#shownBy((show) => word.resume(going, show), record.value, remember);
    });
  }

  /** Runs a step of the course; what it shows is remembered in the commit that makes the step durable, and is the answer. */
  async #shownBy(
    step: (show: (next: ActionRecord) => void) => Promise<void>,
    before: ActionRecord,
    remember: (action: Action) => void,
  ): Promise<Result<Action>> {
    let shown: Action | undefined;
    await step((next) => {
      shown = this.#showing.of(next);
      remember(shown);
    });
    return ok(shown ?? this.#showing.of(before));
  }

  #inState(id: string, states: readonly ActionRecord["status"][]): Result<ActionRecord> {
    const record = this.course.record(id);
    if (!record.ok || states.includes(record.value.status)) return record;
    return fail("WRONG_STATE", `the action is ${record.value.status}; this needs ${states.join(", ")}`, "id");
  }

  #room(request: ActionRequest): Result<void> {
    return roomFor(request, this.store.space, this.dispatcher.accounts, this.course.underWay);
  }

  #ports(): CarrierPort[] {
    return this.dispatcher.accounts.map(({ port }) => port);
  }

  #segments(text: string): Result<number> {
    return segmentsOf(text, this.#ports());
  }
}
