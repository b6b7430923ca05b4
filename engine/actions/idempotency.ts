/**
 * The same Idempotency-Key with the same request has its effect once in API.idempotencyHours; with another request it is
 * refused. What is remembered is stored in the commit that makes the effect durable, so there is never one without the other.
 *
 * Who asks again gets the action as it is by then: an answer of that moment would say "selecting" for a day of an action
 * that has failed since.
 */
import { createHash } from "node:crypto";
import type { Action } from "../../schemas/api/api.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";
import type { Answer, Caller } from "./service.js";

interface StoredAnswer {
  readonly fingerprint: string;
  readonly atMs: number;
  readonly action: Pick<Action, "id">;
}

export class Idempotency {
  readonly #running = new Set<string>();
  #sweptTo: Buffer | undefined;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #show: (id: string) => Result<Action>;

  constructor(store: Store, now: () => number, show: (id: string) => Result<Action>) {
    this.#store = store;
    this.#now = now;
    this.#show = show;
  }

  /**
   * Runs `work` unless the caller's key was answered before. `work` calls `remember` with the answer inside the commit that
   * makes its effect durable; a refusal is not remembered.
   */
  async once(
    caller: Caller,
    work: (remember: (action: Action) => void) => Promise<Result<Action>>,
  ): Promise<Result<Answer>> {
    const key = createHash("sha256").update(`${caller.keyId}\n${caller.idempotencyKey}`).digest();
    const name = key.toString("hex");
    const before = this.#before(key, caller.fingerprint);
    if (!before.ok) return before;
    if (before.value) {
      const action = this.#show(before.value.id);
      return action.ok ? ok({ action: action.value, replayed: true }) : action;
    }
    if (this.#running.has(name)) {
      return fail(
        "IDEMPOTENCY_KEY_IN_USE",
        "the first request with this key is still being handled",
        "Idempotency-Key",
      );
    }
    this.#running.add(name);
    try {
      const done = await work(({ id }) => {
        const answer: StoredAnswer = { fingerprint: caller.fingerprint, atMs: this.#now(), action: { id } };
        void this.#store.table("idempotency").put(key, Buffer.from(JSON.stringify(answer)));
      });
      return done.ok ? ok({ action: done.value, replayed: false }) : done;
    } finally {
      this.#running.delete(name);
    }
  }

  /** Removes answers that are older than they need be kept; looks at API.idempotencySweep of them, the next ones each time. */
  async sweep(): Promise<Result<void>> {
    const table = this.#store.table("idempotency");
    const old: Buffer[] = [];
    let seen = 0;
    let last: Buffer | undefined;
    for (const { key, value } of table.range(this.#sweptTo)) {
      last = key;
      // One that is damaged stays: without it, its request would be done once more.
      if (value.ok && this.#isOld(JSON.parse(value.value.toString()) as StoredAnswer)) old.push(key);
      if (++seen === API.idempotencySweep) break;
    }
    this.#sweptTo = seen === API.idempotencySweep ? last : undefined;
    return this.#store.commit(() => {
      for (const key of old) void table.remove(key);
    });
  }

  #before(key: Buffer, fingerprint: string): Result<Pick<Action, "id"> | undefined> {
    const stored = this.#store.table("idempotency").get(key);
    if (!stored.ok) return stored;
    if (stored.value === undefined) return ok(undefined);
    const answer = JSON.parse(stored.value.toString()) as StoredAnswer;
    if (this.#isOld(answer)) return ok(undefined);
    if (answer.fingerprint === fingerprint) return ok(answer.action);
    return fail("IDEMPOTENCY_KEY_REUSED", "this key was used for another request", "Idempotency-Key");
  }

  #isOld(answer: StoredAnswer): boolean {
    return this.#now() - answer.atMs > API.idempotencyHours * 3_600_000;
  }
}
