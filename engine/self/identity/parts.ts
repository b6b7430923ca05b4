/** What an identity is made of, and how nothing is left of it. */
import type { ParticipantView } from "../../../schemas/api/participant.js";
import type { Result } from "../../../schemas/errors.js";
import type { Participant } from "../../registry/record/participant.js";
import type { EntranceParts } from "../entrance.js";
import type { PhonePositions } from "../ports.js";

export interface IdentityParts extends EntranceParts {
  readonly positions: PhonePositions;
  /** The participant as the API shows them. */
  show(participant: number, stored: Participant): ParticipantView;
}

/**
 * Of those who were erased: settles when nothing on the disk can be read of them. What was proposed of them goes at once, or whoever
 * has the contact that was proposed would be taken for them.
 */
export async function lost(
  participants: readonly number[],
  { registry, positions, proposals }: Pick<IdentityParts, "registry" | "positions" | "proposals">,
): Promise<Result<void>> {
  for (const each of participants) proposals.forget(each);
  const decided = await proposals.settled();
  for (const each of participants) {
    const dropped = await positions.drop(each);
    if (!dropped.ok) return dropped;
  }
  const [settled, purged] = await Promise.all([registry.settled(), positions.purge()]);
  if (!decided.ok) return decided;
  return settled.ok ? purged : settled;
}
