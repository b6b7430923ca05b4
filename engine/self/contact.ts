/** By what a participant is reached to prove who they are: one phone number or one mail address. */

import type { ContactInput } from "../../schemas/api/self.js";
import { type NumberCode, ok, type Result } from "../../schemas/errors.js";
import { CHANNELS, type Channel, channelBit, DOMAINS } from "../../schemas/words.js";
import { numberResult } from "../registry/phone-number.js";
import { CHANNELS_OF } from "../registry/record/addresses.js";
import { isClaimed, marked } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import type { SelfRegistry } from "./ports.js";

export type Contact =
  /** E.164 without "+". */
  | { readonly kind: "number"; readonly number: number }
  /** Lower case. */
  | { readonly kind: "mail"; readonly mail: string };

/** From the API's fields, of which one is there; `read` reads the number, `check` says whether a code can go to it. */
export function contactOf(
  { number, mail }: ContactInput,
  read: (text: string) => number | NumberCode,
  check: (number: number) => Result<void>,
): Result<Contact> {
  if (number === undefined) return ok({ kind: "mail", mail: mail ?? "" });
  const parsed = numberResult(read(number), "/number");
  if (!parsed.ok) return parsed;
  const checked = check(parsed.value);
  return checked.ok ? ok({ kind: "number", number: parsed.value }) : checked;
}

/** Distinct for distinct contacts. */
export function contactText(contact: Contact): string {
  return contact.kind === "number" ? `+${contact.number}` : contact.mail;
}

/** What proposals keep of it: E.164 without "+", or the address. */
export function contactValue(contact: Contact): string {
  return contact.kind === "number" ? String(contact.number) : contact.mail;
}

export function contactFrom(kind: Contact["kind"], value: string): Contact {
  return kind === "number" ? { kind, number: Number(value) } : { kind, mail: value };
}

/** All that the participant has, and that is not only claimed for them. */
export function contactsOf(participant: Participant): Contact[] {
  const { number, mail } = participant;
  const contacts: Contact[] = [];
  if (number !== 0 && !isClaimed(participant, "number")) contacts.push({ kind: "number", number });
  if (mail !== "" && !isClaimed(participant, "mail")) contacts.push({ kind: "mail", mail });
  return contacts;
}

/** Whoever has it, or for whom it is claimed; the lowest participant number first. */
export function allUnder(contact: Contact, registry: Pick<SelfRegistry, "byNumber" | "byMail">): readonly number[] {
  return contact.kind === "number" ? registry.byNumber(contact.number) : registry.byMail(contact.mail);
}

/**
 * Who takes part under it, owners before those for whom it is only claimed, then the lowest participant number first. Usually
 * one; a file may have had a household's number twice.
 */
export function holdersOf(contact: Contact, registry: Pick<SelfRegistry, "byNumber" | "byMail" | "get">): number[] {
  const all = allUnder(contact, registry);
  if (all.length < 2) return [...all];
  const claims = all.filter((participant) => {
    const stored = registry.get(participant);
    return stored.ok && stored.value !== undefined && isClaimed(stored.value, contact.kind);
  });
  return [...all.filter((participant) => !claims.includes(participant)), ...claims];
}

const maskOf = (channels: readonly Channel[]): number =>
  channels.reduce((mask, channel) => DOMAINS.reduce((bits, domain) => bits | channelBit(channel, domain), mask), 0);

export function hasContact(participant: Participant, contact: Contact): boolean {
  return contact.kind === "number" ? participant.number === contact.number : participant.mail === contact.mail;
}

export function withContact(participant: Participant, contact: Contact): Participant {
  return contact.kind === "number"
    ? { ...participant, number: contact.number }
    : { ...participant, mail: contact.mail };
}

/** A code that went there has come back. */
export function withConfirmed(participant: Participant, contact: Contact): Participant {
  return marked(withContact(participant, contact), contact.kind, "confirmed");
}

/** Without it nothing can be welcome over what went there. */
export function withoutContact(participant: Participant, kind: Contact["kind"]): Participant {
  const kept = maskOf(CHANNELS.filter((channel) => !CHANNELS_OF[kind].includes(channel)));
  const gone = withContact(participant, kind === "number" ? { kind, number: 0 } : { kind, mail: "" });
  const without = marked(gone, kind, undefined);
  return {
    ...without,
    locations: without.locations.map((location) => ({ ...location, channels: location.channels & kept })),
    phone: without.phone && { ...without.phone, channels: without.phone.channels & kept },
  };
}
