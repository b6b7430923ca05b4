/**
 * Two records of one person made one: where the two say something different, the kept one is right, except that nothing that
 * was switched off in either comes on again, and that no place is lost.
 */
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../schemas/words.js";
import { passOn } from "../registry/live/pass-on.js";
import { asGiven } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import { given, isTheirOwn } from "./ownership.js";
import { samePlace } from "./plan/corrected.js";
import type { Registry, Scope } from "./ports.js";

const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");

/** May have more locations than a participant can; the caller looks. */
function merged(kept: Participant, double: Participant): Participant {
  const isNew = kept.locations.length;
  const locations = [...kept.locations];
  for (const location of double.locations) {
    if (!locations.slice(0, isNew).some((known) => samePlace(known, location))) locations.push(location);
  }
  const { status, pausedUntil } = kept.status === UNCONFIRMED ? double : kept;
  return {
    ...kept,
    ...{ status, pausedUntil, locations },
    number: kept.number || double.number,
    mail: kept.mail || double.mail,
    switchedOff: kept.switchedOff | double.switchedOff,
    needs: kept.needs | double.needs,
    name: kept.kind === double.kind ? kept.name || double.name : kept.name,
    joinedDay: earlier(kept.joinedDay, double.joinedDay),
    phone: kept.phone ?? double.phone,
  };
}

/** 0 is not known. */
function earlier(one: number, other: number): number {
  return one === 0 || other === 0 ? one || other : Math.min(one, other);
}

interface One {
  readonly participant: number;
  readonly record: Participant;
}

/**
 * Makes one of two that the municipality knows; durable once the registry has settled. PARTICIPANTS_OWN where the double is
 * somebody whose erasure is theirs to decide. Of somebody whose contacts are theirs only places here are added.
 *
 * First the kept one gets all but what is the double's until that is gone; so whatever is refused on the way, nothing is
 * lost, and the same request again does the rest. Nor does a crash leave neither of the two: one commit holds it all.
 */
export function merge(registry: Registry, scope: Scope, kept: One, double: One): Result<void> {
  if (isTheirOwn(double.record, scope)) {
    return fail("PARTICIPANTS_OWN", "the double decides whether it leaves; keep that one instead", "/participant");
  }
  const before = asGiven(kept.record);
  const all = merged(before, asGiven(double.record));
  const after = isTheirOwn(before, scope) ? { ...before, locations: all.locations } : all;
  if (after.locations.length > REGISTRY.locationsPerParticipant) {
    return fail("TOO_MANY_LOCATIONS", `together they have ${after.locations.length} locations`, "/participant");
  }
  const taken = given(registry, scope, after, before, [kept.participant, double.participant]);
  if (!taken.ok) return taken;
  const { number, mail, contacts } = before;
  const united = registry.change(kept.participant, () => ({ ...taken.value, number, mail, contacts }), TOGETHER);
  if (!united.ok) return united;
  const erased = registry.erase(double.participant, TOGETHER);
  if (!erased.ok) return erased;
  const done = registry.change(kept.participant, () => taken.value, TOGETHER);
  assert(done.ok, "nobody has the number or the address that the double had");
  passOn(registry, double.record);
  return ok(undefined);
}

const TOGETHER = { urgent: true } as const;
