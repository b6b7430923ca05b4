/** By what a participant is reached to prove who they are: one phone number or one mail address. */
import type { SelfRegistry } from "./faces.js";

export type Contact =
  /** E.164 without "+". */
  | { readonly kind: "number"; readonly number: number }
  /** Lower case. */
  | { readonly kind: "mail"; readonly mail: string };

/** From the API's fields, of which exactly one is there. */
export function contactOf({ number, mail }: { number?: string | undefined; mail?: string | undefined }): Contact {
  return number === undefined
    ? { kind: "mail", mail: mail ?? "" }
    : { kind: "number", number: Number(number.slice(1)) };
}

/** Distinct for distinct contacts. */
export function contactText(contact: Contact): string {
  return contact.kind === "number" ? `+${contact.number}` : contact.mail;
}

/** Who takes part under it, lowest participant number first. Usually one; a file may have had a household's number twice. */
export function holdersOf(contact: Contact, registry: SelfRegistry): readonly number[] {
  return contact.kind === "number" ? registry.byNumber(contact.number) : registry.byMail(contact.mail);
}
