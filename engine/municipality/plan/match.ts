/**
 * Who in the registry a person of a file is: by number, else by mail address, else by participant number, among those whom this
 * municipality knows. Whoever else has the number or the address changes nothing of the answer (ownership.ts).
 */
import { ok, type Result } from "../../../schemas/errors.js";
import type { Participant } from "../../registry/record/participant.js";
import type { ImportCode } from "../import/codes.js";
import { holdersIn } from "../ownership.js";
import { knows, type Registry, type Scope } from "../ports.js";
import { NEWCOMER, type PlannedPerson } from "./planned.js";

export type Match =
  | { readonly participant: number; readonly before: Participant }
  | { readonly participant: typeof NEWCOMER; readonly before: undefined }
  | { readonly refused: ImportCode };

const NOBODY: Match = { participant: NEWCOMER, before: undefined };

/** A problem is the store's. */
export function matched(registry: Registry, scope: Scope, person: PlannedPerson): Result<Match> {
  const byNumber = holdersIn(registry, scope, "number", person);
  if (!byNumber.ok) return byNumber;
  const byMail = holdersIn(registry, scope, "mail", person);
  if (!byMail.ok) return byMail;
  if (byNumber.value.known.length > 1) return ok({ refused: "NUMBER_AMBIGUOUS" });
  const participant = byNumber.value.known[0] ?? byMail.value.known[0];
  if (byMail.value.known.some((other) => other !== participant)) return ok({ refused: "MAIL_TAKEN" });
  const target = participant ?? person.target;
  return target === NEWCOMER ? ok(NOBODY) : one(registry, scope, target, "PARTICIPANT_UNKNOWN");
}

/** The participant, if they are known here. */
function one(registry: Registry, scope: Scope, participant: number, otherwise: ImportCode): Result<Match> {
  const found = registry.get(participant);
  if (!found.ok) return found;
  const before = found.value;
  return ok(before !== undefined && knows(scope, before) ? { participant, before } : { refused: otherwise });
}
