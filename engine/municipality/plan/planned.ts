/**
 * A person as an import plans them, and as bytes: a plan of a million rows is a few hundred pieces of bytes and not millions
 * of objects, and the same bytes, encrypted, are what is made durable before an import is applied (redo.ts).
 */
import { assert } from "../../../schemas/errors.js";
import { MUNICIPALITY, REGISTRY } from "../../../schemas/limits.js";
import type { Participant, ParticipantLocation } from "../../registry/record/participant.js";

/** Somebody whom the registry does not have yet. */
export const NEWCOMER = 0xffff_ffff;

export interface PlannedLocation extends Omit<ParticipantLocation, "terms"> {
  /** Row of the plan's own table of terms. */
  readonly terms: number;
}

export interface PlannedPerson extends Omit<Participant, "locations" | "phone" | "contacts"> {
  /** Line of the first row. */
  readonly line: number;
  /** Participant number, or NEWCOMER; until the plan is made that of the file's column. */
  readonly target: number;
  /** A row beside this person's was refused and may have been theirs, so that no location of theirs may go. */
  readonly partial: boolean;
  readonly locations: readonly PlannedLocation[];
}

/** Bytes of a person without the texts and the locations, and of a location. */
const FIXED_BYTES = 34;
const LOCATION_BYTES = 27;
const NUMBER_AT = 8;
/** Of before locations had postcodes: an import that was decided under such a version is completed under this one. */
const LOCATION_BYTES_BEFORE = 23;
/** In byte 29: which of the two. */
const WITH_POSTCODES = 1;

/** Writes one person at `at`, and says where the next one goes. There must be room for MUNICIPALITY.personBytes. */
function writePerson(bytes: Buffer, at: number, person: PlannedPerson): number {
  assert(bytes.length - at >= MUNICIPALITY.personBytes, "a person fits into what is left of a piece");
  assert(person.locations.length <= REGISTRY.locationsPerParticipant, "a person has few locations");
  bytes.writeUInt32LE(person.line, at);
  bytes.writeUInt32LE(person.target, at + 4);
  bytes.writeDoubleLE(person.number, at + NUMBER_AT);
  bytes.writeUInt32LE(person.pausedUntil, at + 16);
  bytes.writeUInt16LE(person.joinedDay, at + 20);
  bytes[at + 22] = person.partial ? 1 : 0;
  bytes[at + 23] = person.status;
  bytes[at + 24] = person.switchedOff;
  bytes[at + 25] = person.language;
  bytes[at + 26] = person.kind;
  bytes[at + 27] = person.needs;
  bytes[at + 28] = person.locations.length;
  bytes[at + 29] = WITH_POSTCODES;
  const mailBytes = writeText(bytes, at + FIXED_BYTES, person.mail);
  const nameBytes = writeText(bytes, at + FIXED_BYTES + mailBytes, person.name);
  bytes.writeUInt16LE(mailBytes, at + 30);
  bytes.writeUInt16LE(nameBytes, at + 32);
  let next = at + FIXED_BYTES + mailBytes + nameBytes;
  for (const location of person.locations) {
    writeLocation(bytes, next, location);
    next += LOCATION_BYTES;
  }
  return next;
}

/** Most have neither mail nor name, and Node takes its time to write nothing. */
function writeText(bytes: Buffer, at: number, text: string): number {
  return text === "" ? 0 : bytes.write(text, at);
}

function readText(bytes: Buffer, from: number, to: number): string {
  return from === to ? "" : bytes.toString("utf8", from, to);
}

function writeLocation(bytes: Buffer, at: number, location: PlannedLocation): void {
  bytes.writeDoubleLE(location.lng, at);
  bytes.writeDoubleLE(location.lat, at + 8);
  bytes.writeUInt16LE(location.channels, at + 16);
  bytes.writeUInt16LE(location.terms, at + 18);
  bytes.writeUInt16LE(location.municipality, at + 20);
  bytes[at + 22] = location.kind;
  bytes.writeUInt32LE(location.postcode, at + 23);
}

function readPerson(bytes: Buffer, at: number): { person: PlannedPerson; next: number } {
  const mailAt = at + FIXED_BYTES;
  const nameAt = mailAt + bytes.readUInt16LE(at + 30);
  const from = nameAt + bytes.readUInt16LE(at + 32);
  const count = bytes[at + 28]!;
  const hasPostcodes = bytes[at + 29] === WITH_POSTCODES;
  const locationBytes = hasPostcodes ? LOCATION_BYTES : LOCATION_BYTES_BEFORE;
  const person: PlannedPerson = {
    line: bytes.readUInt32LE(at),
    target: bytes.readUInt32LE(at + 4),
    number: bytes.readDoubleLE(at + NUMBER_AT),
    pausedUntil: bytes.readUInt32LE(at + 16),
    joinedDay: bytes.readUInt16LE(at + 20),
    partial: bytes[at + 22] === 1,
    status: bytes[at + 23]!,
    switchedOff: bytes[at + 24]!,
    language: bytes[at + 25]!,
    kind: bytes[at + 26]!,
    needs: bytes[at + 27]!,
    mail: readText(bytes, mailAt, nameAt),
    name: readText(bytes, nameAt, from),
    locations: Array.from({ length: count }, (_, index) =>
      readLocation(bytes, from + index * locationBytes, hasPostcodes),
    ),
  };
  return { person, next: from + count * locationBytes };
}

function readLocation(bytes: Buffer, at: number, hasPostcode: boolean): PlannedLocation {
  return {
    lng: bytes.readDoubleLE(at),
    lat: bytes.readDoubleLE(at + 8),
    channels: bytes.readUInt16LE(at + 16),
    terms: bytes.readUInt16LE(at + 18),
    municipality: bytes.readUInt16LE(at + 20),
    kind: bytes[at + 22]!,
    postcode: hasPostcode ? bytes.readUInt32LE(at + 23) : 0,
  };
}

/** Persons one after the other, in pieces of bytes; each can be found again by its place. */
export class Persons {
  readonly #pieces: Buffer[] = [];
  /** Bytes in use of each piece. */
  readonly #used: number[] = [];
  #places = new Uint32Array(1_024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get pieces(): number {
    return this.#pieces.length;
  }

  /** What is in a piece; a view. */
  piece(index: number): Buffer {
    return this.#pieces[index]!.subarray(0, this.#used[index]);
  }

  add(person: PlannedPerson): void {
    let piece = this.#pieces.length - 1;
    if (piece < 0 || MUNICIPALITY.pieceBytes - this.#used[piece]! < MUNICIPALITY.personBytes) {
      piece = this.#pieces.push(Buffer.allocUnsafeSlow(MUNICIPALITY.pieceBytes)) - 1;
      this.#used.push(0);
    }
    if (this.#count === this.#places.length) {
      const places = new Uint32Array(this.#count * 2);
      places.set(this.#places);
      this.#places = places;
    }
    const at = this.#used[piece]!;
    this.#places[this.#count++] = piece * MUNICIPALITY.pieceBytes + at;
    this.#used[piece] = writePerson(this.#pieces[piece]!, at, person);
  }

  at(index: number): PlannedPerson {
    const { piece, at } = this.#placeOf(index);
    return readPerson(piece, at).person;
  }

  /** The number of one alone, without the garbage of reading all of them. */
  numberAt(index: number): number {
    const { piece, at } = this.#placeOf(index);
    return piece.readDoubleLE(at + NUMBER_AT);
  }

  #placeOf(index: number): { piece: Buffer; at: number } {
    const place = this.#places[index]!;
    const piece = Math.floor(place / MUNICIPALITY.pieceBytes);
    return { piece: this.#pieces[piece]!, at: place - piece * MUNICIPALITY.pieceBytes };
  }
}

/** The persons in one piece. */
export function* personsIn(piece: Buffer): Generator<PlannedPerson> {
  for (let at = 0; at < piece.length; ) {
    const { person, next } = readPerson(piece, at);
    yield person;
    at = next;
  }
}
