/**
 * What the carrier simulator got: one record for every submit_sm, in order of arrival, accepted or not.
 *
 * A record is 24 bytes, little-endian, the same in memory, in the file and at GET /log:
 *
 * | byte | type    | what |
 * |------|---------|------|
 * | 0    | float64 | destination_addr as a number; 0 when it was none |
 * | 8    | float64 | arrival, Unix time in milliseconds with fractions |
 * | 16   | uint32  | tag: the last four bytes of short_message, read big-endian; 0 when it has fewer |
 * | 20   | uint16  | twelve bits: command_status that it is answered with, 0 for what is taken; bit 15: it is never answered |
 * | 22   | uint16  | sender, numbered in order of appearance from 1; 0 when the submit could not be read |
 *
 * Assumes a little-endian machine. Promises that a record is in the file, handed to the operating system, when `flush`
 * returns; it survives the death of this process, not that of the machine.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { SIMULATOR } from "../../schemas/limits.js";

export const RECORD_BYTES = 24;
/** Set where the carrier decided to answer nothing. What it then took has status 0 all the same. */
export const NOT_ANSWERED = 0x8000;
const STATUS_BITS = 0x0fff;
const PER_PIECE = SIMULATOR.recordsPerPiece;

/** One piece of the log's memory, seen in the three widths of its fields. */
class Piece {
  readonly bytes = new Uint8Array(PER_PIECE * RECORD_BYTES);
  readonly doubles = new Float64Array(this.bytes.buffer);
  readonly words = new Uint32Array(this.bytes.buffer);
  readonly halves = new Uint16Array(this.bytes.buffer);
}

export class SubmitLog {
  length = 0;
  #pieces: Piece[] = [];
  #last: Piece = new Piece();
  #flushed = 0;
  readonly #file: number | null;

  constructor(file?: string) {
    this.#file = file === undefined ? null : openSync(file, "a");
    this.#pieces.push(this.#last);
  }

  get full(): boolean {
    return this.length >= SIMULATOR.records;
  }

  /** `status` may have NOT_ANSWERED in it. */
  append(number: number, atMs: number, tag: number, status: number, sender: number): void {
    const slot = this.length % PER_PIECE;
    if (slot === 0 && this.length > 0) {
      this.#last = new Piece();
      this.#pieces.push(this.#last);
    }
    const piece = this.#last;
    piece.doubles[slot * 3] = number;
    piece.doubles[slot * 3 + 1] = atMs;
    piece.words[slot * 6 + 4] = tag;
    piece.halves[slot * 12 + 10] = status;
    piece.halves[slot * 12 + 11] = sender;
    this.length++;
  }

  number(index: number): number {
    return this.#pieces[Math.floor(index / PER_PIECE)]!.doubles[(index % PER_PIECE) * 3]!;
  }

  arrivedAtMs(index: number): number {
    return this.#pieces[Math.floor(index / PER_PIECE)]!.doubles[(index % PER_PIECE) * 3 + 1]!;
  }

  tag(index: number): number {
    return this.#pieces[Math.floor(index / PER_PIECE)]!.words[(index % PER_PIECE) * 6 + 4]!;
  }

  status(index: number): number {
    return this.#pieces[Math.floor(index / PER_PIECE)]!.halves[(index % PER_PIECE) * 12 + 10]! & STATUS_BITS;
  }

  sender(index: number): number {
    return this.#pieces[Math.floor(index / PER_PIECE)]!.halves[(index % PER_PIECE) * 12 + 11]!;
  }

  /** The records from `from` on, piece by piece, as they are in memory. */
  *bytes(from = 0): Generator<Uint8Array> {
    for (let at = from; at < this.length; ) {
      const first = at % PER_PIECE;
      const count = Math.min(this.length - at, PER_PIECE - first);
      yield this.#pieces[Math.floor(at / PER_PIECE)]!.bytes.subarray(
        first * RECORD_BYTES,
        (first + count) * RECORD_BYTES,
      );
      at += count;
    }
  }

  /** Puts the new records into the file, if there is one. Called before an answer to any of them is written. */
  flush(): void {
    if (this.#file === null || this.#flushed === this.length) return;
    for (const bytes of this.bytes(this.#flushed)) {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    }
    this.#flushed = this.length;
  }

  /** Forgets everything, in the file too. */
  clear(): void {
    this.length = 0;
    this.#flushed = 0;
    this.#last = this.#pieces[0]!;
    this.#pieces = [this.#last];
    if (this.#file !== null) ftruncateSync(this.#file);
  }

  close(): void {
    this.flush();
    if (this.#file !== null) closeSync(this.#file);
  }
}

/** A log as columns; index i is the i-th submit that arrived. */
export interface LogColumns {
  readonly length: number;
  readonly numbers: Float64Array;
  readonly arrivedAtMs: Float64Array;
  readonly tags: Uint32Array;
  readonly statuses: Uint16Array;
  /** 1 for what is never answered. */
  readonly unanswered: Uint8Array;
}

/** Reads the bytes of GET /log or of the file. A last record that was cut off is left out. */
export function readLog(bytes: Uint8Array): LogColumns {
  const length = Math.floor(bytes.byteLength / RECORD_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const columns = {
    length,
    numbers: new Float64Array(length),
    arrivedAtMs: new Float64Array(length),
    tags: new Uint32Array(length),
    statuses: new Uint16Array(length),
    unanswered: new Uint8Array(length),
  };
  for (let i = 0; i < length; i++) {
    columns.numbers[i] = view.getFloat64(i * RECORD_BYTES, true);
    columns.arrivedAtMs[i] = view.getFloat64(i * RECORD_BYTES + 8, true);
    columns.tags[i] = view.getUint32(i * RECORD_BYTES + 16, true);
    const status = view.getUint16(i * RECORD_BYTES + 20, true);
    columns.statuses[i] = status & STATUS_BITS;
    columns.unanswered[i] = (status & NOT_ANSWERED) === 0 ? 0 : 1;
  }
  return columns;
}
