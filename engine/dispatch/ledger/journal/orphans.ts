/**
 * What belongs to waves that there are not: a roster whose wave was never made because the process ended in between, outcomes
 * or entries of a journal of which a removal was cut off. Nothing reads them and no period of retention ends them, yet they say
 * who was asked.
 *
 * Looked for once after each start, some waves at a time, among the numbers of earlier runs only: what this run writes it
 * removes itself where it comes to nothing (opening.ts). A wave whose record is damaged is there all the same.
 */
import { ok, type Result } from "../../../../schemas/errors.js";
import { RETENTION } from "../../../../schemas/limits.js";
import type { Store } from "../../../store/store.js";
import type { TableName } from "../../../store/tables.js";
import { journalKey } from "./journal.js";

/** Keyed by wave, and a number within it. */
const OF_WAVES = ["rosters", "outcomes", "journal"] as const satisfies readonly TableName[];

/** The highest number of a wave that anything stored is of; 0 for none. */
export function lastWaveId(store: Store): number {
  let last = 0;
  for (const table of ["waves", ...OF_WAVES] as const) {
    for (const key of store.table(table).keys(undefined, undefined, true)) {
      last = Math.max(last, key.readUInt32BE(0));
      break;
    }
  }
  return last;
}

export class Orphans {
  #table = 0;
  #waveId = 0;

  /** Waves whose records were lost, not those that never were: what there is of them stays. */
  readonly #spared = new Set<number>();
  readonly #store: Store;
  readonly #upTo: number;

  /** `upTo`: the numbers below are of earlier runs. */
  constructor(store: Store, upTo: number) {
    this.#store = store;
    this.#upTo = upTo;
  }

  /** Leaves what there is of this wave. */
  spare(waveId: number): void {
    this.#spared.add(waveId);
  }

  /** Looks at some waves more, and removes what is of none; how many records that was. */
  async sweep(): Promise<Result<number>> {
    const keys: Buffer[] = [];
    const table = OF_WAVES[this.#table];
    if (table === undefined) return ok(0);
    let looked = 0;
    while (looked < RETENTION.recordsPerPass && keys.length < RETENTION.recordsPerPass) {
      const waveId = this.#nextWave(table);
      if (waveId === undefined) break;
      looked++;
      this.#waveId = waveId + 1;
      const head = journalKey(waveId, 0);
      if (this.#spared.has(waveId) || this.#store.table("waves").has(head.subarray(0, 4))) continue;
      for (const key of this.#store.table(table).keys(head, journalKey(waveId + 1, 0))) {
        keys.push(key);
        // The rest of a long one comes with the next pass.
        if (keys.length === RETENTION.recordsPerPass) this.#waveId = waveId;
        if (keys.length === RETENTION.recordsPerPass) break;
      }
    }
    if (looked === 0) {
      this.#table++;
      this.#waveId = 0;
    }
    if (keys.length === 0) return ok(0);
    const removed = await this.#store.commit(() => {
      for (const key of keys) void this.#store.table(table).remove(key);
    });
    return removed.ok ? ok(keys.length) : removed;
  }

  /** The next wave of which the table has anything. */
  #nextWave(table: TableName): number | undefined {
    for (const key of this.#store.table(table).keys(journalKey(this.#waveId, 0), journalKey(this.#upTo, 0))) {
      return key.readUInt32BE(0);
    }
    return undefined;
  }
}
