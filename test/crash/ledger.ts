/**
 * The ledger of a service that is not running, read from its data folder as a restart would read it, and its journal read
 * once more by a way of its own: who was granted, and to whom last.
 */
import { ByteBuffer } from "flatbuffers";
import { ActionStore } from "../../engine/actions/action-store.js";
import type { ActionRecord } from "../../engine/actions/record.js";
import { journalKey, replay } from "../../engine/dispatch/ledger/journal/journal.js";
import type { StoredWave } from "../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import { LiveWave } from "../../engine/dispatch/wave/wave.js";
import { openBeside } from "../../engine/store/opening/beside.js";
import type { Store } from "../../engine/store/store.js";
import type { Result } from "../../schemas/errors.js";
import { JournalEntry } from "../../schemas/generated/dispatch_generated.js";
import { POSSIBLE_DUPLICATE, STATE, STATE_MASK } from "../../schemas/words.js";

export interface WaveLedger {
  readonly stored: StoredWave;
  /** Number of each recipient, in the order of the roster. */
  readonly numbers: Float64Array;
  /** State and flag of each recipient; what was intended at the kill is intended here. */
  readonly states: Uint8Array;
  /** command_status, or RECEIPT_REASON (schemas/link.ts) + state of the receipt, of the failed, by how often; lowest first. */
  readonly reasons: readonly (readonly [number, number])[];
  /** Hash of the carrier that each recipient was granted to last; 0 for none. Empty once the wave is archived. */
  readonly grantedTo: Uint32Array;
}

export interface Ledger {
  /** Newest first. */
  readonly actions: readonly ActionRecord[];
  /** Oldest first. */
  readonly waves: readonly WaveLedger[];
}

export async function readLedger(folder: string, numbers: Float64Array): Promise<Ledger> {
  const store = unwrap(await openBeside(folder));
  try {
    const waves = new WaveStore(store);
    return {
      actions: [...new ActionStore(store).newest()].map(unwrap),
      waves: [...waves.all()].map((stored) => readWave(store, waves, unwrap(stored), numbers)),
    };
  } finally {
    await store.close();
  }
}

export function isFlagged(state: number): boolean {
  return (state & POSSIBLE_DUPLICATE) !== 0;
}

/** Whom the ledger counts as reached. */
export function isReached(state: number): boolean {
  return (state & STATE_MASK) === STATE.acknowledged || (state & STATE_MASK) === STATE.delivered;
}

function readWave(store: Store, waves: WaveStore, stored: StoredWave, numbers: Float64Array): WaveLedger {
  const { waveId, count } = stored;
  const roster = unwrap(waves.roster(waveId, count));
  const asked = Float64Array.from(new Uint32Array(roster), (participant) => numbers[participant]!);
  const lowestFirst = (reasons: Iterable<readonly [number, number]>) => [...reasons].sort(([a], [b]) => a - b);
  if (stored.archive) {
    return {
      reasons: lowestFirst(stored.archive.reasons),
      stored,
      numbers: asked,
      states: unwrap(waves.outcomes(waveId, count)),
      grantedTo: new Uint32Array(0),
    };
  }
  const wave = new LiveWave(stored, 0, roster, unwrap(waves.textNumbers(stored)));
  unwrap(replay(wave, store.table("journal"), stored.stop));
  return {
    stored,
    numbers: asked,
    states: wave.states,
    reasons: lowestFirst(wave.reasons),
    grantedTo: grantsOf(store, waveId, count),
  };
}

function grantsOf(store: Store, waveId: number, count: number): Uint32Array {
  const grantedTo = new Uint32Array(count);
  for (const { value } of store.table("journal").range(journalKey(waveId, 0), journalKey(waveId + 1, 0))) {
    const entry = JournalEntry.getRootAsJournalEntry(new ByteBuffer(unwrap(value)));
    for (let i = 0; i < entry.grantsLength(); i++) {
      const grant = entry.grants(i)!;
      grantedTo.fill(grant.carrier(), grant.from(), grant.from() + grant.count());
    }
  }
  return grantedTo;
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail}`);
  return result.value;
}
