/**
 * New actions, as they are asked for or as copies of others: what is asked is checked, and what makes an action durable is begun, a few
 * at a time. A copy is a draft, whatever the other was, with a life of its own.
 */
import type { Act, Action, ActionRequest } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { ActionKind } from "../../../schemas/words.js";
import type { Clock } from "../../clock/clock.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { Store } from "../../store/store.js";
import { ActionStore } from "../action-store.js";
import type { Lifecycle } from "../lifecycle.js";
import type { CheckRequest } from "../preview/area-check.js";
import { segmentsOf } from "../preview/text-advice.js";
import { lifeOf, longEnough } from "../query.js";
import { ACTION_CHANNEL, type ActionRecord, precedenceOf } from "../record.js";
import type { Answer, Caller, Change } from "../service.js";
import { step } from "../transitions/step.js";
import type { Made, Step } from "../transitions/words.js";
import { showAction } from "../views/action-view.js";
import type { Beginnings } from "./beginnings.js";
import { newRecord } from "./new-record.js";
import type { Recorded } from "./recorded.js";
import { roomFor } from "./room.js";

interface CreatingParts {
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly dispatcher: Dispatcher;
  readonly checkRequest: CheckRequest;
  readonly clock: Clock;
  readonly recorded: Recorded;
  readonly beginnings: Beginnings;
  readonly ports: () => Parameters<typeof segmentsOf>[1];
}

export class Creating {
  /** Actions created since the process started, by kind. */
  readonly created: Partial<Record<ActionKind, number>> = {};
  readonly #records: ActionStore;
  readonly #parts: CreatingParts;

  constructor(parts: CreatingParts) {
    this.#parts = parts;
    this.#records = new ActionStore(parts.store);
  }

  create(request: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    return this.#new(() => ok(request), request.dispatch ? ["created", "dispatched"] : ["created"], null, caller);
  }

  copy(id: string, change: Change, caller: Caller): Promise<Result<Answer>> {
    const request = (): Result<ActionRequest> => {
      const record = this.#parts.lifecycle.record(id);
      if (!record.ok) return record;
      // When the other was to start and to end says nothing of this one.
      const { startAt: _, expiresAt: __, ...rest } = record.value.request;
      const changed = change(rest);
      return changed.ok ? ok({ ...changed.value, dispatch: false }) : changed;
    };
    return this.#new(request, ["copied"], id, caller);
  }

  /** What a draft says as it is stored, from a request whose area was checked. */
  made(request: ActionRequest, nowMs: number): Result<Made> {
    const life = lifeOf(request, nowMs);
    if (!life.ok) return life;
    const segments = segmentsOf(request.text, this.#parts.ports());
    return segments.ok ? ok({ request, ...life.value }) : segments;
  }

  /** Whether this one can be dispatched now. */
  room(record: ActionRecord, nowMs: number): Result<void> {
    const { store, dispatcher, lifecycle } = this.#parts;
    const isLong = record.end === null ? longEnough(record, nowMs) : ok(undefined);
    if (!isLong.ok) return isLong;
    const isLater = record.status === "scheduled";
    const carriers = dispatcher.carriers.of(ACTION_CHANNEL);
    return roomFor(record.request, store.space, carriers, lifecycle.underWay, isLater);
  }

  /** Of one that is over: it is one more under way. */
  roomToGoOn({ request }: ActionRecord): Result<void> {
    const { store, dispatcher, lifecycle } = this.#parts;
    return roomFor(request, store.space, dispatcher.carriers.of(ACTION_CHANNEL), lifecycle.underWay, false);
  }

  #new(
    make: () => Result<ActionRequest>,
    acts: readonly Act[],
    copyOf: string | null,
    caller: Caller,
  ): Promise<Result<Answer>> {
    const { recorded, beginnings, checkRequest } = this.#parts;
    return recorded.once(caller, acts, async (remember) => {
      const asked = make();
      if (!asked.ok) return asked;
      const request = asked.value;
      // Nobody waits for a draft as for what is sent: it is checked in the turn of previews.
      const turn = request.dispatch ? precedenceOf(request) : "optional";
      const today = await checkRequest(request, { turn });
      if (!today.ok) return today;
      const isAlarm = request.dispatch && precedenceOf(request) === "extreme";
      return beginnings.run(isAlarm, request.area, () => this.#begin(today.value, copyOf, caller, remember));
    });
  }

  /** Nothing is awaited from the check of its room until it is known to be under way. */
  async #begin(
    request: ActionRequest,
    copyOf: string | null,
    caller: Caller,
    remember: (action: Action) => void,
  ): Promise<Result<Action>> {
    const { store, lifecycle, dispatcher } = this.#parts;
    const accepted = this.#accepted(request, copyOf, caller);
    if (!accepted.ok) return accepted;
    const shown = showAction(accepted.value.record, [], 0);
    const committed = await lifecycle.begin(accepted.value, (current) =>
      store.commit(() => {
        this.#records.put(current);
        remember(shown);
      }),
    );
    if (!committed.ok) {
      dispatcher.hooks.onFatal(committed.problem);
      return committed;
    }
    this.created[request.kind] = (this.created[request.kind] ?? 0) + 1;
    return ok(shown);
  }

  /** A new action, and what follows from its request. */
  #accepted(request: ActionRequest, copyOf: string | null, { by }: Caller): Result<Step> {
    const atMs = this.#parts.clock.now();
    const made = this.made(request, atMs);
    if (!made.ok) return made;
    const record = newRecord(made.value, by, atMs, copyOf);
    if (!request.dispatch) return ok({ record, effects: [] });
    const { allowNobody } = request;
    const follows = step(record, { type: "dispatched", by, atMs, allowNobody });
    const room = this.room(follows.record, atMs);
    return room.ok ? ok(follows) : room;
  }
}
