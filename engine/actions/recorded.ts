/**
 * What is asked of actions is done once for each Idempotency-Key, and leaves its record of who did it in the commit that remembers
 * the answer: there is never one of the two without the other.
 */
import type { Act, Action } from "../../schemas/api/api.js";
import type { Result } from "../../schemas/errors.js";
import type { Trail } from "../audit/trail.js";
import type { Idempotency } from "./idempotency.js";
import type { Answer, Caller } from "./service.js";

export class Recorded {
  readonly #idempotency: Idempotency;
  readonly #trail: Pick<Trail, "put">;

  constructor(idempotency: Idempotency, trail: Pick<Trail, "put">) {
    this.#idempotency = idempotency;
    this.#trail = trail;
  }

  /** As Idempotency.once; `acts` is what is done, once `work` calls `remember`. */
  once(
    caller: Caller,
    acts: readonly Act[],
    work: (remember: (action: Action) => void) => Promise<Result<Action>>,
  ): Promise<Result<Answer>> {
    return this.#idempotency.once(caller, (remember) =>
      work((action) => {
        remember(action);
        for (const act of acts) this.#trail.put({ by: caller.by, deed: `action.${act}`, on: { action: action.id } });
      }),
    );
  }

  /** To be called now and then: forgets old Idempotency-Keys. */
  sweep(): Promise<Result<void>> {
    return this.#idempotency.sweep();
  }
}
