/**
 * Who of the rows in an area is asked: active participants who welcome this domain over this channel at this hour. The
 * kernels read columns and write numbers; they allocate nothing.
 */

import { CHANNELS, STATUS_MASK, switchedOffBit } from "../../schemas/words.js";
import type { Ranges } from "../geo/ranges.js";
import { BOX, farthestSquared } from "../geo/tree.js";
import { TERMS_WORDS } from "../registry/terms.js";
import type { Rows } from "./rows.js";
import type { ShardColumns } from "./shard.js";

export interface Eligibility {
  /** channelBit of the query's channel and domain. */
  readonly bit: number;
  /** 1 for each terms that is open at the query's hour. */
  readonly open: Uint8Array;
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

/** The bit of a status byte that switches each channel off. */
const OFF = CHANNELS.map(switchedOffBit);

/** 1 for each terms of the table that has the bit of the hour. */
export function openTerms(terms: Uint32Array, hourOfWeek: number): Uint8Array {
  const open = new Uint8Array(terms.length / TERMS_WORDS);
  const word = hourOfWeek >> 5;
  const bit = hourOfWeek & 31;
  for (let row = 0; row < open.length; row += 1) {
    open[row] = (terms[row * TERMS_WORDS + word]! >>> bit) & 1;
  }
  return open;
}

/** Keys a unit of 1/256 m, so that a key is a centimetre. */
export const CENTIMETER_KEYS = 100 / 256;

/**
 * Keys a unit, such that none of the shards' rows has a key of `end` or more: rounding keeps the order of numbers. For
 * `end` 2^29, a key is less than a millimetre in a country, and 24 when a row is at the other side of the earth.
 */
export function keysUpTo(
  end: number,
  shards: readonly Pick<ShardColumns, "boxes">[],
  [x, y, z]: readonly [number, number, number],
): number {
  const farthest = shards.reduce((most, { boxes }) => Math.max(most, farthestSquared(boxes, BOX, x, y, z)), 1);
  return (end - 1) / Math.sqrt(farthest);
}

/** Where nearest is measured from, in space in units, and how fine. */
export interface Measure {
  readonly origin: readonly [number, number, number];
  readonly keysPerUnit: number;
}

/**
 * Writes the eligible rows of the ranges to `out` from row `from` on and returns where they end. The key is the chord from
 * the origin, times keysPerUnit: it grows with the geodesic distance and needs only a square root.
 */
export function gatherRows(
  shard: ShardColumns,
  ranges: Ranges,
  { bit, open, status, inactive }: Eligibility,
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
      if ((channels[row]! & bit) === 0 || open[terms[row]!] === 0) continue;
      if (status !== undefined && (status[person]! & inactive) !== 0) continue;
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
 * Marks everyone who is not asked (inactiveMask) in a bitmap of persons that is clear. With such marks as "seen already", a selection of
 * millions of rows leaves the inactive out when it keeps each person once. To ask the status of each row instead means
 * to wait for memory each time, because persons are in no order there.
 */
export function markInactive(status: Uint8Array, inactive: number, marks: Uint32Array): void {
  for (let person = 0; person < status.length; person += 1) {
    if ((status[person]! & inactive) !== 0) marks[person >>> 5]! |= 1 << (person & 31);
  }
}

/**
 * Marks in four bitmaps of persons, one after the other, who can be reached over each channel for the domain. Several
 * workers may mark at a time, and a worker that starts again changes nothing: a mark is only ever set.
 */
export function markChannels(
  shard: ShardColumns,
  ranges: Ranges,
  open: Uint8Array,
  status: Uint8Array,
  domain: number,
  marks: Uint32Array,
): void {
  const { participant, channels, terms } = shard;
  const { bounds, count } = ranges;
  const words = marks.length / 4;
  for (let range = 0; range < count; range += 1) {
    const end = bounds[2 * range + 1]!;
    for (let row = bounds[2 * range]!; row < end; row += 1) {
      const person = participant[row]!;
      const state = status[person]!;
      if (open[terms[row]!] === 0 || (state & STATUS_MASK) !== 0) continue;
      const word = person >>> 5;
      const bit = 1 << (person & 31);
      for (let channel = 0; channel < 4; channel += 1) {
        if ((channels[row]! & (1 << (4 * channel + domain))) === 0 || (state & OFF[channel]!) !== 0) continue;
        const at = channel * words + word;
        if ((marks[at]! & bit) === 0) Atomics.or(marks, at, bit);
      }
    }
  }
}

/** How many bits are set in each of the four bitmaps. */
export function countMarks(marks: Uint32Array): number[] {
  const words = marks.length / 4;
  return [0, 1, 2, 3].map((channel) => {
    let sum = 0;
    for (let at = channel * words; at < (channel + 1) * words; at += 1) sum += bitsOf(marks[at]!);
    return sum;
  });
}

function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
