/**
 * After a restart: every wave that was alive is rebuilt from its record, its roster and its journal, and goes on. What was
 * intended and has no durable outcome was perhaps sent; it is flagged as a possible duplicate and, unless the wave was
 * stopped, sent again, or held for a receipt where the wave holds such recipients. What was never intended is still to do.
 * Only codes are not sent any more: what they were for is gone.
 *
 * A wave of which something is damaged or missing holds up itself and no other: it is not taken up, so nothing of it is sent, and
 * nothing that there is of it is removed or written over. What a later program wrote fails the whole, by name: this one does not
 * know what it would do.
 */
import { type ErrorCode, fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { isActionWave } from "../../../schemas/words.js";
import { GOES, type Standing } from "../wave/standing.js";
import { LiveWave } from "../wave/wave.js";
import type { Dispatcher } from "./dispatcher.js";
import { replay } from "./journal/journal.js";
import { recounted } from "./text-shares.js";
import type { StoredWave } from "./wave-record.js";
import { isFleeting, isPassing, type WaveStore } from "./wave-store.js";

/** A wave that can't be taken up: table and wave are the problem's field. */
export interface UnreadableWave {
  readonly waveId: number;
  /** As far as it is known. */
  readonly actionId: string | undefined;
  readonly problem: Problem;
}

export interface Recovered {
  readonly waves: number;
  /** Recipients of whom it is not known whether they got the message: sent again and flagged, or held. */
  readonly uncertain: number;
  readonly unreadable: readonly UnreadableWave[];
}

/** What is wrong with one wave and says nothing of the others: something of it, or its action, is damaged or missing. */
const HOLDS_UP: readonly ErrorCode[] = ["STORE_CORRUPT", "NOT_FOUND"];

/** How the wave of an action is taken up. A problem where the action can't be read: nobody could see the wave, or stop it. */
type StandingOf = (wave: StoredWave) => Result<Standing>;

export interface RecoveryParts {
  readonly waves: WaveStore;
  readonly dispatcher: Dispatcher;
  /** The generation that is loaded: a roster of another one names other people, so its wave is held whatever `standingOf` says. */
  readonly registry: number;
  /** Knows the actions. */
  readonly standingOf: StandingOf;
}

/**
 * Revives all waves that it can. The dispatcher is to be started once it is known whose they are. `living`: those that may live
 * (wave-survey.ts).
 */
export async function recover(parts: RecoveryParts, living: readonly number[]): Promise<Result<Recovered>> {
  const { waves } = parts;
  const taken = { waves: 0, uncertain: 0 };
  const unreadable: UnreadableWave[] = [];
  for (const waveId of living) {
    // One that was removed since it was looked for.
    if (!waves.has(waveId)) continue;
    const stored = waves.get(waveId);
    const revived = stored.ok ? await takeUp(parts, stored.value) : stored;
    if (revived.ok) {
      if (revived.value !== null) taken.waves++;
      taken.uncertain += revived.value ?? 0;
    } else if (HOLDS_UP.includes(revived.problem.code)) {
      const actionId = stored.ok ? stored.value.actionId : undefined;
      unreadable.push({ waveId, actionId, problem: revived.problem });
    } else return revived;
  }
  const left = await lookAtJournals(parts, new Set(living));
  if (!left.ok) return left;
  unreadable.push(...left.value);
  return ok({ ...taken, unreadable });
}

/**
 * Of waves that do not live: a journal whose removal was cut off goes. One whose wave has no record stays, and is given: nothing else
 * tells that there was a wave.
 */
async function lookAtJournals(
  { waves, dispatcher }: RecoveryParts,
  living: ReadonlySet<number>,
): Promise<Result<UnreadableWave[]>> {
  const unreadable: UnreadableWave[] = [];
  for (const waveId of waves.journaled()) {
    if (living.has(waveId)) continue;
    const removed = waves.has(waveId) ? await waves.removeJournal(waveId) : null;
    if (removed?.ok === false) return removed;
    if (removed !== null) continue;
    unreadable.push({ waveId, actionId: undefined, problem: recordMissing(waveId) });
    waves.orphans.spare(waveId);
  }
  for (const waveId of dispatcher.ends.waveIds) if (!living.has(waveId)) dispatcher.ends.forget(waveId);
  return ok(unreadable);
}

function recordMissing(waveId: number): Problem {
  return fail("STORE_CORRUPT", `wave ${waveId} has a journal and no record`, `waves/${waveId}`).problem;
}

/** How many of its recipients are uncertain; null for a wave that does not live any more. */
async function takeUp(parts: RecoveryParts, stored: StoredWave): Promise<Result<number | null>> {
  const { waves, dispatcher } = parts;
  const isForeign = stored.registry !== parts.registry;
  const isOver = stored.archive !== null || stored.peopleGone || isFleeting(stored);
  if (isOver || (isForeign && isPassing(stored))) {
    dispatcher.ends.forget(stored.waveId);
    const removed = await (isPassing(stored) ? waves.remove(stored) : waves.removeJournal(stored.waveId));
    return removed.ok ? ok(null) : removed;
  }
  const standing = isActionWave(stored.kind) ? parts.standingOf(stored) : ok(GOES);
  if (!standing.ok) return standing;
  const widened = await widen(parts, stored);
  if (!widened.ok) return widened;
  const revived = revive(parts, widened.value);
  if (!revived.ok) return revived;
  const { wave, sequence, uncertain } = revived.value;
  const { held, doubted } = standing.value;
  void dispatcher.open(wave, sequence, () => {}, { held: held || isForeign, doubted });
  return ok(uncertain);
}

/** Carriers that were configured anew may make more parts of a text: the wave is counted in as many, from here on. */
async function widen({ waves, dispatcher }: RecoveryParts, stored: StoredWave): Promise<Result<StoredWave>> {
  const counted = recounted(stored, (text) => dispatcher.carriers.segmentsOf(stored, text));
  if (counted === undefined) return ok(stored);
  const widened = { ...stored, ...counted };
  const put = await dispatcher.store.commit(() => waves.put(widened));
  return put.ok ? ok(widened) : put;
}

interface Revived {
  wave: LiveWave;
  sequence: number;
  uncertain: number;
}

function revive({ waves, dispatcher }: RecoveryParts, stored: StoredWave): Result<Revived> {
  const { waveId, count, stop } = stored;
  const roster = waves.roster(waveId, count);
  if (!roster.ok) return roster;
  const textNumbers = waves.textNumbers(stored);
  if (!textNumbers.ok) return textNumbers;
  const wave = new LiveWave(stored, dispatcher.freeSlot(), roster.value, textNumbers.value);
  const sequence = replay(wave, dispatcher.store.table("journal"), stop, dispatcher.ends.of(waveId));
  if (!sequence.ok) return sequence;
  return ok({ wave, sequence: sequence.value, uncertain: wave.resume() });
}
