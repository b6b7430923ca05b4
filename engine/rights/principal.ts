/** Who asks, and what they may. */
import type { KeyBudget } from "../../schemas/api/rights.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Scope } from "../../schemas/words.js";
import type { Actor } from "../audit/actor.js";

export interface Principal {
  /** Stays the same through all rotations of an API key: what is counted for it, and its Idempotency-Keys, go on. */
  readonly keyId: string;
  /** As records keep it. */
  readonly by: Actor;
  readonly scopes: ReadonlySet<Scope>;
  /** Numbers, 363 for GM0363; undefined: everywhere. */
  readonly municipalities: readonly number[] | undefined;
  /** What may be sent with it in a day. */
  readonly budget: KeyBudget;
  /** Which secret of the key it was: what ends with it is told by this name. Of a session its token. */
  readonly credential: string;
}

export function needScope({ scopes }: Pick<Principal, "scopes">, scope: Scope): Result<void> {
  return scopes.has(scope) ? ok(undefined) : fail("FORBIDDEN", `This is for keys with: ${scope}`, "Authorization");
}
