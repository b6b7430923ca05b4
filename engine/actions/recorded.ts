/**
 * What is asked of actions is done once for each Idempotency-Key, and leaves its record of who did it in the commit that remembers
 * the answer: there is never one of the two without the other. What a key claims for it is admitted before, and counts with it.
 */
import type { Act, Action } from "../../schemas/api/api.js";
import { ok, type Result } from "../../schemas/errors.js";
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
    const { by, claim } = caller;
    return this.#idempotency.once(caller, async (remember) => {
      const admitted = claim ? await claim.admit() : ok(undefined);
      if (!admitted.ok) return admitted;
      const done = await work((action) => {
        remember(action);
        claim?.put();
        for (const act of acts) this.#trail.put({ by, deed: `action.${act}`, on: { action: action.id } });
      });
      if (!done.ok) claim?.giveBack();
      return done;
    });
  }

  /** To be called now and then: forgets old Idempotency-Keys. */
  sweep(): Promise<Result<void>> {
    return this.#idempotency.sweep();
  }
}
