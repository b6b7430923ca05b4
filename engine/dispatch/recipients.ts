/**
 * The state of each recipient of a wave, as a column by position; how many are in each state, how many may get the message
 * twice, and why those failed that did.
 */
import { assert } from "../../schemas/errors.js";
import { POSSIBLE_DUPLICATE, RECIPIENT_STATES, STATE, STATE_MASK } from "../../schemas/words.js";
import { ParticipantPositions } from "./participant-positions.js";

/** How many distinct reasons of failure are counted one by one. */
const REASONS = 64;

export class Recipients {
  readonly states: Uint8Array;
  /** Recipients by state, in the order of RECIPIENT_STATES. */
  readonly counts = new Int32Array(RECIPIENT_STATES.length);
  /** command_status, NOT_SENT + its reason, or RECEIPT_REASON + message_state of the failed, by how often. */
  readonly reasons = new Map<number, number>();
  possibleDuplicates = 0;
  /** Those with a message whose message_id is not known: possible duplicates, unknown, and what was taken without an id. */
  readonly uncertain: ParticipantPositions;

  /** `participants`: the roster, participant numbers by position. */
  constructor(
    readonly participants: Uint32Array,
    count: number,
  ) {
    assert(participants.length === count, "a roster has as many recipients as its wave");
    this.states = new Uint8Array(participants.length);
    this.counts[STATE.pending] = participants.length;
    this.uncertain = new ParticipantPositions(participants);
  }

  protected at(position: number): number {
    return this.states[position] & STATE_MASK;
  }

  protected isFlagged(position: number): boolean {
    return (this.states[position] & POSSIBLE_DUPLICATE) !== 0;
  }

  protected set(position: number, state: number): void {
    const before = this.states[position];
    this.counts[before & STATE_MASK]--;
    this.counts[state]++;
    this.states[position] = (before & POSSIBLE_DUPLICATE) | state;
    if (state === STATE.unknown) this.uncertain.add(position);
  }

  protected flag(position: number): void {
    if (this.isFlagged(position)) return;
    this.states[position] |= POSSIBLE_DUPLICATE;
    this.possibleDuplicates++;
    this.uncertain.add(position);
  }

  /** Every pending one becomes `state`. From `fresh` on all are pending, and not flagged. */
  protected setPending(state: number, fresh: number): void {
    const rest = this.states.length - fresh;
    for (let position = 0; this.counts[STATE.pending] > rest; position++) {
      if (this.at(position) === STATE.pending) this.set(position, state);
    }
    this.states.fill(state, fresh);
    this.counts[STATE.pending] -= rest;
    this.counts[state] += rest;
  }

  protected countReason(reason: number): void {
    if (this.reasons.size < REASONS || this.reasons.has(reason)) {
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    }
  }
}
