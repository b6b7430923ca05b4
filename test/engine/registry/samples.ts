/** Registries of tests: written straight through the writer, and flattened so that two can be compared. */
import { Writable } from "node:stream";
import type { LoadedRegistry } from "../../../engine/registry/columns/columns.js";
import { type ExportOptions, exportRegistry } from "../../../engine/registry/csv/export.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import type { Participant } from "../../../engine/registry/record/participant.js";
import { formatSchedule } from "../../../engine/registry/record/profile/schedule.js";
import { type RegistryRecord, readRecord } from "../../../engine/registry/record/record.js";
import { participantAt } from "../../../engine/registry/record/records.js";
import { scanBlocks } from "../../../engine/registry/record/scan.js";
import { termsAt } from "../../../engine/registry/record/terms.js";
import { RegistryWriter } from "../../../engine/registry/record/writer.js";
import type { Store } from "../../../engine/store/store.js";
import type { Result } from "../../../schemas/errors.js";
import { termsOf } from "./somebody.js";

export interface SampleLocation {
  readonly lng: number;
  readonly lat: number;
  readonly channels: number;
  readonly schedule: string;
  readonly municipality: number;
  readonly kind: number;
}

export interface SamplePerson {
  readonly row: number;
  readonly number: number;
  readonly status: number;
  readonly language: number;
  readonly locations: readonly SampleLocation[];
}

export function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail}`);
  return result.value;
}

/** "ok", or the code of the problem. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? "ok" : result.problem.code;
}

export async function withData<T>(folder: string, use: (data: DataFolder) => Promise<T>): Promise<T> {
  const data = given(openDataFolder(folder));
  try {
    return await use(data);
  } finally {
    await data.store.close();
  }
}

export function withStore<T>(folder: string, use: (store: Store) => Promise<T>): Promise<T> {
  return withData(folder, ({ store }) => use(store));
}

export function writeSample(folder: string, people: readonly SamplePerson[], replace = false): Promise<RegistryRecord> {
  return withData(folder, async (data) => {
    const writer = given(await RegistryWriter.begin(data, { generated: false, replace }));
    for (const person of people) {
      writer.participant(person.row, person.number, person.status, person.language);
      for (const at of person.locations) {
        const schedule = writer.terms.add(termsOf(at.schedule))!;
        writer.location(at.lng, at.lat, at.channels, schedule, at.municipality, at.kind);
      }
      if (writer.full) given(await writer.flush());
    }
    return given(await writer.finish());
  });
}

/** Writes participants in full, by their number, in ascending order. */
export function writeParticipants(folder: string, people: ReadonlyMap<number, Participant>): Promise<RegistryRecord> {
  return withData(folder, async (data) => {
    const writer = given(await RegistryWriter.begin(data, { generated: false, replace: false }));
    for (const [row, person] of people) {
      const status = person.status | person.switchedOff;
      writer.participant(row, person.number, status, person.language, { ...person, phone: undefined });
      for (const { lng, lat, channels, terms, municipality, kind, postcode } of person.locations) {
        writer.location(lng, lat, channels, writer.terms.add(terms)!, municipality, kind);
        writer.postcode(postcode);
      }
      if (person.phone) writer.phone(person.phone.channels, writer.terms.add(person.phone.terms)!);
    }
    return given(await writer.finish());
  });
}

/** Everybody in a folder's registry, by participant number. */
export function readParticipants(folder: string): Promise<Map<number, Participant>> {
  return withData(folder, async (data) => {
    const people = new Map<number, Participant>();
    const record = given(readRecord(data.store));
    for (const block of scanBlocks(data, record)) {
      const { rows, firstParticipant } = given(block);
      for (let index = 0; index < rows.participantCount; index++) {
        const person = participantAt(rows, firstParticipant, index, record.terms);
        if (person) people.set(firstParticipant + index, person);
      }
    }
    return people;
  });
}

/** The registry's CSV, as bytes. */
export async function exported(folder: string, options?: ExportOptions): Promise<{ bytes: Buffer; rows: number }> {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const { rows } = given(await exportRegistry(folder, output, options));
  return { bytes: Buffer.concat(chunks), rows };
}

export function somePeople(count: number, step = 1): SamplePerson[] {
  return Array.from({ length: count }, (_, index) => ({
    row: index * step,
    number: 31_612_000_000 + index,
    status: index % 3,
    language: index % 9,
    locations: Array.from({ length: 1 + (index % 3) }, (_, at) => ({
      lng: 4 + index / 10_000 + at / 7,
      lat: 52 + index / 30_000,
      channels: (index * 31 + at) % 65_536,
      schedule: ["always", "mo-fr 08-18", "sa-su 10-12"][(index + at) % 3]!,
      municipality: index % 400,
      kind: at,
    })),
  }));
}

/** What a loaded registry holds, row by row and location by location, with schedules as text. */
export function flattened(loaded: LoadedRegistry) {
  const { participants, locations } = loaded;
  const words = new Uint32Array(loaded.terms);
  const at = {
    lng: new Float64Array(locations.lng),
    lat: new Float64Array(locations.lat),
    participant: new Uint32Array(locations.participant),
    channels: new Uint16Array(locations.channels),
    terms: new Uint16Array(locations.terms),
    municipality: new Uint16Array(locations.municipality),
  };
  return {
    generated: loaded.generated,
    numbers: [...new Float64Array(participants.numbers, 0, loaded.rows)],
    status: [...new Uint8Array(participants.status, 0, loaded.rows)],
    language: [...new Uint8Array(participants.language, 0, loaded.rows)],
    locations: Array.from({ length: locations.count }, (_, row) => ({
      participant: at.participant[row],
      lng: at.lng[row],
      lat: at.lat[row],
      channels: at.channels[row],
      schedule: formatSchedule(termsAt(words, at.terms[row]!).hours),
      municipality: at.municipality[row],
    })),
  };
}
