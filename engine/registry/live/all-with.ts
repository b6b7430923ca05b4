/** Everybody who has a contact, or for whom it is claimed (contact-marks.ts): nobody where there is none to look for. */
import type { ContactKind } from "../record/contact-marks.js";
import type { Participant } from "../record/participant.js";

export type Contacts = Pick<Participant, ContactKind>;

/** Of LiveRegistry. */
export interface ContactIndex {
  byNumber(number: number): readonly number[];
  byMail(mail: string): readonly number[];
}

/** The lowest participant number first. */
export function allWith(index: ContactIndex, kind: ContactKind, { number, mail }: Contacts): readonly number[] {
  if (kind === "number") return number === 0 ? [] : index.byNumber(number);
  return mail === "" ? [] : index.byMail(mail);
}
