/**
 * A participant as the API shows it, and a change that the API asks for, applied. What can't be is refused with a problem
 * whose field is a JSON pointer into the change; a change that is refused changes nothing.
 *
 * Assumes that the change has the shape of ParticipantChange; what is said here is what a shape can't say.
 */

import type { ParticipantChange, ParticipantView } from "../../../../schemas/api/participant.js";
import { fail, type NumberCode, ok, type Result } from "../../../../schemas/errors.js";
import {
  IN_DANGER,
  LANGUAGES,
  LOCATION_KINDS,
  PARTICIPANT_KINDS,
  SMS_CHANNELS,
  TIME_ZONES,
} from "../../../../schemas/words.js";
import { municipalityCode } from "../../../geo/municipality-code.js";
import { formatPostcode } from "../../../geo/postcode.js";
import { dayOf, formatDay, formatMoment, parseMoment } from "../../csv/days.js";
import { NUMBER_FAULTS, numberMisfit } from "../../phone-number.js";
import type { Participant, ParticipantLocation, PhoneWishes } from "../participant.js";
import type { Terms } from "../terms.js";
import { formatSchedule } from "./schedule.js";
import { type Places, readLocation, readPhone } from "./wishes.js";
import { channelsOf, exceptOf, needsBits, needsOf, switchedOffBits, switchedOffOf } from "./words-bits.js";

const STATUS = { active: 0, paused: 1, unconfirmed: 2 } as const;
const STATUS_NAMES = ["active", "paused", "unconfirmed"] as const;
const PERSON = PARTICIPANT_KINDS.indexOf("person");

/** Where the phone of a participant was last. */
export interface SeenPhone {
  readonly lng: number;
  readonly lat: number;
  readonly seenAtMs: number;
}

/** Somebody who joins: active, without locations, everything as it is unless somebody asks for something else. */
export function newParticipant(reached: Pick<Participant, "number" | "mail">, nowMs: number): Participant {
  return {
    ...reached,
    status: STATUS.active,
    switchedOff: 0,
    language: 0,
    kind: PERSON,
    name: "",
    needs: 0,
    pausedUntil: 0,
    joinedDay: dayOf(nowMs),
    contacts: 0,
    locations: [],
    phone: undefined,
  };
}

export function toView(number: number, participant: Participant, seen: SeenPhone | undefined): ParticipantView {
  const { pausedUntil, joinedDay, phone } = participant;
  return {
    participant: number,
    number: participant.number === 0 ? null : `+${participant.number}`,
    mail: participant.mail === "" ? null : participant.mail,
    status: STATUS_NAMES[participant.status]!,
    pausedUntil: pausedUntil === 0 ? null : formatMoment(pausedUntil),
    joinedOn: joinedDay === 0 ? null : formatDay(joinedDay),
    kind: PARTICIPANT_KINDS[participant.kind]!,
    name: participant.name === "" ? null : participant.name,
    language: LANGUAGES[participant.language]!,
    needs: needsOf(participant.needs),
    switchedOff: switchedOffOf(participant.switchedOff),
    locations: participant.locations.map(viewOfLocation),
    phone: phone === undefined ? null : viewOfPhone(phone, seen),
  };
}

function viewOfLocation(location: ParticipantLocation): ParticipantView["locations"][number] {
  return {
    kind: LOCATION_KINDS[location.kind]!,
    position: [location.lng, location.lat],
    municipality: municipalityCode(location.municipality),
    postcode: location.postcode === 0 ? null : formatPostcode(location.postcode),
    channels: channelsOf(location.channels),
    ...viewOfTerms(location.terms),
  };
}

function viewOfPhone(phone: PhoneWishes, seen: SeenPhone | undefined): ParticipantView["phone"] {
  return {
    channels: channelsOf(phone.channels),
    ...viewOfTerms(phone.terms),
    position: seen === undefined ? null : [seen.lng, seen.lat],
    seenAt: seen === undefined ? null : new Date(seen.seenAtMs).toISOString(),
  };
}

function viewOfTerms(terms: Terms) {
  return {
    except: exceptOf(terms.except),
    hours: formatSchedule(terms.hours),
    timeZone: TIME_ZONES[terms.zone]!,
    inDanger: IN_DANGER[terms.inDanger]!,
  };
}

/** The participant as it is after the change, or INVALID_FIELD, POSITION_AT_SEA, WRONG_STATE, a code of its number or what `places` says. */
export function applyChange(
  before: Participant,
  change: ParticipantChange,
  places: Places,
  nowMs: number,
): Result<Participant> {
  const named = withName(before, change);
  if (!named.ok) return named;
  const paused = withPause(named.value, change, nowMs);
  if (!paused.ok) return paused;
  const placed = withLocations(paused.value, change, places);
  if (!placed.ok) return placed;
  const phone = change.phone ? readPhone(change.phone, before, "/phone") : ok(undefined);
  if (!phone.ok) return phone;
  const after: Participant = {
    ...placed.value,
    ...(change.language && { language: LANGUAGES.indexOf(change.language) }),
    ...(change.needs && { needs: needsBits(change.needs) }),
    ...(change.switchedOff && { switchedOff: switchedOffBits(change.switchedOff) }),
    ...(change.phone !== undefined && { phone: phone.value }),
  };
  const asks = change.kind !== undefined || change.locations !== undefined || Boolean(change.phone);
  return asks ? withFittingNumber(after) : ok(after);
}

/** Why somebody with these wishes can't have their number: what is welcome by SMS needs a mobile one, and so on. */
export function unfitNumber({ number, kind, locations, phone }: Participant): NumberCode | undefined {
  const wishes = phone === undefined ? locations : [...locations, phone];
  const wantsSms = wishes.some(({ channels }) => (channels & SMS_CHANNELS) !== 0);
  return numberMisfit(number, kind === PERSON, wantsSms);
}

export function withFittingNumber(after: Participant): Result<Participant> {
  const unfit = unfitNumber(after);
  return unfit === undefined ? ok(after) : fail(unfit, NUMBER_FAULTS[unfit], "/number");
}

/** A company or institution has a name. A person has none, and who becomes one loses it. */
function withName(before: Participant, change: ParticipantChange): Result<Participant> {
  if (change.kind === undefined && change.name === undefined) return ok(before);
  const kind = change.kind === undefined ? before.kind : PARTICIPANT_KINDS.indexOf(change.kind);
  const name = change.name === undefined ? before.name : (change.name ?? "");
  if (kind !== PERSON && name === "") return fail("INVALID_FIELD", "a company or institution has a name", "/name");
  if (kind === PERSON && change.name) return fail("INVALID_FIELD", "a person has no name here", "/name");
  return ok({ ...before, kind, name: kind === PERSON ? "" : name });
}

function withPause(before: Participant, { paused }: ParticipantChange, nowMs: number): Result<Participant> {
  if (paused === undefined) return ok(before);
  if (before.status === STATUS.unconfirmed) {
    return fail("WRONG_STATE", "who is not confirmed yet gets nothing, and can't pause", "/paused");
  }
  if (paused === false) return ok({ ...before, status: STATUS.active, pausedUntil: 0 });
  if (paused === true) return ok({ ...before, status: STATUS.paused, pausedUntil: 0 });
  const pausedUntil = parseMoment(paused.until);
  if (pausedUntil === undefined) return fail("INVALID_FIELD", "a moment before 2106, with its zone", "/paused/until");
  if (pausedUntil * 1_000 <= nowMs) return fail("INVALID_FIELD", "a pause ends later than now", "/paused/until");
  return ok({ ...before, status: STATUS.paused, pausedUntil });
}

function withLocations(before: Participant, change: ParticipantChange, places: Places): Result<Participant> {
  if (change.locations === undefined) return ok(before);
  const locations: ParticipantLocation[] = [];
  for (const [index, input] of change.locations.entries()) {
    const location = readLocation(input, before, places, `/locations/${index}`);
    if (!location.ok) return location;
    locations.push(keepingPostcode(location.value, before));
  }
  return ok({ ...before, locations });
}

/** Who sends back a position as it was shown has given none: it stays that of its postcode. */
function keepingPostcode(location: ParticipantLocation, before: Participant): ParticipantLocation {
  const same = before.locations.find(({ lng, lat, postcode }) => {
    return postcode !== 0 && lng === location.lng && lat === location.lat;
  });
  return same === undefined || location.postcode !== 0 ? location : { ...location, postcode: same.postcode };
}
