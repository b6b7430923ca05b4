/** Reads one CSV row after the other into values, or says by its code (row-codes.ts) why a row can't be one. */

import { MAIL_PATTERN, NAME_PATTERN } from "../../../schemas/api/participant.js";
import { fail } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import {
  type Channel,
  DOMAINS,
  IN_DANGER,
  LANGUAGES,
  LOCATION_KINDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
  SMS_CHANNELS,
  STATUS_MASK,
  TIME_ZONES,
} from "../../../schemas/words.js";
import { isExchanged } from "../../geo/exchanged.js";
import { postcodeNumber } from "../../geo/postcode.js";
import { numberMisfit, readNumber } from "../phone-number.js";
import { parseSchedule } from "../record/profile/schedule.js";
import type { Places } from "../record/profile/wishes.js";
import { channelMask } from "../record/profile/words-bits.js";
import { ALWAYS_EVERYTHING, type Terms } from "../record/terms.js";
import { parseChannels, parseContacts, parseExcept, parseNeeds, parseSwitchedOff, wordIndex } from "./channels.js";
import { type CsvColumn, GENERATED, PHONE_KIND } from "./csv.js";
import { dayOf, parseDay, parseMoment } from "./days.js";
import type { Header } from "./header.js";
import { Remembered } from "./remembered.js";
import type { RowCode } from "./row-codes.js";
import type { RowValues } from "./row-values.js";

const NO_POSTCODES = fail("POSTCODES_MISSING", "no places are known here");

/** As many decimals as JavaScript writes of a number above 1e-6, below which it writes an exponent. */
const DECIMAL = /^-?\d{1,3}(?:[.,]\d{1,24})?(?:e-\d{1,3})?$/;
const DIGITS = /^\d{1,8}$/;
/** The numbers of generated people, which lie in series that no plan gives to anybody. */
const E164 = /^\+([1-9]\d{7,14})$/;
const MUNICIPALITY = /^GM(\d{4})$/i;
const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");
const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");
const PERSON = PARTICIPANT_KINDS.indexOf("person");

export interface RowOptions {
  /** Moments before this one have been; the present by default. */
  readonly nowMs?: number;
  /** An empty participant is -1 instead of a fault, as it is in a file without the column. */
  readonly participantMayLack?: boolean;
  /** Where postcodes are; POSTCODES_MISSING without it. */
  readonly places?: Pick<Places, "positionOfPostcode">;
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
    contacts: 0,
    place: "nowhere",
    kind: 0,
    lng: 0,
    lat: 0,
    channels: 0,
    terms: ALWAYS_EVERYTHING,
    municipality: 0,
    postcode: 0,
    generated: false,
  };
  readonly #channels = new Remembered(parseChannels);
  readonly #days = new Remembered(parseDay);
  readonly #terms = new Remembered<Terms | RowCode>((text) => termsOf(text.split("\n")));
  readonly #nowMs: number;
  #fields: readonly string[] = [];
  readonly #options: RowOptions;

  constructor(
    readonly header: Header,
    options: RowOptions = {},
  ) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now();
  }

  /** Undefined when `values` has the row, or why not. */
  read(fields: readonly string[]): RowCode | undefined {
    this.#fields = fields;
    if (this.header.nameless.some((at) => fields[at]!.trim() !== "")) return "COLUMN_NAMELESS";
    return this.#readPerson() ?? this.#readName() ?? this.#readTimes() ?? this.#readPlace() ?? this.#readWishes();
  }

  has(column: CsvColumn): boolean {
    return this.header.at[column] >= 0;
  }

  /** Empty for a column that the file lacks; line ends in a cell are spaces. */
  #field(column: CsvColumn): string {
    const at = this.header.at[column];
    if (at < 0) return "";
    const text = this.#fields[at]!.trim();
    if (text === "") return text;
    return text.includes("\n") ? text.replace(/\s*\n\s*/g, " ") : text;
  }

  #readPerson(): RowCode | undefined {
    const { values } = this;
    const participant = this.#field("participant");
    const lacks = participant === "" && (this.#options.participantMayLack === true || !this.has("participant"));
    values.participant = lacks ? -1 : Number(participant);
    if (!lacks && (!DIGITS.test(participant) || values.participant >= REGISTRY.participants)) {
      return "PARTICIPANT_INVALID";
    }
    const number = this.#readNumber(this.#field("number"));
    if (typeof number === "string") return number;
    values.number = number;
    values.status = wordOrFirst(PARTICIPANT_STATUSES, this.#field("status"));
    if (values.status < 0) return "STATUS_UNKNOWN";
    const off = parseSwitchedOff(this.#field("switchedOff"));
    if (off === undefined) return "SWITCHED_OFF_UNKNOWN";
    values.status |= off;
    values.language = wordOrFirst(LANGUAGES, this.#field("language"));
    return values.language < 0 ? "LANGUAGE_UNKNOWN" : undefined;
  }

  #readNumber(text: string): number | RowCode {
    const origin = this.#field("origin").toLowerCase();
    this.values.generated = origin === GENERATED;
    if (origin !== "" && !this.values.generated) return "ORIGIN_UNKNOWN";
    if (text === "") return 0;
    const generated = this.values.generated ? E164.exec(text) : null;
    return generated === null ? readNumber(text) : Number(generated[1]);
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
    const contacts = parseContacts(this.#field("contacts"));
    values.contacts = contacts ?? 0;
    return contacts === undefined ? "CONTACTS_UNKNOWN" : undefined;
  }

  #readPlace(): RowCode | undefined {
    const { values } = this;
    const [kind, lng, lat] = [this.#field("kind"), this.#field("lng"), this.#field("lat")];
    const municipality = this.#field("municipality");
    const match = municipality === "" ? null : MUNICIPALITY.exec(municipality);
    if (municipality !== "" && match === null) return "MUNICIPALITY_INVALID";
    values.municipality = match === null ? 0 : Number(match[1]);
    values.kind = wordOrFirst(LOCATION_KINDS, kind);
    const postcode = this.#field("postcode");
    const byPostcode = this.#field("byPostcode");
    values.postcode = postcodeNumber(byPostcode) ?? 0;
    if (byPostcode !== "" && values.postcode === 0) return "BY_POSTCODE_INVALID";
    values.place = "location";
    if (kind.toLowerCase() === PHONE_KIND) values.place = "phone";
    else if (lng === "" && lat === "" && postcode === "" && (kind === "" || !this.#hasPlaces()))
      values.place = "nowhere";
    if (values.place === "location") return this.#readPosition(lng, lat, postcode);
    if (lng !== "") return "LNG_INVALID";
    if (lat !== "") return "LAT_INVALID";
    if (postcode !== "") return "POSTCODE_UNKNOWN";
    if (byPostcode !== "") return "BY_POSTCODE_INVALID";
    return municipality === "" ? undefined : "MUNICIPALITY_INVALID";
  }

  /** Whether the file says where locations are. */
  #hasPlaces(): boolean {
    return this.has("postcode") || (this.has("lng") && this.has("lat"));
  }

  #readPosition(lng: string, lat: string, postcode: string): RowCode | undefined {
    const { values } = this;
    if (values.kind < 0) return "KIND_UNKNOWN";
    if (lng === "" && lat === "" && postcode !== "") return this.#readPostcode(postcode.replaceAll(" ", ""));
    values.lng = degrees(lng, 180);
    if (Number.isNaN(values.lng)) return "LNG_INVALID";
    values.lat = degrees(lat, 90);
    if (Number.isNaN(values.lat)) return "LAT_INVALID";
    return isExchanged([values.lng, values.lat]) ? "POSITION_EXCHANGED" : undefined;
  }

  #readPostcode(postcode: string): RowCode | undefined {
    const found = this.#options.places?.positionOfPostcode(postcode) ?? NO_POSTCODES;
    if (!found.ok) return found.problem.code === "POSTCODE_UNKNOWN" ? "POSTCODE_UNKNOWN" : "POSTCODES_MISSING";
    [this.values.lng, this.values.lat] = found.value;
    this.values.postcode = postcodeNumber(postcode)!;
    return undefined;
  }

  #readWishes(): RowCode | undefined {
    const { values } = this;
    const channels = this.has("channels") ? this.#channels.of(this.#field("channels")) : usualChannels(values);
    if (channels === undefined) return "CHANNELS_INVALID";
    values.channels = channels;
    const [except, timeZone, danger] = [this.#field("except"), this.#field("timeZone"), this.#field("inDanger")];
    const more = except === "" && timeZone === "" && danger === "" ? "" : `\n${except}\n${timeZone}\n${danger}`;
    const terms = this.#terms.of(this.#field("schedule") + more);
    if (typeof terms === "string") return terms;
    values.terms = terms;
    if (values.generated) return undefined;
    const wantsSms = values.place !== "nowhere" && (channels & SMS_CHANNELS) !== 0;
    return numberMisfit(values.number, values.type === PERSON, wantsSms);
  }
}

/** What is welcome where nothing is said: everything, by what the participant is reached. */
function usualChannels({ number, mail }: RowValues): number {
  const ways: Channel[] = number === 0 ? [] : [numberMisfit(number, false, true) === undefined ? "sms" : "voice"];
  if (mail !== "") ways.push("email");
  return channelMask(Object.fromEntries(ways.map((channel) => [channel, DOMAINS])));
}

function termsOf([schedule, except = "", timeZone = "", danger = ""]: readonly string[]): Terms | RowCode {
  const hours = parseSchedule(schedule || "always");
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
  // A spreadsheet writes a comma where the language has one; there are no thousands of degrees.
  if (!DECIMAL.test(text)) return Number.NaN;
  const value = Number(text.includes(",") ? text.replace(",", ".") : text);
  return Math.abs(value) <= bound ? value : Number.NaN;
}
