/** What is in a registry, in numbers: nothing of it names a person. */

import { ok, type Result } from "../../../schemas/errors.js";
import {
  CHANNELS,
  channelBit,
  DOMAINS,
  LANGUAGES,
  LOCATION_KINDS,
  NEEDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
  TIME_ZONES,
} from "../../../schemas/words.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import { type DataFolder, type KekOptions, withRegistry } from "../open.js";
import type { BlockRows } from "../record/block.js";
import type { RegistryRecord } from "../record/record.js";
import { isUnused } from "../record/records.js";
import { scanBlocks } from "../record/scan.js";
import { TERMS_WORDS, termsAt } from "../record/terms.js";
import { countParticipant, named, nothingCounted } from "./counted.js";

export interface RegistryStats {
  readonly generated: boolean;
  readonly seed: number | null;
  readonly participants: number;
  readonly locations: number;
  /** Participants with the app: with push at any location. */
  readonly app: number;
  readonly withoutNumber: number;
  readonly withMail: number;
  /** Participants who want to be reached where the phone is. */
  readonly phones: number;
  readonly terms: number;
  readonly statuses: Record<string, number>;
  /** Of those that are paused, those whose pause has an end. */
  readonly pausedUntil: number;
  /** Persons, companies, institutions. */
  readonly types: Record<string, number>;
  readonly needs: Record<string, number>;
  /** Participants who have switched the channel off as a whole. */
  readonly switchedOff: Record<string, number>;
  readonly languages: Record<string, number>;
  /** Locations by kind. */
  readonly kinds: Record<string, number>;
  /** Participants by the time zone of any of their locations or of their phone; those that nobody has are left out. */
  readonly timeZones: Record<string, number>;
  /** Participants who welcome the domain over the channel at any location: channel, then domain. */
  readonly channels: Record<string, Record<string, number>>;
  /** Participants by the municipality of any of their locations (GM0363; "none" outside the Netherlands). */
  readonly municipalities: Record<string, number>;
}

const PUSH = DOMAINS.reduce((mask, domain) => mask | channelBit("push", domain), 0);

export function registryStats(folder: string, options: KekOptions = {}): Promise<Result<RegistryStats>> {
  return withRegistry(folder, options, ({ record, ...data }) => countAll(data, record));
}

function countAll(data: DataFolder, record: RegistryRecord): Result<RegistryStats> {
  const { generated, seed, terms } = record;
  const counts = new Counter(generated, generated ? seed : null, terms);
  for (const block of scanBlocks(data, record)) {
    if (!block.ok) return block;
    counts.add(block.value.rows, block.value.firstParticipant);
  }
  return ok(counts.stats());
}

class Counter {
  readonly #counted = nothingCounted();
  readonly #timeZones = new Array<number>(TIME_ZONES.length).fill(0);
  /** Of each row of the table of terms. */
  readonly #zones: Uint8Array;
  readonly #municipalities = new Map<number, number>();
  #locations = 0;
  #app = 0;
  #pausedUntil = 0;
  readonly #generated: boolean;
  readonly #seed: number | null;

  constructor(generated: boolean, seed: number | null, terms: Uint32Array) {
    this.#generated = generated;
    this.#seed = seed;
    this.#zones = Uint8Array.from({ length: terms.length / TERMS_WORDS }, (_, row) => termsAt(terms, row).zone);
  }

  add(rows: BlockRows, firstParticipant: number): void {
    let row = 0;
    for (let index = 0; index < rows.participantCount; index++) {
      const from = row;
      while (row < rows.locationCount && rows.participant[row] === firstParticipant + index) row++;
      if (isUnused(rows, index, row > from)) continue;
      if (rows.extras.pausedUntil[index] !== 0) this.#pausedUntil++;
      this.#addLocations(rows, index, from, row);
    }
  }

  /** Each participant counts once, whatever the number of locations and the phone. */
  #addLocations(rows: BlockRows, index: number, from: number, to: number): void {
    const { extras } = rows;
    const hasPhone = extras.phone[index] === 1;
    let mask = hasPhone ? extras.phoneChannels[index]! : 0;
    const municipalities = new Set<number>();
    const zones = new Set<number>();
    if (hasPhone) zones.add(this.#zones[extras.phoneTerms[index]!]!);
    for (let row = from; row < to; row++) {
      this.#locations++;
      this.#counted.locations[rows.kind[row]!]!++;
      mask |= rows.channels[row]!;
      municipalities.add(rows.municipality[row]!);
      zones.add(this.#zones[rows.terms[row]!]!);
    }
    if (mask & PUSH) this.#app++;
    countParticipant(this.#counted, rows, index, mask);
    for (const zone of zones) this.#timeZones[zone]!++;
    for (const code of municipalities) this.#municipalities.set(code, (this.#municipalities.get(code) ?? 0) + 1);
  }

  stats(): RegistryStats {
    const { participants, withNumber, withMail, phones, ...counted } = this.#counted;
    const perChannel = CHANNELS.map((channel, index) => {
      const from = index * DOMAINS.length;
      return [channel, named(DOMAINS, counted.bits.slice(from, from + DOMAINS.length))];
    });
    const municipalities = [...this.#municipalities].sort(([a], [b]) => a - b);
    return {
      generated: this.#generated,
      seed: this.#seed,
      participants,
      locations: this.#locations,
      app: this.#app,
      withoutNumber: participants - withNumber,
      withMail,
      phones,
      terms: this.#zones.length,
      statuses: named(PARTICIPANT_STATUSES, counted.statuses),
      pausedUntil: this.#pausedUntil,
      types: named(PARTICIPANT_KINDS, counted.kinds),
      needs: named(NEEDS, counted.needs),
      switchedOff: named(CHANNELS, counted.switchedOff),
      languages: named(LANGUAGES, counted.languages),
      kinds: named(LOCATION_KINDS, counted.locations),
      timeZones: present(named(TIME_ZONES, this.#timeZones)),
      channels: Object.fromEntries(perChannel),
      municipalities: Object.fromEntries(
        municipalities.map(([code, count]) => [municipalityCode(code) ?? "none", count]),
      ),
    };
  }
}

function present(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
