/**
 * The engine's face towards the API: checks what a request asks against what is, answers once for each Idempotency-Key, and
 * hands the rest to the life of the action.
 */
import type {
  Act,
  Action,
  ActionRequest,
  DispatchRequest,
  EndRequest,
  Preview,
  PreviewRequest,
} from "../../schemas/api/api.js";
import { assert, ok, type Problem, type Result } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import type { ActionKind } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import { type Clock, steadyDates } from "../clock/clock.js";
import { inTurn } from "../clock/slices.js";
import type { Dispatcher } from "../dispatch/ledger/dispatcher.js";
import type { ChannelPort } from "../dispatch/plan/channel-port.js";
import type { ReplyStore } from "../replies/reply-store.js";
import type { Store } from "../store/store.js";
import { FewAtATime } from "./accepting/few-at-a-time.js";
import { Idempotency } from "./accepting/idempotency.js";
import { newRecord } from "./accepting/new-record.js";
import { Recorded } from "./accepting/recorded.js";
import { roomFor } from "./accepting/room.js";
import { ActionStore } from "./action-store.js";
import type { Lifecycle } from "./lifecycle.js";
import { type CheckRequest, isLarge } from "./preview/area-check.js";
import type { Previews } from "./preview/preview.js";
import { segmentsOf } from "./preview/text-advice.js";
import { ACTION_CHANNEL, type ActionRecord, precedenceOf } from "./record.js";
import type { ActionService, Answer, Caller } from "./service.js";
import { refusalOf } from "./transitions/refusal.js";
import { step } from "./transitions/step.js";
import type { Step, Word } from "./transitions/words.js";
import { showAction } from "./views/action-view.js";
import { ActionReader } from "./views/reader.js";
import type { Holding } from "./waves/holding.js";
import type { Resending } from "./waves/resend.js";

export class Actions extends ActionReader implements ActionService {
  /** Actions created since the process started, by kind. */
  readonly created: Partial<Record<ActionKind, number>> = {};
  readonly #recorded: Recorded;
  readonly #records: ActionStore;
  readonly #beginning = new FewAtATime(DISPATCH.actionsAtATime);
  /** Of those with a large area. */
  readonly #beginningLarge = new FewAtATime(DISPATCH.largeActionsAtATime);
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
    received: ReplyStore,
    checkRequest: CheckRequest,
    trail: Pick<Trail, "put">,
    clock: Clock,
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
    this.#records = new ActionStore(store);
  }

  preview(request: PreviewRequest, signal?: AbortSignal): Promise<Result<Preview>> {
    return this.#previews.of(request, signal);
  }

  create(request: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    const acts: Act[] = request.dispatch ? ["created", "dispatched"] : ["created"];
    return this.#recorded.once(caller, acts, async (remember) => {
      // Nobody waits for a draft as for what is sent: it is checked in the turn of previews.
      const turn = request.dispatch ? precedenceOf(request) : "optional";
      const today = await this.#checkRequest(request, { turn });
      if (!today.ok) return today;
      const begin = () => this.#begin(today.value, caller, remember);
      if (precedenceOf(request) === "extreme") return begin();
      const soon = () => this.#beginning.run(begin);
      // In a turn of its own: the one before is answered in the one in which it ends, and that is as long.
      return isLarge(request.area) ? this.#beginningLarge.run(() => inTurn(soon)) : soon();
    });
  }

  /** Nothing is awaited from the check of its room until it is known to be under way. */
  async #begin(request: ActionRequest, { by }: Caller, remember: (action: Action) => void): Promise<Result<Action>> {
    const accepted = this.#accepted(request, by);
    if (!accepted.ok) return accepted;
    const shown = showAction(accepted.value.record, [], 0);
    const committed = await this.#lifecycle.begin(accepted.value, (current) =>
      this.#put(current, () => remember(shown)),
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
      const word = { type: "dispatched", ...this.#said(caller), allowNobody } as const;
      const record = this.#asked(id, word.type, word.atMs);
      if (!record.ok) return record;
      const dispatched = step(record.value, word);
      const room = this.#room(dispatched.record.request);
      if (!room.ok) return room;
      const shown = this.showing.of(dispatched.record);
      const committed = await this.#lifecycle.dispatch(dispatched, () =>
        this.#put(dispatched.record, () => remember(shown)),
      );
      return committed.ok ? ok(shown) : this.#storeFailed(committed.problem);
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
    return this.#word(id, caller, "ended", () => {
      const segments = this.#segments(request.text);
      return segments.ok ? ok({ type: "ended", ...this.#said(caller), end: request }) : segments;
    });
  }

  /** To be called now and then: forgets old Idempotency-Keys. */
  sweep(): Promise<Result<void>> {
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

  /** A new action, and what follows from its request. */
  #accepted(request: ActionRequest, by: Actor): Result<Step> {
    const atMs = this.#clock.now();
    const record = newRecord(request, by, atMs);
    if (!record.ok) return record;
    const segments = this.#segments(request.text);
    if (!segments.ok) return segments;
    if (!request.dispatch) return ok({ record: record.value, effects: [] });
    const room = this.#room(request);
    const { allowNobody } = request;
    return room.ok ? ok(step(record.value, { type: "dispatched", by, atMs, allowNobody })) : room;
  }

  /** An operator's word, which `make` may still refuse. How the action is shown by then is remembered with it, and is the answer. */
  #word(
    id: string,
    caller: Caller,
    type: Word["type"],
    make: (record: ActionRecord) => Result<Word>,
  ): Promise<Result<Answer>> {
    return this.#recorded.once(caller, [type], async (remember) => {
      const record = this.#asked(id, type, this.#clock.now());
      if (!record.ok) return record;
      const word = make(record.value);
      if (!word.ok) return word;
      let shown: Action | undefined;
      await this.#lifecycle.apply(id, word.value, (next) => {
        shown = this.showing.of(next);
        remember(shown);
      });
      assert(shown !== undefined, "a word that is heeded is written");
      return ok(shown);
    });
  }

  #said({ by }: Caller): { readonly by: Actor; readonly atMs: number } {
    return { by, atMs: this.#clock.now() };
  }

  #asked(id: string, word: Word["type"], nowMs: number): Result<ActionRecord> {
    const record = this.#lifecycle.record(id);
    return record.ok ? (refusalOf(record.value, word, nowMs) ?? record) : record;
  }

  #room(request: ActionRequest): Result<void> {
    return roomFor(request, this.#store.space, this.#dispatcher.carriers.of(ACTION_CHANNEL), this.#lifecycle.underWay);
  }

  #ports(): ChannelPort[] {
    return this.#dispatcher.carriers.of(ACTION_CHANNEL).map(({ port }) => port);
  }

  #segments(text: string): Result<number> {
    return segmentsOf(text, this.#ports());
  }
}
