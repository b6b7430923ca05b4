/**
 * The reasons why a CSV row is refused. They have stable codes and name the column and what belongs there, never what stood
 * there: it may be somebody's phone number.
 */

import type { NumberCode } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import {
  CHANNELS,
  CONTACT_MARKS,
  IN_DANGER,
  LANGUAGES,
  LOCATION_KINDS,
  NEEDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
} from "../../../schemas/words.js";
import { NUMBER_FAULTS } from "../phone-number.js";
import { GENERATED, PHONE_KIND } from "./csv.js";

export const ROW_CODES = {
  ROW_TOO_LONG: `longer than ${REGISTRY.rowCharacters} characters`,
  QUOTE_UNCLOSED: "a quote is not closed, or stands inside a field",
  FIELD_COUNT:
    "more fields than the header has columns; or fewer, in a last line that has no end or where a quote is not closed",
  COLUMN_NAMELESS: "something stands in a column without a name",
  IDENTITY_MISSING: "a number, a mail address or a participant number is needed",
  PARTICIPANT_INVALID: `participant: a whole number from 0 to ${REGISTRY.participants - 1}`,
  PARTICIPANT_ORDER: "participant: lower than that of a row before; sort the file by participant",
  PARTICIPANT_GAP: `participant: more than ${REGISTRY.participantGap} above the one before`,
  PARTICIPANT_DIFFERS: "what is the participant's own (see the columns) differs from the participant's rows before",
  ...numberCodes(),
  NUMBER_TAKEN: "number: another participant has it",
  STATUS_UNKNOWN: `status: one of ${PARTICIPANT_STATUSES.join(", ")}`,
  LANGUAGE_UNKNOWN: `language: one of ${LANGUAGES.join(", ")}`,
  KIND_UNKNOWN: `kind: one of ${LOCATION_KINDS.join(", ")}, ${PHONE_KIND}; or empty, with lng and lat, for no location`,
  LNG_INVALID: `lng: degrees from -180 to 180; empty where kind is ${PHONE_KIND}`,
  LAT_INVALID: `lat: degrees from -90 to 90; empty where kind is ${PHONE_KIND}`,
  POSTCODE_UNKNOWN: `postcode: a Dutch one that was imported with the population; empty where kind is ${PHONE_KIND}`,
  POSTCODES_MISSING: "postcode: no postcodes are known; import a population file first, or give lng and lat",
  BY_POSTCODE_INVALID: "byPostcode: four digits and two letters or none, beside lng and lat; or empty",
  POSITION_EXCHANGED: "lng, lat: longitude stands where latitude belongs",
  POSITION_AT_SEA: "lng, lat: in no municipality and no neighbouring country",
  CHANNELS_INVALID: 'channels: like "sms:alarm+trace push:alarm"',
  SCHEDULE_INVALID: 'schedule: "always", "never", or like "mo-fr 08-18; sa 10-12"',
  MUNICIPALITY_INVALID: `municipality: GM and four digits, or empty; empty where kind is ${PHONE_KIND}`,
  SWITCHED_OFF_UNKNOWN: `switchedOff: any of ${CHANNELS.join(" ")}`,
  TYPE_UNKNOWN: `type: one of ${PARTICIPANT_KINDS.join(", ")}; or empty, for a person`,
  NAME_INVALID: `name: at most ${REGISTRY.nameCharacters} characters for a company or institution, the first not = + - or @; empty for a person`,
  MAIL_INVALID: "mail: an address like anna@example.org, or empty",
  MAIL_TAKEN: "mail: another participant has it",
  NEEDS_UNKNOWN: `needs: any of ${NEEDS.join(" ")}`,
  PAUSED_UNTIL_INVALID: "pausedUntil: a date-time like 2026-12-01T08:00:00Z where status is paused; or empty",
  CONTACTS_UNKNOWN: `contacts: any of ${CONTACT_MARKS.join(" ")}`,
  JOINED_ON_INVALID: "joinedOn: a day like 2026-11-24 that has been; or empty",
  EXCEPT_INVALID: 'except: like "sms:burglary+intrusion push:other", or empty',
  TIME_ZONE_UNKNOWN: "timeZone: a zone that is known (schemas/words.ts), like Europe/Amsterdam; or empty, for that one",
  IN_DANGER_UNKNOWN: `inDanger: one of ${IN_DANGER.join(", ")}; or empty, for ${IN_DANGER[0]}`,
  ORIGIN_UNKNOWN: `origin: "${GENERATED}" or empty`,
  TOO_MANY_LOCATIONS: `a participant has at most ${REGISTRY.locationsPerParticipant} locations`,
  PHONE_TWICE: `kind: the participant has a row for the ${PHONE_KIND} before`,
  TOO_MANY_TERMS: `a registry has at most ${REGISTRY.terms} different terms: schedules and what goes with them`,
} as const;
export type RowCode = keyof typeof ROW_CODES;

function numberCodes(): Readonly<Record<NumberCode, string>> {
  const named = Object.entries(NUMBER_FAULTS).map(([code, reason]) => [code, `number: ${reason}`]);
  return Object.fromEntries(named) as Record<NumberCode, string>;
}
