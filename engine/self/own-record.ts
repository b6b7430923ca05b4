/** What a session's participant is, as long as the session counts. */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { isClaimed } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import { hasContact } from "./contact.js";
import type { SelfRegistry } from "./ports.js";
import type { Session } from "./sessions.js";

const ENDED = fail("SESSION_ENDED", "Enter by a code");

/** What is switched off stays so through every change but the person's own. */
export const BY_THEMSELVES = { byThemselves: true } as const;

/**
 * SESSION_ENDED for who is gone, and for who does not have the contact any more by which they entered: their municipality
 * may have corrected a number that is somebody else's today.
 */
export function ownRecord(
  { participant, contact }: Pick<Session, "participant" | "contact">,
  registry: Pick<SelfRegistry, "get">,
): Result<Participant> {
  const stored = registry.get(participant);
  if (!stored.ok) return stored;
  const record = stored.value;
  const isTheirs = record !== undefined && hasContact(record, contact) && !isClaimed(record, contact.kind);
  return isTheirs ? ok(record) : ENDED;
}
