/**
 * One stored block of participants: FlatBuffers on one side, flat arrays on the other. The same arrays serve a block that
 * is being written and the registry's columns while it loads, where a block lands at an offset.
 *
 * Assumes that the checksum of the bytes was checked: FlatBuffers for JavaScript has no verifier, and what is read here is
 * what encodeBlock wrote. Promises that decoding what was encoded gives the same values, to the last bit of a position.
 */

import { Builder, ByteBuffer } from "flatbuffers";
import { assert } from "../../schemas/errors.js";
import { Block, Location, Participant } from "../../schemas/generated/registry_generated.js";
import { REGISTRY } from "../../schemas/limits.js";

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
  /** Absent where nobody reads it: the columns of a loaded registry do without. */
  readonly kind?: Uint8Array;
}

/** Rows for one block, to fill or to decode into. */
export interface BlockRows extends Required<Rows> {
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
    Participant.startParticipant(builder);
    Participant.addNumber(builder, BigInt(rows.numbers[index]!));
    if (vector !== 0) Participant.addLocations(builder, vector);
    Participant.addStatus(builder, rows.status[index]!);
    Participant.addLanguage(builder, rows.language[index]!);
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

// Fields of table Participant by their place in the vtable, as flatc numbers them: 4 + 2 * position in the schema. The
// generated accessors read a 64-bit number as a BigInt and look the vector up again for each location, which together
// makes the start of the service slower by more than its whole budget for reading.
const NUMBER = 4;
const LOCATIONS = 10;

export interface Counts {
  participants: number;
  locations: number;
}

const LANES = { block: new Block(), record: new Participant(), location: new Location() };

/** Decodes into `rows` from `participantRow` and `locationRow` on; says how many of each there were. */
export function decodeBlock(
  bytes: Uint8Array,
  rows: Rows,
  participantRow: number,
  locationRow: number,
  firstParticipant: number,
): Counts {
  const buffer = new ByteBuffer(bytes);
  const block = Block.getRootAsBlock(buffer, LANES.block);
  const count = block.participantsLength();
  let row = locationRow;
  for (let index = 0; index < count; index++) {
    const record = block.participants(index, LANES.record)!;
    const at = participantRow + index;
    const position = record.bb_pos;
    const numberAt = buffer.__offset(position, NUMBER);
    rows.numbers[at] = numberAt === 0 ? 0 : readNumber(buffer, position + numberAt);
    rows.status[at] = record.status();
    rows.language[at] = record.language();
    const locationsAt = buffer.__offset(position, LOCATIONS);
    if (locationsAt !== 0) row = decodeLocations(buffer, position + locationsAt, rows, row, firstParticipant + index);
  }
  return { participants: count, locations: row - locationRow };
}

const HIGH = 2 ** 32;
function readNumber(buffer: ByteBuffer, at: number): number {
  return buffer.readUint32(at) + buffer.readUint32(at + 4) * HIGH;
}

function decodeLocations(buffer: ByteBuffer, vectorAt: number, rows: Rows, from: number, participant: number): number {
  const start = buffer.__vector(vectorAt);
  const count = buffer.__vector_len(vectorAt);
  const location = LANES.location;
  for (let index = 0; index < count; index++) {
    location.__init(start + index * Location.sizeOf(), buffer);
    const row = from + index;
    rows.lng[row] = location.lng();
    rows.lat[row] = location.lat();
    rows.participant[row] = participant;
    rows.channels[row] = location.channels();
    rows.terms[row] = location.terms();
    rows.municipality[row] = location.municipality();
    if (rows.kind) rows.kind[row] = location.kind();
  }
  return from + count;
}
