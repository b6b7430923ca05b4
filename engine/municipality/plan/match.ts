/**
 * Who in the registry a person of a file is: by number, else by mail address, else by participant number. Whoever is not in
 * this municipality is answered as somebody who has the number or the address already, which is all that a file may learn.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import type { Participant } from "../../registry/record/participant.js";
import type { ImportCode } from "../import/codes.js";
import { knows, type Registry, type Scope } from "../ports.js";
import { NEWCOMER, type PlannedPerson } from "./planned.js";

export type Match =
  | { readonly participant: number; readonly before: Participant }
  | { readonly participant: typeof NEWCOMER; readonly before: undefined }
  | { readonly refused: ImportCode };

const NOBODY: Match = { participant: NEWCOMER, before: undefined };

/** A problem is the store's. */
export function matched(registry: Registry, scope: Scope, person: PlannedPerson): Result<Match> {
  const byNumber = person.number === 0 ? [] : registry.byNumber(person.number);
  const byMail = person.mail === "" ? [] : registry.byMail(person.mail);
  if (byNumber.length > 1) return ambiguous(registry, scope, byNumber);
  const participant = byNumber[0] ?? byMail[0];
  if (byMail.some((other) => other !== participant)) return ok({ refused: "MAIL_TAKEN" });
  if (participant !== undefined) {
    return one(registry, scope, participant, byNumber.length > 0 ? "NUMBER_TAKEN" : "MAIL_TAKEN");
  }
  if (person.target !== NEWCOMER) return one(registry, scope, person.target, "PARTICIPANT_UNKNOWN");
  return ok(NOBODY);
}

/** The participant, if they are known here. */
function one(registry: Registry, scope: Scope, participant: number, otherwise: ImportCode): Result<Match> {
  const found = registry.get(participant);
  if (!found.ok) return found;
  const before = found.value;
  return ok(before !== undefined && knows(scope, before) ? { participant, before } : { refused: otherwise });
}

/** A registry from elsewhere may have a number twice. */
function ambiguous(registry: Registry, scope: Scope, participants: readonly number[]): Result<Match> {
  for (const participant of participants) {
    const found = one(registry, scope, participant, "NUMBER_TAKEN");
    if (!found.ok || "refused" in found.value) return found;
  }
  return ok({ refused: "NUMBER_AMBIGUOUS" });
}
