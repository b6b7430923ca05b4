/**
 * A contact whose owner is gone, or has another now: where only claims are left (contact-marks.ts), the first of them is the
 * owner from then on, as it would have been had it been given now. What counts as claimed but is nobody's would be asked by nobody.
 */
import type { Result } from "../../../schemas/errors.js";
import { CONTACT_KINDS, type ContactKind, isClaimed, marked } from "../record/contact-marks.js";
import type { Participant } from "../record/participant.js";
import { allWith, type ContactIndex, type Contacts } from "./all-with.js";

/** Of LiveRegistry. */
interface Registry extends ContactIndex {
  get(participant: number): Result<Participant | undefined>;
  change(
    participant: number,
    change: (now: Participant) => Participant,
    options: { readonly follows: true },
  ): Result<Participant>;
}

/** `gone`: as they were. To be called in the turn in which they went, or changed; what is owned all the same stays as it is. */
export function passOn(registry: Registry, gone: Contacts): void {
  for (const kind of CONTACT_KINDS) {
    const left = allWith(registry, kind, gone);
    const [first] = left;
    if (first === undefined || left.some((each) => isOwner(registry, each, kind))) continue;
    registry.change(first, (now) => marked(now, kind, undefined), { follows: true });
  }
}

function isOwner(registry: Registry, participant: number, kind: ContactKind): boolean {
  const found = registry.get(participant);
  return !found.ok || (found.value !== undefined && !isClaimed(found.value, kind));
}
