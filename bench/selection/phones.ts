/** The phones of a registry, for what is told of where they are (moves-client.ts). */
import { writeFileSync } from "node:fs";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import { given } from "../live-registry.js";

export interface Phone {
  readonly participant: number;
  readonly number: number;
  /** Where they live, [lng, lat]: the first of their locations. */
  readonly home: readonly [number, number];
}

/** Of all participants with a phone, in their order. */
export async function phonesOf(folder: string): Promise<Phone[]> {
  const { sparse, locations, participants } = given(await loadRegistry(folder));
  const home = new Int32Array(participants.count).fill(-1);
  const owners = new Uint32Array(locations.participant);
  for (let row = locations.count - 1; row >= 0; row--) home[owners[row]!] = row;
  const [lng, lat] = [new Float64Array(locations.lng), new Float64Array(locations.lat)];
  const numbers = new Float64Array(participants.numbers);
  const phones: Phone[] = [];
  for (let at = 0; at < sparse.phones.length; at += 3) {
    const participant = sparse.phones[at]!;
    const row = home[participant]!;
    phones.push({ participant, number: numbers[participant]!, home: [lng[row]!, lat[row]!] });
  }
  return phones;
}

/** As the client reads them. */
export function writePhones(phones: readonly Phone[], file: string): void {
  const numbers = phones.flatMap(({ participant, home: [lng, lat] }) => [participant, lng, lat]);
  writeFileSync(file, new Uint8Array(Float64Array.from(numbers).buffer));
}
