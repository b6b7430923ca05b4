/** Which scopes go together: by role, as keys had them before there were scopes, and with an area. */
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Role, Scope } from "../../schemas/words.js";

/** What a new key of this role may. No operator reads replies or erases anybody by habit: who has to, asks for that scope. */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  controlRoom: ["watch", "draft", "dispatch", "replies", "reach"],
  municipality: ["registry", "erase", "reach"],
  app: ["positions"],
  operator: ["watch", "operate", "registry", "reach"],
};

/**
 * What a key that was made while there were roles goes on doing: what its role could, but for the operator's, which erases nobody
 * by habit either. Whoever has to erase makes a key for it.
 */
export const SCOPES_OF_OLD_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  ...SCOPES_OF_ROLE,
  operator: ["metrics", "registry", "reach"],
};

/** What is of the whole country: there is no part of it to show, or to give, by municipality. */
const COUNTRYWIDE: readonly Scope[] = ["watch", "metrics", "operate", "positions", "audit", "admin"];
/** What is done in the name of one municipality. */
const OF_ONE: readonly Scope[] = ["registry", "erase"];

/** INVALID_FIELD where scopes and municipalities don't go together. `municipalities` undefined: everywhere. */
export function checkScopes(scopes: readonly Scope[], municipalities: readonly number[] | null): Result<void> {
  if (municipalities === null) return ok(undefined);
  const whole = scopes.find((scope) => COUNTRYWIDE.includes(scope));
  if (whole !== undefined) {
    return fail("INVALID_FIELD", `${whole} is of the whole country, and goes with no municipality`, "/municipalities");
  }
  const ofOne = scopes.find((scope) => OF_ONE.includes(scope));
  if (ofOne === undefined || municipalities.length === 1) return ok(undefined);
  return fail("INVALID_FIELD", `${ofOne} is for one municipality, or for all`, "/municipalities");
}
