/**
 * The durable store: the only place that imports lmdb. One environment in the data folder, with one named database for
 * each kind of record; keys are bytes in big-endian order, values are sealed with a checksum.
 *
 * Promises that the promise of a write settles after the data is on the disk (overlappingSync is off: with lmdb's
 * default it settles before the flush), and that a value that was damaged on disk is reported and never used. Assumes that
 * one process writes; its threads may open the same folder to read, and other processes as opening/beside.ts says.
 *
 * Fault model: a failed commit (a full disk came up as EIO) leaves the process without a trustworthy store, so whoever is told
 * STORE_WRITE_FAILED must end it; lmdb then also rejects a promise that it gives to nobody (write.js starts each turn's batch with
 * one), so an unhandled rejection with `commitError` is the same failure. A write for which the disk has no room spoils the heap:
 * LMDB as it is built into lmdb prints up to 120 characters about it into 100 bytes (mdb.c, mdb_page_flush), so the process may end
 * by SIGABRT before it said anything; which is why room is reserved (reserve.ts). Damage to LMDB's own pages kills Node outright, so
 * `probe.ts` looks the file over first.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { assert, fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { STORE } from "../../schemas/limits.js";
import { type CommitError, causeOf } from "./commit-error.js";
import { type CommitCounts, Commits } from "./commits.js";
import { STORE_FILE } from "./folder.js";
import { Openings } from "./opening/openings.js";
import { FILE_MODE, FOLDER_MODE } from "./private.js";
import { sealed, unsealed } from "./seal.js";
import { type Extent, failedCommit, roomToOpen, Space } from "./space.js";
import { FIRST, TABLES, type TableName } from "./tables.js";

/** LMDB reserves this much address space, not memory or disk. */
const MAP_BYTES = 256 * 2 ** 30;

/** Told the table and the key, in hexadecimal, of each record that fails its checksum, the first time that it does. */
export type OnDamaged = (table: TableName, key: string) => void;

export class Table {
  /** Keys of records that failed their checksum since the store was opened, at most STORE.damagedKnown. */
  readonly #damaged = new Set<string>();
  /** How many times a record was decoded since the store was opened, of tables whose records are decoded by `decode`. */
  decoded = 0;
  readonly #database: Database<Buffer, Buffer>;
  readonly #name: TableName;
  readonly #onDamaged: OnDamaged;
  /** Whether a commit is being put together: nothing is written beside one, for nobody would know what became of it. */
  readonly #isWriting: () => boolean;

  constructor(database: Database<Buffer, Buffer>, name: TableName, onDamaged: OnDamaged, isWriting: () => boolean) {
    this.#database = database;
    this.#name = name;
    this.#onDamaged = onDamaged;
    this.#isWriting = isWriting;
  }

  /** How many different records failed their checksum since the store was opened. */
  get damaged(): number {
    return this.#damaged.size;
  }

  /** The value, undefined if there is none, or STORE_CORRUPT. The bytes are a copy that the caller owns. */
  get(key: Buffer): Result<Buffer | undefined> {
    const stored = this.#database.get(key);
    if (stored === undefined) return ok(undefined);
    return this.#opened(key, stored);
  }

  /** What a value of JSON says; counted, so that whoever operates it sees what a start had to read. */
  decode(value: Buffer): unknown {
    this.decoded++;
    return JSON.parse(value.toString());
  }

  has(key: Buffer): boolean {
    return this.#database.doesExist(key);
  }

  /** Puts into the running commit. */
  put(key: Buffer, value: Uint8Array): Promise<boolean> {
    assert(this.#isWriting(), "what is put is part of a commit");
    return this.#database.put(key, sealed(key, value));
  }

  remove(key: Buffer): Promise<boolean> {
    assert(this.#isWriting(), "what is removed is removed by a commit");
    return this.#database.remove(key);
  }

  /** Key and value of each record from `start` (inclusive) to `end` (exclusive), in order, `reverse` from the end. */
  *range(start?: Buffer, end?: Buffer, reverse = false): Generator<{ key: Buffer; value: Result<Buffer> }> {
    const options = { ...(start && { start }), ...(end && { end }), reverse };
    for (const { key, value } of this.#database.getRange(options)) yield { key, value: this.#opened(key, value) };
  }

  /** The keys alone, likewise. */
  *keys(start?: Buffer, end?: Buffer, reverse = false): Generator<Buffer> {
    yield* this.#database.getKeys({ ...(start && { start }), ...(end && { end }), reverse });
  }

  /** How many records there are from `start` (inclusive) to `end` (exclusive); LMDB counts them without reading their values. */
  count(start?: Buffer, end?: Buffer): number {
    return this.#database.getKeysCount({ ...(start && { start }), ...(end && { end }) });
  }

  clear(): Promise<void> {
    assert(this.#isWriting(), "what is cleared is cleared by a commit");
    return this.#database.clearAsync();
  }

  #opened(key: Buffer, stored: Buffer): Result<Buffer> {
    const value = unsealed(key, stored);
    if (value !== undefined) return ok(value);
    const place = key.toString("hex");
    if (!this.#damaged.has(place) && this.#damaged.size < STORE.damagedKnown) {
      this.#damaged.add(place);
      this.#onDamaged(this.#name, place);
    }
    return fail("STORE_CORRUPT", `record ${place} of table ${this.#name} fails its checksum`, `${this.#name}/${place}`);
  }
}

export class Store {
  readonly #environment: RootDatabase<Buffer, Buffer>;
  readonly #tables = new Map<TableName, Table>();
  readonly #commits: Commits;
  /** How much more it can hold. */
  readonly space: Space;
  /** Told of each record that fails its checksum, where somebody wants to know. */
  onDamaged: OnDamaged = () => {};

  private constructor(
    environment: RootDatabase<Buffer, Buffer>,
    /** Where it is, so that a worker thread can open the same. */
    readonly folder: string,
    openings: Openings | undefined,
  ) {
    this.#environment = environment;
    for (const name of TABLES) {
      const database = environment.openDB<Buffer, Buffer>({ name, encoding: "binary", keyEncoding: "binary" });
      // lmdb gives undefined for one that a reader may not create.
      if (database !== undefined)
        this.#tables.set(
          name,
          new Table(
            database,
            name,
            (table, key) => this.onDamaged(table, key),
            () => this.#commits.isWriting,
          ),
        );
      else if ((FIRST as readonly TableName[]).includes(name)) throw new Error(`the store has no table ${name}`);
    }
    this.space = new Space(folder, () => this.#extent());
    this.#commits = new Commits(
      (write) => environment.batch(write),
      (error) => this.#problemOf(error),
      openings,
    );
  }

  #extent(): Extent {
    const { mapSize, lastPageNumber, pageSize } = this.#environment.getStats() as Record<string, number>;
    return { file: join(this.folder, STORE_FILE), used: (lastPageNumber! + 1) * pageSize!, map: mapSize! };
  }

  /** Whether there is a store in `folder`, in whatever condition. */
  static exists(folder: string): boolean {
    return existsSync(join(folder, STORE_FILE));
  }

  /** Opens, or creates, the store in `folder`; to read only, it must be there, and no other process may write it (opening/beside.ts). */
  static open(folder: string, options: { readOnly?: boolean } = {}): Result<Store> {
    if (options.readOnly && !Store.exists(folder)) return fail("STORE_UNUSABLE", "there is no store in it", folder);
    try {
      if (!options.readOnly) mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
      const room = roomToOpen(folder, join(folder, STORE_FILE));
      if (!room.ok) return room;
      const settings = {
        path: join(folder, STORE_FILE),
        encoding: "binary" as const,
        keyEncoding: "binary" as const,
        overlappingSync: false,
        maxDbs: TABLES.length,
        mapSize: MAP_BYTES,
        readOnly: options.readOnly ?? false,
        // Which its types leave out; without it others may read what it makes.
        permissionsMode: FILE_MODE,
      };
      const environment = open<Buffer, Buffer>(settings);
      return ok(new Store(environment, folder, options.readOnly ? undefined : new Openings(folder)));
    } catch (error) {
      return fail("STORE_UNUSABLE", (error as Error).message, folder);
    }
  }

  /** All of TABLES; for a reader of a store of the first version those that it has. */
  get names(): readonly TableName[] {
    return [...this.#tables.keys()];
  }

  /** How many different records failed their checksum since it was opened, by table. */
  get damaged(): Record<string, number> {
    return Object.fromEntries([...this.#tables].map(([name, table]) => [name, table.damaged]));
  }

  /** How many times a record was decoded since it was opened, by table; those that are not counted are left out. */
  get decoded(): Record<string, number> {
    const counted = [...this.#tables].filter(([, table]) => table.decoded > 0);
    return Object.fromEntries(counted.map(([name, table]) => [name, table.decoded]));
  }

  /** What became durable since it was opened. */
  get commits(): CommitCounts {
    return this.#commits.counts;
  }

  table(name: TableName): Table {
    const table = this.#tables.get(name);
    assert(table !== undefined, `the store has a table ${name}`);
    return table;
  }

  /**
   * Everything that `write` puts or removes, in whichever tables, becomes durable together, or not at all: lmdb runs a batch
   * as one transaction and settles it after mdb_txn_commit, which has then synced data and meta page (writer.cpp, Write).
   * Settles with STORE_WRITE_FAILED rather than throwing; after that nothing may be acknowledged any more. `write` must not
   * throw: lmdb can't take back what was put before. Nor may it commit: lmdb would settle the inner one at once.
   *
   * When `write` is called: see Commits.add.
   */
  async commit(write: () => void): Promise<Result<void>> {
    return this.#commits.add(write);
  }

  /** See Commits.settled. */
  settled(told: (settled: Result<void>) => void): void {
    this.#commits.settled(told);
  }

  /** See Commits.lastly. */
  lastly(choose: () => void): void {
    this.#commits.lastly(choose);
  }

  #problemOf(error: CommitError): { now: Problem; later: Promise<Problem> } {
    // A full disk comes as EIO: whether it is one, the file system says, and at once, before somebody makes room.
    const space = new Space(this.folder, () => this.#extent());
    const later = causeOf(error).then((cause) => failedCommit(space, cause));
    return { now: failedCommit(space, error.message), later };
  }

  /**
   * A copy of the store as it is at one moment, in `folder`, without the pages that are free, where old values may still
   * stand. Other processes may go on writing; what they free meanwhile is used again when the copy is done.
   */
  async copyTo(folder: string): Promise<Result<void>> {
    try {
      await this.#environment.backup(join(folder, STORE_FILE), true);
      return ok(undefined);
    } catch (error) {
      return fail("BACKUP_FAILED", `the store can't be copied: ${(error as Error).message}`, folder);
    }
  }

  close(): Promise<void> {
    this.#commits.close();
    return this.#environment.close();
  }
}
