/**
 * One generated person: who they are, where they live and work, and what they want to hear, when and how. Everybody is
 * active, and everybody's home welcomes alarm and trace by SMS at any hour, so that a nationwide action reaches all of them.
 *
 * The phone numbers are shaped like mobile ones but lie in series that the numbering plans give to nobody: 06 issues only
 * 061 to 065 and 068, so 069, 060, 067 and 066 are free; for Germany and Belgium the like is done with 0150 and 0400.
 */

import type { RowExtras } from "../../engine/registry/record/extras.js";
import type { ParticipantSink } from "../../engine/registry/record/writer.js";
import { assert } from "../../schemas/errors.js";
import {
  type Channel,
  channelBit,
  DOMAINS,
  type Domain,
  LANGUAGES,
  type Language,
  LOCATION_KINDS,
} from "../../schemas/words.js";
import { type Place, readPlaces } from "./places.js";
import { permutation, Random } from "./random.js";
import { generatedSchedules } from "./schedules.js";
import { type Home, type Site, scatter } from "./sites.js";
import { drawWorkplace, type Workplaces } from "./work.js";

/** Installations of the app among all participants [M4, M1]. */
const APP_SHARE = 450_000 / 1_600_000;
const WORK_SHARE = 0.56;
const OTHER_SHARE = 0.05;
const HOME = LOCATION_KINDS.indexOf("home");
const WORK = LOCATION_KINDS.indexOf("work");
const OTHER = LOCATION_KINDS.indexOf("other");
const ACTIVE = 0;
const ALWAYS = 0;

const NUMBERS_PER_SERIES = 10_000_000;
/** Coprime with the series, so that neighbours get numbers that don't look alike and none comes twice. */
const NUMBER_STEP = 7_654_321;
const DUTCH_SERIES = [69, 60, 67, 66, 61, 62, 63];
const ABROAD_SERIES = { DE: 491_500, BE: 3_240 };

export interface Country {
  readonly homes: readonly Home[];
  /** By place, as workplaces numbers them. */
  readonly sites: readonly Site[];
  readonly work: Workplaces;
}

/** What somebody wants who is to be reached where the phone is: everything over the app, at any hour. */
const withPhone = (channels: readonly Channel[]): RowExtras => ({
  mail: "",
  name: "",
  kind: 0,
  needs: 0,
  pausedUntil: 0,
  joinedDay: 0,
  contacts: 0,
  phone: {
    channels: channels.reduce((mask, channel) => {
      return DOMAINS.reduce((more, domain) => more | channelBit(channel, domain), mask);
    }, 0),
    terms: ALWAYS,
  },
});

/** Generates the people of a country, in order of participant number. */
export class People {
  readonly #random = new Random();
  readonly #position = new Float64Array(2);
  readonly #starts: Float64Array;
  readonly #slotOf: (row: number) => number;
  readonly #appRank: (row: number) => number;
  readonly #appCount: number;
  readonly #schedules: number[];
  readonly count: number;
  readonly #country: Country;
  readonly #seed: number;
  readonly #sink: ParticipantSink;
  /** How many want to be reached where the phone is. */
  readonly #phones: number;
  readonly #withPhone: RowExtras;

  /** `phoneChannels`: over which they want it there. */
  constructor(
    country: Country,
    seed: number,
    sink: ParticipantSink,
    phones = 0,
    phoneChannels: readonly Channel[] = ["push"],
  ) {
    this.#withPhone = withPhone(phoneChannels);
    this.#country = country;
    this.#seed = seed;
    this.#sink = sink;
    this.#phones = phones;
    this.#starts = new Float64Array(country.homes.length + 1);
    country.homes.forEach((home, index) => {
      this.#starts[index + 1] = this.#starts[index]! + home.participants;
    });
    this.count = this.#starts.at(-1)!;
    this.#slotOf = permutation(this.count, seed);
    this.#appRank = permutation(this.count, seed + 7);
    this.#appCount = Math.round(this.count * APP_SHARE);
    this.#schedules = generatedSchedules(sink.terms);
  }

  /** Draws participant `row` and gives them to the sink. */
  add(row: number): void {
    const random = this.#random;
    random.start(this.#seed, row);
    const slot = this.#slotOf(row);
    const home = this.#country.homes[this.#homeOf(slot)]!;
    const rank = this.#appRank(row);
    const app = rank < this.#appCount;
    const extras = rank < this.#phones ? this.#withPhone : undefined;
    this.#sink.participant(row, phoneNumber(home, slot), ACTIVE, languageIn(home, random), extras);
    this.#addLocation(home, homeChannels(app, random), ALWAYS, HOME);
    if (random.chance(WORK_SHARE)) this.#addElsewhere(home, app, WORK);
    if (random.chance(OTHER_SHARE)) this.#addElsewhere(home, app, OTHER);
  }

  #addElsewhere(home: Home, app: boolean, kind: number): void {
    const random = this.#random;
    const site = this.#country.sites[drawWorkplace(this.#country.work, home.place, random)]!;
    const schedule = this.#schedules[Math.floor(random.next() ** 1.6 * this.#schedules.length)]!;
    this.#addLocation(site, elsewhereChannels(app, random), schedule, kind);
  }

  #addLocation(site: Site, channels: number, schedule: number, kind: number): void {
    scatter(site, this.#random, this.#position);
    this.#sink.location(this.#position[0]!, this.#position[1]!, channels, schedule, site.municipality, kind);
  }

  /** The home whose slots include this one: the last that starts at or before it. */
  #homeOf(slot: number): number {
    let low = 0;
    let high = this.#country.homes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function phoneNumber(home: Home, slot: number): number {
  const within = ((slot % NUMBERS_PER_SERIES) * NUMBER_STEP) % NUMBERS_PER_SERIES;
  if (home.country === "NL") {
    const series = DUTCH_SERIES[Math.floor(slot / NUMBERS_PER_SERIES)];
    assert(series !== undefined, "there are series enough for the largest registry");
    return (3_100 + series) * NUMBERS_PER_SERIES + within;
  }
  return ABROAD_SERIES[home.country] * NUMBERS_PER_SERIES + within;
}

const bits = (channel: Channel, ...domains: Domain[]) =>
  domains.reduce((mask, domain) => mask | channelBit(channel, domain), 0);
const SMS_URGENT = bits("sms", "alarm", "trace");
const PUSH_URGENT = bits("push", "alarm", "trace");

function homeChannels(app: boolean, random: Random): number {
  return SMS_URGENT | lessUrgent(app, random) | (random.chance(0.15) ? bits("voice", "alarm") : 0);
}

function elsewhereChannels(app: boolean, random: Random): number {
  const sms = (random.chance(0.85) ? bits("sms", "alarm") : 0) | (random.chance(0.8) ? bits("sms", "trace") : 0);
  return sms | lessUrgent(app, random);
}

function lessUrgent(app: boolean, random: Random): number {
  let mask = app ? PUSH_URGENT : 0;
  if (random.chance(0.35)) mask |= bits("sms", "inform");
  if (random.chance(0.2)) mask |= bits("sms", "involve");
  if (app && random.chance(0.6)) mask |= bits("push", "inform", "involve");
  if (random.chance(0.55)) mask |= bits("email", "inform");
  if (random.chance(0.4)) mask |= bits("email", "involve", "trace");
  return mask;
}

const FRISIAN = "02";
const WALLONIA = "WAL";

function languageIn(home: Home, random: Random): number {
  const drawn = random.next();
  return LANGUAGES.indexOf(home.country === "NL" ? dutchLanguage(home, drawn) : foreignLanguage(home, drawn));
}

function dutchLanguage(home: Home, drawn: number): Language {
  if (home.region === FRISIAN && drawn > 0.75) return "fy";
  if (drawn < 0.93) return "nl";
  return (["en", "pl", "tr", "ar", "uk", "de"] as const)[Math.floor(((drawn - 0.93) / 0.07) * 6)]!;
}

function foreignLanguage(home: Home, drawn: number): Language {
  if (drawn > 0.8) return "nl";
  if (home.country === "DE") return "de";
  return home.region === WALLONIA ? "fr" : "nl";
}

/** The places that homes and workplaces are drawn from; read once in a process. */
let places: Place[] | undefined;
export function countryPlaces(): readonly Place[] {
  places ??= readPlaces();
  return places;
}
