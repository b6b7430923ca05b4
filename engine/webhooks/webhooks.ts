/**
 * Which systems are told of what: webhooks through their life, made, rotated, removed while the service runs.
 *
 * Promises that what changes is known at once, and for good when the promise settles, with its record in the trail; and that the secret
 * of one that is removed opens no more.
 */
import { randomBytes } from "node:crypto";
import { uuidv7 } from "uuidv7";
import type { Deed } from "../../schemas/api/audit.js";
import { dateTime } from "../../schemas/api/date-time.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { WEBHOOKS } from "../../schemas/limits.js";
import type { Webhook, WebhookEvent, WebhookRequest, WebhookTopic } from "../../schemas/webhooks/webhook.js";
import type { Actor } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import type { Clock } from "../clock/clock.js";
import { inSlices } from "../clock/slices.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { Outbox } from "./outbox.js";
import { putWebhook, removeWebhook, storedWebhooks, type WebhookRecord } from "./webhook-record.js";

export interface WebhookParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly trail: Pick<Trail, "put">;
  /** Settles when what the vault was made to forget is lost for good (LiveRegistry.settled). */
  forgotten(): Promise<Result<void>>;
}

export interface MadeWebhook {
  readonly record: WebhookRecord;
  /** What nobody can be told again. */
  readonly secret: string;
}

export class Webhooks {
  readonly outbox: Outbox;
  readonly #records = new Map<string, WebhookRecord>();
  readonly #parts: WebhookParts;

  private constructor(parts: WebhookParts) {
    this.#parts = parts;
    this.outbox = new Outbox(parts.store, parts.clock);
  }

  /** As they are stored; one that can't be read is told of by the store and stays as it is. `isPast`: see Outbox.load. */
  static async load(parts: WebhookParts, isPast: boolean): Promise<Result<Webhooks>> {
    const webhooks = new Webhooks(parts);
    for (const stored of storedWebhooks(parts.store, parts.vault)) {
      if (stored.ok) webhooks.#records.set(stored.value.id, stored.value);
      else if (stored.problem.code === "STORE_UNUSABLE") return stored;
    }
    const loaded = await webhooks.outbox.load(new Set(webhooks.#records.keys()), isPast);
    return loaded.ok ? ok(webhooks) : loaded;
  }

  all(): WebhookRecord[] {
    return [...this.#records.values()];
  }

  get(id: string): Result<WebhookRecord> {
    const record = this.#records.get(id);
    return record ? ok(record) : fail("NOT_FOUND", "there is no webhook with this id", "id");
  }

  show({ id, name, url, topics, createdAtMs }: WebhookRecord): Webhook {
    const line = this.outbox.line(id);
    return {
      ...{ id, name, url, topics: [...topics], createdAt: dateTime(createdAtMs) },
      status: line?.isFailing ? "failing" : "answers",
      pending: line?.pending ?? 0,
      dead: line?.dead.size ?? 0,
      lastDeliveredAt: dateTime(line?.lastDeliveredMs ?? null),
    };
  }

  isTold(topic: WebhookTopic): boolean {
    return this.all().some(({ topics }) => topics.includes(topic));
  }

  /** Puts an event for all that are told of this topic into the running commit. */
  tell(topic: WebhookTopic, event: WebhookEvent): void {
    const told = this.all().filter(({ topics }) => topics.includes(topic));
    if (told.length > 0)
      this.outbox.put(
        told.map(({ id }) => id),
        event,
      );
  }

  /** TOO_MANY_WEBHOOKS. */
  async create({ name, url, topics }: WebhookRequest, by: Actor): Promise<Result<MadeWebhook>> {
    if (this.#records.size >= WEBHOOKS.count) {
      return fail("TOO_MANY_WEBHOOKS", `at most ${WEBHOOKS.count}; remove those that nobody uses`);
    }
    const secret = newSecret();
    const record: WebhookRecord = {
      ...{ id: uuidv7(), name, url, topics: [...new Set(topics)], createdAtMs: this.#parts.clock.now() },
      secrets: [{ secret, endsAtMs: null }],
    };
    const stored = await this.#keep(record, by, "webhook.created");
    if (!stored.ok) return stored;
    return ok({ record, secret });
  }

  /** Another secret; the one of before signs beside it for WEBHOOKS.graceMs. */
  async rotate(id: string, by: Actor): Promise<Result<MadeWebhook>> {
    const record = this.get(id);
    if (!record.ok) return record;
    const secret = newSecret();
    const before = record.value.secrets.at(-1)!;
    const endsAtMs = this.outbox.now() + WEBHOOKS.graceMs;
    const next = {
      ...record.value,
      secrets: [
        { ...before, endsAtMs },
        { secret, endsAtMs: null },
      ],
    };
    const stored = await this.#keep(next, by, "webhook.rotated");
    return stored.ok ? ok({ record: next, secret }) : stored;
  }

  /** What signs now, the newest first. */
  secretsOf({ secrets }: WebhookRecord): string[] {
    const nowMs = this.outbox.now();
    const counting = secrets.filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > nowMs);
    return counting.map(({ secret }) => secret).reverse();
  }

  /** With all that waits for it. */
  async remove(id: string, by: Actor): Promise<Result<void>> {
    const record = this.get(id);
    if (!record.ok) return record;
    const { store, vault, trail } = this.#parts;
    this.#records.delete(id);
    this.outbox.close(id);
    const removed = await store.commit(() => {
      removeWebhook(store, vault, id, this.#records.values());
      trail.put({ by, deed: "webhook.removed", on: { webhook: id } });
      vault.write();
    });
    const cleared = removed.ok ? await this.outbox.clear(id) : removed;
    return cleared.ok ? this.#parts.forgotten() : cleared;
  }

  /** An event that says nothing, to see whether it arrives. */
  async ping(id: string): Promise<Result<WebhookRecord>> {
    const record = this.get(id);
    if (!record.ok) return record;
    const timestamp = dateTime(this.#parts.clock.now());
    const put = await this.#parts.store.commit(() =>
      this.outbox.put([id], { type: "webhook.ping", timestamp, data: { id } }),
    );
    return put.ok ? record : put;
  }

  /** How many dead letters wait anew. */
  async replay(id: string, ids: readonly string[] | undefined, by: Actor): Promise<Result<number>> {
    const record = this.get(id);
    if (!record.ok) return record;
    const numbers = await inSlices(this.outbox.findDead(id, ids));
    let replayed = 0;
    for (let from = 0; from === 0 || from < numbers.length; from += WEBHOOKS.inOneCommit) {
      const put = await this.#parts.store.commit(() => {
        replayed += this.outbox.replay(id, numbers.slice(from, from + WEBHOOKS.inOneCommit));
        if (from === 0) this.#parts.trail.put({ by, deed: "webhook.replayed", on: { webhook: id } });
      });
      if (!put.ok) return put;
    }
    return ok(replayed);
  }

  async #keep(record: WebhookRecord, by: Actor, deed: Deed): Promise<Result<void>> {
    const { store, vault, trail } = this.#parts;
    const isNew = !this.#records.has(record.id);
    this.#records.set(record.id, record);
    if (isNew) this.outbox.open(record.id);
    return store.commit(() => {
      // One that was removed while this waited for its turn stays removed; one that was changed again is put as it is now.
      const latest = this.#records.get(record.id);
      if (latest === undefined) return;
      putWebhook(store, vault, latest);
      trail.put({ by, deed, on: { webhook: record.id } });
      vault.write();
    });
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(WEBHOOKS.secretBytes).toString("base64")}`;
}
