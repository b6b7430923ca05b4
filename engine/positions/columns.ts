/**
 * Where phones are, and what their owners want to hear there, as columns by participant number. Memory that nobody has
 * written to costs address space only, so they are as long as the registry may become.
 *
 * A position is kept in ten-millionths of a degree, a centimetre; a time as the low 32 bits of its milliseconds, which is
 * exact within 24 days, and nothing is kept for so long.
 */

export const E7 = 10_000_000;

/** Bits of `state`. */
export const OPTED_IN = 1;
export const HAS_POSITION = 2;
/** The selection had no room for the row, or has it with wishes of before; the sweep tries again. */
export const UNPLACED = 4;

export class PositionColumns {
  readonly state: Uint8Array;
  /** What is welcome where the phone is: channels and the row of the table of terms. */
  readonly channels: Uint16Array;
  readonly terms: Uint16Array;
  readonly lng: Int32Array;
  readonly lat: Int32Array;
  readonly at: Uint32Array;
  readonly municipality: Uint16Array;

  constructor(readonly capacity: number) {
    this.state = new Uint8Array(capacity);
    this.channels = new Uint16Array(capacity);
    this.terms = new Uint16Array(capacity);
    this.lng = new Int32Array(capacity);
    this.lat = new Int32Array(capacity);
    this.at = new Uint32Array(capacity);
    this.municipality = new Uint16Array(capacity);
  }

  /** Nothing of the position stays in memory. */
  clear(participant: number): void {
    this.state[participant]! &= OPTED_IN;
    this.lng[participant] = 0;
    this.lat[participant] = 0;
    this.at[participant] = 0;
    this.municipality[participant] = 0;
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
