/**
 * Waves at rest: the record, the roster and, once a wave is archived, the final state of each recipient. The journal is
 * what a wave has while it lives; archiving replaces it by one byte a recipient.
 *
 * Keys are big-endian: `waves` by wave id; `rosters` and `outcomes` by wave id and chunk of DISPATCH.rosterChunk positions. A
 * chunk of outcomes is a byte with its version, then one a recipient; those of before there was a version lack the first. In `rosters`
 * the chunks from TEXT_NUMBERS on have the number of the text that each recipient gets, a byte each; a wave with one text has none.
 *
 * What can't be read is STORE_CORRUPT with its table and wave as the field; STORE_UNUSABLE where a later program wrote it.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { TextNumbers } from "../../../schemas/text-numbers.js";
import { isActionWave } from "../../../schemas/words.js";
import type { Store } from "../../store/store.js";
import { knownVersion } from "../../store/version.js";
import type { LiveWave } from "../wave/wave.js";
import { journalKey, knownJournal } from "./journal/journal.js";
import { lastWaveId, Orphans } from "./journal/orphans.js";
import { encodeWave, restedMsIn, waveIn } from "./wave-form.js";
import type { StoredWave, WaveRecord, WaveSummary } from "./wave-record.js";

/** Of a chunk of outcomes. */
const VERSION = 1;
/** The first chunk of text numbers; a roster has not as many. */
const TEXT_NUMBERS = 2 ** 31;

/** True of a wave of which nothing is kept once it is at rest: who switched SMS off, or asked for a code, is nobody's business. */
export function isPassing({ kind }: Pick<WaveRecord, "kind">): boolean {
  return !isActionWave(kind);
}

/**
 * True of a wave that ends with the process: what a code is for is in memory only. Its text, which holds the code, is never
 * stored.
 */
export function isFleeting({ kind }: Pick<WaveRecord, "kind">): boolean {
  return kind === "code";
}

export function summaryOf(wave: LiveWave): WaveSummary {
  return {
    counts: [...wave.counts],
    possibleDuplicates: wave.possibleDuplicates,
    reasons: [...wave.reasons],
    firstIntentAtMs: wave.firstIntentAtMs,
    acknowledgedAtMs: wave.acknowledgedAtMs,
  };
}

export class WaveStore {
  #nextId: number;
  /** What earlier runs left of waves that there are not. */
  readonly orphans: Orphans;
  /** Called before the roster of a wave is removed. */
  beforePeopleGo: (waveId: number) => Promise<void> = async () => {};
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    // Also above what belongs to no wave: what is swept must never be of a wave that is being made.
    this.#nextId = lastWaveId(store) + 1;
    this.orphans = new Orphans(store, this.#nextId);
  }

  newId(): number {
    return this.#nextId++;
  }

  /** Puts the record into the running commit. */
  put(wave: StoredWave): void {
    void this.#store.table("waves").put(idKey(wave.waveId), encodeWave(wave));
  }

  get(waveId: number): Result<StoredWave> {
    const place = `waves/${waveId}`;
    const stored = this.#store.table("waves").get(idKey(waveId));
    if (!stored.ok) return fail("STORE_CORRUPT", `the record of wave ${waveId} fails its checksum`, place);
    if (stored.value === undefined) return fail("NOT_FOUND", `there is no record of wave ${waveId}`, place);
    return waveIn(this.#store.table("waves").decode(stored.value), waveId, place);
  }

  /** Of each record, whether it can be read or not, oldest first. */
  *ids(from = 0): Generator<number> {
    for (const key of this.#store.table("waves").keys(idKey(from))) yield key.readUInt32BE(0);
  }

  /** As `restedMsIn` tells of each record, oldest first; undefined also of those that fail their checksum. */
  *rested(): Generator<{ waveId: number; restedMs: number | undefined }> {
    for (const { key, value } of this.#store.table("waves").range()) {
      const waveId = key.readUInt32BE(0);
      yield { waveId, restedMs: value.ok ? restedMsIn(value.value.toString("latin1"), waveId) : undefined };
    }
  }

  has(waveId: number): boolean {
    return this.#store.table("waves").has(idKey(waveId));
  }

  /** Of each wave with a journal. */
  *journaled(): Generator<number> {
    const journal = this.#store.table("journal");
    const next = (from: number): number | undefined => {
      for (const key of journal.keys(journalKey(from, 0))) return key.readUInt32BE(0);
      return undefined;
    };
    for (let id = next(0); id !== undefined; id = next(id + 1)) yield id;
  }

  /** STORE_UNUSABLE where a later program went on with the journal of this wave. */
  knownJournal(waveId: number): Result<void> {
    return knownJournal(this.#store.table("journal"), waveId);
  }

  /** All waves, oldest first. */
  all(): Generator<Result<StoredWave>> {
    return this.from(0);
  }

  /** The waves from this number on, oldest first. */
  *from(waveId: number): Generator<Result<StoredWave>> {
    for (const id of this.ids(waveId)) yield this.get(id);
  }

  /**
   * Writes a roster, a few chunks a commit, so that another action's commit never waits for all of it; the last chunks are left
   * to the function that this gives, for the commit that also holds the wave's record. A roster without a record (the
   * process ended between the two) is swept after the next start.
   */
  async putRoster(
    waveId: number,
    roster: SharedArrayBuffer,
    count: number,
    textNumbers?: TextNumbers,
  ): Promise<Result<() => void>> {
    const rosters = this.#store.table("rosters");
    let putSome = (): void => {};
    for (const [chunk, from, length] of chunks(count)) {
      const bytes = new Uint8Array(roster, from * 4, length * 4);
      const numbers = textNumbers?.subarray(from, from + length);
      const putBefore = chunk % DISPATCH.chunksPerCommit === 0 ? () => {} : putSome;
      putSome = () => {
        putBefore();
        void rosters.put(journalKey(waveId, chunk), bytes);
        if (numbers) void rosters.put(journalKey(waveId, TEXT_NUMBERS + chunk), numbers);
      };
      if ((chunk + 1) % DISPATCH.chunksPerCommit !== 0 || from + length === count) continue;
      const committed = await this.#store.commit(putSome);
      if (!committed.ok) return committed;
    }
    return ok(putSome);
  }

  /** Takes back a roster whose wave is not made after all. */
  removeRoster(waveId: number): Promise<Result<void>> {
    return this.#store.commit(() => this.#removePeople(waveId));
  }

  /** Uint32 participant numbers, in shared memory. */
  roster(waveId: number, count: number): Result<SharedArrayBuffer> {
    const roster = new SharedArrayBuffer(count * 4);
    const read = this.#read("rosters", waveId, count, 4, new Uint8Array(roster));
    return read.ok ? ok(roster) : read;
  }

  /** The same, in pieces of DISPATCH.rosterChunk. */
  *rosterPieces(waveId: number, count: number): Generator<Result<Uint32Array>> {
    for (const [chunk, , length] of chunks(count)) {
      const piece = new Uint32Array(length);
      const read = this.#read("rosters", waveId, length, 4, new Uint8Array(piece.buffer), chunk);
      yield read.ok ? ok(piece) : read;
    }
  }

  /** Which text each recipient gets, in shared memory; undefined where the wave has one. */
  textNumbers({ waveId, count, texts }: Pick<WaveRecord, "waveId" | "count" | "texts">): Result<TextNumbers> {
    if (texts.length === 1) return ok(undefined);
    const numbers = new Uint8Array(new SharedArrayBuffer(count));
    const read = this.#read("rosters", waveId, count, 1, numbers, TEXT_NUMBERS);
    return read.ok ? ok(numbers) : read;
  }

  /** The state byte of each recipient of an archived wave. */
  outcomes(waveId: number, count: number): Result<Uint8Array> {
    const states = new Uint8Array(count);
    const read = this.#read("outcomes", waveId, count, 1, states);
    return read.ok ? ok(states) : read;
  }

  /** Replaces the journal by the final states. The wave may be forgotten by the dispatcher when this is done. */
  async archive(wave: LiveWave, stored: StoredWave): Promise<Result<StoredWave>> {
    // Both at the same moment: a receipt that comes while this is written changes neither.
    const archived = { ...stored, archive: summaryOf(wave) };
    const states = wave.states.slice();
    const { waveId, count } = wave.record;
    const outcomes = this.#store.table("outcomes");
    for (const [chunk, from, length] of chunks(count)) {
      const bytes = Buffer.concat([Uint8Array.of(VERSION), states.subarray(from, from + length)]);
      const isLast = from + length === count;
      const put = await this.#store.commit(() => {
        void outcomes.put(journalKey(waveId, chunk), bytes);
        if (isLast) this.put(archived);
      });
      if (!put.ok) return put;
    }
    const removed = await this.removeJournal(waveId);
    return removed.ok ? ok(archived) : removed;
  }

  /** Removes a wave that does not live with all that belongs to it. Its number may be used again: the journal must be gone before. */
  async remove({ waveId }: Pick<WaveRecord, "waveId">): Promise<Result<void>> {
    const removed = await this.removeJournal(waveId);
    if (!removed.ok) return removed;
    await this.beforePeopleGo(waveId);
    return this.#store.commit(() => {
      this.#removePeople(waveId);
      void this.#store.table("waves").remove(idKey(waveId));
    });
  }

  /** Removes who was asked in a wave that does not live, and what became of each; its record stays. False: they were gone. */
  async removePeople(wave: StoredWave): Promise<Result<boolean>> {
    if (wave.peopleGone) return ok(false);
    await this.beforePeopleGo(wave.waveId);
    const removed = await this.#store.commit(() => {
      this.#removePeople(wave.waveId);
      this.put({ ...wave, peopleGone: true });
    });
    return removed.ok ? ok(true) : removed;
  }

  #removePeople(waveId: number): void {
    for (const name of ["rosters", "outcomes"] as const) {
      const table = this.#store.table(name);
      for (const key of [...table.keys(journalKey(waveId, 0), journalKey(waveId + 1, 0))]) void table.remove(key);
    }
  }

  async removeJournal(waveId: number): Promise<Result<void>> {
    const journal = this.#store.table("journal");
    let keys: Buffer[] = [];
    const remove = (): Promise<Result<void>> => {
      const batch = keys;
      keys = [];
      return this.#store.commit(() => {
        for (const key of batch) void journal.remove(key);
      });
    };
    for (const key of [...journal.keys(journalKey(waveId, 0), journalKey(waveId + 1, 0))]) {
      keys.push(key);
      if (keys.length < DISPATCH.removalsPerCommit) continue;
      const removed = await remove();
      if (!removed.ok) return removed;
    }
    return keys.length > 0 ? remove() : ok(undefined);
  }

  #read(
    table: "rosters" | "outcomes",
    waveId: number,
    count: number,
    width: number,
    into: Uint8Array,
    firstChunk = 0,
  ): Result<void> {
    for (const [index, from, length] of chunks(count)) {
      const chunk = firstChunk + index;
      const place = `${table}/${waveId}/${chunk}`;
      const what = `chunk ${chunk} of the ${table === "rosters" ? "roster" : "outcomes"} of wave ${waveId}`;
      const stored = this.#store.table(table).get(journalKey(waveId, chunk));
      if (!stored.ok) return fail("STORE_CORRUPT", `${what} fails its checksum`, place);
      const bytes = table === "outcomes" && stored.value ? unversioned(stored.value, length, place) : stored;
      if (!bytes.ok) return bytes;
      if (bytes.value?.length !== length * width) {
        return fail("STORE_CORRUPT", `${what} is missing or of wrong length`, place);
      }
      into.set(bytes.value, from * width);
    }
    return ok(undefined);
  }
}

function unversioned(stored: Buffer, length: number, place: string): Result<Buffer> {
  if (stored.length === length) return ok(stored);
  const known = knownVersion(stored[0] ?? 0, VERSION, place);
  return known.ok ? ok(stored.subarray(1)) : known;
}

function idKey(waveId: number): Buffer {
  const key = Buffer.allocUnsafe(4);
  key.writeUInt32BE(waveId, 0);
  return key;
}

function* chunks(count: number): Generator<[chunk: number, from: number, length: number]> {
  for (let chunk = 0, from = 0; from < count; chunk++, from += DISPATCH.rosterChunk) {
    yield [chunk, from, Math.min(DISPATCH.rosterChunk, count - from)];
  }
}
