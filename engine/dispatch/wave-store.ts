/**
 * Waves at rest: the record, the roster and, once a wave is archived, the final state of each recipient. The journal is
 * what a wave has while it lives; archiving replaces it by one byte a recipient.
 *
 * Keys are big-endian: `waves` by wave id; `rosters` and `outcomes` by wave id and chunk of DISPATCH.rosterChunk positions.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import { isActionWave } from "../../schemas/words.js";
import type { Store, TableName } from "../store/store.js";
import { journalKey } from "./journal.js";
import { lastWaveId, Orphans } from "./orphans.js";
import type { LiveWave } from "./wave.js";
import type { StoredStop, WaveRecord } from "./wave-record.js";

/** A wave's record as stored. What stands under `stop` and `archive` comes later in its life. */
export interface StoredWave extends WaveRecord {
  /** Set when an operator stopped it. */
  readonly stop: StoredStop | null;
  /** Set when the wave is settled, or its receipts were awaited long enough. */
  readonly archive: WaveSummary | null;
  /** True once it was removed who was asked (removePeople). */
  readonly peopleGone?: boolean;
}

/** What is kept of a wave's course beside the outcome of each recipient. */
export interface WaveSummary {
  /** In the order of RECIPIENT_STATES. */
  readonly counts: readonly number[];
  readonly possibleDuplicates: number;
  readonly reasons: readonly (readonly [number, number])[];
  readonly firstIntentAtMs: number | null;
  readonly acknowledgedAtMs: number | null;
}

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

  constructor(private readonly store: Store) {
    // Also above what belongs to no wave: what is swept must never be of a wave that is being made.
    this.#nextId = lastWaveId(store) + 1;
    this.orphans = new Orphans(store, this.#nextId);
  }

  newId(): number {
    return this.#nextId++;
  }

  /** Puts the record into the running commit. */
  put(wave: StoredWave): void {
    void this.store.table("waves").put(idKey(wave.waveId), Buffer.from(JSON.stringify(wave)));
  }

  get(waveId: number): Result<StoredWave> {
    const stored = this.store.table("waves").get(idKey(waveId));
    if (!stored.ok) return stored;
    if (stored.value === undefined) return fail("NOT_FOUND", `wave ${waveId}`);
    return ok(JSON.parse(stored.value.toString()) as StoredWave);
  }

  /** All waves, oldest first. */
  all(): Generator<Result<StoredWave>> {
    return this.from(0);
  }

  /** The waves from this number on, oldest first. */
  *from(waveId: number): Generator<Result<StoredWave>> {
    for (const { value } of this.store.table("waves").range(idKey(waveId))) {
      yield value.ok ? ok(JSON.parse(value.value.toString()) as StoredWave) : value;
    }
  }

  /**
   * Writes a roster, one chunk a commit, so that another action's commit never waits for all of it; the last chunk is left
   * to the function that this gives, for the commit that also holds the wave's record. A roster without a record (the
   * process ended between the two) is swept after the next start.
   */
  async putRoster(waveId: number, roster: SharedArrayBuffer, count: number): Promise<Result<() => void>> {
    const rosters = this.store.table("rosters");
    let putLast = (): void => {};
    for (const [chunk, from, length] of chunks(count)) {
      const bytes = new Uint8Array(roster, from * 4, length * 4);
      const put = (): void => void rosters.put(journalKey(waveId, chunk), bytes);
      if (from + length === count) {
        putLast = put;
        break;
      }
      const committed = await this.store.commit(put);
      if (!committed.ok) return committed;
    }
    return ok(putLast);
  }

  /** Takes back a roster whose wave is not made after all. */
  removeRoster(waveId: number, count: number): Promise<Result<void>> {
    return this.store.commit(() => this.#removePeople(waveId, count));
  }

  /** Uint32 participant numbers, in shared memory. */
  roster(waveId: number, count: number): Result<SharedArrayBuffer> {
    const roster = new SharedArrayBuffer(count * 4);
    const read = this.#read("rosters", waveId, count, 4, new Uint8Array(roster));
    return read.ok ? ok(roster) : read;
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
    for (const [chunk, from, length] of chunks(count)) {
      const bytes = states.subarray(from, from + length);
      const put = await this.store.commit(
        () => void this.store.table("outcomes").put(journalKey(waveId, chunk), bytes),
      );
      if (!put.ok) return put;
    }
    const put = await this.store.commit(() => this.put(archived));
    if (!put.ok) return put;
    const removed = await this.removeJournal(waveId);
    return removed.ok ? ok(archived) : removed;
  }

  /** Removes an archived wave with all that belongs to it. Its number may be used again: the journal must be gone before. */
  async remove({ waveId, count }: WaveRecord): Promise<Result<void>> {
    const removed = await this.removeJournal(waveId);
    if (!removed.ok) return removed;
    return this.store.commit(() => {
      this.#removePeople(waveId, count);
      void this.store.table("waves").remove(idKey(waveId));
    });
  }

  /** Removes who was asked in an archived wave, and what became of each; its record with the counts stays. False: they were gone. */
  async removePeople(wave: StoredWave): Promise<Result<boolean>> {
    if (wave.peopleGone) return ok(false);
    const removed = await this.store.commit(() => {
      this.#removePeople(wave.waveId, wave.count);
      this.put({ ...wave, peopleGone: true });
    });
    return removed.ok ? ok(true) : removed;
  }

  #removePeople(waveId: number, count: number): void {
    for (const [chunk] of chunks(count)) {
      for (const table of ["rosters", "outcomes"] as const)
        void this.store.table(table).remove(journalKey(waveId, chunk));
    }
  }

  async removeJournal(waveId: number): Promise<Result<void>> {
    const journal = this.store.table("journal");
    let keys: Buffer[] = [];
    const remove = (): Promise<Result<void>> => {
      const batch = keys;
      keys = [];
      return this.store.commit(() => {
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

  #read(table: TableName, waveId: number, count: number, width: number, into: Uint8Array): Result<void> {
    for (const [chunk, from, length] of chunks(count)) {
      const stored = this.store.table(table).get(journalKey(waveId, chunk));
      if (!stored.ok) return stored;
      if (stored.value?.length !== length * width) {
        return fail("STORE_CORRUPT", `${table} of wave ${waveId}, chunk ${chunk}: missing or of wrong length`);
      }
      into.set(stored.value, from * width);
    }
    return ok(undefined);
  }
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
