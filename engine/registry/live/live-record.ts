/**
 * The registry's record (record.ts) as it changes: it always says what the blocks say that were put, so that it goes into
 * the same commit as they do.
 */
import { REGISTRY } from "../../../schemas/limits.js";
import type { Table } from "../../store/store.js";
import { encodeRecord, REGISTRY_KEY, type RegistryRecord } from "../record/record.js";
import type { WrittenBlock } from "./blocks.js";

export class LiveRecord {
  #blockLocations: Uint16Array;
  #blocks: number;
  #participants: number;
  #locations: number;
  #rows: number;
  /** Words of the table as the record on the disk has it. */
  #terms: number;
  #changed = false;
  readonly #table: Table;
  readonly #loaded: RegistryRecord;

  constructor(table: Table, loaded: RegistryRecord) {
    this.#table = table;
    this.#loaded = loaded;
    const { blockLocations, participants, locations, rows, terms } = loaded;
    const room = Math.ceil(REGISTRY.roomToJoin / REGISTRY.participantsPerBlock) + 1;
    this.#blocks = blockLocations.length;
    this.#blockLocations = new Uint16Array(this.#blocks + room);
    this.#blockLocations.set(blockLocations);
    this.#participants = participants;
    this.#locations = locations;
    this.#rows = rows;
    this.#terms = terms.length;
  }

  /** The highest participant number plus one. */
  get rows(): number {
    return this.#rows;
  }

  /** Somebody joins: the next participant number is another one from now on, and stays so. */
  addRow(): void {
    this.#changed = true;
    this.#rows++;
  }

  /** A block was put. */
  wrote({ block, locations, joined }: WrittenBlock): void {
    const before = this.#blockLocations[block]!;
    if (before === locations && joined === 0 && block < this.#blocks) return;
    this.#blockLocations[block] = locations;
    this.#blocks = Math.max(this.#blocks, block + 1);
    this.#locations += locations - before;
    this.#participants += joined;
    this.#changed = true;
  }

  /** Puts into the running commit, if it says something else than before; `terms` are the words of the table as it is now. */
  write(terms: Uint32Array): void {
    if (!this.#changed && terms.length === this.#terms) return;
    this.#changed = false;
    this.#terms = terms.length;
    const record: RegistryRecord = {
      ...this.#loaded,
      terms,
      rows: this.#rows,
      participants: this.#participants,
      locations: this.#locations,
      blockLocations: this.#blockLocations.subarray(0, this.#blocks),
    };
    void this.#table.put(REGISTRY_KEY, encodeRecord(record));
  }
}
