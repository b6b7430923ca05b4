/**
 * A participant as the main thread handles one at a time: what a stored block holds of one, with words as their numbers and
 * terms in full. Bulk work (selection, loading) reads columns instead.
 */

import type { Terms } from "./terms.js";

export interface ParticipantLocation {
  /** Index into LOCATION_KINDS. */
  readonly kind: number;
  /** Degrees, WGS84. */
  readonly lng: number;
  readonly lat: number;
  /** Bit `channel * 4 + domain`. */
  readonly channels: number;
  readonly terms: Terms;
  /** 363 for GM0363, 0 outside the Netherlands. */
  readonly municipality: number;
  /**
   * Of whose area the position is the middle (engine/geo/postcode.ts), so that it is derived again when other places are
   * imported; 0 where the position was given.
   */
  readonly postcode: number;
}

/** What somebody wants to hear where the phone is. */
export interface PhoneWishes {
  readonly channels: number;
  readonly terms: Terms;
}

export interface Participant {
  /** E.164 without "+", 0 for none. */
  readonly number: number;
  /** Lower case, "" for none. */
  readonly mail: string;
  /** Index into PARTICIPANT_STATUSES. */
  readonly status: number;
  /** The bits switchedOffBit of the channels that are switched off as a whole. */
  readonly switchedOff: number;
  /** Bit n is CONTACT_MARKS[n]. */
  readonly contacts: number;
  /** Index into LANGUAGES. */
  readonly language: number;
  /** Index into PARTICIPANT_KINDS. */
  readonly kind: number;
  /** Of a company or institution; "" for a person. */
  readonly name: string;
  /** Bit n is NEEDS[n]. */
  readonly needs: number;
  /** Seconds since 1970; 0 for no end, or when not paused. */
  readonly pausedUntil: number;
  /** Days since 1970; 0 when it is not known. */
  readonly joinedDay: number;
  readonly locations: readonly ParticipantLocation[];
  /** Undefined for who did not ask for it. */
  readonly phone: PhoneWishes | undefined;
}
