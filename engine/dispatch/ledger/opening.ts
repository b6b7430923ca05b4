/**
 * How a wave comes into being: room is made for it, its roster is stored, and what makes it durable is one commit with its
 * first grants and with whatever else must not be without it.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { Channel } from "../../../schemas/words.js";
import type { Roster } from "../../selection/selector.js";
import { LiveWave } from "../wave/wave.js";
import type { Archive } from "./archive.js";
import type { Dispatcher } from "./dispatcher.js";
import { countTexts } from "./text-shares.js";
import { countedSegments, type StoredWave, type WaveRecord } from "./wave-record.js";
import { isFleeting, type WaveStore } from "./wave-store.js";

/** What is known of a wave before it is opened. */
export interface NewWave extends Omit<WaveRecord, "waveId" | "count" | "segments" | "shares"> {
  readonly channel: Channel;
}

/** What is known only when all else of it is done: much may have been said of it while its roster was written. */
export interface Beginning {
  /** What must not be durable without the wave, nor the wave without it. */
  readonly put: () => void;
  /** Its recipients may have got it before, without the ledger's knowledge. */
  readonly doubted?: boolean | undefined;
}

export interface Opener {
  readonly waves: WaveStore;
  readonly archive: Archive;
  readonly dispatcher: Dispatcher;
}

/**
 * Settles when the wave is durable; where it has several texts its roster says who gets which. `begin` is called when all else is
 * done, with the wave's number, in the turn in which the wave is opened; it gives null if the wave is no longer wanted. BUSY: too
 * much is alive; TOO_MANY_MESSAGES: it would not fit if nothing else were.
 */
export async function openWave(
  { waves, archive, dispatcher }: Opener,
  { texts, ...wave }: NewWave,
  roster: Roster,
  begin: (waveId: number) => Beginning | null,
): Promise<Result<void>> {
  const busy = fail("BUSY", "too many actions are being sent");
  const full = dispatcher.store.space.problem;
  if (full !== null) return { ok: false, problem: full };
  const { count, participants } = roster;
  const segmentsOf = (text: string): number => dispatcher.carriers.segmentsOf(wave, text);
  const { textNumbers, ...counted } = await countTexts(texts, roster, segmentsOf);
  const segments = countedSegments({ count, ...counted });
  if (segments > DISPATCH.liveSegments) {
    return fail("TOO_MANY_MESSAGES", `${segments} messages; at most ${DISPATCH.liveSegments} at a time`);
  }
  if (!(await archive.makeRoom(segments, spareFor(wave)))) return busy;
  const waveId = waves.newId();
  const putLast = await waves.putRoster(waveId, participants, count, textNumbers);
  if (!putLast.ok) return putLast;
  const slot = dispatcher.freeSlot();
  const beginning = slot < 0 ? null : begin(waveId);
  if (beginning === null) {
    const removed = await waves.removeRoster(waveId);
    return removed.ok && slot < 0 ? busy : removed;
  }
  const record: WaveRecord = { ...wave, ...counted, waveId, count };
  const stored: StoredWave = { ...record, texts: isFleeting(wave) ? [""] : record.texts, stop: null, archive: null };
  const live = new LiveWave(record, slot, participants, textNumbers);
  archive.keep(live, stored);
  const write = (): void => {
    putLast.value();
    waves.put(stored);
    beginning.put();
  };
  await dispatcher.open(live, 0, write, { held: false, doubted: beginning.doubted ?? false });
  void archive.makeAhead();
  return ok(undefined);
}

/** How many of the places that are kept free it must leave to others. */
function spareFor({ extreme, timeCritical }: Pick<NewWave, "extreme" | "timeCritical">): number {
  const { normal, urgent } = DISPATCH.sparedBy;
  if (extreme) return 0;
  return timeCritical ? urgent : normal;
}
