/**
 * What of a participant is a municipality's to say. Its own are the places within it, and the whole of who lives nowhere else and
 * has confirmed nothing, for those it brought. Of everybody else, number, mail address and erasure are proposals, and their
 * wishes as a person are theirs.
 *
 * A contact that somebody has whom it does not know can be given like any other: it is a claim then (contact-marks.ts), which
 * reaches nobody and looks to the municipality as if it were the only one. So nothing that it gives tells who is registered
 * elsewhere. Looking that up takes one look into the registry, also where nobody has the contact.
 */
import { randomInt } from "node:crypto";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { allWith, type Contacts } from "../registry/live/all-with.js";
import { CONTACT_KINDS, type ContactKind, hasConfirmed, isClaimed, marked } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import { knows, type Registry, type Scope } from "./ports.js";

/** Whether who somebody is, is theirs to say. Whoever sees all of the country acts for all of it. */
export function isTheirOwn(participant: Participant, scope: Scope): boolean {
  if (scope === undefined) return false;
  return hasConfirmed(participant) || participant.locations.some(({ municipality }) => municipality !== scope);
}

interface Holders {
  /** Known to the municipality, lowest participant number first. */
  readonly known: readonly number[];
  /** Somebody has it whom it does not know. */
  readonly isElsewhere: boolean;
}

/** Who has the contact; a problem is the store's. */
export function holdersIn(registry: Registry, scope: Scope, kind: ContactKind, participant: Contacts): Result<Holders> {
  const all = allWith(registry, kind, participant);
  const isAsked = kind === "number" ? participant.number !== 0 : participant.mail !== "";
  if (isAsked && all.length === 0 && registry.rows > 0) registry.get(randomInt(registry.rows));
  const known: number[] = [];
  let isElsewhere = false;
  for (const each of all) {
    const found = registry.get(each);
    if (!found.ok) return found;
    if (found.value === undefined) continue;
    if (knows(scope, found.value)) known.push(each);
    else if (!isClaimed(found.value, kind)) isElsewhere = true;
  }
  return ok({ known, isElsewhere });
}

/**
 * As the registry takes the participant, with contacts that are new marked as claims where somebody has them elsewhere.
 * NUMBER_TAKEN or MAIL_TAKEN where somebody here has one; `themselves` are not asked.
 */
export function given(
  registry: Registry,
  scope: Scope,
  after: Participant,
  before: Participant | undefined,
  themselves: readonly number[],
): Result<Participant> {
  let result = after;
  for (const kind of CONTACT_KINDS) {
    if (after[kind] === before?.[kind]) continue;
    const holders = holdersIn(registry, scope, kind, after);
    if (!holders.ok) return holders;
    if (holders.value.known.some((each) => !themselves.includes(each))) return TAKEN[kind];
    result = marked(result, kind, holders.value.isElsewhere ? "claimed" : undefined);
  }
  return ok(result);
}

const TAKEN = {
  number: fail("NUMBER_TAKEN", "another participant has this phone number", "/number"),
  mail: fail("MAIL_TAKEN", "another participant has this mail address", "/mail"),
} as const;
