/**
 * What is asked of actions is done once for each Idempotency-Key, and leaves its record of who did it in the commit that remembers
 * the answer: there is never one of the two without the other. What a key claims for it is admitted before, and counts with it.
 *
 * Who asks again gets the action as it is by then: an answer of that moment would say "selecting" for a day of an action that has
 * failed since.
 */
import type { Act, Action } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Confirmable } from "../../../schemas/words.js";
import type { Trail } from "../../audit/trail.js";
import type { Answer, Caller } from "../service.js";
import type { Idempotency } from "./idempotency.js";

/** What is kept of an answer about an action. */
interface Remembered {
  readonly action: Pick<Action, "id">;
}

/**
 * To be called before anything comes of what was accepted, with the action as it is then; gives what goes into the commit that accepts it.
 */
export type Remember = (action: Action) => () => void;

/** Who does what, in spite of which warnings. */
interface Asked {
  readonly caller: Caller;
  readonly acts: readonly Act[];
  readonly confirmed?: readonly Confirmable[] | undefined;
}

export class Recorded {
  readonly #idempotency: Idempotency;
  readonly #trail: Pick<Trail, "put">;
  readonly #show: (id: string) => Result<Action>;

  constructor(idempotency: Idempotency, trail: Pick<Trail, "put">, show: (id: string) => Result<Action>) {
    this.#idempotency = idempotency;
    this.#trail = trail;
    this.#show = show;
  }

  /** As Idempotency.once; what is asked is done once what `remember` gave is written. */
  async once(
    { caller, acts, confirmed }: Asked,
    work: (remember: Remember) => Promise<Result<Action>>,
  ): Promise<Result<Answer>> {
    const { by, claim } = caller;
    const answered = async (remember: (what: Remembered) => void): Promise<Result<Action>> => {
      const admitted = claim ? await claim.admit() : ok(undefined);
      if (!admitted.ok) return admitted;
      const done = await work((action) => {
        const put = claim?.begin(action);
        return () => {
          remember({ action: { id: action.id } });
          put?.();
          for (const act of acts) this.#trail.put({ by, deed: `action.${act}`, on: { action: action.id }, confirmed });
        };
      });
      if (!done.ok) claim?.giveBack();
      return done;
    };
    const once = await this.#idempotency.once(caller, answered, ({ action }: Remembered) => this.#show(action.id));
    return once.ok ? ok({ action: once.value.answer, replayed: once.value.replayed }) : once;
  }

  /** To be called now and then: forgets old Idempotency-Keys. */
  sweep(): Promise<Result<void>> {
    return this.#idempotency.sweep();
  }
}
