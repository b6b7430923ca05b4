/**
 * The same Idempotency-Key with the same request has its effect once in API.idempotencyHours; with another request it is
 * refused. What is remembered is stored in the commit that makes the effect durable, so there is never one without the other.
 *
 * Any answer can be remembered, as JSON: as it was, or what it was about, so that who asks again is told how that is by then.
 */
import { createHash } from "node:crypto";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { Store } from "../../store/store.js";
import type { Caller } from "../service.js";

interface Stamp {
  readonly fingerprint: string;
  readonly atMs: number;
}

export interface Once<Answer> {
  readonly answer: Answer;
  /** True when the same key and fingerprint had been answered. */
  readonly replayed: boolean;
}

export class Idempotency {
  readonly #running = new Set<string>();
  #sweptTo: Buffer | undefined;
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Runs `work` unless the caller's key was answered before; then the answer is what `recall` makes of what was remembered. `work`
   * calls `remember` inside the commit that makes its effect durable; a refusal is not remembered.
   */
  async once<Remembered extends object, Answer>(
    caller: Pick<Caller, "keyId" | "idempotencyKey" | "fingerprint">,
    work: (remember: (what: Remembered) => void) => Promise<Result<Answer>>,
    recall: (what: Remembered) => Result<Answer>,
  ): Promise<Result<Once<Answer>>> {
    const key = createHash("sha256").update(`${caller.keyId}\n${caller.idempotencyKey}`).digest();
    const name = key.toString("hex");
    const before = this.#before<Remembered>(key, caller.fingerprint);
    if (!before.ok) return before;
    if (before.value) {
      const answer = recall(before.value);
      return answer.ok ? ok({ answer: answer.value, replayed: true }) : answer;
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
      const done = await work((what) => {
        const stamp: Stamp = { fingerprint: caller.fingerprint, atMs: this.#now() };
        void this.#store.table("idempotency").put(key, Buffer.from(JSON.stringify({ ...stamp, ...what })));
      });
      return done.ok ? ok({ answer: done.value, replayed: false }) : done;
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
      if (value.ok && this.#isOld(JSON.parse(value.value.toString()) as Stamp)) old.push(key);
      if (++seen === API.idempotencySweep) break;
    }
    this.#sweptTo = seen === API.idempotencySweep ? last : undefined;
    return this.#store.commit(() => {
      for (const key of old) void table.remove(key);
    });
  }

  #before<Remembered>(key: Buffer, fingerprint: string): Result<Remembered | undefined> {
    const stored = this.#store.table("idempotency").get(key);
    if (!stored.ok) return stored;
    if (stored.value === undefined) return ok(undefined);
    const answer = JSON.parse(stored.value.toString()) as Stamp & Remembered;
    if (this.#isOld(answer)) return ok(undefined);
    if (answer.fingerprint === fingerprint) return ok(answer);
    return fail("IDEMPOTENCY_KEY_REUSED", "this key was used for another request", "Idempotency-Key");
  }

  #isOld(answer: Stamp): boolean {
    return this.#now() - answer.atMs > API.idempotencyHours * 3_600_000;
  }
}
