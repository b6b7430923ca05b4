/** The waves of actions that live, as the ledger has them: what an action brings about in it, and what it says of the waves. */
import type { Archive } from "../../dispatch/ledger/archive.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import { liveWave } from "../../dispatch/ledger/live-waves.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import { type ActionRecord, isOpen } from "../record.js";

export class ActionWaves {
  readonly #waves: WaveStore;
  readonly #archive: Archive;
  readonly #dispatcher: Dispatcher;
  /** Generation of the loaded registry. */
  readonly #registry: number;

  constructor(waves: WaveStore, archive: Archive, dispatcher: Dispatcher, registry: number) {
    this.#waves = waves;
    this.#archive = archive;
    this.#dispatcher = dispatcher;
    this.#registry = registry;
  }

  of({ id }: Pick<ActionRecord, "id">): LiveWave[] {
    return this.#dispatcher.waves.filter(({ record }) => record.actionId === id);
  }

  /** True if one of them names people of another registry: it can't be sent to. */
  isForeign(record: ActionRecord): boolean {
    return this.of(record).some((wave) => wave.record.registry !== this.#registry);
  }

  /** What is stored of a wave may be of before it was concluded; of one that is at rest nothing more is to come. */
  broughtUpToDate(record: ActionRecord): ActionRecord {
    const isDone = (waveId: number): boolean => {
      const live = liveWave(this.#dispatcher, waveId);
      return live === undefined || live.acknowledgedAtMs !== null;
    };
    if (!record.waves.some((wave) => isOpen(wave) && isDone(wave.id))) return record;
    const waves = record.waves.map((wave) => (isDone(wave.id) ? { ...wave, state: "concluded" as const } : wave));
    return { ...record, waves };
  }

  /** Stops what is not in flight of these. `put` goes into the commit that makes it durable; so it does with the others. */
  stop(waveIds: readonly number[], atMs: number, put: () => void): Promise<void> {
    const stopped: StoredWave[] = [];
    const waves: LiveWave[] = [];
    for (const waveId of waveIds) {
      const live = liveWave(this.#dispatcher, waveId);
      const stored = live && this.#archive.stored(live);
      if (!live || !stored || live.isSent) continue;
      const one: StoredWave = { ...stored, stop: stored.stop ?? { atMs, inJournal: true } };
      this.#archive.keep(live, one);
      stopped.push(one);
      waves.push(live);
    }
    return this.#dispatcher.stop(waves, () => {
      for (const one of stopped) this.#waves.put(one);
      put();
    });
  }

  /** Nothing more of them is granted, and whoever is sent to from here on is flagged. */
  hold(record: ActionRecord, put: () => void): Promise<void> {
    const waves = this.of(record).filter((wave) => !wave.isSent);
    return this.#dispatcher.hold(waves, true, put);
  }

  letGo(record: ActionRecord): void {
    for (const wave of this.of(record)) this.#dispatcher.letGo(wave);
  }
}
