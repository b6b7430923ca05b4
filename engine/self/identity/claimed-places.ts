/**
 * Places that a municipality gave under a contact that somebody else had: to the owner of the contact they are proposals, to
 * make theirs or to send away. Each is a participant of its own until then, whom nothing reaches (contact-marks.ts).
 */
import { fail, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { CONTACT_KINDS, isClaimed } from "../../registry/record/contact-marks.js";
import type { Participant } from "../../registry/record/participant.js";
import { allUnder, type Contact, contactsOf, hasContact } from "../contact.js";
import { BY_THEMSELVES } from "../own-record.js";
import type { SelfRegistry } from "../ports.js";

export interface ClaimedPlaces {
  /** Participant number of the claim. */
  readonly claim: number;
  readonly record: Participant;
}

/** Those under the contacts of this participant, and under no others. */
export function claimedPlaces(participant: number, own: Participant, registry: SelfRegistry): ClaimedPlaces[] {
  const contacts = contactsOf(own);
  const found = new Set(contacts.flatMap((contact) => allUnder(contact, registry)));
  found.delete(participant);
  const places: ClaimedPlaces[] = [];
  for (const claim of found) {
    const stored = registry.get(claim);
    if (!stored.ok || stored.value === undefined || !isClaimOf(stored.value, contacts)) continue;
    places.push({ claim, record: stored.value });
  }
  return places;
}

/** The participant has the places of the claim, which is gone. TOO_MANY_LOCATIONS; durable once the registry has settled. */
export function takePlaces(
  participant: number,
  { claim, record }: ClaimedPlaces,
  registry: SelfRegistry,
): Result<void> {
  const changed = registry.get(participant);
  if (!changed.ok || changed.value === undefined) return changed.ok ? fail("NOT_FOUND", "nobody") : changed;
  const locations = [...changed.value.locations, ...record.locations];
  if (locations.length > REGISTRY.locationsPerParticipant) {
    return fail("TOO_MANY_LOCATIONS", `at most ${REGISTRY.locationsPerParticipant}`);
  }
  const taken = registry.change(participant, (now) => ({ ...now, locations }), BY_THEMSELVES);
  return taken.ok ? registry.erase(claim) : taken;
}

/** Whether all that it is reached by is claimed, and this participant's. */
function isClaimOf(claim: Participant, contacts: readonly Contact[]): boolean {
  const kinds = CONTACT_KINDS.filter((kind) => (kind === "number" ? claim.number !== 0 : claim.mail !== ""));
  return kinds.every((kind) => {
    return isClaimed(claim, kind) && contacts.some((contact) => contact.kind === kind && hasContact(claim, contact));
  });
}
