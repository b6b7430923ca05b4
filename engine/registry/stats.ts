/** What is in a registry, in numbers: nothing of it names a person. */

import { ok, type Result } from "../../schemas/errors.js";
import {
  CHANNELS,
  channelBit,
  DOMAINS,
  LANGUAGES,
  LOCATION_KINDS,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
  switchedOffBit,
} from "../../schemas/words.js";
import type { BlockRows } from "./block.js";
import { type DataFolder, type KekOptions, withRegistry } from "./open.js";
import type { RegistryRecord } from "./record.js";
import { scanBlocks } from "./scan.js";
import { TERMS_WORDS } from "./terms.js";

export interface RegistryStats {
  readonly generated: boolean;
  readonly seed: number | null;
  readonly participants: number;
  readonly locations: number;
  /** Participants with the app: with push at any location. */
  readonly app: number;
  readonly withoutNumber: number;
  readonly terms: number;
  readonly statuses: Record<string, number>;
  /** Participants who have switched the channel off as a whole. */
  readonly switchedOff: Record<string, number>;
  readonly languages: Record<string, number>;
  readonly kinds: Record<string, number>;
  /** Participants who welcome the domain over the channel at any location: channel, then domain. */
  readonly channels: Record<string, Record<string, number>>;
  /** Participants by the municipality of any of their locations (GM0363; "none" outside the Netherlands). */
  readonly municipalities: Record<string, number>;
}

const PUSH = DOMAINS.reduce((mask, domain) => mask | channelBit("push", domain), 0);
const UNUSED = PARTICIPANT_STATUSES.indexOf("erased");

export function registryStats(folder: string, options: KekOptions = {}): Promise<Result<RegistryStats>> {
  return withRegistry(folder, options, ({ record, ...data }) => countAll(data, record));
}

function countAll(data: DataFolder, record: RegistryRecord): Result<RegistryStats> {
  const { generated, seed, terms } = record;
  const counts = new Counter(generated, generated ? seed : null, terms.length / TERMS_WORDS);
  for (const block of scanBlocks(data, record)) {
    if (!block.ok) return block;
    counts.add(block.value.rows, block.value.firstParticipant);
  }
  return ok(counts.stats());
}

class Counter {
  readonly #statuses = new Array<number>(PARTICIPANT_STATUSES.length).fill(0);
  readonly #switchedOff = new Array<number>(CHANNELS.length).fill(0);
  readonly #languages = new Array<number>(LANGUAGES.length).fill(0);
  readonly #kinds = new Array<number>(LOCATION_KINDS.length).fill(0);
  readonly #bits = new Array<number>(CHANNELS.length * DOMAINS.length).fill(0);
  readonly #municipalities = new Map<number, number>();
  #participants = 0;
  #locations = 0;
  #app = 0;
  #withoutNumber = 0;

  constructor(
    private readonly generated: boolean,
    private readonly seed: number | null,
    private readonly terms: number,
  ) {}

  add(rows: BlockRows, firstParticipant: number): void {
    let row = 0;
    for (let index = 0; index < rows.participantCount; index++) {
      const from = row;
      while (row < rows.locationCount && rows.participant[row] === firstParticipant + index) row++;
      if (from === row && rows.status[index] === UNUSED && rows.numbers[index] === 0) continue;
      this.#participants++;
      const status = rows.status[index]!;
      this.#statuses[status & STATUS_MASK]!++;
      for (const [at, channel] of CHANNELS.entries()) if (status & switchedOffBit(channel)) this.#switchedOff[at]!++;
      this.#languages[rows.language[index]!]!++;
      if (rows.numbers[index] === 0) this.#withoutNumber++;
      this.#addLocations(rows, from, row);
    }
  }

  #addLocations(rows: BlockRows, from: number, to: number): void {
    let mask = 0;
    const municipalities = new Set<number>();
    for (let row = from; row < to; row++) {
      this.#locations++;
      this.#kinds[rows.kind[row]!]!++;
      mask |= rows.channels[row]!;
      municipalities.add(rows.municipality[row]!);
    }
    if (mask & PUSH) this.#app++;
    for (let bit = 0; bit < this.#bits.length; bit++) if (mask & (1 << bit)) this.#bits[bit]!++;
    for (const code of municipalities) this.#municipalities.set(code, (this.#municipalities.get(code) ?? 0) + 1);
  }

  stats(): RegistryStats {
    const named = (words: readonly string[], counts: readonly number[]) =>
      Object.fromEntries(words.map((word, index) => [word, counts[index]!]));
    const perChannel = CHANNELS.map((channel, index) => {
      const from = index * DOMAINS.length;
      return [channel, named(DOMAINS, this.#bits.slice(from, from + DOMAINS.length))];
    });
    const municipalities = [...this.#municipalities].sort(([a], [b]) => a - b);
    return {
      generated: this.generated,
      seed: this.seed,
      participants: this.#participants,
      locations: this.#locations,
      app: this.#app,
      withoutNumber: this.#withoutNumber,
      terms: this.terms,
      statuses: named(PARTICIPANT_STATUSES, this.#statuses),
      switchedOff: named(CHANNELS, this.#switchedOff),
      languages: named(LANGUAGES, this.#languages),
      kinds: named(LOCATION_KINDS, this.#kinds),
      channels: Object.fromEntries(perChannel),
      municipalities: Object.fromEntries(municipalities.map(([code, count]) => [municipalityName(code), count])),
    };
  }
}

export function municipalityName(code: number): string {
  return code === 0 ? "none" : `GM${String(code).padStart(4, "0")}`;
}
