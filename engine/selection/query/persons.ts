/**
 * Whether somebody inside an area is asked and, if not, why: the first reason that holds, in the order of LEFT_OUT. The one place
 * that knows it; the count of a preview, the roster of a wave and a participant who wants to know go through it.
 *
 * What the places of a person inside say comes from isWelcome (welcome.ts), the rest from the columns of participants. The kernels of
 * a dispatch ask the status for themselves while they gather (eligible.ts), as it costs them less there; a property holds the two
 * together.
 */

import {
  CHANNELS,
  type Channel,
  LEFT_OUT,
  type LeftOut,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
  switchedOffBit,
} from "../../../schemas/words.js";
import { ASKED_COUNTS, askedCounts, IN_DAY, IN_HOUR, IN_MONTH, RUNNING } from "./asked-columns.js";

/** How often somebody may be asked, whether beside another action, and which groups alone. */
export interface Sparing {
  /** Whoever was asked as often in the last hour, or day, is not asked. */
  readonly perHour: number;
  readonly perDay: number;
  /** Whoever is asked by another action that runs is not asked. */
  readonly alone: boolean;
  /** Whoever has none of these bits of GROUPS is not asked; 0: everybody is. */
  readonly only: number;
}

/** Everybody is asked, however often they were. */
export const NO_SPARING: Sparing = { perHour: Infinity, perDay: Infinity, alone: false, only: 0 };

/** Columns of participants as they cross between threads, by participant number. */
export interface PersonData {
  readonly status: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  readonly language: SharedArrayBuffer;
  readonly groups: SharedArrayBuffer;
  readonly asked: SharedArrayBuffer;
}

/** What the places of somebody inside say, the best of them. */
export const PLACE = { unwelcome: 0, otherHours: 1, welcome: 2 } as const;
export type Place = (typeof PLACE)[keyof typeof PLACE];

/** In place of the index of a reason: somebody who is asked, and a number that nobody has any more. */
export const ASKED = LEFT_OUT.length;
export const NOBODY_THERE = LEFT_OUT.length + 1;

const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");
const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");
const ERASED = PARTICIPANT_STATUSES.indexOf("erased");
const REASON = Object.fromEntries(LEFT_OUT.map((reason, index) => [reason, index])) as Record<LeftOut, number>;

/** Channels that reach a phone number. */
const BY_NUMBER: readonly Channel[] = ["sms", "voice"];
export const NEEDS_NUMBER = CHANNELS.map((channel) => BY_NUMBER.includes(channel));

export class Persons {
  readonly #status: Uint8Array;
  readonly #numbers: Float64Array;
  readonly #groups: Uint8Array;
  readonly #asked: Uint16Array;
  readonly #off: number;
  readonly #needsNumber: boolean;
  readonly #sparing: Sparing;
  readonly #spares: boolean;

  /** `channel`: index into CHANNELS. */
  constructor({ status, numbers, groups, asked }: Omit<PersonData, "language">, channel: number, sparing: Sparing) {
    this.#status = new Uint8Array(status);
    this.#numbers = new Float64Array(numbers);
    this.#groups = new Uint8Array(groups);
    this.#asked = askedCounts(asked);
    this.#off = switchedOffBit(CHANNELS[channel]!);
    this.#needsNumber = NEEDS_NUMBER[channel]!;
    this.#sparing = sparing;
    this.#spares = sparing.only !== 0 || sparing.alone || sparing.perHour < Infinity || sparing.perDay < Infinity;
  }

  /** The index of the reason in LEFT_OUT, ASKED, or NOBODY_THERE. */
  reasonOf(person: number, place: Place): number {
    const state = this.#status[person]!;
    const status = state & STATUS_MASK;
    if (status !== ACTIVE) {
      if (status === ERASED) return NOBODY_THERE;
      return status === PAUSED ? REASON.paused : REASON.unconfirmed;
    }
    if ((state & this.#off) !== 0) return REASON.channelOff;
    if (this.#needsNumber && !this.hasNumber(person)) return REASON.noNumber;
    if (place !== PLACE.welcome) return place === PLACE.otherHours ? REASON.hours : REASON.unwelcome;
    return this.#spares ? this.#sparedFor(person) : ASKED;
  }

  /** True of whoever is left out whatever the channel. */
  isSpared(person: number): boolean {
    return this.#spares && this.#sparedFor(person) !== ASKED;
  }

  hasNumber(person: number): boolean {
    return this.#numbers[person] !== 0;
  }

  /** True of whoever has one of these bits of GROUPS. */
  isIn(person: number, groups: number): boolean {
    return (this.#groups[person]! & groups) !== 0;
  }

  isActive(person: number): boolean {
    return (this.#status[person]! & STATUS_MASK) === ACTIVE;
  }

  timesInMonth(person: number): number {
    return this.#asked[person * ASKED_COUNTS + IN_MONTH]!;
  }

  #sparedFor(person: number): number {
    const { perHour, perDay, alone, only } = this.#sparing;
    if (only !== 0 && !this.isIn(person, only)) return REASON.notInGroup;
    const at = person * ASKED_COUNTS;
    if (this.#asked[at + IN_HOUR]! >= perHour || this.#asked[at + IN_DAY]! >= perDay) return REASON.askedOften;
    return alone && this.#asked[at + RUNNING]! > 0 ? REASON.otherAction : ASKED;
  }
}
