/**
 * API keys through their life: made, used, rotated, revoked, expired, all while the service runs. What is asked of a key is
 * answered from memory, for there are a few thousand at most.
 *
 * Promises that what changes is known at once, and for good when the promise settles; and that whoever listens is told of each
 * secret that ends, by a rotation, a revocation or its time, so that what was opened with it can be closed.
 */

import type { Deed } from "../../schemas/api/audit.js";
import type { Key, KeyBudget } from "../../schemas/api/rights.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { RIGHTS } from "../../schemas/limits.js";
import type { Scope } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import type { Clock } from "../clock/clock.js";
import type { Store } from "../store/store.js";
import { Credentials } from "./credentials.js";
import { isOver, type KeyRecord, NO_BUDGET, type Secret } from "./key-record.js";
import { KeyStore } from "./key-store.js";
import { KeyUse } from "./key-use.js";
import type { Principal } from "./principal.js";
import { checkScopes, SCOPES_OF_ROLE } from "./scopes.js";
import { givenIdOf, hashSecret, keyIdOf, newSecret } from "./secrets.js";
import { showKey } from "./show-key.js";
import { Spending } from "./spending.js";

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null or absent: everywhere. */
  readonly municipalities?: readonly number[] | null;
  readonly budget?: KeyBudget;
  readonly expiresAtMs?: number | null;
}

export interface Made {
  readonly record: KeyRecord;
  /** What nobody can be told again. */
  readonly secret: string;
}

export class Keys {
  readonly use: KeyUse;
  readonly spending: Spending;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #trail: Pick<Trail, "put">;
  readonly #records: KeyStore;
  readonly #credentials = new Credentials();
  readonly #damaged: number;

  /** Each change leaves its record in the trail, in the same commit. */
  constructor(store: Store, clock: Clock, trail: Pick<Trail, "put">) {
    this.#store = store;
    this.#clock = clock;
    this.#trail = trail;
    this.#records = new KeyStore(store);
    this.use = new KeyUse(store);
    this.spending = new Spending(store);
    const { records, damaged } = this.#records.load();
    for (const record of records) this.#credentials.note(record);
    this.#damaged = damaged;
  }

  /** How many were stored, also those that can't be read, and those that are over. */
  get size(): number {
    return this.#credentials.size + this.#damaged;
  }

  /** Those that end by themselves within RIGHTS.endsSoonMs, the first of them first. */
  get endingSoon(): KeyRecord[] {
    const nowMs = this.#clock.now();
    return this.#credentials.endingBefore(nowMs + RIGHTS.endsSoonMs, nowMs);
  }

  /**
   * A control room's key that is set from outside. It counts as long as this process lives, is listed and can be revoked like any
   * other, and stays so when it is set again. What is known of its secret already goes before.
   */
  give(secret: string, name: string): void {
    const hash = hashSecret(secret);
    if (this.#credentials.knows(hash)) return;
    const createdAtMs = this.#clock.now();
    this.#credentials.note({
      ...{ keyId: givenIdOf(hash), name, scopes: SCOPES_OF_ROLE.controlRoom, municipalities: null, budget: NO_BUDGET },
      ...{ createdAtMs, expiresAtMs: null, revokedAtMs: null, isGiven: true },
      secrets: [{ hash, createdAtMs, endsAtMs: null }],
    });
  }

  /** Called with the credential of each secret that counts no more. */
  onEnded(told: (credential: string) => void): void {
    this.#credentials.onEnded = told;
  }

  /** UNAUTHENTICATED, with the reason where the secret was one once. */
  verify(secret: string): Result<Principal> {
    return this.verifyAgain(hashSecret(secret));
  }

  /** Likewise, by the credential that it was verified with before: whether that still counts. */
  verifyAgain(credential: string): Result<Principal> {
    const nowMs = this.#clock.now();
    const found = this.#credentials.find(credential, nowMs);
    if (found.ok) this.use.note(found.value.keyId, nowMs);
    return found;
  }

  get(keyId: string): Result<KeyRecord> {
    const record = this.#credentials.get(keyId);
    return record ? ok(record) : fail("NOT_FOUND", "No key has this id", "key");
  }

  /** In the order of their ids, from behind `after`. */
  page(after: string | undefined, limit: number): { readonly keys: KeyRecord[]; readonly next: string | null } {
    const following = this.#credentials.all().filter(({ keyId }) => after === undefined || keyId > after);
    const keys = following.slice(0, limit);
    return { keys, next: following.length > limit ? keys.at(-1)!.keyId : null };
  }

  /** As the API shows it. */
  show(record: KeyRecord): Key {
    const nowMs = this.#clock.now();
    return showKey(record, this.use.lastMs(record.keyId), this.spending.today(record.keyId, nowMs), nowMs);
  }

  /** INVALID_FIELD for what does not go together; TOO_MANY_KEYS. `secret` for who has to show it before it is stored. */
  async create(asked: NewKey, by: Actor, secret = newSecret()): Promise<Result<Made>> {
    const { name, scopes, municipalities = null, budget = NO_BUDGET, expiresAtMs = null } = asked;
    const fitting = checkScopes(scopes, municipalities);
    if (!fitting.ok) return fitting;
    const nowMs = this.#clock.now();
    if (expiresAtMs !== null && expiresAtMs <= nowMs) return fail("INVALID_FIELD", "lies in the past", "/expiresAt");
    if (this.#credentials.living(nowMs) >= RIGHTS.keys) {
      return fail("TOO_MANY_KEYS", `at most ${RIGHTS.keys} that are not over; revoke those that nobody uses`);
    }
    const hash = hashSecret(secret);
    const record: KeyRecord = {
      ...{ keyId: keyIdOf(hash), name, scopes: [...new Set(scopes)], municipalities, budget },
      ...{ createdAtMs: nowMs, expiresAtMs, revokedAtMs: null },
      secrets: [{ hash, createdAtMs: nowMs, endsAtMs: null }],
    };
    const stored = await this.#keep(record, by, "key.created");
    return stored.ok ? ok({ record, secret }) : stored;
  }

  /** Another secret for the same key; the one of before goes on counting for `graceMs`. WRONG_STATE for one that is over. */
  async rotate(keyId: string, graceMs: number, by: Actor): Promise<Result<Made>> {
    const record = this.#living(keyId);
    if (!record.ok) return record;
    if (record.value.isGiven) return fail("WRONG_STATE", `set another ${record.value.name}, and start again`, "key");
    const nowMs = this.#clock.now();
    const secret = newSecret();
    const before = record.value.secrets.filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > nowMs);
    // One that was still in its grace has had its time: there is room for the two that come.
    const kept = before.slice(1 - RIGHTS.secrets).map((one): Secret => ({ ...one, endsAtMs: nowMs + graceMs }));
    const added: Secret = { hash: hashSecret(secret), createdAtMs: nowMs, endsAtMs: null };
    const next = { ...record.value, secrets: [...kept.filter(() => graceMs > 0), added] };
    const stored = await this.#keep(next, by, "key.rotated");
    return stored.ok ? ok({ record: next, secret }) : stored;
  }

  /** From the moment of the call on. WRONG_STATE for one that is over. */
  async revoke(keyId: string, by: Actor): Promise<Result<KeyRecord>> {
    const record = this.#living(keyId);
    if (!record.ok) return record;
    const next = { ...record.value, revokedAtMs: this.#clock.now() };
    const stored = await this.#keep(next, by, "key.revoked");
    return stored.ok ? ok(next) : stored;
  }

  /** Tells of secrets whose time is over. To be called about once a second. */
  endOverdue(): void {
    this.#credentials.endOverdue(this.#clock.now());
  }

  /** Writes when keys were used. To be called about once a second; settles when what is to be written is durable. */
  tidyUse(): Promise<Result<void>> {
    return this.use.tidy(this.#clock.steadyMs());
  }

  /** Removes up to so many keys that were over before `beforeMs`; gives their number. */
  async forget(beforeMs: number, most: number): Promise<Result<number>> {
    const old = this.#credentials
      .all()
      // One that was set from outside may be set again.
      .filter((record) => isOver(record, beforeMs) && !record.isGiven)
      .slice(0, most);
    if (old.length === 0) return ok(0);
    for (const { keyId } of old) this.#credentials.forget(keyId);
    const gone = await this.#store.commit(() => {
      for (const { keyId } of old) {
        this.#records.remove(keyId);
        this.use.forget(keyId);
        this.spending.forget(keyId);
      }
    });
    return gone.ok ? ok(old.length) : gone;
  }

  #living(keyId: string): Result<KeyRecord> {
    const record = this.get(keyId);
    if (!record.ok || !isOver(record.value, this.#clock.now())) return record;
    return fail("WRONG_STATE", "the key is revoked, or has expired", "key");
  }

  #keep(record: KeyRecord, by: Actor, deed: Deed): Promise<Result<void>> {
    this.#credentials.note(record);
    this.endOverdue();
    return this.#store.commit(() => {
      this.#records.put(record);
      this.#trail.put({ by, deed, on: { key: record.keyId } });
    });
  }
}
