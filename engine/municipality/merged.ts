/**
 * Two records of one person made one: where the two say something different, the kept one is right, except that nothing that
 * was switched off in either comes on again, and that no place is lost.
 */
import { PARTICIPANT_STATUSES } from "../../schemas/words.js";
import type { Participant } from "../registry/record/participant.js";
import { samePlace } from "./plan/corrected.js";

const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");

/** May have more locations than a participant can; the caller looks. */
export function merged(kept: Participant, double: Participant): Participant {
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
