/**
 * Over which channels there is an address for somebody. To one that is only claimed (contact-marks.ts) nothing goes, so it counts as none.
 */
import { type Channel, channelSet } from "../../../schemas/words.js";
import { type ContactKind, isClaimed } from "./contact-marks.js";
import type { Participant } from "./participant.js";

/** The channels whose address each contact is. */
export const CHANNELS_OF: Readonly<Record<ContactKind, readonly Channel[]>> = {
  number: ["sms", "voice"],
  mail: ["email"],
};
const BY_NUMBER = channelSet(CHANNELS_OF.number);
const BY_MAIL = channelSet(CHANNELS_OF.mail);
/** Of an app nothing is registered but what its owner wants to hear by it. */
const BY_APP = channelSet(["push"]);

/** Bit c: there is one for CHANNELS[c]. */
export function addressSet(hasNumber: boolean, hasMail: boolean, contacts: number): number {
  const byNumber = hasNumber && !isClaimed({ contacts }, "number") ? BY_NUMBER : 0;
  const byMail = hasMail && !isClaimed({ contacts }, "mail") ? BY_MAIL : 0;
  return byNumber | byMail | BY_APP;
}

export function addressesOf({ number, mail, contacts }: Pick<Participant, "number" | "mail" | "contacts">): number {
  return addressSet(number !== 0, mail !== "", contacts);
}
