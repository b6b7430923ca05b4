/**
 * What the API calls of the engine for whoever holds a key: what the key may not do is refused, and what is another
 * municipality's is answered as what there is not. The rest is handed on.
 *
 * An action belongs to where the key counts with which it was made. A key for municipalities reaches the actions of keys for
 * the same ones, or for some of them; a key that counts everywhere reaches all.
 */

import type { Wordings } from "../../../schemas/api/about-action.js";
import type { CorrectionRequest, UpdateRequest, WideningRequest } from "../../../schemas/api/action/follow-up.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type {
  Action,
  ActionPage,
  ActionRequest,
  DispatchRequest,
  EndRequest,
  Preview,
  PreviewRequest,
} from "../../../schemas/api/api.js";
import type { Carrier, StrayReceipt } from "../../../schemas/api/operations.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import type { RecipientState } from "../../../schemas/words.js";
import type { Keys } from "../../rights/keys.js";
import { needScope, type Principal } from "../../rights/principal.js";
import { TOLD_BY_KIND } from "../kinds/kinds.js";
import { isAsking } from "../record.js";
import type { ActionService, Answer, Caller, Change, Claim, MayBeTold, Reaching, Version } from "../service.js";
import type { Asked, Claims } from "./claims.js";

export class GuardedActions implements ActionService {
  readonly #actions: ActionService & Reaching;
  readonly #claims: Claims;
  readonly #keys: Pick<Keys, "get">;

  constructor(actions: ActionService & Reaching, claims: Claims, keys: Pick<Keys, "get">) {
    this.#actions = actions;
    this.#claims = claims;
    this.#keys = keys;
  }

  /** Counts people, so a key for municipalities has it for its own alone. */
  async preview(request: PreviewRequest, signal: AbortSignal | undefined, by: Principal): Promise<Result<Preview>> {
    const claim = this.#claims.ofPreview(request, by);
    const admitted = claim ? await claim.admit() : ok(undefined);
    if (!admitted.ok) return admitted;
    const mayBeTold: MayBeTold = (people) => this.#claims.areOwn(people, by);
    return this.#actions.preview(request, signal, by, by.municipalities && mayBeTold);
  }

  async create(request: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    const may = request.dispatch ? needScope(caller, "dispatch") : ok(undefined);
    if (!may.ok) return may;
    return this.#actions.create(request, claiming(caller, this.#claims.ofCreating(request, caller)));
  }

  async dispatch(id: string, caller: Caller, request?: DispatchRequest): Promise<Result<Answer>> {
    const action = this.#whole(id, caller);
    if (!action.ok) return action;
    const { shown, asked, last } = action.value;
    // One that failed at its last word says that to those whom it had reached, and nobody besides.
    const claim = last
      ? this.#claims.ofMore(sum(shown, TOLD), shown.mode, () => ok([last]), "last", caller)
      : this.#claims.ofSending(() => ok(asked), caller);
    return this.#actions.dispatch(id, claiming(caller, claim), request);
  }

  async edit(id: string, change: Change, version: Version, caller: Caller): Promise<Result<Answer>> {
    const claim = this.#claimOfChanged(id, change, caller);
    return claim.ok ? this.#actions.edit(id, change, version, claiming(caller, claim.value)) : claim;
  }

  async copy(id: string, change: Change, caller: Caller): Promise<Result<Answer>> {
    const claim = this.#claimOfChanged(id, change, caller);
    return claim.ok ? this.#actions.copy(id, change, claiming(caller, claim.value)) : claim;
  }

  async approve(id: string, caller: Caller): Promise<Result<Answer>> {
    const action = this.get(id, caller);
    return action.ok ? this.#actions.approve(id, caller) : action;
  }

  async stop(id: string, caller: Caller): Promise<Result<Answer>> {
    const action = this.get(id, caller);
    if (!action.ok) return action;
    const may = action.value.status === "draft" ? ok(undefined) : needScope(caller, "dispatch");
    return may.ok ? this.#actions.stop(id, caller) : may;
  }

  async resume(id: string, caller: Caller): Promise<Result<Answer>> {
    const action = this.get(id, caller);
    return action.ok ? this.#actions.resume(id, caller) : action;
  }

  async resend(id: string, caller: Caller): Promise<Result<Answer>> {
    const action = this.#whole(id, caller);
    if (!action.ok) return action;
    const { shown, asked, last } = action.value;
    const said = last ? [asked, last] : [asked];
    const claim = this.#claims.ofMore(resendable(shown), shown.mode, () => ok(said), undefined, caller);
    return this.#actions.resend(id, claiming(caller, claim));
  }

  /** Thanked is who was reached; who is on the way may still be. */
  async end(id: string, request: EndRequest, caller: Caller): Promise<Result<Answer>> {
    const action = this.get(id, caller);
    if (!action.ok) return action;
    const said = { on: TOLD_BY_KIND[request.outcome], what: "last" } as const;
    const claim = this.#claims.ofSaying(sum(action.value, TOLD), action.value, said, request, caller);
    return this.#actions.end(id, request, claiming(caller, claim));
  }

  async update(id: string, request: UpdateRequest, caller: Caller): Promise<Result<Answer>> {
    const action = this.get(id, caller);
    if (!action.ok) return action;
    const said = { on: "update", what: "round" } as const;
    const claim = this.#claims.ofSaying(sum(action.value, ["pending", ...TOLD]), action.value, said, request, caller);
    return this.#actions.update(id, request, claiming(caller, claim));
  }

  async widen(id: string, request: WideningRequest, caller: Caller): Promise<Result<Answer>> {
    const action = this.#whole(id, caller);
    if (!action.ok) return action;
    const reach = () => this.#actions.widening(id, request);
    const claim = this.#claims.ofWidening(action.value.asked, reach, caller);
    return this.#actions.widen(id, request, claiming(caller, claim));
  }

  async repeat(id: string, caller: Caller): Promise<Result<Answer>> {
    const action = this.#whole(id, caller);
    if (!action.ok) return action;
    const { shown, asked } = action.value;
    const claim = this.#claims.ofMore(sum(shown, TOLD), shown.mode, () => ok([asked]), "round", caller);
    return this.#actions.repeat(id, claiming(caller, claim));
  }

  async correct(id: string, request: CorrectionRequest, caller: Caller): Promise<Result<Answer>> {
    const action = this.get(id, caller);
    if (!action.ok) return action;
    const said = { on: "falseAlarm", what: "last" } as const;
    const claim = this.#claims.ofSaying(sum(action.value, TOLD), action.value, said, request, caller);
    return this.#actions.correct(id, request, claiming(caller, claim));
  }

  requestOf(id: string, by: Principal): Result<ActionRequest> {
    const action = this.get(id, by);
    return action.ok ? this.#actions.requestOf(id, by) : action;
  }

  get(id: string, by: Principal): Result<Action> {
    const action = this.#actions.get(id, by);
    if (by.municipalities === undefined || (action.ok && this.#isOwn(action.value, by))) return action;
    return fail("NOT_FOUND", "there is no action with this id", "id");
  }

  /** Those that are another's are left out, so that a page may be shorter; `next` goes on behind them. */
  list(after: string | undefined, limit: number, by: Principal): Result<ActionPage> {
    const page = this.#actions.list(after, limit, by);
    if (!page.ok || by.municipalities === undefined) return page;
    return ok({ ...page.value, actions: page.value.actions.filter((action) => this.#isOwn(action, by)) });
  }

  replies(id: string, after: number, limit: number, by: Principal): Result<ReplyPage> {
    const action = by.municipalities === undefined ? ok(undefined) : this.get(id, by);
    return action.ok ? this.#actions.replies(id, after, limit, by) : action;
  }

  unassignedReplies(after: number, limit: number, by: Principal): Result<ReplyPage> {
    if (by.municipalities === undefined) return this.#actions.unassignedReplies(after, limit, by);
    return fail("FORBIDDEN", "Nobody knows of which municipality these are", "Authorization");
  }

  carriers(): Carrier[] {
    return this.#actions.carriers();
  }

  strayReceipts(limit: number): Result<StrayReceipt[]> {
    return this.#actions.strayReceipts(limit);
  }

  readiness(): ReturnType<ActionService["readiness"]> {
    return this.#actions.readiness();
  }

  /** Of a draft that is to be other than it is. */
  #claimOfChanged(id: string, change: Change, caller: Caller): Result<Claim | undefined> {
    const request = this.requestOf(id, caller);
    const changed = request.ok ? change(request.value) : request;
    return changed.ok ? ok(this.#claims.ofCreating({ ...changed.value, dispatch: false }, caller)) : changed;
  }

  /** As the API shows it, and as it asks: with all that it says, and what it has said last. */
  #whole(id: string, by: Principal): Result<Whole> {
    const shown = this.get(id, by);
    if (!shown.ok) return shown;
    const said = this.#actions.sayings(id);
    if (!said.ok) return said;
    const { text, simpleText, spokenText, texts } = said.value.now;
    return ok({
      shown: shown.value,
      asked: { ...shown.value, text, simpleText, spokenText, texts },
      last: said.value.last,
    });
  }

  #isOwn({ actors }: Action, { municipalities }: Principal): boolean {
    const maker = actors.created?.kind === "key" ? this.#keys.get(actors.created.id) : undefined;
    const theirs = maker?.ok ? maker.value.municipalities : null;
    return theirs?.every((code) => municipalities?.includes(code)) ?? false;
  }
}

/** Who has the message, or may have it, or is about to. */
const TOLD = ["intended", "unknown", "acknowledged", "delivered"] as const;

interface Whole {
  readonly shown: Action;
  readonly asked: Asked;
  /** Its last word, where that was said. */
  readonly last: Wordings | null;
}

/** How many of those who were asked are in one of these states: each is asked by one wave. */
function sum({ waves, rounds }: Action, states: readonly RecipientState[]): number {
  // Whomever an update stopped the old text for had the new one instead.
  const isUpdated = rounds.some(({ kind }) => kind === "update");
  return countOf(waves.filter(isAsking), isUpdated ? [...states, "stopped"] : states);
}

/** Of a thank-you nobody is sent it once more. */
function resendable({ waves }: Action): number {
  const again = waves.filter(({ kind }) => kind !== "ending");
  return countOf(again, ["unknown"]);
}

function countOf(waves: Action["waves"], states: readonly RecipientState[]): number {
  return waves.reduce((all, { counts }) => all + states.reduce((some, state) => some + counts[state], 0), 0);
}

function claiming(caller: Caller, claim: Claim | undefined): Caller {
  return claim === undefined ? caller : { ...caller, claim };
}
