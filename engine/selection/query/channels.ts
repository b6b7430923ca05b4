/**
 * A selection over several channels, in the walk that finds its rows: whoever can be asked over any of them, by the nearest location where
 * that is so, and a byte for each that says over which.
 *
 * Somebody may have several locations with other wishes, so each row sets bits in a mark of its person: the lower half over which channels
 * they can be asked as far as rows have shown, the upper half over which they could be at all, whatever their locations say. Each
 * share of a selection has marks of its own, because two threads may not write to one byte; a share that begins anew after its worker died
 * sets the same bits again. The kernels allocate nothing.
 */
import { CHANNELS, channelSet, STATUS_MASK } from "../../../schemas/words.js";
import type { Ranges } from "../../geo/search/ranges.js";
import type { ShardColumns } from "../rows/shard.js";
import { isHidden, type Mask } from "../rows/table.js";
import type { SelectionQuery } from "../selector.js";
import { ACTIVE, CHANNELS_OFF, EVERY_CHANNEL, type Measure } from "./eligible.js";
import type { Rows } from "./rows.js";
import { welcomeOver } from "./welcome.js";

/** What a selection over several channels asks besides. */
export interface Several {
  /** The channels, bit c for CHANNELS[c]. */
  readonly wanted: number;
  /** As addressSet gives it, by participant number; Uint8. */
  readonly addresses: SharedArrayBuffer;
}

/** Undefined of a query over one channel alone. */
export function severalOf(
  { channel, besides = [] }: Pick<SelectionQuery, "channel" | "besides">,
  addresses: SharedArrayBuffer,
): Several | undefined {
  return besides.length === 0 ? undefined : { wanted: channelSet([channel, ...besides]), addresses };
}

const HALF = CHANNELS.length;

/** By status byte the channels over which somebody who has it may be asked. */
const OPEN = Uint8Array.from({ length: 256 }, (_, state) => {
  return (state & STATUS_MASK) === ACTIVE ? EVERY_CHANNEL & ~(state >>> CHANNELS_OFF) : 0;
});

/** Over which channels somebody can be asked at all, by what holds of them wherever they are. */
export class Reachable {
  readonly #wanted: number;
  readonly #status: Uint8Array;
  readonly #addresses: Uint8Array;

  constructor({ wanted, addresses }: Several, status: Uint8Array) {
    this.#wanted = wanted;
    this.#status = status;
    this.#addresses = new Uint8Array(addresses);
  }

  /** The mark of somebody of whom no row was seen yet. */
  markOf(person: number): number {
    return (OPEN[this.#status[person]!]! & this.#addresses[person]! & this.#wanted) << HALF;
  }

  /**
   * The marks of all, in their order: a selection of millions of rows that looked for each when it first comes by would wait for memory
   * each time.
   */
  prepare(marks: Uint8Array): void {
    for (let person = 0; person < marks.length; person += 1) marks[person] = this.markOf(person);
  }
}

/** As gatherRows, of whoever can be asked at the row over any of the channels; and marks over which. A mark of 0 is not made yet. */
export function gatherOver(
  shard: ShardColumns,
  ranges: Ranges,
  domain: number,
  welcome: Uint8Array,
  reachable: Reachable,
  marks: Uint8Array,
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
      const mark = marks[person]! || reachable.markOf(person);
      const open = welcomeOver(channels[row]!, welcome[terms[row]!]!, domain) & (mark >>> HALF);
      if (open === 0) continue;
      if (mask !== undefined && isHidden(mask, person)) continue;
      marks[person] = mark | open;
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

/** Adds the marks of other shares to those of the first, four at a time. */
export function mergeMarks([first, ...others]: readonly Uint8Array[]): void {
  const words = inFours(first!);
  for (const other of others) {
    const more = inFours(other);
    for (let at = 0; at < words.length; at += 1) words[at]! |= more[at]!;
  }
}

/** A list of marks has room for a whole word at its end. */
export function inFours(marks: Uint8Array): Uint32Array {
  return new Uint32Array(marks.buffer, marks.byteOffset, Math.ceil(marks.length / 4));
}

/** Over which channels each of these persons can be asked. */
export function readMarks(persons: Uint32Array, marks: Uint8Array, out: Uint8Array): void {
  for (let row = 0; row < persons.length; row += 1) out[row] = marks[persons[row]!]! & EVERY_CHANNEL;
}
