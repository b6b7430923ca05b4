/**
 * What is known of a participant's number and mail address (CONTACT_MARKS), and what follows from it. Whoever is reached by
 * nothing but what is claimed gets nothing: they are stored as unconfirmed, which all that selects leaves out anyway, and are
 * active once a contact is theirs.
 */
import { CONTACT_MARKS, type ContactMark, PARTICIPANT_STATUSES } from "../../../schemas/words.js";
import type { Participant } from "./participant.js";

export const CONTACT_KINDS = ["number", "mail"] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");
const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");

export function contactBit(mark: ContactMark): number {
  return 1 << CONTACT_MARKS.indexOf(mark);
}

const CONFIRMED = { number: contactBit("numberConfirmed"), mail: contactBit("mailConfirmed") } as const;
const CLAIMED = { number: contactBit("numberClaimed"), mail: contactBit("mailClaimed") } as const;
const ACTIVE_ONCE_OWNED = contactBit("activeOnceOwned");

type Marked = Pick<Participant, "contacts">;

export function isConfirmed({ contacts }: Marked, kind: ContactKind): boolean {
  return (contacts & CONFIRMED[kind]) !== 0;
}

/** Whether the person has sent back a code to any contact of theirs: who they are is theirs to say from then on. */
export function hasConfirmed({ contacts }: Marked): boolean {
  return (contacts & (CONFIRMED.number | CONFIRMED.mail)) !== 0;
}

export function isClaimed({ contacts }: Marked, kind: ContactKind): boolean {
  return (contacts & CLAIMED[kind]) !== 0;
}

/** With this one mark on the contact, or none. */
export function marked(
  participant: Participant,
  kind: ContactKind,
  mark: "confirmed" | "claimed" | undefined,
): Participant {
  const rest = participant.contacts & ~(CONFIRMED[kind] | CLAIMED[kind]);
  const bit = mark === undefined ? 0 : (mark === "confirmed" ? CONFIRMED : CLAIMED)[kind];
  return { ...participant, contacts: rest | bit };
}

/** With the status that follows from the marks. */
export function quieted(participant: Participant): Participant {
  const given = asGiven(participant);
  if (!isSilent(given) || given.status !== ACTIVE) return given;
  return { ...given, status: UNCONFIRMED, contacts: given.contacts | ACTIVE_ONCE_OWNED };
}

/** As whoever gave the contacts sees the participant: that somebody else has them they are not told. */
export function asGiven(participant: Participant): Participant {
  if ((participant.contacts & ACTIVE_ONCE_OWNED) === 0) return participant;
  const isStill = participant.status === UNCONFIRMED;
  const contacts = participant.contacts & ~ACTIVE_ONCE_OWNED;
  return { ...participant, contacts, status: isStill ? ACTIVE : participant.status };
}

/** Whether whoever gave the contacts sees the participant as active (asGiven), of the marks alone. */
export function isGivenActive(contacts: number): boolean {
  return (contacts & ACTIVE_ONCE_OWNED) !== 0;
}

/** Whether nothing may go to the participant, because their number, or without one their address, is only claimed. */
function isSilent({ number, contacts }: Pick<Participant, "number" | "contacts">): boolean {
  return (contacts & (number === 0 ? CLAIMED.mail : CLAIMED.number)) !== 0;
}
