/** What the registry needs of selection when somebody changes where and how they are reached. */
import type { Result } from "../../../schemas/errors.js";

/** A place where somebody wants to be reached, as selection needs it. */
export interface LiveRow {
  /** Degrees, WGS84. */
  readonly lng: number;
  readonly lat: number;
  /** Bit `channel * 4 + domain` (channelBit). */
  readonly channels: number;
  /** Row of the table of terms. */
  readonly terms: number;
  /** 363 for GM0363, 0 outside the Netherlands. */
  readonly municipality: number;
}

/** Seen by every selection that begins afterwards. */
export interface Placing {
  /** All static locations of the participant from now on. BUSY, with nothing changed, when there is no room just now. */
  place(participant: number, rows: readonly LiveRow[]): Result<void>;
  dropPhone(participant: number): void;
  /** The whole table of terms, before the first row that uses a new one. It only grows; what is there keeps its meaning. */
  setTerms(words: Uint32Array): void;
}
