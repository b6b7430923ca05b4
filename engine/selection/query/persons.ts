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
  readonly addresses: SharedArrayBuffer;
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

/** Values of a status byte. */
const STATES = 256;
/** As often as this nobody was asked: a count ends before. A whole number, for it is compared with many of them. */
const NEVER = 0x10000;

export class Persons {
  readonly #status: Uint8Array;
  readonly #addresses: Uint8Array;
  readonly #groups: Uint8Array;
  readonly #asked: Uint16Array;
  /** What a status byte says: a reason, ASKED or NOBODY_THERE. */
  readonly #byState: Uint8Array;
  readonly #channel: number;
  readonly #perHour: number;
  readonly #perDay: number;
  readonly #alone: boolean;
  readonly #only: number;
  readonly #spares: boolean;

  /** `channel`: index into CHANNELS. */
  constructor({ status, addresses, groups, asked }: Omit<PersonData, "language">, channel: number, sparing: Sparing) {
    this.#status = new Uint8Array(status);
    this.#addresses = new Uint8Array(addresses);
    this.#groups = new Uint8Array(groups);
    this.#asked = askedCounts(asked);
    const off = switchedOffBit(CHANNELS[channel]!);
    this.#byState = new Uint8Array(STATES);
    for (let state = 0; state < STATES; state += 1) this.#byState[state] = reasonOfState(state, off);
    this.#channel = channel;
    const { perHour, perDay, alone, only } = sparing;
    this.#perHour = Math.min(perHour, NEVER);
    this.#perDay = Math.min(perDay, NEVER);
    this.#alone = alone;
    this.#only = only;
    this.#spares = only !== 0 || alone || perHour < Infinity || perDay < Infinity;
  }

  /** The index of the reason in LEFT_OUT, ASKED, or NOBODY_THERE. */
  reasonOf(person: number, place: Place): number {
    const reason = this.#byState[this.#status[person]!]!;
    if (reason !== ASKED) return reason;
    if (!this.hasAddress(person, this.#channel)) return REASON.noNumber;
    if (place !== PLACE.welcome) return place === PLACE.otherHours ? REASON.hours : REASON.unwelcome;
    return this.#spares ? this.#sparedFor(person) : ASKED;
  }

  /**
   * The same of each of these, whose places are welcome. One column after the other: persons come in no order, so that each look waits
   * for memory, and where nothing else is done between two looks, many wait at a time.
   */
  reasonsOf(people: Uint32Array, reasons: Uint8Array): void {
    const [status, byState, addresses] = [this.#status, this.#byState, this.#addresses];
    for (let at = 0; at < people.length; at += 1) reasons[at] = byState[status[people[at]!]!]!;
    const own = 1 << this.#channel;
    for (let at = 0; at < people.length; at += 1) {
      if ((addresses[people[at]!]! & own) === 0 && reasons[at] === ASKED) reasons[at] = REASON.noNumber;
    }
    if (this.#spares) this.#spare(people, reasons);
  }

  /** True of whoever is left out whatever the channel. */
  isSpared(person: number): boolean {
    return this.#spares && this.#sparedFor(person) !== ASKED;
  }

  /** `channel`: index into CHANNELS. */
  hasAddress(person: number, channel: number): boolean {
    return ((this.#addresses[person]! >>> channel) & 1) === 1;
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

  /** As sparedFor, of those who are asked so far. */
  #spare(people: Uint32Array, reasons: Uint8Array): void {
    const [asked, perHour, perDay] = [this.#asked, this.#perHour, this.#perDay];
    if (this.#only !== 0) {
      for (let at = 0; at < people.length; at += 1) {
        if (reasons[at] === ASKED && !this.isIn(people[at]!, this.#only)) reasons[at] = REASON.notInGroup;
      }
    }
    if (perHour < NEVER || perDay < NEVER) {
      for (let at = 0; at < people.length; at += 1) {
        const of = people[at]! * ASKED_COUNTS;
        const isOften = asked[of + IN_HOUR]! >= perHour || asked[of + IN_DAY]! >= perDay;
        if (isOften && reasons[at] === ASKED) reasons[at] = REASON.askedOften;
      }
    }
    if (!this.#alone) return;
    for (let at = 0; at < people.length; at += 1) {
      const isElsewhere = asked[people[at]! * ASKED_COUNTS + RUNNING]! > 0;
      if (isElsewhere && reasons[at] === ASKED) reasons[at] = REASON.otherAction;
    }
  }

  #sparedFor(person: number): number {
    if (this.#only !== 0 && !this.isIn(person, this.#only)) return REASON.notInGroup;
    const at = person * ASKED_COUNTS;
    if (this.#asked[at + IN_HOUR]! >= this.#perHour || this.#asked[at + IN_DAY]! >= this.#perDay) {
      return REASON.askedOften;
    }
    return this.#alone && this.#asked[at + RUNNING]! > 0 ? REASON.otherAction : ASKED;
  }
}

function reasonOfState(state: number, off: number): number {
  const status = state & STATUS_MASK;
  if (status === ERASED) return NOBODY_THERE;
  if (status !== ACTIVE) return status === PAUSED ? REASON.paused : REASON.unconfirmed;
  return (state & off) !== 0 ? REASON.channelOff : ASKED;
}
