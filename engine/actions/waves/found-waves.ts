/** The waves of an action as they are found: those that live, those at rest, and what is wrong where one can't be read. */
import { setImmediate } from "node:timers/promises";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { Archive } from "../../dispatch/ledger/archive.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import { liveWave } from "../../dispatch/ledger/live-waves.js";
import type { UnreadableWave } from "../../dispatch/ledger/recovery.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import type { ActionRecord, ActionWave } from "../record.js";

/** A wave as its action has it and as the ledger does, with the live part of one that lives. */
export interface FoundWave {
  readonly wave: ActionWave;
  readonly stored: StoredWave;
  readonly live: LiveWave | undefined;
}

export class FoundWaves {
  /** Waves that could not be taken up after the restart, by number, with what is wrong. */
  readonly #unreadable = new Map<number, { readonly ok: false; readonly problem: Problem }>();
  readonly #waves: WaveStore;
  readonly #archive: Archive;
  readonly #dispatcher: Dispatcher;

  constructor(waves: WaveStore, archive: Archive, dispatcher: Dispatcher) {
    this.#waves = waves;
    this.#archive = archive;
    this.#dispatcher = dispatcher;
  }

  note({ waveId, problem }: UnreadableWave): void {
    this.#unreadable.set(waveId, { ok: false, problem });
  }

  /** Those whose records can be read, in the order in which they were opened. */
  of({ waves }: Pick<ActionRecord, "waves">): FoundWave[] {
    return waves.flatMap((wave) => {
      const found = this.#find(wave.id);
      return found.ok ? [{ wave, ...found.value }] : [];
    });
  }

  /**
   * All of these, a few in a turn: where late arrivals are asked there are many. STORE_CORRUPT where one of them can't be read, for then it
   * is not known who was told what.
   */
  async all(waves: readonly ActionWave[]): Promise<Result<FoundWave[]>> {
    const all: FoundWave[] = [];
    for (const [at, wave] of waves.entries()) {
      if (at > 0 && at % DISPATCH.wavesPerTurn === 0) await setImmediate();
      const found = this.#unreadable.get(wave.id) ?? this.#find(wave.id);
      if (!found.ok) return fail("STORE_CORRUPT", found.problem.detail);
      all.push({ wave, ...found.value });
    }
    return ok(all);
  }

  /** What is wrong, where one of them can't be read, or could not be taken up. */
  damageOf({ waves }: Pick<ActionRecord, "waves">): Problem | undefined {
    for (const { id } of waves) {
      const wave = this.#unreadable.get(id) ?? this.#find(id);
      if (!wave.ok) return wave.problem;
    }
    return undefined;
  }

  #find(waveId: number): Result<Omit<FoundWave, "wave">> {
    const live = liveWave(this.#dispatcher, waveId);
    const stored = live ? this.#archive.stored(live) : undefined;
    if (stored) return ok({ stored, live });
    const read = this.#waves.get(waveId);
    return read.ok ? ok({ stored: read.value, live }) : read;
  }
}
