/**
 * What the rest of the engine knows of selection. Implemented by pool.ts over Piscina; the kernels are in engine/geo and
 * beside this file.
 */

import type { Result } from "../../schemas/errors.js";
import type { TextNumbers } from "../../schemas/text-numbers.js";
import type { ActionKind, Channel, Domain, Language, LeftOut, Precedence, Urgency } from "../../schemas/words.js";
import type { Area } from "../geo/area.js";
import type { LiveRow, Placing } from "../registry/live/placing.js";
import type { Sparing } from "./query/persons.js";

/** Who is asked: everyone with a location in the area where this message is welcome over this channel at this time. */
export interface SelectionQuery {
  readonly area: Area;
  /** Where nearest is measured from, [lng, lat]; the circle's centre or the area's centroid when absent. */
  readonly origin?: readonly [number, number];
  readonly channel: Channel;
  /**
   * Over which channels people may be asked as well: a roster then has whoever can be over any of them, and says over which. A count
   * does without: it tells of every channel.
   */
  readonly besides?: readonly Channel[];
  readonly domain: Domain;
  readonly kind: ActionKind;
  /** An alarm of extreme urgency may come when and where others may not, as each has chosen (IN_DANGER). */
  readonly urgency: Urgency;
  /** Milliseconds since 1970. Each location has hours in a time zone of its own. */
  readonly atMs: number;
  /**
   * Whom nobody looks for, by participant number: a bitmap of 32-bit words. They are dropped before anything is sorted, so a circle that
   * grows costs what is new of it, and still finds whoever is new in its middle.
   */
  readonly without?: SharedArrayBuffer;
  /** Who is left out of a count besides; nobody when absent. A roster has them: who makes a wave of it leaves them out. */
  readonly sparing?: Sparing;
}

/** Uint32 participant numbers, nearest first, each person once however many of their locations lie in the area. */
export interface Roster {
  readonly count: number;
  readonly participants: SharedArrayBuffer;
  /**
   * Where several channels were asked for: over which of them each can be asked, because they welcome it at any of their locations in the
   * area, have an address and have not switched the channel off. Uint8, bit c for CHANNELS[c].
   */
  readonly channels?: SharedArrayBuffer;
  /** Which text each of them gets, where there are several. */
  readonly textNumbers?: TextNumbers;
}

/** Counts for a preview; nothing of it names a person. */
export interface SelectionCounts {
  /** Persons who could be asked over each channel; in all else as the query says. */
  readonly channels: Readonly<Record<Channel, number>>;
  /** Persons on the query's channel by language. */
  readonly languages: Readonly<Record<Language, number>>;
  /** Of those, the ones who need simple language. */
  readonly simple: Readonly<Record<Language, number>>;
  /** Persons on the query's channel by municipality code (0: outside the Netherlands), by their nearest location. */
  readonly municipalities: ReadonlyMap<number, number>;
  /** Persons inside who are not asked, each under the first reason that holds. */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
  readonly recipients: number;
  /** Of the active persons inside: how many they are, and how often they were asked in the last month, all together. */
  readonly asked: { readonly persons: number; readonly times: number };
}

export interface Selector {
  /** For dispatch. As many at a time as the caller has accepted; they go in the order of their precedence. */
  select(query: SelectionQuery, precedence?: Precedence): Promise<Result<Roster>>;
  /** Goes when no dispatch waits. BUSY when too many wait, CANCELLED when `signal` says that nobody waits for it any more. */
  count(query: SelectionQuery, signal?: AbortSignal): Promise<Result<SelectionCounts>>;
  close(): Promise<void>;
}

/**
 * Changes of where and how people are reached, on the main thread, seen by every selection that begins afterwards. A
 * selection that is under way has everyone who was to be asked throughout it, and nobody who was not at any moment of it.
 * Who changes static locations and the phone as one thing places first: a selection that sees the phone sees the places too,
 * and the places of before stay what they were to it.
 */
export interface LiveSelection extends Placing {
  /** Where the participant's phone is from now on, beside the static locations. BUSY, with nothing changed, when there is no room just now. */
  movePhone(participant: number, row: LiveRow): Result<void>;
}
