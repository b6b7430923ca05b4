/**
 * Which waves live, and their going: a wave whose receipts are all in, or were awaited for DISPATCH.receiptHours, is put to
 * rest in the store and let go from memory. When a new wave needs room, one that only awaits receipts goes first: the oldest of
 * those whose receipts are all in, and only then one of the others; for an extreme alarm any of them, else none that has just
 * been sent, for its receipts are on their way, and each that finds no wave costs more than one that does.
 *
 * Room is made ahead, so that an alarm finds it: of the places that are kept free the last are for extreme alarms alone.
 *
 * In small commits, so that the API thread is never held up and the ledger's own commits come between.
 */
import type { Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { type Clock, sinceSteadyMs } from "../../clock/clock.js";
import type { LiveWave } from "../wave/wave.js";
import type { Dispatcher } from "./dispatcher.js";
import { countedSegments, type StoredWave } from "./wave-record.js";
import { isPassing, type WaveStore } from "./wave-store.js";

export interface ArchiveHooks extends Clock {
  /** A wave of this action is at rest. */
  onArchived(actionId: string): void;
}

export class Archive {
  /** The record of each wave that lives, as it is stored. */
  readonly #stored = new Map<LiveWave, StoredWave>();
  readonly #leaving = new Set<LiveWave>();
  #isMakingAhead = false;
  /** When each was concluded, in steady time. */
  readonly #concludedMs = new WeakMap<LiveWave, number>();
  readonly #waves: WaveStore;
  readonly #dispatcher: Dispatcher;
  readonly #hooks: ArchiveHooks;

  constructor(waves: WaveStore, dispatcher: Dispatcher, hooks: ArchiveHooks) {
    this.#waves = waves;
    this.#dispatcher = dispatcher;
    this.#hooks = hooks;
  }

  stored(wave: LiveWave): StoredWave | undefined {
    return this.#stored.get(wave);
  }

  /** True of a wave that is being put to rest: what happens to it from here on is not kept. */
  isLeaving(wave: LiveWave): boolean {
    return this.#leaving.has(wave);
  }

  /** Takes note of a live wave's record; the caller writes it. */
  keep(wave: LiveWave, stored: StoredWave): void {
    this.#stored.set(wave, stored);
  }

  /** Puts every wave to rest that is settled. */
  async tidy(): Promise<void> {
    for (const wave of [...this.#dispatcher.waves]) {
      if (wave.acknowledgedAtMs === null) continue;
      const sinceMs = this.#sinceMs(wave, wave.acknowledgedAtMs);
      // Confirmations must not fill the slots while receipts for them are awaited.
      const settled = (wave.isSettled || isPassing(wave.record)) && sinceMs >= DISPATCH.restMs;
      if (settled || sinceMs >= DISPATCH.receiptHours * 3_600_000) await this.#rest(wave);
    }
    await this.makeAhead();
  }

  /** How long ago it was concluded: what that was before it was first looked at here, and since then by the steady clock. */
  #sinceMs(wave: LiveWave, concludedAtMs: number): number {
    const sinceMs = this.#concludedMs.get(wave) ?? sinceSteadyMs(concludedAtMs, this.#hooks);
    this.#concludedMs.set(wave, sinceMs);
    return this.#hooks.steadyMs() - sinceMs;
  }

  /**
   * Closes waves that only await receipts until a wave of so many segments may live, and `spare` places are free beside it.
   * False: BUSY.
   */
  async makeRoom(segments: number, spare: number): Promise<boolean> {
    const among = spare === 0 ? () => true : this.#mayLeave;
    while (!this.#hasRoom(segments, spare + 1)) if (!(await this.restOldest(among))) return false;
    return true;
  }

  /**
   * Keeps DISPATCH.spareWaves places free for those that come next; to be called when one was taken. One wave after the other, beside
   * whoever makes room because there is none.
   */
  async makeAhead(): Promise<void> {
    if (this.#isMakingAhead) return;
    this.#isMakingAhead = true;
    while (!this.#hasRoom(DISPATCH.spareSegments, DISPATCH.spareWaves)) {
      if (!(await this.restOldest(this.#mayLeave))) break;
    }
    this.#isMakingAhead = false;
  }

  /** Of a wave that only awaits receipts, if any: they are all in, or have had their time. */
  readonly #mayLeave = (wave: LiveWave): boolean => {
    if (wave.isSettled || isPassing(wave.record)) return true;
    return this.#sinceMs(wave, wave.acknowledgedAtMs ?? this.#hooks.now()) >= DISPATCH.receiptsFirstMs;
  };

  #hasRoom(segments: number, places: number): boolean {
    const { waves } = this.#dispatcher;
    const live = waves.reduce((sum, { record }) => sum + countedSegments(record), 0);
    return waves.length + places <= DISPATCH.liveWaves && live + segments <= DISPATCH.liveSegments;
  }

  /** Puts to rest one of these waves that only awaits receipts; false if none does. */
  async restOldest(among: (wave: LiveWave) => boolean): Promise<boolean> {
    const waiting = this.#dispatcher.waves.filter(
      (wave) => wave.acknowledgedAtMs !== null && !this.#leaving.has(wave) && among(wave),
    );
    if (waiting.length === 0) return false;
    const settled = waiting.filter((wave) => wave.isSettled);
    const first = settled.length > 0 ? settled : waiting;
    return this.#rest(first.reduce((a, b) => (a.record.waveId < b.record.waveId ? a : b)));
  }

  async #rest(wave: LiveWave): Promise<boolean> {
    const stored = this.#stored.get(wave);
    if (!stored || this.#leaving.has(wave)) return false;
    this.#leaving.add(wave);
    const archived = await this.#waves.archive(wave, stored);
    if (archived.ok) this.#dispatcher.forget(wave);
    const gone = archived.ok && isPassing(stored) ? await this.#remove(stored) : archived;
    this.#leaving.delete(wave);
    this.#stored.delete(wave);
    if (gone.ok) this.#hooks.onArchived(wave.record.actionId);
    else this.#dispatcher.hooks.onFatal(gone.problem);
    return gone.ok;
  }

  /** The ledger has let go of it, so that nothing is written any more under a number that another wave may get. */
  async #remove(stored: StoredWave): Promise<Result<void>> {
    await this.#dispatcher.commit();
    return this.#waves.remove(stored);
  }
}
