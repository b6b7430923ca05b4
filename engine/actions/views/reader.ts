/** What can be read of actions, of what came back and of carriers: as the records, the ledger and the store have it at the moment. */

import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action, ActionPage, ActionRequest, Counts } from "../../../schemas/api/api.js";
import type { Carrier, StrayReceipt } from "../../../schemas/api/operations.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Clock } from "../../clock/clock.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import { type ReplyStore, UNASSIGNED } from "../../replies/reply-store.js";
import type { Principal } from "../../rights/principal.js";
import type { Store } from "../../store/store.js";
import type { ActionStore } from "../action-store.js";
import { askedOf } from "../kinds/filled.js";
import type { Lifecycle } from "../lifecycle.js";
import { Showing } from "./action-view.js";
import { showCarrier, showStray } from "./carrier-view.js";
import { type WatchedAction, watched } from "./watched.js";
import { sumCounts } from "./wave-view.js";

export class ActionReader {
  readonly showing: Showing;
  readonly #records: ActionStore;
  #closing = false;
  readonly #store: Store;
  readonly #lifecycle: Lifecycle;
  readonly #dispatcher: Dispatcher;
  readonly #received: ReplyStore;
  readonly #clock: Clock;

  constructor(store: Store, lifecycle: Lifecycle, dispatcher: Dispatcher, received: ReplyStore, clock: Clock) {
    this.#store = store;
    this.#lifecycle = lifecycle;
    this.#dispatcher = dispatcher;
    this.#received = received;
    this.#clock = clock;
    this.#records = lifecycle.records;
    this.showing = new Showing(store.space, lifecycle.found, received);
  }

  get(id: string): Result<Action> {
    const record = this.#lifecycle.record(id);
    return record.ok ? ok(this.showing.of(record.value)) : record;
  }

  requestOf(id: string): Result<ActionRequest> {
    const record = this.#lifecycle.record(id);
    return record.ok ? ok(askedOf(record.value.request)) : record;
  }

  list(after: string | undefined, limit: number): Result<ActionPage> {
    const { records, next } = this.#records.page(after, limit);
    return ok({ actions: records.map((read) => this.showing.of(this.#lifecycle.current(read.id) ?? read)), next });
  }

  /** Places exactly as they were given are for who may see originals. */
  replies(id: string, after: number, limit: number, { scopes }: Pick<Principal, "scopes">): Result<ReplyPage> {
    const record = this.#lifecycle.record(id);
    // What people wrote can be read where the action's own record can't.
    const isThere = record.ok || record.problem.code === "STORE_CORRUPT";
    return isThere ? ok(this.#received.page(id, after, limit, scopes.has("evidence"))) : record;
  }

  unassignedReplies(after: number, limit: number): Result<ReplyPage> {
    return ok(this.#received.page(UNASSIGNED, after, limit));
  }

  carriers(): Carrier[] {
    return this.#dispatcher.accounts.map(showCarrier);
  }

  strayReceipts(limit: number): Result<StrayReceipt[]> {
    const strays = this.#dispatcher.strays.newest(limit);
    return strays.ok ? ok(strays.value.map(showStray)) : strays;
  }

  readiness(): { ready: boolean; reasons: string[] } {
    const full = this.#store.space.problem;
    const reasons = [this.#closing ? "the service is stopping" : "", full ? `${full.code}: ${full.detail}` : ""];
    return { ready: !this.#closing && full === null, reasons: reasons.filter(Boolean) };
  }

  /** The actions that the monitor shows. */
  watched(): WatchedAction[] {
    return watched(this.#dispatcher, this.#lifecycle, this.#clock.now(), (id) => this.#received.last(id));
  }

  /** Recipients of all live waves of what is real, by state. */
  recipients(): Counts {
    return sumCounts(this.#dispatcher.waves.filter(({ record }) => record.mode === undefined));
  }

  /** From here on the service is not ready; what is under way goes on. */
  beginClosing(): void {
    this.#closing = true;
  }
}
