/**
 * After a restart: every wave that was alive is rebuilt from its record, its roster and its journal, and goes on. What was
 * intended and has no durable outcome was perhaps sent; it is flagged as a possible duplicate and, unless the wave was
 * stopped, sent again, or held for a receipt where the wave holds such recipients. What was never intended is still to do.
 * Only codes are not sent any more: what they were for is gone.
 */
import { ok, type Result } from "../../schemas/errors.js";
import type { Store } from "../store/store.js";
import type { Dispatcher } from "./dispatcher.js";
import { replay } from "./journal.js";
import type { Standing } from "./standing.js";
import { LiveWave } from "./wave.js";
import { isFleeting, isPassing, type StoredWave, type WaveStore } from "./wave-store.js";

export interface Recovered {
  readonly waves: number;
  /** Recipients of whom it is not known whether they got the message: sent again and flagged, or held. */
  readonly uncertain: number;
}

/**
 * Revives all waves and then starts the dispatcher. `registry` is the generation that is loaded: a roster of another one
 * names other people, so its wave is held whatever `standingOf` says, which knows the actions.
 */
export async function recover(
  store: Store,
  waveStore: WaveStore,
  dispatcher: Dispatcher,
  registry: number,
  standingOf: (wave: StoredWave) => Standing,
): Promise<Result<Recovered>> {
  let waves = 0;
  let uncertain = 0;
  for (const stored of [...waveStore.all()]) {
    if (!stored.ok) return stored;
    const isForeign = stored.value.registry !== registry;
    if (stored.value.archive !== null || isFleeting(stored.value) || (isForeign && isPassing(stored.value))) {
      const { waveId } = stored.value;
      const removed = await (isPassing(stored.value)
        ? waveStore.remove(stored.value)
        : waveStore.removeJournal(waveId));
      if (!removed.ok) return removed;
      continue;
    }
    const widened = await widen(store, waveStore, dispatcher, stored.value);
    if (!widened.ok) return widened;
    const revived = revive(store, waveStore, dispatcher.freeSlot(), widened.value);
    if (!revived.ok) return revived;
    uncertain += revived.value.uncertain;
    waves++;
    const { held, doubted } = standingOf(stored.value);
    const standing = { held: held || isForeign, doubted };
    void dispatcher.open(revived.value.wave, revived.value.sequence, () => {}, standing);
  }
  dispatcher.start();
  return ok({ waves, uncertain });
}

/** Carriers that were configured anew may make more parts of the message: the wave is counted in as many, from here on. */
async function widen(
  store: Store,
  waveStore: WaveStore,
  dispatcher: Dispatcher,
  stored: StoredWave,
): Promise<Result<StoredWave>> {
  const segments = Math.max(stored.segments, dispatcher.segmentsOf(stored.text));
  if (segments === stored.segments) return ok(stored);
  const widened = { ...stored, segments };
  const put = await store.commit(() => waveStore.put(widened));
  return put.ok ? ok(widened) : put;
}

interface Revived {
  wave: LiveWave;
  sequence: number;
  uncertain: number;
}

function revive(store: Store, waveStore: WaveStore, slot: number, stored: StoredWave): Result<Revived> {
  const roster = waveStore.roster(stored.waveId, stored.count);
  if (!roster.ok) return roster;
  const wave = new LiveWave(stored, slot, roster.value);
  const sequence = replay(wave, store.table("journal"), stored.stop);
  if (!sequence.ok) return sequence;
  return ok({ wave, sequence: sequence.value, uncertain: wave.resume() });
}
