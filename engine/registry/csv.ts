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
 * | kind | home, work, other | home |
 * | lng, lat | degrees, WGS84, with a decimal point | 4.88969, 52.37403 |
 * | channels | channels and the domains welcome over each | sms:alarm+trace push:alarm |
 * | schedule | hours at which the location counts (schedule.ts) | mo-fr 08-18; sa 10-12 |
 * | municipality | GM and four digits, empty outside the Netherlands | GM0363 |
 * | switchedOff | may be left out; channels that are switched off as a whole | sms voice |
 * | origin | may be left out; "generated" for somebody who does not exist | generated |
 *
 * What a participant has switched off stays off when an import replaces the registry, by number and whatever the file says
 * (switched-off.ts).
 *
 * One row with origin "generated" makes the whole registry a generated one, so that exporting and importing does not turn
 * it into one that may be sent to a real carrier. The columns may come in any order. Number, status, language and
 * switchedOff are the participant's and the same in all of their rows. A field may be quoted, with quotes doubled inside. A row is one line: no
 * field of these can hold a line break, so a stray quote costs one row and not the rest of the file. A byte order mark, CR
 * LF and empty lines are taken.
 */

import { LANGUAGES, LOCATION_KINDS, PARTICIPANT_STATUSES, STATUS_MASK } from "../../schemas/words.js";
import type { BlockRows } from "./block.js";
import { formatChannels, formatSwitchedOff } from "./channels.js";

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
/** A file that an earlier version wrote lacks it. */
export const SWITCHED_OFF_COLUMN = "switchedOff";
/** Written for a generated registry only. */
export const ORIGIN_COLUMN = "origin";
export const GENERATED = "generated";
/** Columns that a file may lack. */
export const OPTIONAL_COLUMNS = [SWITCHED_OFF_COLUMN, ORIGIN_COLUMN] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];

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

function quoted(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

export function csvHeader(generated: boolean): string {
  return `${[...CSV_COLUMNS, SWITCHED_OFF_COLUMN, ...(generated ? [ORIGIN_COLUMN] : [])].join(",")}\n`;
}

/** The rows of a block. `schedules` is the text of the hours of each row of the table of terms. */
export function formatBlock(
  rows: BlockRows,
  firstParticipant: number,
  schedules: readonly string[],
  generated: boolean,
): string {
  const ending = generated ? `,${GENERATED}\n` : "\n";
  let text = "";
  for (let row = 0; row < rows.locationCount; row++) {
    const participant = rows.participant[row]!;
    const index = participant - firstParticipant;
    const number = rows.numbers[index]!;
    const municipality = rows.municipality[row]!;
    const fields = [
      participant,
      number === 0 ? "" : `+${number}`,
      PARTICIPANT_STATUSES[rows.status[index]! & STATUS_MASK],
      LANGUAGES[rows.language[index]!],
      LOCATION_KINDS[rows.kind[row]!],
      rows.lng[row],
      rows.lat[row],
      formatChannels(rows.channels[row]!),
      quoted(schedules[rows.terms[row]!]!),
      municipality === 0 ? "" : `GM${String(municipality).padStart(4, "0")}`,
      formatSwitchedOff(rows.status[index]!),
    ];
    text += fields.join(",") + ending;
  }
  return text;
}
