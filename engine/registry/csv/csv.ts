/**
 * The registry as CSV, one row a location. Export writes UTF-8 with commas, and the participants in ascending order, which is
 * what lets an import stream a registry of any size; csv-records.ts says what else is taken.
 *
 * | column | what | example |
 * |---|---|---|
 * | number | phone number as people write it (phone-number.ts); with sms among the channels a mobile one | +31612345678 |
 * | mail | mail address | anna@example.org |
 *
 * One of these two must be there. All others may be left out, as a whole or in a row, and then mean what stands in brackets;
 * the report of an import names the columns that it lacked, and what they were taken for.
 *
 * | column | what | example |
 * |---|---|---|
 * | participant | participant number, 0 to 67,108,863; it stays the participant's for good (the next one) | 1041 |
 * | status | active, paused, unconfirmed, erased (active) | active |
 * | language | nl, en, de, fr, fy, pl, tr, ar, uk (nl) | nl |
 * | kind | home, work, other; or phone (home) | home |
 * | lng, lat | degrees, WGS84, with a decimal point or comma (by postcode; without either there is no location) | 4.88969, 52.37403 |
 * | postcode | four digits and two letters or none, where lng and lat are empty (none) | 3441 AB |
 * | byPostcode | where lng and lat are there: the postcode that they were taken from, and follow when other places are imported (none) | 3441 AB |
 * | channels | channels and the domains welcome over each; empty: none (without the column, all: of a mobile number by sms, of another one by voice, of an address by email) | sms:alarm+trace push:alarm |
 * | schedule | hours at which the location counts, schedule.ts (always) | mo-fr 08-18; sa 10-12 |
 * | municipality | GM and four digits, empty outside the Netherlands (without the column, by the position) | GM0363 |
 * | switchedOff | channels that are switched off as a whole (none) | sms voice |
 * | type | person, company, institution (person) | company |
 * | name | of a company or institution, which must have one | Bakkerij De Boer |
 * | needs | voiceInsteadOfText, simpleLanguage (none) | simpleLanguage |
 * | pausedUntil | of who is paused: a date-time with its zone (no end) | 2026-12-01T08:00:00Z |
 * | joinedOn | day of joining (not known) | 2026-11-24 |
 * | contacts | numberConfirmed, mailConfirmed: by a code; numberClaimed, mailClaimed: given by a municipality while somebody else had it (none) | numberConfirmed |
 * | except | kinds of action that are not welcome, by channel (none) | sms:burglary+intrusion |
 * | timeZone | of the schedule (Europe/Amsterdam) | Europe/Berlin |
 * | inDanger | hours, channels, nothing (hours) | nothing |
 * | origin | "generated" for somebody who does not exist | generated |
 *
 * A row of kind "phone" says what somebody wants to hear where the phone is: it has no lng, lat, postcode and municipality, and
 * there is one at most. Who has no location at all has one row without kind, lng, lat and postcode; its channels mean nothing.
 *
 * A pause that is over when the file is imported is no pause: its participant is active. What a participant has switched off
 * stays off when an import replaces the registry, by number or mail address and whatever the file says (switched-off.ts).
 *
 * One row with origin "generated" makes the whole registry a generated one, so that exporting and importing does not turn
 * it into one that may be sent to a real carrier; its number may be in no numbering plan. The columns may come in any order.
 * Number, status, language and all from switchedOff to contacts are the participant's and the same in all of their rows, which
 * are adjacent; without the column participant, adjacent rows of one number and address are one participant's.
 */

import {
  LANGUAGES,
  LOCATION_KINDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
} from "../../../schemas/words.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import { formatPostcode } from "../../geo/postcode.js";
import type { BlockRows } from "../record/block.js";
import { isUnused } from "../record/records.js";
import { formatChannels, formatContacts, formatNeeds, formatSwitchedOff } from "./channels.js";
import { formatDay, formatMoment } from "./days.js";
import { type TermsText, termsTexts } from "./terms-text.js";

const CSV_COLUMNS = [
  "participant",
  "number",
  "status",
  "language",
  "kind",
  "lng",
  "lat",
  "channels",
  "schedule",
  "municipality",
] as const;
/** Of a participant. */
const PERSON_COLUMNS = ["switchedOff", "type", "name", "mail", "needs", "pausedUntil", "joinedOn", "contacts"] as const;
/** Of a location, beside the schedule. */
const TERMS_COLUMNS = ["except", "timeZone", "inDanger"] as const;
/** Of a location, beside lng and lat. */
const BY_POSTCODE_COLUMN = "byPostcode";
/** Written for a generated registry only. */
const ORIGIN_COLUMN = "origin";
export const GENERATED = "generated";
/** Of a location, instead of lng and lat; never written. */
const POSTCODE_COLUMN = "postcode";
/** Columns that an export lacks at times. */
const OPTIONAL_COLUMNS = [
  ...PERSON_COLUMNS,
  ...TERMS_COLUMNS,
  BY_POSTCODE_COLUMN,
  ORIGIN_COLUMN,
  POSTCODE_COLUMN,
] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];
export const COLUMNS: readonly CsvColumn[] = [...CSV_COLUMNS, ...OPTIONAL_COLUMNS];
const LOWER_COLUMNS: ReadonlySet<string> = new Set(COLUMNS.map((column) => column.toLowerCase()));

/** Whether the name, in lower case, is that of a column. */
export function isColumn(name: string): boolean {
  return LOWER_COLUMNS.has(name);
}

/** What a column is taken for that a file has not, where that is more than that nothing is there. */
export const DEFAULTS: Readonly<Partial<Record<CsvColumn, string>>> = {
  status: "active",
  language: "nl",
  kind: "home",
  channels: "all of: sms for a mobile number, voice for another, email for an address",
  schedule: "always",
  municipality: "by the position",
  type: "person",
  timeZone: "Europe/Amsterdam",
  inDanger: "hours",
};

/** The kind of a row that is about where the phone is. */
export const PHONE_KIND = "phone";

/** A field as it is written: in quotes where it must be (RFC 4180). */
export function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Writes blocks as rows. What comes again and again is formatted once. */
export class CsvFormat {
  readonly #terms: readonly TermsText[];
  readonly #channels: string[] = [];
  readonly #days: string[] = [""];
  readonly #switchedOff: readonly string[];
  readonly #ending: string;
  readonly #generated: boolean;

  /** `terms` are the words of the table. */
  constructor(terms: Uint32Array, generated: boolean) {
    this.#generated = generated;
    this.#terms = termsTexts(terms).map(({ schedule, ...rest }) => ({ schedule: quoted(schedule), ...rest }));
    this.#switchedOff = Array.from({ length: 256 }, (_, status) => formatSwitchedOff(status));
    this.#ending = generated ? `,${GENERATED}\n` : "\n";
  }

  header(): string {
    const origin = this.#generated ? [ORIGIN_COLUMN] : [];
    const columns = [...CSV_COLUMNS, ...PERSON_COLUMNS, ...TERMS_COLUMNS, BY_POSTCODE_COLUMN, ...origin];
    return `${columns.join(",")}\n`;
  }

  /** The rows of a block, and how many there are. */
  block(rows: BlockRows, firstParticipant: number): { readonly text: string; readonly rows: number } {
    let text = "";
    let written = 0;
    let row = 0;
    for (let index = 0; index < rows.participantCount; index++) {
      const from = row;
      while (row < rows.locationCount && rows.participant[row] === firstParticipant + index) row++;
      if (isUnused(rows, index, row > from)) continue;
      const who = personFields(rows, index, firstParticipant + index);
      const more = this.#moreFields(rows, index);
      const hasPhone = rows.extras.phone[index] === 1;
      for (let at = from; at < row; at++) text += who + this.#location(rows, at, more);
      if (hasPhone) text += who + this.#phone(rows, index, more);
      if (row === from && !hasPhone) text += `${who},,,,,always,,${more},,,,${this.#ending}`;
      written += Math.max(row - from + (hasPhone ? 1 : 0), 1);
    }
    return { text, rows: written };
  }

  #location(rows: BlockRows, row: number, more: string): string {
    const kind = LOCATION_KINDS[rows.kind[row]!];
    const { schedule, rest } = this.#terms[rows.terms[row]!]!;
    const municipality = municipalityCode(rows.municipality[row]!) ?? "";
    const channels = this.#channelsText(rows.channels[row]!);
    const place = `${kind},${rows.lng[row]},${rows.lat[row]}`;
    const from = rows.postcode[row] === 0 ? "" : formatPostcode(rows.postcode[row]!);
    return `,${place},${channels},${schedule},${municipality},${more},${rest},${from}${this.#ending}`;
  }

  #phone({ extras }: BlockRows, index: number, more: string): string {
    const { schedule, rest } = this.#terms[extras.phoneTerms[index]!]!;
    const channels = this.#channelsText(extras.phoneChannels[index]!);
    return `,${PHONE_KIND},,,${channels},${schedule},,${more},${rest},${this.#ending}`;
  }

  #channelsText(mask: number): string {
    this.#channels[mask] ??= formatChannels(mask);
    return this.#channels[mask];
  }

  #day(day: number): string {
    this.#days[day] ??= formatDay(day);
    return this.#days[day];
  }

  /** PERSON_COLUMNS; most participants have none of them. */
  #moreFields({ status, extras }: BlockRows, index: number): string {
    const kind = extras.kind[index]!;
    const needs = extras.needs[index]!;
    const until = extras.pausedUntil[index]!;
    const joined = extras.joinedDay[index]!;
    const type = kind === 0 ? "" : PARTICIPANT_KINDS[kind];
    const name = quoted(extras.name[index]!);
    const mail = quoted(extras.mail[index]!);
    const marks = extras.contacts[index]!;
    const times = `${until === 0 ? "" : formatMoment(until)},${this.#day(joined)}`;
    const more = `${needs === 0 ? "" : formatNeeds(needs)},${times},${marks === 0 ? "" : formatContacts(marks)}`;
    return `${this.#switchedOff[status[index]!]},${type},${name},${mail},${more}`;
  }
}

function personFields(rows: BlockRows, index: number, participant: number): string {
  const number = rows.numbers[index]!;
  const status = PARTICIPANT_STATUSES[rows.status[index]! & STATUS_MASK];
  return `${participant},${number === 0 ? "" : `+${number}`},${status},${LANGUAGES[rows.language[index]!]}`;
}
