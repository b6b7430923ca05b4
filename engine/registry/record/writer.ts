/**
 * Writes a registry, participant after participant in order of their number, in bounded memory: one block is being filled,
 * one commit is under way and at most one waits.
 *
 * Promises that a crash at any moment leaves either the registry that was there or the new one: the blocks go under a
 * generation of their own, which becomes the registry with the record that the last commit writes. What an interrupted run
 * left is cleared by the next. The keys of the blocks become durable with that record, and those of the registry before it are
 * forgotten: nothing on the disk opens any more for who was in that one. Assumes that no service runs on the folder meanwhile.
 */

import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import type { Store } from "../../store/store.js";
import { blockKey, generationOf } from "../../vault/block-key.js";
import type { Vault } from "../../vault/vault.js";
import type { DataFolder } from "../open.js";
import { type BlockRows, blockBuilder, blockRows, encodeBlock } from "./block.js";
import { putExtras, type RowExtras } from "./extras.js";
import { BEGUN_KEY, encodeRecord, REGISTRY_KEY, type RegistryRecord, readRecord } from "./record.js";
import { clearRow } from "./records.js";
import { TermsTable } from "./terms.js";

export interface WriterOptions {
  readonly generated: boolean;
  /** Of a generated registry. */
  readonly seed?: number;
  /** Replace the registry that is there; without it, one that is there is left alone and REGISTRY_EXISTS the answer. */
  readonly replace: boolean;
  /** Puts what else belongs into the commit with which it becomes the registry. */
  readonly alongside?: Alongside | undefined;
}

export type Alongside = (store: Store) => void;

/** Takes participants in ascending order, each followed by its locations. */
export interface ParticipantSink {
  readonly terms: TermsTable;
  participant(row: number, number: number, status: number, language: number, extras?: RowExtras): void;
  location(lng: number, lat: number, channels: number, terms: number, municipality: number, kind: number): void;
}

export class RegistryWriter implements ParticipantSink {
  readonly terms = new TermsTable();
  readonly #block: BlockRows = blockRows();
  readonly #builder = blockBuilder();
  readonly #blockLocations: number[] = [];
  #pending: { key: Buffer; value: Uint8Array }[] = [];
  #underWay: Promise<Result<void>> = Promise.resolve(ok(undefined));
  #rows = 0;
  #generated: boolean;
  #participants = 0;
  #locations = 0;
  readonly #store: Store;
  readonly #vault: Vault;
  readonly #generation: number;
  readonly #options: WriterOptions;

  private constructor(store: Store, vault: Vault, generation: number, options: WriterOptions) {
    this.#store = store;
    this.#vault = vault;
    this.#generation = generation;
    this.#options = options;
    this.#generated = options.generated;
  }

  /** One participant who does not exist is enough. */
  markGenerated(): void {
    this.#generated = true;
  }

  static async begin({ store, vault }: DataFolder, options: WriterOptions): Promise<Result<RegistryWriter>> {
    const there = readRecord(store);
    if (there.ok && !options.replace) return fail("REGISTRY_EXISTS", "the data folder has a registry already");
    if (!there.ok && there.problem.code !== "REGISTRY_MISSING" && !options.replace) return there;
    const generation = there.ok ? there.value.generation : 0;
    const cleared = await clearOthers(store, generation);
    if (!cleared.ok) return cleared;
    const begun = there.ok ? ok(undefined) : await noteBegun(store, options.generated);
    return begun.ok ? ok(new RegistryWriter(store, vault, generation + 1, options)) : begun;
  }

  /** Whether flush should be awaited before more is added. */
  get full(): boolean {
    return this.#pending.length >= REGISTRY.blocksPerCommit;
  }

  get participants(): number {
    return this.#participants;
  }

  participant(row: number, number: number, status: number, language: number, extras?: RowExtras): void {
    assert(row >= this.#rows && row < REGISTRY.participants, "participants come in ascending order");
    const perBlock = REGISTRY.participantsPerBlock;
    const block = Math.floor(row / perBlock);
    if (block > this.#blockLocations.length) this.#closeBlocks(block);
    const rows = this.#block;
    const index = row % perBlock;
    while (rows.participantCount <= index) clearRow(rows, rows.participantCount++);
    rows.numbers[index] = number;
    rows.status[index] = status;
    rows.language[index] = language;
    if (extras) putExtras(rows.extras, index, extras);
    this.#rows = row + 1;
    this.#participants++;
  }

  location(lng: number, lat: number, channels: number, terms: number, municipality: number, kind: number): void {
    const rows = this.#block;
    const index = rows.locationCount++;
    rows.lng[index] = lng;
    rows.lat[index] = lat;
    rows.participant[index] = this.#rows - 1;
    rows.channels[index] = channels;
    rows.terms[index] = terms;
    rows.municipality[index] = municipality;
    rows.kind[index] = kind;
    rows.postcode[index] = 0;
    this.#locations++;
  }

  /** Of whose area the last location is the middle; without it the position was given. */
  postcode(postcode: number): void {
    const { locationCount } = this.#block;
    assert(locationCount > 0, "the postcode is of a location");
    this.#block.postcode[locationCount - 1] = postcode;
  }

  /** What the participant wants to hear where the phone is. */
  phone(channels: number, terms: number): void {
    const { extras, participantCount } = this.#block;
    extras.phone[participantCount - 1] = 1;
    extras.phoneChannels[participantCount - 1] = channels;
    extras.phoneTerms[participantCount - 1] = terms;
  }

  /** Closes the block that is open and skips those without anybody, up to `next`. */
  #closeBlocks(next: number): void {
    const rows = this.#block;
    const block = this.#blockLocations.length;
    if (rows.participantCount > 0) {
      const bytes = encodeBlock(this.#builder, rows, block * REGISTRY.participantsPerBlock);
      const value = this.#vault.sealBlock(this.#generation, block, bytes);
      this.#pending.push({ key: blockKey(this.#generation, block), value });
    }
    this.#blockLocations.push(rows.locationCount);
    while (this.#blockLocations.length < next) this.#blockLocations.push(0);
    rows.participantCount = 0;
    rows.locationCount = 0;
  }

  /** Starts the commit of what is pending once the one before it is on the disk. */
  async flush(): Promise<Result<void>> {
    const before = await this.#underWay;
    if (!before.ok) return before;
    const blocks = this.#pending;
    this.#pending = [];
    this.#underWay = this.#store.commit(() => {
      for (const { key, value } of blocks) this.#store.table("participants").put(key, value);
    });
    return before;
  }

  /** Makes what was written the registry, and clears the one before it. */
  async finish(): Promise<Result<RegistryRecord>> {
    if (this.#rows > 0) this.#closeBlocks(0);
    const flushed = await this.flush();
    const written = flushed.ok ? await this.#underWay : flushed;
    if (!written.ok) return written;
    const record: RegistryRecord = {
      generation: this.#generation,
      generated: this.#generated,
      seed: this.#options.seed ?? 0,
      participants: this.#participants,
      rows: this.#rows,
      locations: this.#locations,
      terms: this.terms.words(),
      blockLocations: Uint16Array.from(this.#blockLocations),
    };
    const turned = await this.#turn(encodeRecord(record));
    if (!turned.ok) return turned;
    const cleared = await clearOthers(this.#store, this.#generation);
    return cleared.ok ? ok(record) : cleared;
  }

  /** From here on this is the registry, and the keys of the one before it are gone with their root. */
  #turn(record: Uint8Array): Promise<Result<void>> {
    this.#vault.keepGeneration(this.#generation);
    const put = (): void => {
      void this.#store.table("meta").put(REGISTRY_KEY, record);
      void this.#store.table("meta").remove(BEGUN_KEY);
      this.#options.alongside?.(this.#store);
    };
    if (this.#vault.needsRenewal) return this.#vault.commitRenewed(put);
    return this.#store.commit(() => {
      put();
      this.#vault.write();
    });
  }

  /** Takes back what was written; the registry that was there stays. */
  async abandon(): Promise<Result<void>> {
    await this.#underWay;
    this.#vault.dropGeneration(this.#generation);
    return clearOthers(this.#store, this.#generation - 1);
  }
}

/** So that blocks without a registry's record are known for what a run that was cut off has left. */
function noteBegun(store: Store, generated: boolean): Promise<Result<void>> {
  return store.commit(() => void store.table("meta").put(BEGUN_KEY, Buffer.of(generated ? 1 : 0)));
}

/** Removes the blocks of every generation but this one. */
async function clearOthers(store: Store, generation: number): Promise<Result<void>> {
  const table = store.table("participants");
  let keys: Buffer[] = [];
  const remove = () => {
    for (const key of keys) table.remove(key);
  };
  for (const key of [...table.keys()]) {
    if (generationOf(key) === generation) continue;
    keys.push(key);
    if (keys.length < REGISTRY.removalsPerCommit) continue;
    const removed = await store.commit(remove);
    if (!removed.ok) return removed;
    keys = [];
  }
  return keys.length === 0 ? ok(undefined) : store.commit(remove);
}
