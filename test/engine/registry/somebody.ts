/** One participant in full, whom tests take as they are or with something changed. */
import type { Participant, ParticipantLocation } from "../../../engine/registry/record/participant.js";
import { parseSchedule } from "../../../engine/registry/record/profile/schedule.js";
import { ALWAYS_EVERYTHING, type Terms } from "../../../engine/registry/record/terms.js";

export function termsOf(hours: string): Terms {
  return { ...ALWAYS_EVERYTHING, hours: parseSchedule(hours)! };
}

/** Somebody's home, with everything welcome over every channel at any hour. */
export function locationAt(lng: number, lat: number, municipality = 344): ParticipantLocation {
  return { kind: 0, lng, lat, channels: 0xffff, terms: ALWAYS_EVERYTHING, municipality, postcode: 0 };
}

/** At home in Utrecht, without a number. */
export const SOMEBODY: Participant = {
  number: 0,
  mail: "",
  status: 0,
  switchedOff: 0,
  language: 0,
  kind: 0,
  name: "",
  needs: 0,
  pausedUntil: 0,
  joinedDay: 20_000,
  contacts: 0,
  locations: [locationAt(5.1, 52.1)],
  phone: undefined,
};
