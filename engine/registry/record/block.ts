/**
 * One stored block of participants: FlatBuffers on one side, flat arrays on the other. The same arrays serve a block that
 * is being written and the registry's columns while it loads, where a block lands at an offset.
 *
 * Assumes that the checksum of the bytes was checked: FlatBuffers for JavaScript has no verifier, and what is read here is
 * what encodeBlock wrote. Promises that decoding what was encoded gives the same values, to the last bit of a position.
 */

import { Builder } from "flatbuffers";
import { assert } from "../../../schemas/errors.js";
import { Block, Location, Participant } from "../../../schemas/generated/registry_generated.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { groupBits } from "../../../schemas/words.js";
import { addressSet } from "./addresses.js";
import { decodeExtras, decodeSparse, type Extras, encodeExtras, extras, type Sparse } from "./extras.js";
import { FIELD, Layout } from "./layout.js";

/** Participants by row and locations by row; the locations of a participant are adjacent, in order of participant. */
export interface Rows {
  readonly numbers: Float64Array;
  readonly status: Uint8Array;
  readonly language: Uint8Array;
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  /** Participant number of the location. */
  readonly participant: Uint32Array;
  readonly channels: Uint16Array;
  readonly terms: Uint16Array;
  readonly municipality: Uint16Array;
  /** Bits of GROUPS, from what the extras hold in full: for the columns of a loaded registry alone. */
  readonly groups?: Uint8Array;
  /** As addressSet gives it, likewise. */
  readonly addresses?: Uint8Array;
  /** Absent where nobody reads them: the columns of a loaded registry do without. */
  readonly kind?: Uint8Array;
  readonly postcode?: Uint32Array;
  readonly extras?: Extras;
}

/** Rows for one block, to fill or to decode into. */
export interface BlockRows extends Required<Omit<Rows, "groups" | "addresses">> {
  participantCount: number;
  locationCount: number;
}

export function blockRows(): BlockRows {
  const participants = REGISTRY.participantsPerBlock;
  const locations = participants * REGISTRY.locationsPerParticipant;
  return {
    participantCount: 0,
    locationCount: 0,
    numbers: new Float64Array(participants),
    status: new Uint8Array(participants),
    language: new Uint8Array(participants),
    lng: new Float64Array(locations),
    lat: new Float64Array(locations),
    participant: new Uint32Array(locations),
    channels: new Uint16Array(locations),
    terms: new Uint16Array(locations),
    municipality: new Uint16Array(locations),
    kind: new Uint8Array(locations),
    postcode: new Uint32Array(locations),
    extras: extras(participants),
  };
}

/** Big enough for a block as it usually is; the builder grows for one that is not, and is used again. */
const BUILDER_BYTES = 65_536;
export function blockBuilder(): Builder {
  return new Builder(BUILDER_BYTES);
}

/** The block's bytes, a view into the builder that is overwritten by the next call. */
export function encodeBlock(builder: Builder, rows: BlockRows, firstParticipant: number): Uint8Array {
  builder.clear();
  const records: number[] = [];
  let location = 0;
  for (let index = 0; index < rows.participantCount; index++) {
    const from = location;
    while (location < rows.locationCount && rows.participant[location] === firstParticipant + index) location++;
    const vector = from === location ? 0 : encodeLocations(builder, rows, from, location);
    const postcodes = encodePostcodes(builder, rows.postcode.subarray(from, location));
    const addExtras = encodeExtras(builder, rows.extras, index);
    Participant.startParticipant(builder);
    Participant.addNumber(builder, BigInt(rows.numbers[index]!));
    if (vector !== 0) Participant.addLocations(builder, vector);
    if (postcodes !== 0) Participant.addPostcodes(builder, postcodes);
    Participant.addStatus(builder, rows.status[index]!);
    Participant.addLanguage(builder, rows.language[index]!);
    addExtras();
    records.push(Participant.endParticipant(builder));
  }
  assert(location === rows.locationCount, "locations are in order of participant");
  builder.finish(Block.createBlock(builder, Block.createParticipantsVector(builder, records)));
  return builder.asUint8Array();
}

/** FlatBuffers are built from the end, so the last location goes first. */
function encodeLocations(builder: Builder, rows: BlockRows, from: number, to: number): number {
  Participant.startLocationsVector(builder, to - from);
  for (let row = to - 1; row >= from; row--) {
    Location.createLocation(
      builder,
      rows.lng[row]!,
      rows.lat[row]!,
      rows.channels[row]!,
      rows.terms[row]!,
      rows.municipality[row]!,
      rows.kind[row]!,
    );
  }
  return builder.endVector();
}

/** None for whose positions were all given, as those of most. */
function encodePostcodes(builder: Builder, postcodes: Uint32Array): number {
  const isAny = postcodes.some((postcode) => postcode !== 0);
  return isAny ? Participant.createPostcodesVector(builder, postcodes) : 0;
}

export interface Counts {
  participants: number;
  locations: number;
}

/** Decodes into `rows` from `participantRow` and `locationRow` on; says how many of each there were. */
export function decodeBlock(
  bytes: Uint8Array,
  rows: Rows,
  participantRow: number,
  locationRow: number,
  firstParticipant: number,
  sparse?: Sparse,
): Counts {
  const layout = new Layout(bytes);
  const { at, count } = layout.participants();
  let row = locationRow;
  for (let index = 0; index < count; index++) {
    layout.look(at + index * 4);
    row = decodeRecord(layout, rows, participantRow + index, row, firstParticipant + index);
    if (sparse && layout.hasSparse) decodeSparse(layout, firstParticipant + index, sparse);
  }
  return { participants: count, locations: row - locationRow };
}

/** Decodes the participant at this place alone, as participant 0 of `rows`; false when the block has fewer. */
export function decodeOne(bytes: Uint8Array, index: number, rows: BlockRows): boolean {
  const layout = new Layout(bytes);
  const { at, count } = layout.participants();
  if (index >= count) return false;
  layout.look(at + index * 4);
  rows.participantCount = 1;
  rows.locationCount = decodeRecord(layout, rows, 0, 0, 0);
  return true;
}

/** The row after the last location of the participant that `layout` looks at. */
function decodeRecord(layout: Layout, rows: Rows, at: number, locationRow: number, participant: number): number {
  const number = layout.at(FIELD.number);
  rows.numbers[at] = number === 0 ? 0 : readNumber(layout.view, number);
  rows.status[at] = layout.byte(FIELD.status);
  rows.language[at] = layout.byte(FIELD.language);
  if (rows.groups) rows.groups[at] = groupBits(layout.byte(FIELD.kind), layout.byte(FIELD.needs));
  if (rows.addresses) {
    const hasMail = layout.at(FIELD.mail) !== 0;
    rows.addresses[at] = addressSet(rows.numbers[at] !== 0, hasMail, layout.byte(FIELD.contacts));
  }
  if (rows.extras) decodeExtras(layout, rows.extras, at);
  const locations = layout.at(FIELD.locations);
  if (locations === 0) return locationRow;
  const next = decodeLocations(layout, layout.indirect(locations), rows, locationRow, participant);
  if (rows.postcode) decodePostcodes(layout, rows.postcode.subarray(locationRow, next));
  return next;
}

const HIGH = 2 ** 32;
function readNumber(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * HIGH;
}

const LOCATION_BYTES = Location.sizeOf();

/** The fields stand in a location as registry.fbs has them: two doubles, three ushorts, a byte. */
function decodeLocations({ view }: Layout, vector: number, rows: Rows, from: number, participant: number): number {
  const count = view.getUint32(vector, true);
  for (let index = 0; index < count; index++) {
    const at = vector + 4 + index * LOCATION_BYTES;
    const row = from + index;
    rows.lng[row] = view.getFloat64(at, true);
    rows.lat[row] = view.getFloat64(at + 8, true);
    rows.participant[row] = participant;
    rows.channels[row] = view.getUint16(at + 16, true);
    rows.terms[row] = view.getUint16(at + 18, true);
    rows.municipality[row] = view.getUint16(at + 20, true);
    if (rows.kind) rows.kind[row] = view.getUint8(at + 22);
  }
  return from + count;
}

function decodePostcodes(layout: Layout, postcodes: Uint32Array): void {
  const at = layout.at(FIELD.postcodes);
  if (at === 0) {
    postcodes.fill(0);
    return;
  }
  const vector = layout.indirect(at);
  for (let index = 0; index < postcodes.length; index++) {
    postcodes[index] = layout.view.getUint32(vector + 4 + index * 4, true);
  }
}
