/**
 * One participant at a time, in and out of a block: what changes somebody decodes the block, puts the participant into it
 * and encodes it again.
 *
 * Assumes that terms rows in the block are rows of the table that it is read and written with.
 */

import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { PARTICIPANT_STATUSES, STATUS_MASK } from "../../../schemas/words.js";
import { type BlockRows, blockRows, decodeOne } from "./block.js";
import { clearExtras, putExtras } from "./extras.js";
import type { Participant, ParticipantLocation, PhoneWishes } from "./participant.js";
import { type TermsTable, termsAt } from "./terms.js";

/** Status of a participant number that nobody has. */
export const UNUSED_STATUS = PARTICIPANT_STATUSES.indexOf("erased");

const ONE = blockRows();

/** The participant at this place of an encoded block, or undefined for an unused number; `terms` are the table's words. */
export function readParticipant(bytes: Uint8Array, index: number, terms: Uint32Array): Participant | undefined {
  return decodeOne(bytes, index, ONE) ? participantAt(ONE, 0, 0, terms) : undefined;
}

/** The participant at this place of decoded rows, or undefined for a number that nobody has, or nobody any more. */
export function participantAt(
  rows: BlockRows,
  firstParticipant: number,
  index: number,
  terms: Uint32Array,
): Participant | undefined {
  const { extras } = rows;
  if (index >= rows.participantCount || (rows.status[index]! & STATUS_MASK) === UNUSED_STATUS) return undefined;
  return {
    number: rows.numbers[index]!,
    mail: extras.mail[index]!,
    status: rows.status[index]! & STATUS_MASK,
    switchedOff: rows.status[index]! & ~STATUS_MASK,
    language: rows.language[index]!,
    kind: extras.kind[index]!,
    name: extras.name[index]!,
    needs: extras.needs[index]!,
    pausedUntil: extras.pausedUntil[index]!,
    joinedDay: extras.joinedDay[index]!,
    contacts: extras.contacts[index]!,
    locations: locationsOf(rows, firstParticipant + index, terms),
    phone: phoneAt(rows, index, terms),
  };
}

/** Whether nobody has the number: the status says so, and there is nothing by which anybody could be reached. */
export function isUnused(rows: BlockRows, index: number, hasLocations: boolean): boolean {
  if (hasLocations || rows.status[index] !== UNUSED_STATUS || rows.numbers[index] !== 0) return false;
  return rows.extras.mail[index] === "" && rows.extras.phone[index] === 0;
}

function phoneAt({ extras }: BlockRows, index: number, terms: Uint32Array): PhoneWishes | undefined {
  if (extras.phone[index] === 0) return undefined;
  return { channels: extras.phoneChannels[index]!, terms: termsAt(terms, extras.phoneTerms[index]!) };
}

function locationsOf(rows: BlockRows, number: number, terms: Uint32Array): ParticipantLocation[] {
  const locations: ParticipantLocation[] = [];
  for (let row = firstLocation(rows, number); row < rows.locationCount && rows.participant[row] === number; row++) {
    locations.push({
      kind: rows.kind[row]!,
      lng: rows.lng[row]!,
      lat: rows.lat[row]!,
      channels: rows.channels[row]!,
      terms: termsAt(terms, rows.terms[row]!),
      municipality: rows.municipality[row]!,
      postcode: rows.postcode[row]!,
    });
  }
  return locations;
}

/** The first location row of this participant, or of the one after; locations are in order of participant. */
function firstLocation(rows: BlockRows, number: number): number {
  let low = 0;
  let high = rows.locationCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows.participant[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Puts `participant` at a place of decoded rows, in place of whoever was there or behind the last; numbers between are then
 * unused. REGISTRY_FULL, with the rows as they were, when the table has no room for new terms.
 */
export function putParticipant(
  rows: BlockRows,
  firstParticipant: number,
  index: number,
  participant: Participant,
  table: TermsTable,
): Result<void> {
  const { locations, phone: wishes } = participant;
  assert(index < REGISTRY.participantsPerBlock, "the participant is of this block");
  assert(locations.length <= REGISTRY.locationsPerParticipant, "a participant has no more locations than may be");
  const terms = locations.map((location) => table.add(location.terms));
  const phoneTerms = wishes === undefined ? 0 : table.add(wishes.terms);
  if (phoneTerms === undefined || terms.includes(undefined)) {
    return fail("REGISTRY_FULL", `the registry has ${REGISTRY.terms} different terms, and room for no more`);
  }
  openRow(rows, firstParticipant, index, locations.length);
  rows.numbers[index] = participant.number;
  rows.status[index] = participant.status | participant.switchedOff;
  rows.language[index] = participant.language;
  const from = firstLocation(rows, firstParticipant + index);
  for (const [at, location] of locations.entries()) putLocation(rows, from + at, location, terms[at]!);
  const phone = wishes && { channels: wishes.channels, terms: phoneTerms };
  putExtras(rows.extras, index, { ...participant, phone });
  return ok(undefined);
}

/** Makes the place one that nobody has. */
export function removeParticipant(rows: BlockRows, firstParticipant: number, index: number): void {
  openRow(rows, firstParticipant, index, 0);
}

/** An unused row at this place with so many location rows, which have the participant and nothing else that counts. */
function openRow(rows: BlockRows, firstParticipant: number, index: number, locations: number): void {
  for (; rows.participantCount <= index; rows.participantCount++) clearRow(rows, rows.participantCount);
  clearRow(rows, index);
  const number = firstParticipant + index;
  const from = firstLocation(rows, number);
  const to = firstLocation(rows, number + 1);
  const { lng, lat, participant, channels, terms, municipality, kind, postcode } = rows;
  for (const column of [lng, lat, participant, channels, terms, municipality, kind, postcode]) {
    column.copyWithin(from + locations, to, rows.locationCount);
  }
  rows.locationCount += locations - (to - from);
  participant.fill(number, from, from + locations);
}

/** Makes the row that of a participant number that nobody has. */
export function clearRow(rows: BlockRows, index: number): void {
  rows.numbers[index] = 0;
  rows.status[index] = UNUSED_STATUS;
  rows.language[index] = 0;
  clearExtras(rows.extras, index);
}

function putLocation(rows: BlockRows, row: number, location: ParticipantLocation, terms: number): void {
  rows.lng[row] = location.lng;
  rows.lat[row] = location.lat;
  rows.channels[row] = location.channels;
  rows.terms[row] = terms;
  rows.municipality[row] = location.municipality;
  rows.kind[row] = location.kind;
  rows.postcode[row] = location.postcode;
}
