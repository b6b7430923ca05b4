/** Whoever asks in a test: a control room with all it may, unless told otherwise. */
import { NO_BUDGET } from "../../../engine/rights/key-record.js";
import type { Principal } from "../../../engine/rights/principal.js";
import { SCOPES_OF_ROLE } from "../../../engine/rights/scopes.js";
import type { KeyBudget } from "../../../schemas/api/rights.js";
import type { Role, Scope } from "../../../schemas/words.js";

export interface Owner {
  readonly keyId?: string;
  readonly role?: Role;
  /** In place of those of the role. */
  readonly scopes?: readonly Scope[];
  readonly municipality?: number;
  readonly budget?: KeyBudget;
}

export function principalOf(name: string, { role = "controlRoom", ...owner }: Owner = {}): Principal {
  const keyId = owner.keyId ?? name;
  return {
    keyId,
    by: { kind: "key", id: keyId, name },
    scopes: new Set(owner.scopes ?? SCOPES_OF_ROLE[role]),
    municipalities: owner.municipality === undefined ? undefined : [owner.municipality],
    budget: owner.budget ?? NO_BUDGET,
    credential: keyId,
  };
}
