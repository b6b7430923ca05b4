/**
 * Positions on the disk, in the table `positions`: a whole in chunks, and a journal of everything since, an entry a commit.
 * Both are sealed; the journal is read again over the whole, and a record that is read twice changes nothing.
 *
 * Now and then the whole is written anew, a few chunks a commit, while the journal goes on. Each whole, with the journal from
 * its beginning on, is under a key of its own, and the commit that completes it forgets the key of the one before: what was
 * given up meanwhile opens no more, once the root of the keys is renewed (engine/vault/vault.ts). Keys are numbered, never
 * used again.
 *
 * | key | value |
 * |---|---|
 * | 0 | number of the key of the whole that counts (u32), and of the first entry that follows it (u48) |
 * | 1, number of its key (u32), chunk (u16) | records of the participants of that chunk (records.ts) |
 * | 2, number (u48) | number of its key (u32), then records |
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { POSITIONS } from "../../schemas/limits.js";
import type { Table } from "../store/store.js";
import { type RecordReader, type Records, readRecords } from "./records.js";

/** The part of the vault that is used. */
export interface PositionVault {
  seal(name: string, plain: Uint8Array, aad: Uint8Array): Uint8Array;
  open(name: string, sealed: Uint8Array, aad: Uint8Array): Result<Uint8Array>;
  renew(name: string): void;
  write(): void;
}

const keyName = (name: number): string => `positions.${name}`;
const NAME_BYTES = 4;

const HEADER_KEY = Buffer.from([0]);
const ENTRIES_FROM = Buffer.from([2]);

function chunkKey(name: number, chunk: number): Buffer {
  const key = Buffer.alloc(7);
  key[0] = 1;
  key.writeUInt32BE(name, 1);
  key.writeUInt16BE(chunk, 5);
  return key;
}

function entryKey(entry: number): Buffer {
  const key = Buffer.alloc(7);
  key[0] = 2;
  key.writeUIntBE(entry, 1, 6);
  return key;
}

/** A whole that is being written. */
interface NextWhole {
  readonly name: number;
  /** The first entry that may hold what its chunks don't. */
  readonly from: number;
  chunk: number;
}

export class PositionJournal {
  /** The key of the whole that counts, and the first entry that follows it. */
  #name = 0;
  #from = 0;
  #nextEntry = 0;
  /** The first entry that is still there. */
  #oldest = 0;
  #bytes = 0;
  /** Keys under which something is. */
  #used = new Set<number>([0]);
  #next: NextWhole | undefined;
  /** Chunks of a whole that was never completed. */
  readonly #strays: Buffer[] = [];
  readonly #table: Table;
  readonly #vault: PositionVault;
  readonly #chunks: number;

  constructor(table: Table, vault: PositionVault, chunks: number) {
    this.#table = table;
    this.#vault = vault;
    this.#chunks = chunks;
  }

  /** Bytes since the whole. */
  get bytes(): number {
    return this.#bytes;
  }

  get isWriting(): boolean {
    return this.#next !== undefined;
  }

  /** Whether there is something to tidy up. */
  get hasLeftovers(): boolean {
    return this.#oldest < this.#from || this.#strays.length > 0;
  }

  /**
   * Reads everything there is into `reader`, oldest first. Gives what was damaged, of which the phones are missing until they
   * move: a record of their places is worth less than that the others can be asked. Where it is the header, all that still
   * opens counts: what does not has been written anew since.
   */
  read(reader: RecordReader): Problem[] {
    const damaged: Problem[] = [];
    const note = (read: Result<void>): void => void (read.ok || damaged.push(read.problem));
    const header = this.#table.get(HEADER_KEY);
    if (!header.ok) damaged.push(header.problem);
    else if (header.value) {
      this.#name = header.value.readUInt32BE(0);
      this.#from = header.value.readUIntBE(NAME_BYTES, 6);
    }
    this.#used = new Set([this.#name]);
    this.#readChunks(reader, header.ok, note);
    this.#readEntries(reader, header.ok, note);
    return damaged;
  }

  #readChunks(reader: RecordReader, hasHeader: boolean, note: (read: Result<void>) => void): void {
    for (const { key, value } of this.#table.range(Buffer.from([1]), ENTRIES_FROM)) {
      const name = key.readUInt32BE(1);
      this.#used.add(name);
      if (hasHeader && name !== this.#name) {
        this.#strays.push(Buffer.from(key));
        continue;
      }
      const read = value.ok ? this.#readSealed(name, key, value.value, reader) : value;
      if (hasHeader || !value.ok) note(read);
    }
  }

  #readEntries(reader: RecordReader, hasHeader: boolean, note: (read: Result<void>) => void): void {
    this.#nextEntry = this.#from;
    this.#oldest = this.#from;
    for (const { key, value } of this.#table.range(ENTRIES_FROM)) {
      const entry = key.readUIntBE(1, 6);
      if (entry < this.#from) {
        // Its key is forgotten, or about to be.
        this.#oldest = Math.min(this.#oldest, entry);
        continue;
      }
      this.#nextEntry = entry + 1;
      if (!value.ok) {
        note(value);
        continue;
      }
      const name = value.value.readUInt32BE(0);
      const read = this.#readSealed(name, key, value.value.subarray(NAME_BYTES), reader);
      if (hasHeader) note(read);
      this.#used.add(name);
      this.#bytes += value.value.byteLength;
    }
  }

  #readSealed(name: number, key: Buffer, sealed: Uint8Array, reader: RecordReader): Result<void> {
    const plain = this.#vault.open(keyName(name), sealed, key);
    const place = `positions/${key.toString("hex")}`;
    if (!plain.ok) return fail(plain.problem.code, plain.problem.detail, place);
    return readRecords(plain.value, reader) ? ok(undefined) : fail("STORE_CORRUPT", "positions can't be read", place);
  }

  /** Puts an entry into the running commit. */
  append(records: Records, nowMs: number): void {
    const name = this.#next?.name ?? this.#name;
    const key = entryKey(this.#nextEntry++);
    const sealed = this.#vault.seal(keyName(name), records.bytes(nowMs), key);
    const head = Buffer.alloc(NAME_BYTES);
    head.writeUInt32BE(name);
    void this.#table.put(key, Buffer.concat([head, sealed]));
    this.#used.add(name);
    this.#bytes += sealed.byteLength;
  }

  /** Begins to write the whole anew. */
  begin(): void {
    const name = Math.max(...this.#used) + 1;
    this.#next = { name, from: this.#nextEntry, chunk: 0 };
    this.#used.add(name);
    this.#bytes = 0;
  }

  /**
   * Puts the next chunks into the running commit; `fill` gives the records of a chunk. True when the whole is complete with
   * this commit, and the old one's key is forgotten.
   */
  putChunks(fill: (chunk: number) => Records, nowMs: number): boolean {
    const next = this.#next!;
    for (let left = POSITIONS.chunksPerCommit; left > 0 && next.chunk < this.#chunks; left--) {
      const records = fill(next.chunk);
      const key = chunkKey(next.name, next.chunk);
      next.chunk++;
      if (records.count > 0) void this.#table.put(key, this.#vault.seal(keyName(next.name), records.bytes(nowMs), key));
    }
    if (next.chunk < this.#chunks) return false;
    this.#complete(next);
    return true;
  }

  #complete({ name, from }: NextWhole): void {
    const header = Buffer.alloc(NAME_BYTES + 6);
    header.writeUInt32BE(name);
    header.writeUIntBE(from, NAME_BYTES, 6);
    void this.#table.put(HEADER_KEY, header);
    for (const other of this.#used) if (other !== name) this.#vault.renew(keyName(other));
    for (const key of this.#table.keys(Buffer.from([1]), ENTRIES_FROM)) {
      if (key.readUInt32BE(1) !== name) void this.#table.remove(Buffer.from(key));
    }
    this.#strays.length = 0;
    this.#name = name;
    this.#from = from;
    this.#used = new Set([name]);
    this.#next = undefined;
  }

  /** Removes, in the running commit, some of what no longer counts. */
  tidy(): void {
    for (const key of this.#strays.splice(0)) void this.#table.remove(key);
    const end = Math.min(this.#from, this.#oldest + POSITIONS.removalsPerCommit);
    for (; this.#oldest < end; this.#oldest++) void this.#table.remove(entryKey(this.#oldest));
  }
}
