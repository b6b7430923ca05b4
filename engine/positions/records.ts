/**
 * Positions as bytes: eight bytes that say when they were written, then five little-endian words for each: participant,
 * longitude and latitude in ten-millionths of a degree, the low half of the time, municipality. A position that was given up
 * is a record too, so that an older one does not come back.
 */

const RECORD_WORDS = 5;
const RECORD_BYTES = 4 * RECORD_WORDS;
const HEAD_BYTES = 8;
/** In the last word: there is no position any more. */
const GIVEN_UP = 0x10000;
/** Participant of a record that says nothing. */
const NOBODY = 0xffff_ffff;

/** A list of records that grows up to its capacity and is then written. */
export class Records {
  readonly #words: Uint32Array;
  #count = 0;

  constructor(readonly capacity: number) {
    this.#words = new Uint32Array(HEAD_BYTES / 4 + capacity * RECORD_WORDS);
  }

  get count(): number {
    return this.#count;
  }

  get room(): number {
    return this.capacity - this.#count;
  }

  add(participant: number, lng: number, lat: number, at: number, municipality: number): void {
    const words = this.#words;
    const place = HEAD_BYTES / 4 + this.#count * RECORD_WORDS;
    words[place] = participant;
    words[place + 1] = lng;
    words[place + 2] = lat;
    words[place + 3] = at;
    words[place + 4] = municipality;
    this.#count++;
  }

  giveUp(participant: number): void {
    this.add(participant, 0, 0, 0, GIVEN_UP);
  }

  /** Makes the records of this participant say nothing. */
  blot(participant: number): void {
    const words = this.#words;
    const end = HEAD_BYTES / 4 + this.#count * RECORD_WORDS;
    for (let place = HEAD_BYTES / 4; place < end; place += RECORD_WORDS) {
      if (words[place] === participant) words.fill(0, place + 1, place + RECORD_WORDS).fill(NOBODY, place, place + 1);
    }
  }

  /** The bytes, valid until the next `add`. */
  bytes(nowMs: number): Uint8Array {
    new DataView(this.#words.buffer).setFloat64(0, nowMs, true);
    return new Uint8Array(this.#words.buffer, 0, HEAD_BYTES + this.#count * RECORD_BYTES);
  }

  clear(): void {
    this.#words.fill(0, 0, HEAD_BYTES / 4 + this.#count * RECORD_WORDS);
    this.#count = 0;
  }
}

/** What reads records. */
export interface RecordReader {
  /** `lowAt` is the low half of the time, which lies near `writtenMs`. */
  position(participant: number, lng: number, lat: number, lowAt: number, municipality: number, writtenMs: number): void;
  givenUp(participant: number): void;
}

/** False when the bytes can't be records. */
export function readRecords(bytes: Uint8Array, reader: RecordReader): boolean {
  if (bytes.byteLength < HEAD_BYTES || (bytes.byteLength - HEAD_BYTES) % RECORD_BYTES !== 0) return false;
  // In memory of its own, a copy lies at an offset that words can be read at; slice() of a Buffer would not copy.
  const words = new Uint32Array(bytes.byteLength / 4);
  new Uint8Array(words.buffer).set(bytes);
  const writtenMs = new DataView(words.buffer).getFloat64(0, true);
  for (let place = HEAD_BYTES / 4; place < words.length; place += RECORD_WORDS) {
    const participant = words[place]!;
    const last = words[place + 4]!;
    if (participant === NOBODY) continue;
    if ((last & GIVEN_UP) !== 0) reader.givenUp(participant);
    else reader.position(participant, words[place + 1]! | 0, words[place + 2]! | 0, words[place + 3]!, last, writtenMs);
  }
  return true;
}
