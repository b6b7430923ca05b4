/**
 * How many entries the journal of each wave has, in one record that goes with the ledger's commits: entries are numbered, so one
 * that is missing leaves a gap, but the last leaves none.
 *
 * Table `meta`, key "journals": wave and number of entries, 4 bytes each, big-endian. A wave that is not in it, as those of
 * before there was the record, is not held against it; a record that is damaged holds up nothing, and is written anew.
 */
import type { Store } from "../../../store/store.js";
import type { LiveWave } from "../../wave/wave.js";
import type { JournalPage } from "./journal-page.js";

const KEY = Buffer.from("journals");
const WAVE_BYTES = 8;

export class JournalEnds {
  readonly #entries = new Map<number, number>();
  #changed = false;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.table("meta").get(KEY);
    if (!stored.ok || stored.value === undefined) return;
    for (let at = 0; at < stored.value.length; at += WAVE_BYTES) {
      this.#entries.set(stored.value.readUInt32BE(at), stored.value.readUInt32BE(at + 4));
    }
  }

  get waveIds(): number[] {
    return [...this.#entries.keys()];
  }

  of(waveId: number): number | undefined {
    return this.#entries.get(waveId);
  }

  set(waveId: number, entries: number): void {
    this.#entries.set(waveId, entries);
    this.#changed = true;
  }

  /** The wave has no journal any more. */
  forget(waveId: number): void {
    if (this.#entries.delete(waveId)) this.#changed = true;
  }

  /** Puts an entry for each page into the running commit, and how many there are then. */
  write(pages: readonly (readonly [LiveWave, JournalPage])[], atMs: number): void {
    for (const [{ record }, page] of pages) {
      page.write(this.#store.table("journal"), record.waveId, atMs);
      this.set(record.waveId, page.entries);
    }
    if (!this.#changed) return;
    this.#changed = false;
    const bytes = Buffer.allocUnsafe(this.#entries.size * WAVE_BYTES);
    let at = 0;
    for (const [waveId, entries] of this.#entries) {
      bytes.writeUInt32BE(waveId, at);
      bytes.writeUInt32BE(entries, at + 4);
      at += WAVE_BYTES;
    }
    void this.#store.table("meta").put(KEY, bytes);
  }
}
