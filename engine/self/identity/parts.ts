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

/** Of whom was erased: settles when nothing on the disk can be read of them. */
export async function lost(
  participant: number,
  { registry, positions }: Pick<IdentityParts, "registry" | "positions">,
): Promise<Result<void>> {
  const dropped = await positions.drop(participant);
  if (!dropped.ok) return dropped;
  const [settled, purged] = await Promise.all([registry.settled(), positions.purge()]);
  return settled.ok ? purged : settled;
}
