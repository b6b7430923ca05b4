/** Reads one CSV row after the other into values, or says by its code (row-codes.ts) why a row can't be one. */

import { REGISTRY } from "../../schemas/limits.js";
import { MAIL_PATTERN, NAME_PATTERN } from "../../schemas/participant.js";
import {
  IN_DANGER,
  LANGUAGES,
  LOCATION_KINDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
  TIME_ZONES,
} from "../../schemas/words.js";
import { parseChannels, parseExcept, parseNeeds, parseSwitchedOff, wordIndex } from "./channels.js";
import { CSV_COLUMNS, type CsvColumn, GENERATED, OPTIONAL_COLUMNS, PHONE_KIND, splitLine } from "./csv.js";
import { dayOf, parseDay, parseMoment } from "./days.js";
import type { RowCode } from "./row-codes.js";
import { parseSchedule } from "./schedule.js";
import { ALWAYS_EVERYTHING, type Terms } from "./terms.js";

/** What is the participant's own, the same in all of their rows. */
export interface PersonValues {
  participant: number;
  number: number;
  /** As in the column: the channels that are switched off are part of it. */
  status: number;
  language: number;
  /** Index into PARTICIPANT_KINDS. */
  type: number;
  name: string;
  mail: string;
  needs: number;
  pausedUntil: number;
  joinedDay: number;
}

/** What a row is about: a location, where the phone is, or nothing, for who has no location. */
export type RowPlace = "location" | "phone" | "nowhere";

/** Filled anew by each row that is read. */
export interface RowValues extends PersonValues {
  place: RowPlace;
  /** Index into LOCATION_KINDS. */
  kind: number;
  lng: number;
  lat: number;
  channels: number;
  terms: Terms;
  municipality: number;
  generated: boolean;
}

/** Field of each column in a file; -1 where there is none. */
export type ColumnPlaces = Record<CsvColumn, number>;

/** Where each column is in this file, or what is wrong with the header. */
export function readHeader(line: string): { places: ColumnPlaces } | { wrong: string } {
  const names = (splitLine(line) ?? []).map((name) => name.trim().toLowerCase());
  const missing = CSV_COLUMNS.filter((column) => !names.includes(column));
  // As spreadsheets write CSV where a comma stands in numbers.
  if (missing.length > 0 && line.includes(";")) return { wrong: "columns have commas between them, not semicolons" };
  if (missing.length > 0) return { wrong: `the first line is not a header; it lacks: ${missing.join(", ")}` };
  const known: readonly CsvColumn[] = [...CSV_COLUMNS, ...OPTIONAL_COLUMNS];
  const lower = known.map((column) => column.toLowerCase());
  if (names.length > new Set(names).size || !names.every((name) => lower.includes(name))) {
    return { wrong: `the header has columns twice, or others than: ${known.join(", ")}` };
  }
  const places = Object.fromEntries(known.map((column, index) => [column, names.indexOf(lower[index]!)]));
  return { places: places as ColumnPlaces };
}

/** As many decimals as JavaScript writes of a number above 1e-6, below which it writes an exponent. */
const DECIMAL = /^-?\d{1,3}(?:\.\d{1,24})?(?:e-\d{1,3})?$/;
const DIGITS = /^\d{1,8}$/;
const E164 = /^\+?([1-9]\d{7,14})$/;
const MUNICIPALITY = /^GM(\d{4})$/i;
const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");
const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");
const PERSON = PARTICIPANT_KINDS.indexOf("person");

export interface RowOptions {
  /** Moments before this one have been; the present by default. */
  readonly nowMs?: number;
  /** An empty participant is -1 instead of a fault. */
  readonly participantMayLack?: boolean;
}

/** Reads rows into one set of values; remembers texts that come again and again. */
export class RowReader {
  readonly values: RowValues = {
    participant: 0,
    number: 0,
    status: 0,
    language: 0,
    type: 0,
    name: "",
    mail: "",
    needs: 0,
    pausedUntil: 0,
    joinedDay: 0,
    place: "nowhere",
    kind: 0,
    lng: 0,
    lat: 0,
    channels: 0,
    terms: ALWAYS_EVERYTHING,
    municipality: 0,
    generated: false,
  };
  readonly #channels = new Remembered(parseChannels);
  readonly #days = new Remembered(parseDay);
  readonly #terms = new Remembered<Terms | RowCode>((text) => termsOf(text.split("\n")));
  readonly #fieldCount: number;
  readonly #nowMs: number;
  #fields: readonly string[] = [];

  constructor(
    private readonly places: ColumnPlaces,
    private readonly options: RowOptions = {},
  ) {
    this.#nowMs = options.nowMs ?? Date.now();
    this.#fieldCount = Object.values(places).filter((place) => place >= 0).length;
  }

  /** Undefined when `values` has the row, or why not. */
  read(line: string): RowCode | undefined {
    const fields = splitLine(line);
    if (fields === undefined) return "QUOTE_UNCLOSED";
    if (fields.length !== this.#fieldCount) return "FIELD_COUNT";
    this.#fields = fields;
    return this.#readPerson() ?? this.#readName() ?? this.#readTimes() ?? this.#readPlace() ?? this.#readWishes();
  }

  /** Empty for a column that the file lacks. */
  #field(column: CsvColumn): string {
    const place = this.places[column];
    return place < 0 ? "" : this.#fields[place]!.trim();
  }

  #readPerson(): RowCode | undefined {
    const { values } = this;
    const participant = this.#field("participant");
    const lacks = participant === "" && this.options.participantMayLack === true;
    values.participant = lacks ? -1 : Number(participant);
    if (!lacks && (!DIGITS.test(participant) || values.participant >= REGISTRY.participants)) {
      return "PARTICIPANT_INVALID";
    }
    const number = this.#field("number");
    const match = number === "" ? null : E164.exec(number);
    if (number !== "" && match === null) return "NUMBER_INVALID";
    values.number = match === null ? 0 : Number(match[1]);
    values.status = wordIndex(PARTICIPANT_STATUSES, this.#field("status"));
    if (values.status < 0) return "STATUS_UNKNOWN";
    const off = parseSwitchedOff(this.#field("switchedOff"));
    if (off === undefined) return "SWITCHED_OFF_UNKNOWN";
    values.status |= off;
    values.language = wordIndex(LANGUAGES, this.#field("language"));
    return values.language < 0 ? "LANGUAGE_UNKNOWN" : undefined;
  }

  #readName(): RowCode | undefined {
    const { values } = this;
    values.type = wordOrFirst(PARTICIPANT_KINDS, this.#field("type"));
    if (values.type < 0) return "TYPE_UNKNOWN";
    values.name = this.#field("name");
    if ((values.name === "") !== (values.type === PERSON)) return "NAME_INVALID";
    if (values.name.length > REGISTRY.nameCharacters || !NAME_PATTERN.test(values.name)) return "NAME_INVALID";
    values.mail = this.#field("mail").toLowerCase();
    if (values.mail.length > REGISTRY.mailCharacters) return "MAIL_INVALID";
    if (values.mail !== "" && !MAIL_PATTERN.test(values.mail)) return "MAIL_INVALID";
    const needs = parseNeeds(this.#field("needs"));
    values.needs = needs ?? 0;
    return needs === undefined ? "NEEDS_UNKNOWN" : undefined;
  }

  #readTimes(): RowCode | undefined {
    const { values } = this;
    const until = this.#field("pausedUntil");
    const seconds = until === "" ? 0 : parseMoment(until);
    if (seconds === undefined) return "PAUSED_UNTIL_INVALID";
    const over = seconds > 0 && seconds * 1_000 <= this.#nowMs;
    const paused = (values.status & STATUS_MASK) === PAUSED;
    if (seconds > 0 && !over && !paused) return "PAUSED_UNTIL_INVALID";
    values.pausedUntil = over ? 0 : seconds;
    if (over && paused) values.status = (values.status & ~STATUS_MASK) | ACTIVE;
    const joined = this.#field("joinedOn");
    const day = joined === "" ? 0 : this.#days.of(joined);
    // Tomorrow here may be today where the file was made.
    if (day === undefined || day < 0 || day > dayOf(this.#nowMs) + 1) return "JOINED_ON_INVALID";
    values.joinedDay = day;
    return undefined;
  }

  #readPlace(): RowCode | undefined {
    const { values } = this;
    const [kind, lng, lat] = [this.#field("kind"), this.#field("lng"), this.#field("lat")];
    const municipality = this.#field("municipality");
    const match = municipality === "" ? null : MUNICIPALITY.exec(municipality);
    if (municipality !== "" && match === null) return "MUNICIPALITY_INVALID";
    values.municipality = match === null ? 0 : Number(match[1]);
    values.kind = wordIndex(LOCATION_KINDS, kind);
    values.place = "location";
    if (kind === "" && lng === "" && lat === "") values.place = "nowhere";
    else if (kind.toLowerCase() === PHONE_KIND) values.place = "phone";
    if (values.place === "location") return this.#readPosition(lng, lat);
    if (lng !== "") return "LNG_INVALID";
    if (lat !== "") return "LAT_INVALID";
    return municipality === "" ? undefined : "MUNICIPALITY_INVALID";
  }

  #readPosition(lng: string, lat: string): RowCode | undefined {
    const { values } = this;
    if (values.kind < 0) return "KIND_UNKNOWN";
    values.lng = degrees(lng, 180);
    if (Number.isNaN(values.lng)) return "LNG_INVALID";
    values.lat = degrees(lat, 90);
    return Number.isNaN(values.lat) ? "LAT_INVALID" : undefined;
  }

  #readWishes(): RowCode | undefined {
    const { values } = this;
    const channels = this.#channels.of(this.#field("channels"));
    if (channels === undefined) return "CHANNELS_INVALID";
    values.channels = channels;
    const [except, timeZone, danger] = [this.#field("except"), this.#field("timeZone"), this.#field("inDanger")];
    const more = except === "" && timeZone === "" && danger === "" ? "" : `\n${except}\n${timeZone}\n${danger}`;
    const terms = this.#terms.of(this.#field("schedule") + more);
    if (typeof terms === "string") return terms;
    values.terms = terms;
    const origin = this.#field("origin").toLowerCase();
    values.generated = origin === GENERATED;
    return origin === "" || values.generated ? undefined : "ORIGIN_UNKNOWN";
  }
}

function termsOf([schedule, except = "", timeZone = "", danger = ""]: readonly string[]): Terms | RowCode {
  const hours = parseSchedule(schedule!);
  if (hours === undefined) return "SCHEDULE_INVALID";
  const kinds = parseExcept(except);
  if (kinds === undefined) return "EXCEPT_INVALID";
  const zone = wordOrFirst(TIME_ZONES, timeZone);
  if (zone < 0) return "TIME_ZONE_UNKNOWN";
  const inDanger = wordOrFirst(IN_DANGER, danger);
  return inDanger < 0 ? "IN_DANGER_UNKNOWN" : { hours, except: kinds, zone, inDanger };
}

/** An empty field means the first word. */
function wordOrFirst(words: readonly string[], field: string): number {
  return field === "" ? 0 : wordIndex(words, field);
}

/** NaN when it is not a number of degrees within the bound. */
function degrees(text: string, bound: number): number {
  const value = Number(text);
  return DECIMAL.test(text) && Math.abs(value) <= bound ? value : Number.NaN;
}

/** Texts that a Remembered keeps: a registry has few different ones, and a file that has not must not fill the memory. */
const REMEMBERED = 10_000;

class Remembered<T> {
  readonly #known = new Map<string, T>();

  constructor(private readonly parse: (text: string) => T) {}

  of(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const value = this.parse(text);
    if (this.#known.size < REMEMBERED) this.#known.set(text, value);
    return value;
  }
}
