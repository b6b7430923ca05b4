/**
 * What the API calls of the engine: what a control room can ask for. Implemented by `actions.ts`; the HTTP routes and
 * the command line know only this.
 */

import type { Wordings } from "../../schemas/api/about-action.js";
import type { CorrectionRequest, UpdateRequest, WideningRequest } from "../../schemas/api/action/follow-up.js";
import type { ReplyPage } from "../../schemas/api/action/reply.js";
import type {
  Action,
  ActionPage,
  ActionRequest,
  DispatchRequest,
  EndRequest,
  Preview,
  PreviewRequest,
} from "../../schemas/api/api.js";
import type { Carrier, StrayReceipt } from "../../schemas/api/operations.js";
import type { Result } from "../../schemas/errors.js";
import type { Principal } from "../rights/principal.js";
import type { NotedAction } from "./guard/paying.js";
import type { Reach } from "./rounds/rosters.js";

/** Whether whoever asks may be told of people in these municipalities, by number: how many there are in each. */
export type MayBeTold = (people: ReadonlyMap<number, number>) => Result<void>;

/** Who asks, and the Idempotency-Key with a fingerprint (SHA-256, hex) of method, path and body. */
export interface Caller extends Principal {
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  /** What has to be allowed before it is done; absent: nothing. */
  readonly claim?: Claim;
}

/** What a key with an area or a budget wants to send. */
export interface Claim {
  /** Looks at it, and takes from the budget what it needs. AREA_FORBIDDEN, BUDGET_EXCEEDED, PRICE_UNKNOWN, or why nobody could look. */
  admit(): Promise<Result<void>>;
  /** It is accepted, for this action. Gives what goes into the commit that says so. */
  begin(action: NotedAction): () => void;
  /** It was admitted, and then refused for another reason. */
  giveBack(): void;
}

/** An answer to a request that sends; `replayed` when the same key and fingerprint had been answered: the action as it is now. */
export interface Answer {
  readonly action: Action;
  readonly replayed: boolean;
}

/** What becomes of what an action was asked with; or why it can't. */
export type Change = (request: ActionRequest) => Result<ActionRequest>;

/** Which version of an action is to be changed. */
export type Version = number | "any";

/** What is told to whoever judges a claim, before it is accepted, and to nobody who asks by the API. */
export interface Reaching {
  /** Where a widening would ask at most, and how many, of those who were not asked before. */
  widening(id: string, request: WideningRequest): Promise<Result<Reach>>;
  /** All that whoever is asked is told now, and its last word where that was said. */
  sayings(id: string): Result<{ readonly now: Wordings; readonly last: Wordings | null }>;
}

export interface ActionService {
  /**
   * CANCELLED when `signal` says that nobody waits for it any more; PREVIEWS_EXCEEDED. `mayBeTold` is asked before anything is told of
   * those who would be asked.
   */
  preview(
    request: PreviewRequest,
    signal: AbortSignal | undefined,
    by: Principal,
    mayBeTold?: MayBeTold,
  ): Promise<Result<Preview>>;
  create(request: ActionRequest, caller: Caller): Promise<Result<Answer>>;
  /** What was asked for it, as it is now. */
  requestOf(id: string, by: Principal): Result<ActionRequest>;
  /** Of one that was not sent: it is a draft then, whatever it was. VERSION_CHANGED where it is another version. */
  edit(id: string, change: Change, version: Version, caller: Caller): Promise<Result<Answer>>;
  /** A new draft of what any action was asked with. */
  copy(id: string, change: Change, caller: Caller): Promise<Result<Answer>>;
  approve(id: string, caller: Caller): Promise<Result<Answer>>;
  /** Of a draft, or of an action that has failed, from the step on at which it did. */
  dispatch(id: string, caller: Caller, request?: DispatchRequest): Promise<Result<Answer>>;
  /** Of a draft: it is never sent. */
  stop(id: string, caller: Caller): Promise<Result<Answer>>;
  /** Lets one that is held go on. */
  resume(id: string, caller: Caller): Promise<Result<Answer>>;
  end(id: string, request: EndRequest, caller: Caller): Promise<Result<Answer>>;
  /** Sends once more to exactly those of whom it is unknown whether they have the message. */
  resend(id: string, caller: Caller): Promise<Result<Answer>>;
  /** A corrected text, to whom the old one reached, or may have, and in its place to whom it was still to be sent. */
  update(id: string, request: UpdateRequest, caller: Caller): Promise<Result<Answer>>;
  /** More people, each of whom was not asked before. */
  widen(id: string, request: WideningRequest, caller: Caller): Promise<Result<Answer>>;
  /** The text once more, to whom it reached, or may have. */
  repeat(id: string, caller: Caller): Promise<Result<Answer>>;
  /** That it was not so, to whom it reached, or may have: the action is over by it. */
  correct(id: string, request: CorrectionRequest, caller: Caller): Promise<Result<Answer>>;
  get(id: string, by: Principal): Result<Action>;
  /** Newest first, `after` an id from the page before. */
  list(after: string | undefined, limit: number, by: Principal): Result<ActionPage>;
  /** Messages that came back from those whom the action asked, in the order of their arrival from behind `after`. */
  replies(id: string, after: number, limit: number, by: Principal): Result<ReplyPage>;
  /** Messages that belong to no action, likewise. */
  unassignedReplies(after: number, limit: number, by: Principal): Result<ReplyPage>;
  carriers(): Carrier[];
  /** Receipts that belonged to no one, newest first. */
  strayReceipts(limit: number): Result<StrayReceipt[]>;
  /** Ready when the registry is loaded and the ledger is recovered; the reasons when not. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] };
}
