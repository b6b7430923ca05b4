/**
 * Where phones are, and what their owners want to hear there: five words for each participant number, side by side, because
 * those who move come in any order and each of five columns would be another line of memory to wait for. Memory that nobody
 * has written to costs address space only, so there are as many as the registry may come to have.
 *
 * A position is kept in ten-millionths of a degree, a centimetre; a time as the low 32 bits of its milliseconds, which is
 * exact within 24 days, and nothing is kept for so long.
 */

export const E7 = 10_000_000;

/** Bits of the state. */
export const OPTED_IN = 1;
export const HAS_POSITION = 2;
/** The selection had no room for the row, or has it with wishes of before; the sweep tries again. */
export const UNPLACED = 4;

const WORDS = 5;
const LNG = 0;
const LAT = 1;
const AT = 2;
/** Municipality, and in the upper half the state. */
const PLACE = 3;
/** Channels, and in the upper half the row of the table of terms. */
const WISHES = 4;

export class PositionColumns {
  readonly #words: Int32Array;

  constructor(readonly capacity: number) {
    this.#words = new Int32Array(WORDS * capacity);
  }

  /** 0 for a number that there is no room for. */
  state(participant: number): number {
    return participant < this.capacity ? this.#words[participant * WORDS + PLACE]! >>> 16 : 0;
  }

  setState(participant: number, state: number): void {
    this.#words[participant * WORDS + PLACE] = (state << 16) | this.municipality(participant);
  }

  lng(participant: number): number {
    return this.#words[participant * WORDS + LNG]!;
  }

  lat(participant: number): number {
    return this.#words[participant * WORDS + LAT]!;
  }

  at(participant: number): number {
    return this.#words[participant * WORDS + AT]!;
  }

  municipality(participant: number): number {
    return this.#words[participant * WORDS + PLACE]! & 0xffff;
  }

  channels(participant: number): number {
    return this.#words[participant * WORDS + WISHES]! & 0xffff;
  }

  terms(participant: number): number {
    return this.#words[participant * WORDS + WISHES]! >>> 16;
  }

  wish(participant: number, channels: number, terms: number): void {
    this.#words[participant * WORDS + WISHES] = channels | (terms << 16);
  }

  /** Puts somebody who wants it somewhere. */
  put(participant: number, lng: number, lat: number, at: number, municipality: number): void {
    const words = this.#words;
    const first = participant * WORDS;
    words[first + LNG] = lng;
    words[first + LAT] = lat;
    words[first + AT] = at;
    words[first + PLACE] = ((OPTED_IN | HAS_POSITION) << 16) | municipality;
  }

  /** Nothing of the position stays in memory. */
  clear(participant: number): void {
    const isWanted = (this.state(participant) & OPTED_IN) !== 0;
    this.put(participant, 0, 0, 0, 0);
    this.setState(participant, isWanted ? OPTED_IN : 0);
  }
}

/** The time of which `low` is the low half, near `nearMs`. */
export function timeNear(low: number, nearMs: number): number {
  return nearMs - (((nearMs >>> 0) - low) | 0);
}

/** How many milliseconds `low` lies before `nowMs`; negative when behind. */
export function ageMs(low: number, nowMs: number): number {
  return ((nowMs >>> 0) - low) | 0;
}
