/**
 * One CSV row read into values, or the reason why not. The reasons have stable codes and name the column and what belongs
 * there, never what stood there: it may be somebody's phone number.
 */

import { REGISTRY } from "../../schemas/limits.js";
import { CHANNELS, LANGUAGES, LOCATION_KINDS, PARTICIPANT_STATUSES } from "../../schemas/words.js";
import { parseChannels, parseSwitchedOff } from "./channels.js";
import { CSV_COLUMNS, type CsvColumn, GENERATED, OPTIONAL_COLUMNS, splitLine } from "./csv.js";
import { parseSchedule } from "./schedule.js";

export const ROW_CODES = {
  ROW_TOO_LONG: `longer than ${REGISTRY.rowCharacters} characters`,
  QUOTE_UNCLOSED: "a quote is not closed, or stands inside a field",
  FIELD_COUNT: "not as many fields as the header has",
  PARTICIPANT_INVALID: `participant: a whole number from 0 to ${REGISTRY.participants - 1}`,
  PARTICIPANT_ORDER: "participant: lower than that of a row before; sort the file by participant",
  PARTICIPANT_GAP: `participant: more than ${REGISTRY.participantGap} above the one before`,
  PARTICIPANT_DIFFERS: "number, status, language or switchedOff differs from the participant's rows before",
  NUMBER_INVALID: "number: E.164, 8 to 15 digits that don't start with 0",
  NUMBER_TAKEN: "number: another participant has it",
  STATUS_UNKNOWN: `status: one of ${PARTICIPANT_STATUSES.join(", ")}`,
  LANGUAGE_UNKNOWN: `language: one of ${LANGUAGES.join(", ")}`,
  KIND_UNKNOWN: `kind: one of ${LOCATION_KINDS.join(", ")}`,
  LNG_INVALID: "lng: degrees from -180 to 180",
  LAT_INVALID: "lat: degrees from -90 to 90",
  CHANNELS_INVALID: 'channels: like "sms:alarm+trace push:alarm"',
  SCHEDULE_INVALID: 'schedule: "always", "never", or like "mo-fr 08-18; sa 10-12"',
  MUNICIPALITY_INVALID: "municipality: GM and four digits, or empty",
  SWITCHED_OFF_UNKNOWN: `switchedOff: any of ${CHANNELS.join(" ")}`,
  ORIGIN_UNKNOWN: `origin: "${GENERATED}" or empty`,
  TOO_MANY_LOCATIONS: `a participant has at most ${REGISTRY.locationsPerParticipant} locations`,
  TOO_MANY_TERMS: `a registry has at most ${REGISTRY.terms} different terms: schedules and what goes with them`,
} as const;
export type RowCode = keyof typeof ROW_CODES;

/** Filled anew by each row that is read. */
export interface RowValues {
  participant: number;
  number: number;
  /** As in the column: the channels that are switched off are part of it. */
  status: number;
  language: number;
  kind: number;
  lng: number;
  lat: number;
  channels: number;
  schedule: Uint32Array;
  municipality: number;
  generated: boolean;
}

/** Field of each column in a file; -1 where there is none. */
export type ColumnPlaces = Record<CsvColumn, number>;

/** Where each column is in this file, or what is wrong with the header. */
export function readHeader(line: string): { places: ColumnPlaces } | { wrong: string } {
  const names = (splitLine(line) ?? []).map((name) => name.trim().toLowerCase());
  const missing = CSV_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) return { wrong: `the first line is not a header; it lacks: ${missing.join(", ")}` };
  const known: readonly CsvColumn[] = [...CSV_COLUMNS, ...OPTIONAL_COLUMNS];
  const lower = known.map((column) => column.toLowerCase());
  if (names.length > new Set(names).size || !names.every((name) => lower.includes(name))) {
    return { wrong: `the header has columns twice, or others than: ${known.join(", ")}` };
  }
  const places = Object.fromEntries(known.map((column, index) => [column, names.indexOf(lower[index]!)]));
  return { places: places as ColumnPlaces };
}

const DECIMAL = /^-?\d{1,3}(?:\.\d{1,20})?(?:e-\d{1,3})?$/;
const DIGITS = /^\d{1,8}$/;
const E164 = /^\+?([1-9]\d{7,14})$/;
const MUNICIPALITY = /^GM(\d{4})$/i;

export interface RowOptions {
  /** An empty participant is taken, as -1. */
  readonly participantMayLack?: boolean;
}

/** Reads rows into one set of values; remembers texts that come again and again. */
export class RowReader {
  readonly values: RowValues = {
    participant: 0,
    number: 0,
    status: 0,
    language: 0,
    kind: 0,
    lng: 0,
    lat: 0,
    channels: 0,
    schedule: new Uint32Array(0),
    municipality: 0,
    generated: false,
  };
  readonly #channels = new Remembered(parseChannels);
  readonly #schedules = new Remembered(parseSchedule);

  readonly #fieldCount: number;

  constructor(
    private readonly places: ColumnPlaces,
    private readonly options: RowOptions = {},
  ) {
    this.#fieldCount = Object.values(places).filter((place) => place >= 0).length;
  }

  /** Undefined when `values` has the row, or why not. */
  read(line: string): RowCode | undefined {
    const fields = splitLine(line);
    if (fields === undefined) return "QUOTE_UNCLOSED";
    if (fields.length !== this.#fieldCount) return "FIELD_COUNT";
    return this.#readPerson(fields) ?? this.#readLocation(fields);
  }

  #readPerson(fields: readonly string[]): RowCode | undefined {
    const { values, places } = this;
    const participant = fields[places.participant]!.trim();
    const lacks = participant === "" && this.options.participantMayLack;
    values.participant = lacks ? -1 : Number(participant);
    const isWrong = !DIGITS.test(participant) || values.participant >= REGISTRY.participants;
    if (isWrong && !lacks) return "PARTICIPANT_INVALID";
    const number = fields[places.number]!.trim();
    const match = number === "" ? null : E164.exec(number);
    if (number !== "" && match === null) return "NUMBER_INVALID";
    values.number = match === null ? 0 : Number(match[1]);
    values.status = wordOf(PARTICIPANT_STATUSES, fields[places.status]!);
    if (values.status < 0) return "STATUS_UNKNOWN";
    const off = places.switchedOff < 0 ? 0 : parseSwitchedOff(fields[places.switchedOff]!);
    if (off === undefined) return "SWITCHED_OFF_UNKNOWN";
    values.status |= off;
    values.language = wordOf(LANGUAGES, fields[places.language]!);
    return values.language < 0 ? "LANGUAGE_UNKNOWN" : undefined;
  }

  #readLocation(fields: readonly string[]): RowCode | undefined {
    const { values, places } = this;
    values.kind = wordOf(LOCATION_KINDS, fields[places.kind]!);
    if (values.kind < 0) return "KIND_UNKNOWN";
    values.lng = degrees(fields[places.lng]!, 180);
    if (Number.isNaN(values.lng)) return "LNG_INVALID";
    values.lat = degrees(fields[places.lat]!, 90);
    if (Number.isNaN(values.lat)) return "LAT_INVALID";
    const channels = this.#channels.of(fields[places.channels]!);
    if (channels === undefined) return "CHANNELS_INVALID";
    values.channels = channels;
    const schedule = this.#schedules.of(fields[places.schedule]!);
    if (schedule === undefined) return "SCHEDULE_INVALID";
    values.schedule = schedule;
    const municipality = fields[places.municipality]!.trim();
    const match = municipality === "" ? null : MUNICIPALITY.exec(municipality);
    if (municipality !== "" && match === null) return "MUNICIPALITY_INVALID";
    values.municipality = match === null ? 0 : Number(match[1]);
    const origin = places.origin < 0 ? "" : fields[places.origin]!.trim().toLowerCase();
    values.generated = origin === GENERATED;
    return origin === "" || values.generated ? undefined : "ORIGIN_UNKNOWN";
  }
}

function wordOf(words: readonly string[], field: string): number {
  return words.indexOf(field.trim().toLowerCase());
}

/** NaN when it is not a number of degrees within the bound. */
function degrees(field: string, bound: number): number {
  const text = field.trim();
  const value = Number(text);
  return DECIMAL.test(text) && Math.abs(value) <= bound ? value : Number.NaN;
}

/** Texts that a Remembered keeps: a registry has few different ones, and a file that has not must not fill the memory. */
const REMEMBERED = 10_000;

class Remembered<T> {
  readonly #known = new Map<string, T | undefined>();

  constructor(private readonly parse: (text: string) => T | undefined) {}

  of(text: string): T | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const value = this.parse(text);
    if (this.#known.size < REMEMBERED) this.#known.set(text, value);
    return value;
  }
}
