/** What a row of a file says (csv.ts), as numbers and texts that were checked. */
import type { Terms } from "../record/terms.js";

/** What is the participant's own, the same in all of their rows. */
export interface PersonValues {
  participant: number;
  number: number;
  /** As in the column: the channels that are switched off are part of it. */
  status: number;
  language: number;
  /** Index into PARTICIPANT_KINDS. */
  type: number;
  name: string;
  mail: string;
  needs: number;
  pausedUntil: number;
  joinedDay: number;
  /** Bit n is CONTACT_MARKS[n]. */
  contacts: number;
}

/** What a row is about: a location, where the phone is, or nothing, for who has no location. */
export type RowPlace = "location" | "phone" | "nowhere";

/** Filled anew by each row that is read. */
export interface RowValues extends PersonValues {
  place: RowPlace;
  /** Index into LOCATION_KINDS. */
  kind: number;
  lng: number;
  lat: number;
  channels: number;
  terms: Terms;
  municipality: number;
  /** That the position was taken from; 0 where it was given. */
  postcode: number;
  generated: boolean;
}
