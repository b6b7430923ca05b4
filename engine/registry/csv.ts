/**
 * The registry as CSV: UTF-8, comma-separated, a header, one row a location. The rows of a participant are adjacent and the
 * participants in ascending order, as export writes them; that is what lets import stream a registry of any size.
 *
 * | column | what | example |
 * |---|---|---|
 * | participant | participant number, 0 to 67,108,863; it stays the participant's for good | 1041 |
 * | number | phone number, E.164 with or without "+", may be empty | +31690000001 |
 * | status | active, paused, unconfirmed, erased | active |
 * | language | nl, en, de, fr, fy, pl, tr, ar, uk | nl |
 * | kind | home, work, other; or phone; or empty | home |
 * | lng, lat | degrees, WGS84, with a decimal point | 4.88969, 52.37403 |
 * | channels | channels and the domains welcome over each | sms:alarm+trace push:alarm |
 * | schedule | hours at which the location counts (schedule.ts) | mo-fr 08-18; sa 10-12 |
 * | municipality | GM and four digits, empty outside the Netherlands | GM0363 |
 *
 * These may be left out, as a whole or in a row, and then mean what stands in brackets:
 *
 * | column | what | example |
 * |---|---|---|
 * | switchedOff | channels that are switched off as a whole (none) | sms voice |
 * | type | person, company, institution (person) | company |
 * | name | of a company or institution, which must have one | Bakkerij De Boer |
 * | mail | mail address (none) | anna@example.org |
 * | needs | voiceInsteadOfText, simpleLanguage (none) | simpleLanguage |
 * | pausedUntil | of who is paused: a date-time with its zone (no end) | 2026-12-01T08:00:00Z |
 * | joinedOn | day of joining (not known) | 2026-11-24 |
 * | except | kinds of action that are not welcome, by channel (none) | sms:burglary+intrusion |
 * | timeZone | of the schedule (Europe/Amsterdam) | Europe/Berlin |
 * | inDanger | hours, channels, nothing (hours) | nothing |
 * | origin | "generated" for somebody who does not exist | generated |
 *
 * A row of kind "phone" says what somebody wants to hear where the phone is: it has no lng, lat and municipality, and there is
 * one at most. Who has no location at all has one row whose kind, lng and lat are empty; its channels mean nothing.
 *
 * A pause that is over when the file is imported is no pause: its participant is active. What a participant has switched off
 * stays off when an import replaces the registry, by number or mail address and whatever the file says (switched-off.ts).
 *
 * One row with origin "generated" makes the whole registry a generated one, so that exporting and importing does not turn
 * it into one that may be sent to a real carrier. The columns may come in any order. Number, status, language and all from
 * switchedOff to joinedOn are the participant's and the same in all of their rows. A field may be quoted, with quotes doubled
 * inside. A row is one line: no field of these can hold a line break, so a stray quote costs one row and not the rest of the
 * file. A byte order mark, CR LF and empty lines are taken.
 */

import {
  LANGUAGES,
  LOCATION_KINDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
} from "../../schemas/words.js";
import type { BlockRows } from "./block.js";
import { formatChannels, formatNeeds, formatSwitchedOff } from "./channels.js";
import { formatDay, formatMoment } from "./days.js";
import { municipalityCode } from "./municipality.js";
import { isUnused } from "./records.js";
import { type TermsText, termsTexts } from "./terms-text.js";

export const CSV_COLUMNS = [
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
const PERSON_COLUMNS = ["switchedOff", "type", "name", "mail", "needs", "pausedUntil", "joinedOn"] as const;
/** Of a location, beside the schedule. */
const TERMS_COLUMNS = ["except", "timeZone", "inDanger"] as const;
/** Written for a generated registry only. */
const ORIGIN_COLUMN = "origin";
export const GENERATED = "generated";
/** Columns that a file may lack. */
export const OPTIONAL_COLUMNS = [...PERSON_COLUMNS, ...TERMS_COLUMNS, ORIGIN_COLUMN] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];
/** The kind of a row that is about where the phone is. */
export const PHONE_KIND = "phone";

/** The fields of a line, or undefined when a quote is not closed or stands where none can. */
export function splitLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)/y;
  // A comma at the end means one more, empty, field; the end without one means that the last was read.
  for (let open = true; open; ) {
    const match = field.exec(line);
    if (match === null) return undefined;
    fields.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    open = match[0].endsWith(",");
  }
  return field.lastIndex === line.length ? fields : undefined;
}

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

  /** `terms` are the words of the table. */
  constructor(
    terms: Uint32Array,
    private readonly generated: boolean,
  ) {
    this.#terms = termsTexts(terms).map(({ schedule, ...rest }) => ({ schedule: quoted(schedule), ...rest }));
    this.#switchedOff = Array.from({ length: 256 }, (_, status) => formatSwitchedOff(status));
    this.#ending = generated ? `,${GENERATED}\n` : "\n";
  }

  header(): string {
    const columns = [...CSV_COLUMNS, ...PERSON_COLUMNS, ...TERMS_COLUMNS, ...(this.generated ? [ORIGIN_COLUMN] : [])];
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
      if (row === from && !hasPhone) text += `${who},,,,,always,,${more},,,${this.#ending}`;
      written += Math.max(row - from + (hasPhone ? 1 : 0), 1);
    }
    return { text, rows: written };
  }

  #location(rows: BlockRows, row: number, more: string): string {
    const kind = LOCATION_KINDS[rows.kind[row]!];
    const { schedule, rest } = this.#terms[rows.terms[row]!]!;
    const municipality = municipalityCode(rows.municipality[row]!) ?? "";
    const channels = this.#channelsText(rows.channels[row]!);
    return `,${kind},${rows.lng[row]},${rows.lat[row]},${channels},${schedule},${municipality},${more},${rest}${this.#ending}`;
  }

  #phone({ extras }: BlockRows, index: number, more: string): string {
    const { schedule, rest } = this.#terms[extras.phoneTerms[index]!]!;
    const channels = this.#channelsText(extras.phoneChannels[index]!);
    return `,${PHONE_KIND},,,${channels},${schedule},,${more},${rest}${this.#ending}`;
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
    const more = `${needs === 0 ? "" : formatNeeds(needs)},${until === 0 ? "" : formatMoment(until)},${this.#day(joined)}`;
    return `${this.#switchedOff[status[index]!]},${type},${name},${mail},${more}`;
  }
}

function personFields(rows: BlockRows, index: number, participant: number): string {
  const number = rows.numbers[index]!;
  const status = PARTICIPANT_STATUSES[rows.status[index]! & STATUS_MASK];
  return `${participant},${number === 0 ? "" : `+${number}`},${status},${LANGUAGES[rows.language[index]!]}`;
}
