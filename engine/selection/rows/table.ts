/**
 * Rows that change while they are read: the columns of a shard (shard.ts) in shared memory that the main thread writes and
 * the workers read, in no order, in blocks of 64 rows.
 *
 * A row is written in place under the version of its block, which is odd meanwhile (a seqlock). The row to be is first
 * written to one spare row behind the others, and the header says which row it is for: a reader that finds the version odd
 * takes the spare row in place of that one. So a reader never waits for a writer, not even for one that the operating system
 * has put aside in the middle of a row; it only starts a block again when the version has changed meanwhile.
 *
 * Each block has a box in space around all rows that it has ever had, so that it only grows.
 *
 * Memory that nobody has written to costs address space only, so tables have room for the most there can be.
 */

import { BOX } from "../../geo/search/tree.js";
import { isMarked, wordsOf } from "../query/rows.js";
import { sideBySide } from "./shard.js";

export const BLOCK_ROWS = 64;
/** Participant of a row that is nobody's. */
export const NOBODY = 0xffff_ffff;

/** Rows that are or were in use, from the first on. */
export const COUNT = 0;
/** The row that the spare row is for. */
export const WRITING = 1;
/** How many participants are masked, which is the mask number of the last one. */
export const MASKED = 2;
const HEADER = 4;

/** What crosses between threads. */
export interface TableData {
  readonly buffer: SharedArrayBuffer;
  /** A multiple of BLOCK_ROWS; the spare row comes after as many. */
  readonly capacity: number;
  /** Participants that can be masked; 0 in a table without a mask. */
  readonly persons: number;
}

export interface TableColumns {
  readonly capacity: number;
  readonly header: Int32Array;
  /** Of each block; odd while a row of it is being written. */
  readonly versions: Int32Array;
  /** BOX numbers for each block. */
  readonly boxes: Int32Array;
  readonly coords: Float64Array;
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly z: Int32Array;
  readonly participant: Uint32Array;
  readonly channels: Uint16Array;
  readonly terms: Uint16Array;
  readonly municipality: Uint16Array;
  /** The change since which a row no longer counts; 0 while it does. */
  readonly gone: Float64Array;
  /** Bit by participant: masked, so that none of this participant's rows in the shards counts any more. */
  readonly masked: Uint32Array;
  /** By participant: the how-manieth to be masked, from 1 on; 0 for who is not. */
  readonly maskNumbers: Uint32Array;
}

export function tableColumns({ buffer, capacity, persons }: TableData): TableColumns {
  const rows = capacity + 1;
  const blocks = capacity / BLOCK_ROWS;
  const next = sideBySide();
  return {
    capacity,
    coords: new Float64Array(buffer, next(16 * rows), 2 * rows),
    gone: new Float64Array(buffer, next(8 * rows), rows),
    header: new Int32Array(buffer, next(4 * HEADER), HEADER),
    versions: new Int32Array(buffer, next(4 * blocks), blocks),
    boxes: new Int32Array(buffer, next(4 * BOX * blocks), BOX * blocks),
    x: new Int32Array(buffer, next(4 * rows), rows),
    y: new Int32Array(buffer, next(4 * rows), rows),
    z: new Int32Array(buffer, next(4 * rows), rows),
    participant: new Uint32Array(buffer, next(4 * rows), rows),
    masked: new Uint32Array(buffer, next(4 * wordsOf(persons)), wordsOf(persons)),
    maskNumbers: new Uint32Array(buffer, next(4 * persons), persons),
    channels: new Uint16Array(buffer, next(2 * rows), rows),
    terms: new Uint16Array(buffer, next(2 * rows), rows),
    municipality: new Uint16Array(buffer, next(2 * rows), rows),
  };
}

/** A table with room for at least so many rows, and a mask of so many participants. */
export function makeTable(rows: number, persons: number): TableData {
  const capacity = Math.max(1, Math.ceil(rows / BLOCK_ROWS)) * BLOCK_ROWS;
  const perRow = 16 + 8 + 3 * 4 + 4 + 3 * 2;
  const perBlock = 4 * (1 + BOX);
  const masks = 4 * wordsOf(persons) + 4 * persons;
  const bytes = (capacity + 1) * perRow + 4 * HEADER + (capacity / BLOCK_ROWS) * perBlock + masks;
  return { buffer: new SharedArrayBuffer(bytes), capacity, persons };
}

/** The block of a row. */
export function blockOf(row: number): number {
  return (row / BLOCK_ROWS) | 0;
}

/**
 * Whose rows in the shards do not count for one selection: who was masked before it began. Of who is masked later they count,
 * as they did when it began.
 */
export interface Mask {
  readonly masked: Uint32Array;
  readonly numbers: Uint32Array;
  /** How many were masked when the selection began. */
  readonly last: number;
}

/** Absent while nobody was masked, which then costs nothing. */
export function maskOf({ masked, maskNumbers }: TableColumns, last: number): Mask | undefined {
  return last === 0 ? undefined : { masked, numbers: maskNumbers, last };
}

/**
 * The bit is asked first because all bits fit into the cache. It may be seen before the number is: the number is then 0, or that
 * of somebody who is masked after the selection began, which are the same to it (ARCHITECTURE.md).
 */
export function isHidden({ masked, numbers, last }: Mask, person: number): boolean {
  if (!isMarked(masked, person)) return false;
  const number = numbers[person]!;
  return number !== 0 && number <= last;
}

/** What a row of a table and one of a shard have in common. */
export type RowColumns = Pick<
  TableColumns,
  "coords" | "x" | "y" | "z" | "participant" | "channels" | "terms" | "municipality"
>;

export function copyRow(from: RowColumns, row: number, to: RowColumns, target: number): void {
  to.coords[2 * target] = from.coords[2 * row]!;
  to.coords[2 * target + 1] = from.coords[2 * row + 1]!;
  to.x[target] = from.x[row]!;
  to.y[target] = from.y[row]!;
  to.z[target] = from.z[row]!;
  to.participant[target] = from.participant[row]!;
  to.channels[target] = from.channels[row]!;
  to.terms[target] = from.terms[row]!;
  to.municipality[target] = from.municipality[row]!;
}
