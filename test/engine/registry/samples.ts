/** Registries of tests: written straight through the writer, and flattened so that two can be compared. */

import type { LoadedRegistry } from "../../../engine/registry/columns.js";
import { scheduleTexts } from "../../../engine/registry/export.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import type { RegistryRecord } from "../../../engine/registry/record.js";
import { parseSchedule } from "../../../engine/registry/schedule.js";
import { ALWAYS_EVERYTHING } from "../../../engine/registry/terms.js";
import { RegistryWriter } from "../../../engine/registry/writer.js";
import type { Store } from "../../../engine/store/store.js";
import type { Result } from "../../../schemas/errors.js";

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
        const schedule = writer.terms.add({ ...ALWAYS_EVERYTHING, hours: parseSchedule(at.schedule)! })!;
        writer.location(at.lng, at.lat, at.channels, schedule, at.municipality, at.kind);
      }
      if (writer.full) given(await writer.flush());
    }
    return given(await writer.finish());
  });
}

export function somePeople(count: number, step = 1): SamplePerson[] {
  return Array.from({ length: count }, (_, index) => ({
    row: index * step,
    number: 31_690_000_000 + index,
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
  const texts = scheduleTexts(new Uint32Array(loaded.terms));
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
    numbers: [...new Float64Array(participants.numbers)],
    status: [...new Uint8Array(participants.status)],
    language: [...new Uint8Array(participants.language)],
    locations: Array.from({ length: locations.count }, (_, row) => ({
      participant: at.participant[row],
      lng: at.lng[row],
      lat: at.lat[row],
      channels: at.channels[row],
      schedule: texts[at.terms[row]!],
      municipality: at.municipality[row],
    })),
  };
}
