/**
 * Finds the submission of a receipt by the recipient's phone number, where no message_id leads to one: the response was lost,
 * or had no id that we could keep. Only recipients of whom we have such a message are looked for, in the latest wave that
 * has any.
 */
import { RECEIPT_STATE } from "../../../schemas/link.js";
import { POSSIBLE_DUPLICATE, STATE, STATE_MASK } from "../../../schemas/words.js";
import type { LiveWave } from "../wave/wave.js";
import type { Receipt } from "./early-receipts.js";
import type { Found, IdSearch } from "./id-search.js";
import type { People } from "./people.js";

/** Recipients of a roster that are passed over in the time of one look into an index. */
const PASSED_PER_LOOK = 400;

/**
 * "waits": nobody, or a message to the same number is under way, or about to be, whose response may yet bring the id. "unclear": another
 * one awaits its receipt, which this may be under an id of another kind, or without any. "nothing": it is somebody's, and changes
 * nothing. The time that this takes is counted with that of `search`.
 */
export function findByNumber(
  { ids, number, state }: Receipt,
  waves: readonly LiveWave[],
  people: People,
  search: IdSearch,
): Found | "waits" | "unclear" | "nothing" {
  const participants = people.having(number);
  let wave: LiveWave | null = null;
  let position = -1;
  for (const each of waves) {
    if (wave !== null && each.record.waveId < wave.record.waveId) continue;
    for (const participant of participants) {
      const at = people.positionIn(each, participant);
      if (at < 0) continue;
      wave = each;
      position = at;
    }
  }
  if (wave === null || isUnderWay(participants, waves, people, search)) return "waits";
  const hasAll = isTaken(wave, position);
  if (isAwaited(participants, waves, people, search, wave, hasAll)) return "unclear";
  // Which part it is of can't be told, and the same may come twice: whoever lacks a part is not reached by it.
  const isWhole = hasAll || ids.parts.isForAll || wave.said.parts(position) <= 1;
  if (!isWhole && state === RECEIPT_STATE.delivered) return "nothing";
  // It was sent again, and that one's receipt is to come: that the first one failed is not the end.
  const sentAgain = wave.states[position] === (STATE.acknowledged | POSSIBLE_DUPLICATE);
  if (sentAgain && state !== RECEIPT_STATE.delivered) return "nothing";
  return { wave, entry: position * wave.record.segments + wave.said.firstUndelivered(position), isShared: false };
}

/**
 * Whether another one was taken, and has no receipt yet: one of a later wave, and where nobody knows whether `found` was taken, one
 * of any wave. An operator's word is for those who were perhaps not reached, so nobody may leave them by another's receipt.
 */
function isAwaited(
  participants: readonly number[],
  waves: readonly LiveWave[],
  people: People,
  search: IdSearch,
  found: LiveWave,
  hasAll: boolean,
): boolean {
  for (const wave of waves) {
    const mayBeMeant = hasAll ? wave.record.waveId > found.record.waveId : wave !== found;
    if (!mayBeMeant || wave.counts[STATE.acknowledged] === 0 || !people.knows(wave)) continue;
    for (const participant of participants) {
      const position = lookUp(wave, participant, search);
      if (position >= 0 && isTaken(wave, position)) return true;
    }
  }
  return false;
}

/** Every part of the last attempt was taken, and there is no word yet of what became of it. */
export function isTaken(wave: LiveWave, position: number): boolean {
  return (wave.states[position]! & STATE_MASK) === STATE.acknowledged;
}

/** Where a participant stands in the roster, -1 if not there. */
function lookUp(wave: LiveWave, participant: number, search: IdSearch): number {
  const position = wave.participants.indexOf(participant);
  search.looked += Math.ceil((position < 0 ? wave.participants.length : position) / PASSED_PER_LOOK);
  return position;
}

/** The roster is gone through only where another wave is on its way at the same time. */
function isUnderWay(
  participants: readonly number[],
  waves: readonly LiveWave[],
  people: People,
  search: IdSearch,
): boolean {
  for (const wave of waves) {
    if (wave.isSent || !people.knows(wave)) continue;
    for (const participant of participants) {
      let position = people.positionIn(wave, participant);
      if (position < 0) position = lookUp(wave, participant, search);
      if (position < 0) continue;
      // Who will be sent to again must be: this receipt may be of an earlier message, whose wave is at rest.
      if ((wave.states[position]! & STATE_MASK) === STATE.intended || wave.waits(position)) return true;
    }
  }
  return false;
}
