/**
 * New actions, as they are asked for or as copies of others: what is asked is checked, and what makes an action durable is begun, a few
 * at a time. A copy is a draft, whatever the other was, with a life of its own.
 */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Act, Action, ActionRequest } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { ActionKind, Mode } from "../../../schemas/words.js";
import type { Clock } from "../../clock/clock.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { Store } from "../../store/store.js";
import type { ActionStore } from "../action-store.js";
import { askedOf, type FilledRequest } from "../kinds/filled.js";
import type { Kinds } from "../kinds/kinds.js";
import type { Lifecycle } from "../lifecycle.js";
import { changedInMode } from "../modes/fixed.js";
import { membersOf, type TestGroups } from "../modes/groups.js";
import { honest, marked } from "../modes/marked.js";
import type { CheckRequest } from "../preview/area-check.js";
import { type segmentsOf, segmentsOfAll } from "../preview/text-advice.js";
import { lifeOf, longEnough } from "../query.js";
import { ACTION_CHANNEL, type ActionRecord, precedenceOf } from "../record.js";
import type { Answer, Caller, Change } from "../service.js";
import type { TextChecks } from "../texts/checks.js";
import { step } from "../transitions/step.js";
import type { Made, Step } from "../transitions/words.js";
import { showAction } from "../views/action-view.js";
import type { Beginnings } from "./beginnings.js";
import { newRecord } from "./new-record.js";
import type { Recorded, Remember } from "./recorded.js";
import { roomFor } from "./room.js";

interface CreatingParts {
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly dispatcher: Dispatcher;
  readonly checkRequest: CheckRequest;
  readonly clock: Clock;
  readonly recorded: Recorded;
  readonly beginnings: Beginnings;
  readonly kinds: Kinds;
  readonly checks: TextChecks;
  readonly testGroups: TestGroups;
  readonly ports: () => Parameters<typeof segmentsOf>[1];
}

export class Creating {
  /** Actions created since the process started, by mode and kind. */
  readonly created: Record<Mode, Partial<Record<ActionKind, number>>> = { actual: {}, exercise: {}, test: {} };
  readonly #records: ActionStore;
  readonly #parts: CreatingParts;

  constructor(parts: CreatingParts) {
    this.#parts = parts;
    this.#records = parts.lifecycle.records;
  }

  create(request: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    const acts: Act[] = request.dispatch ? ["created", "dispatched"] : ["created"];
    return this.#new(() => ok(request), { caller, acts, confirmed: request.confirmed }, null);
  }

  copy(id: string, change: Change, caller: Caller): Promise<Result<Answer>> {
    const request = (): Result<ActionRequest> => {
      const record = this.#parts.lifecycle.record(id);
      if (!record.ok) return record;
      // When the other was to start and to end says nothing of this one.
      const { startAt: _, expiresAt: __, ...rest } = askedOf(record.value.request);
      const changed = changedInMode(record.value.request.mode, change(rest));
      return changed.ok ? ok({ ...changed.value, dispatch: false }) : changed;
    };
    return this.#new(request, { caller, acts: ["copied"] }, id);
  }

  /** Parts of a text as it is sent. INVALID_TEXT where those are too many, TEXT_MISLEADS where a real one looks like an exercise. */
  sayable(mode: Mode, said: Wordings): Result<number> {
    const isHonest = honest(mode, said);
    return isHonest.ok ? segmentsOfAll(marked(mode, said), this.#parts.ports()) : isHonest;
  }

  /** What a draft says as it is stored, from a request whose area was checked. */
  made(request: FilledRequest, nowMs: number): Result<Made> {
    const life = lifeOf(request, nowMs);
    if (!life.ok) return life;
    const group = membersOf(request, this.#parts.testGroups);
    const segments = group.ok ? this.sayable(request.mode, request) : group;
    return segments.ok ? ok({ request, ...life.value }) : segments;
  }

  /** Whether this one, as it would be once it is dispatched, can be. One that is ending said before what it asks of people. */
  dispatchable(record: ActionRecord, nowMs: number): Result<void> {
    const { request, end, status } = record;
    const outgoing = { said: request, area: request.area, nowMs };
    const sendable = end === null ? this.#parts.checks.sendable(outgoing, request.confirmed) : ok(undefined);
    if (!sendable.ok) return sendable;
    const isLong = end === null ? longEnough(record, nowMs) : ok(undefined);
    return isLong.ok ? this.room(record, status === "scheduled") : isLong;
  }

  /** Whether one more can be under way. `isLater`: it is to start at a set time. */
  room({ request }: ActionRecord, isLater = false): Result<void> {
    const { store, dispatcher, lifecycle } = this.#parts;
    return roomFor(request, store.space, dispatcher.carriers.of(ACTION_CHANNEL), lifecycle.underWay, isLater);
  }

  /** Takes note of what goes out, in the turn in which it was found sendable; gives what goes into the commit, with what is `beside` it. */
  noted({ id, request, end, status }: ActionRecord, beside: () => void): () => void {
    if (status === "draft" || end !== null) return beside;
    const { checks, clock } = this.#parts;
    const put = checks.note(id, { said: request, area: request.area, nowMs: clock.now() });
    return () => {
      beside();
      put();
    };
  }

  /** What a draft asks for once this was changed. */
  changed({ request }: ActionRecord, change: Change): Result<FilledRequest> {
    const { kinds, clock } = this.#parts;
    const asked = changedInMode(request.mode, change(askedOf(request)));
    return asked.ok ? kinds.fillIn(asked.value, clock.now()) : asked;
  }

  #new(
    make: () => Result<ActionRequest>,
    asking: Parameters<Recorded["once"]>[0],
    copyOf: string | null,
  ): Promise<Result<Answer>> {
    const { recorded, beginnings, checkRequest, kinds, clock } = this.#parts;
    const { caller } = asking;
    return recorded.once(asking, async (remember) => {
      const asked = make();
      const filled = asked.ok ? kinds.fillIn(asked.value, clock.now()) : asked;
      if (!filled.ok) return filled;
      const request = filled.value;
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
    request: FilledRequest,
    copyOf: string | null,
    caller: Caller,
    remember: Remember,
  ): Promise<Result<Action>> {
    const { store, lifecycle, dispatcher } = this.#parts;
    const accepted = this.#accepted(request, copyOf, caller);
    if (!accepted.ok) return accepted;
    const shown = showAction(accepted.value.record, [], 0);
    const beside = this.noted(accepted.value.record, remember(shown));
    const committed = await lifecycle.begin(accepted.value, (current) =>
      store.commit(() => {
        this.#records.put(current);
        beside();
      }),
    );
    if (!committed.ok) {
      dispatcher.hooks.onFatal(committed.problem);
      return committed;
    }
    this.created[request.mode][request.like] = (this.created[request.mode][request.like] ?? 0) + 1;
    return ok(shown);
  }

  /** A new action, and what follows from its request. */
  #accepted(request: FilledRequest, copyOf: string | null, { by }: Caller): Result<Step> {
    const atMs = this.#parts.clock.now();
    const made = this.made(request, atMs);
    if (!made.ok) return made;
    const record = newRecord(made.value, by, atMs, copyOf);
    if (!request.dispatch) return ok({ record, effects: [] });
    const { allowNobody } = request;
    const follows = step(record, { type: "dispatched", by, atMs, allowNobody });
    const may = this.dispatchable(follows.record, atMs);
    return may.ok ? ok(follows) : may;
  }
}
