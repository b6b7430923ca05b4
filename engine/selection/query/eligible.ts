/**
 * Who of the rows in an area is asked: active participants who welcome this over this channel now, by their rows here unless
 * those are masked. The kernels read columns and write numbers; they allocate nothing.
 */

import { assert } from "../../../schemas/errors.js";
import { CHANNELS, PARTICIPANT_STATUSES, STATUS_MASK, switchedOffBit } from "../../../schemas/words.js";
import { EARTH_UNITS } from "../../geo/ellipsoid.js";
import type { Ranges } from "../../geo/search/ranges.js";
import type { PreparedArea } from "../../geo/search/search.js";
import { farthestSquared } from "../../geo/search/tree.js";
import type { ShardColumns } from "../rows/shard.js";
import { isHidden, type Mask } from "../rows/table.js";
import type { Rows } from "./rows.js";
import { isWelcome, welcomeOver } from "./welcome.js";

export interface Eligibility {
  /** Index into CHANNELS and DOMAINS. */
  readonly channel: number;
  readonly domain: number;
  /** By row of the table of terms (welcome.ts). */
  readonly welcome: Uint8Array;
  /** Likewise, at any hour. */
  readonly anyHour: Uint8Array;
  /** Status byte by participant number; absent where the inactive are left out afterwards (markInactive). */
  readonly status: Uint8Array | undefined;
  /** What must be 0 of the status byte (inactiveMask). */
  readonly inactive: number;
}

/**
 * The bits of a status byte of which one is set for whoever is not asked over this channel: not active, which is 0, or the
 * channel switched off.
 */
export function inactiveMask(channel: number): number {
  return STATUS_MASK | switchedOffBit(CHANNELS[channel]!);
}

/** How far up in a status byte the bits of the channels stand that are switched off, above the status. */
export const CHANNELS_OFF = 4;
assert(switchedOffBit(CHANNELS[0]) === 1 << CHANNELS_OFF, "the first of them is that of the first channel");
export const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");
assert(ACTIVE === 0, "a status byte of somebody active has none of the bits of STATUS_MASK");
const ERASED = PARTICIPANT_STATUSES.indexOf("erased");

/** Keys a unit of 1/256 m, so that a key is a centimetre. */
export const CENTIMETER_KEYS = 100 / 256;

/**
 * Keys a unit, such that no row of the area has a key of `end` or more: rounding keeps the order of numbers. For `end` 2^29, a
 * key is less than a millimetre in a country, and 24 when a row may be at the other side of the earth.
 */
export function keysUpTo(end: number, area: PreparedArea, [x, y, z]: readonly [number, number, number]): number {
  return (end - 1) / Math.min(EARTH_UNITS, farthestIn(area, x, y, z));
}

/** How far, in units, anything of the area is at most; a municipality's locations may be anywhere. */
function farthestIn(area: PreparedArea, x: number, y: number, z: number): number {
  switch (area.type) {
    case "circle": {
      const { circle } = area;
      return Math.hypot(circle.x - x, circle.y - y, circle.z - z) + Math.sqrt(circle.outsideSquared) + 1;
    }
    case "polygons":
      return Math.sqrt(Math.max(...area.polygons.map(({ space }) => farthestSquared(space, 0, x, y, z))));
    case "municipality":
      return EARTH_UNITS;
  }
}

/** Where nearest is measured from, in space in units, and how fine. */
export interface Measure {
  readonly origin: readonly [number, number, number];
  readonly keysPerUnit: number;
}

/**
 * Writes the eligible rows of the ranges to `out` from row `from` on and returns where they end. The key is the chord from
 * the origin, times keysPerUnit: it grows with the geodesic distance and needs only a square root. Of those whom `mask` hides
 * no row counts.
 */
export function gatherRows(
  shard: ShardColumns,
  ranges: Ranges,
  { channel, domain, welcome, status, inactive }: Eligibility,
  mask: Mask | undefined,
  { origin, keysPerUnit }: Measure,
  out: Rows,
  from: number,
): number {
  const { x, y, z, participant, channels, terms, municipality } = shard;
  const { keys, participants, municipalities } = out;
  const [originX, originY, originZ] = origin;
  const { bounds, count } = ranges;
  let at = from;
  for (let range = 0; range < count; range += 1) {
    const end = bounds[2 * range + 1]!;
    for (let row = bounds[2 * range]!; row < end; row += 1) {
      const person = participant[row]!;
      if (isWelcome(channels[row]!, welcome[terms[row]!]!, channel, domain) === 0) continue;
      if (status !== undefined && (status[person]! & inactive) !== 0) continue;
      if (mask !== undefined && isHidden(mask, person)) continue;
      const dx = x[row]! - originX;
      const dy = y[row]! - originY;
      const dz = z[row]! - originZ;
      keys[at] = Math.sqrt(dx * dx + dy * dy + dz * dz) * keysPerUnit;
      participants[at] = person;
      municipalities[at] = municipality[row]!;
      at += 1;
    }
  }
  return at;
}

/**
 * Marks everyone who is not asked (inactiveMask) in a bitmap of persons that is clear. With such marks as "seen already", a
 * selection of millions of rows leaves the inactive out when it keeps each person once. To ask the status of each row instead
 * means to wait for memory each time, because persons are in no order there.
 */
export function markInactive(status: Uint8Array, inactive: number, marks: Uint32Array): void {
  for (let person = 0; person < status.length; person += 1) {
    if ((status[person]! & inactive) !== 0) marks[person >>> 5]! |= 1 << (person & 31);
  }
}

/** What a count marks of a person: bit c, who can be reached over channel c; and above those, whoever is inside, and these. */
export const INSIDE = 1 << CHANNELS.length;
/** Could be reached over the channel that is asked for if it were another hour. */
export const AT_SOME_HOUR = 2 << CHANNELS.length;
export const EVERY_CHANNEL = INSIDE - 1;

/**
 * Marks everybody inside, a byte each, because persons come in no order and each look at one waits for memory. Each share of a count
 * has bytes of its own, and one that starts again changes nothing: a mark is only ever set.
 */
export function markPersons(
  shard: ShardColumns,
  ranges: Ranges,
  { channel: asked, domain, welcome, anyHour }: Pick<Eligibility, "channel" | "domain" | "welcome" | "anyHour">,
  status: Uint8Array,
  mask: Mask | undefined,
  marks: Uint8Array,
): void {
  const { participant, channels, terms } = shard;
  const { bounds, count } = ranges;
  for (let range = 0; range < count; range += 1) {
    const end = bounds[2 * range + 1]!;
    for (let row = bounds[2 * range]!; row < end; row += 1) {
      const person = participant[row]!;
      const state = status[person]!;
      if ((state & STATUS_MASK) === ERASED) continue;
      if (mask !== undefined && isHidden(mask, person)) continue;
      const wishes = channels[row]!;
      const own = terms[row]!;
      const off = (state & STATUS_MASK) === ACTIVE ? state >>> CHANNELS_OFF : EVERY_CHANNEL;
      const now = welcomeOver(wishes, welcome[own]!, domain) & EVERY_CHANNEL & ~off;
      const later = (welcomeOver(wishes, anyHour[own]!, domain) >>> asked) & 1;
      marks[person]! |= now | INSIDE | (later * AT_SOME_HOUR);
    }
  }
}
