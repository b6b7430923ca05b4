/**
 * Events for webhooks, from the commit of what happened until each webhook has taken them: one delivery for each webhook and event, in
 * that same commit, so that there is never the one without the other; gone once it was taken. What can't be delivered is kept as a dead
 * letter, and replayed when an operator says so.
 *
 * Promises that nothing is handed out before it is durable, and that what was handed out and not settled is handed out again after a
 * restart, under the same id. A folder that is a past sends nothing by itself: what it held was told since, or is to be looked at.
 */

import { dateTime } from "../../schemas/api/date-time.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { WEBHOOKS } from "../../schemas/limits.js";
import type { Delivery, DeliveryQuery, WebhookEvent } from "../../schemas/webhooks/webhook.js";
import { type Clock, steadyDates } from "../clock/clock.js";
import { behind } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import {
  type DeliveryRecord,
  decodeDelivery,
  deliveryKey,
  encodeDelivery,
  newDelivery,
  numberOf,
  webhookOf,
} from "./delivery.js";
import { Line, type Waiting } from "./line.js";

/** What came of an attempt. */
export interface Outcome {
  /** Undefined: it was taken. Else a status, or a code. */
  readonly error?: string;
  /** True where no attempt may follow. */
  readonly isFinal?: boolean;
}

export class Outbox {
  /** Since the process started. */
  readonly counts = { delivered: 0, failed: 0, dead: 0, dropped: 0 };
  /** Called once there is something to hand out. */
  onDue: () => void = () => {};
  readonly #lines = new Map<string, Line>();
  readonly #table: Table;
  readonly #store: Store;
  /** Dates that nobody can set while the process lives. */
  readonly now: () => number;
  #last = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.now = steadyDates(clock);
    this.#table = store.table("deliveries");
  }

  /**
   * What is on the disk, of these webhooks; what is of one that is gone, or can't be read, is taken out, and what is of one that can't be
   * read itself stays. `isPast`: the folder was restored or copied, so all that waits is over.
   */
  async load(webhooks: ReadonlySet<string>, isPast: boolean): Promise<Result<void>> {
    for (const id of webhooks) this.#lines.set(id, new Line());
    const gone: Buffer[] = [];
    const over: [Buffer, DeliveryRecord][] = [];
    const waiting: [Line, Waiting][] = [];
    for (const { key, value } of this.#table.range()) {
      const line = this.#lines.get(webhookOf(key));
      const number = numberOf(key);
      this.#last = Math.max(this.#last, number);
      const record = value.ok ? decodeDelivery(value.value, `deliveries/${key.toString("hex")}`) : value;
      if (!record.ok && record.problem.code === "STORE_UNUSABLE") return record;
      const isKept = line === undefined && this.#store.table("webhooks").has(Buffer.from(webhookOf(key)));
      if (isKept) continue;
      if (line === undefined || !record.ok) gone.push(key);
      else if (record.value.state === "dead") line.dead.add(number);
      else if (isPast) {
        line.dead.add(number);
        over.push([key, { ...record.value, state: "dead", lastError: "FOLDER_COPIED" }]);
      } else waiting.push([line, this.#waitingOf(number, record.value)]);
    }
    waiting.sort(([, one], [, other]) => one.nextAtMs - other.nextAtMs || one.number - other.number);
    for (const [line, one] of waiting) line.add(one);
    if (gone.length + over.length === 0) return ok(undefined);
    return this.#store.commit(() => {
      for (const key of gone) void this.#table.remove(key);
      for (const [key, record] of over) void this.#table.put(key, encodeDelivery(record));
    });
  }

  line(webhookId: string): Line | undefined {
    return this.#lines.get(webhookId);
  }

  /** A webhook that is new. */
  open(webhookId: string): void {
    this.#lines.set(webhookId, new Line());
  }

  /** Puts into the running commit; where one has too many that wait, it is a dead letter at once. */
  put(webhookIds: readonly string[], event: WebhookEvent): void {
    const nowMs = this.now();
    const ready: [Line, Waiting][] = [];
    for (const id of webhookIds) {
      const line = this.#lines.get(id);
      if (line === undefined) continue;
      const number = ++this.#last;
      const record = newDelivery(event, nowMs);
      if (line.isFull) this.#bury(id, line, number, { ...record, state: "dead", lastError: "BUSY" });
      else {
        void this.#table.put(deliveryKey(id, number), encodeDelivery(record));
        ready.push([line, { number, nextAtMs: nowMs, sinceMs: nowMs, attempts: 0 }]);
      }
    }
    this.#whenDurable(ready);
  }

  /** The next that is to be sent to it; undefined where nothing is due. To be settled by `settle`. */
  take(webhookId: string): { readonly waiting: Waiting; readonly record: DeliveryRecord } | undefined {
    const line = this.#lines.get(webhookId);
    for (let waiting = line?.take(this.now()); waiting !== undefined; waiting = line?.take(this.now())) {
      const record = this.#read(webhookId, waiting.number);
      if (record !== undefined) return { waiting, record };
      // The store has told of what is damaged.
      line!.done();
    }
    return undefined;
  }

  /** What came of one that was taken; settles when it is durable. Until then a restart sends it again. */
  settle(webhookId: string, waiting: Waiting, record: DeliveryRecord, outcome: Outcome): Promise<Result<void>> {
    const line = this.#lines.get(webhookId);
    // It was removed meanwhile, and all of it is gone.
    if (line === undefined) return Promise.resolve(ok(undefined));
    const key = deliveryKey(webhookId, waiting.number);
    const nowMs = this.now();
    if (outcome.error === undefined) {
      this.counts.delivered++;
      line.done();
      return this.#store.commit(() => void this.#table.remove(key));
    }
    this.counts.failed++;
    const attempts = waiting.attempts + 1;
    const waitMs = WEBHOOKS.waitsMs[waiting.attempts];
    const failed = { ...record, attempts, lastError: outcome.error };
    if (outcome.isFinal || waitMs === undefined) {
      return this.#store.commit(() => {
        line.done();
        this.#bury(webhookId, line, waiting.number, { ...failed, state: "dead" });
      });
    }
    const next = { ...waiting, attempts, nextAtMs: nowMs + waitMs };
    line.again(next);
    return this.#store.commit(() => void this.#table.put(key, encodeDelivery({ ...failed, nextAtMs: next.nextAtMs })));
  }

  /** Numbers of dead letters, the oldest first: these, or all; a few in a step. */
  *findDead(webhookId: string, ids: readonly string[] | undefined): Generator<void, number[]> {
    const dead = [...(this.#lines.get(webhookId)?.dead ?? [])];
    if (ids === undefined) return dead;
    const asked = new Set(ids);
    const found: number[] = [];
    for (const [at, number] of dead.entries()) {
      if (at % WEBHOOKS.inOneCommit === 0) yield;
      const record = this.#read(webhookId, number);
      if (record !== undefined && asked.has(record.id)) found.push(number);
      if (found.length === asked.size) break;
    }
    return found;
  }

  /** These dead letters wait anew, as far as there is room; into the running commit; how many it were. */
  replay(webhookId: string, numbers: readonly number[]): number {
    const line = this.#lines.get(webhookId);
    if (line === undefined) return 0;
    const nowMs = this.now();
    const ready: [Line, Waiting][] = [];
    for (const number of numbers) {
      if (line.pending + ready.length >= WEBHOOKS.pending) break;
      const record = line.dead.has(number) ? this.#read(webhookId, number) : undefined;
      if (record === undefined) continue;
      line.dead.delete(number);
      const anew = { sinceMs: nowMs, attempts: 0, nextAtMs: nowMs };
      void this.#table.put(deliveryKey(webhookId, number), encodeDelivery({ ...record, ...anew, state: "pending" }));
      ready.push([line, { number, ...anew }]);
    }
    this.#whenDurable(ready);
    return ready.length;
  }

  /** Nothing more is put for a webhook that goes, or handed out; what there is of it `clear` takes out. */
  close(webhookId: string): void {
    this.#lines.delete(webhookId);
  }

  /** All of a webhook that is gone, a few in a commit; what a kill leaves goes at the next start. */
  async clear(webhookId: string): Promise<Result<void>> {
    for (;;) {
      const some: Buffer[] = [];
      for (const key of this.#keysOf(webhookId)) if (some.push(key) === WEBHOOKS.inOneCommit) break;
      if (some.length === 0) return ok(undefined);
      const gone = await this.#store.commit(() => {
        for (const key of some) void this.#table.remove(key);
      });
      if (!gone.ok) return gone;
    }
  }

  /** Dead letters of before this time, in commits of a bounded size. */
  async forget(beforeMs: number): Promise<Result<number>> {
    const old: [string, Line, number][] = [];
    for (const [id, line] of this.#lines) {
      for (const number of line.dead) {
        if (old.length === WEBHOOKS.inOneCommit) break;
        const record = this.#read(id, number);
        // In the order in which they were put, so the rest is newer.
        if (record !== undefined && record.sinceMs >= beforeMs) break;
        old.push([id, line, number]);
      }
    }
    if (old.length === 0) return ok(0);
    const gone = await this.#store.commit(() => {
      for (const [id, line, number] of old) {
        // What is replayed in this very commit is no dead letter any more.
        if (line.dead.delete(number)) void this.#table.remove(deliveryKey(id, number));
      }
    });
    return gone.ok ? ok(old.length) : gone;
  }

  /** The oldest first, from behind `after`; WEBHOOKS.lookedAt are looked at for one page. NOT_FOUND. */
  page(webhookId: string, query: DeliveryQuery): Result<{ deliveries: Delivery[]; next: string | null }> {
    const line = this.#lines.get(webhookId);
    if (line === undefined) return fail("NOT_FOUND", "there is no webhook with this id", "id");
    const { state, after, limit = WEBHOOKS.pageSize } = query;
    const start = after === undefined ? undefined : behind(deliveryKey(webhookId, Number.parseInt(after, 16)));
    const deliveries: Delivery[] = [];
    let looked = 0;
    let last = "";
    for (const key of this.#keysOf(webhookId, start)) {
      if (deliveries.length === limit || looked === WEBHOOKS.lookedAt) return ok({ deliveries, next: last });
      looked++;
      last = key.toString("hex", 16);
      const number = numberOf(key);
      if (state !== undefined && (state === "dead") !== line.dead.has(number)) continue;
      const record = this.#read(webhookId, number);
      if (record !== undefined) deliveries.push(shown(record));
    }
    return ok({ deliveries, next: null });
  }

  /** One that was to wait longer than it may was put off by a clock that was ahead. */
  #waitingOf(number: number, { nextAtMs, sinceMs, attempts }: DeliveryRecord): Waiting {
    const latestMs = this.now() + (WEBHOOKS.waitsMs[attempts - 1] ?? 0);
    return { number, nextAtMs: Math.min(nextAtMs, latestMs), sinceMs, attempts };
  }

  #keysOf(webhookId: string, start = deliveryKey(webhookId, 0)): Iterable<Buffer> {
    return this.#table.keys(start, behind(deliveryKey(webhookId, 2 ** 48 - 1)));
  }

  #read(webhookId: string, number: number): DeliveryRecord | undefined {
    const key = deliveryKey(webhookId, number);
    const stored = this.#table.get(key);
    const record = stored.ok && stored.value ? decodeDelivery(stored.value, key.toString("hex")) : undefined;
    return record?.ok ? record.value : undefined;
  }

  /** A dead letter, in the running commit; the oldest goes for it where there are too many. */
  #bury(webhookId: string, line: Line, number: number, record: DeliveryRecord): void {
    this.counts.dead++;
    void this.#table.put(deliveryKey(webhookId, number), encodeDelivery(record));
    const dropped = line.bury(number);
    if (dropped === undefined) return;
    this.counts.dropped++;
    void this.#table.remove(deliveryKey(webhookId, dropped));
  }

  #whenDurable(ready: readonly [Line, Waiting][]): void {
    if (ready.length === 0) return;
    this.#store.settled((settled) => {
      // The process ends, and the next start reads what there is.
      if (!settled.ok) return;
      for (const [line, waiting] of ready) line.add(waiting);
      this.onDue();
    });
  }
}

function shown({ id, event, state, attempts, nextAtMs, lastError }: DeliveryRecord): Delivery {
  const nextAt = state === "dead" ? null : dateTime(nextAtMs);
  return {
    id,
    type: event.type,
    subject: event.data.id,
    createdAt: event.timestamp,
    state,
    attempts,
    nextAt,
    lastError,
  };
}
