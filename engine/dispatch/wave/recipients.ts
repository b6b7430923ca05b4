/**
 * The state of each recipient of a wave, as a column by position; how many are in each state, how many may get the message
 * twice, and why those failed that did.
 */
import { assert } from "../../../schemas/errors.js";
import type { TextNumbers } from "../../../schemas/text-numbers.js";
import { POSSIBLE_DUPLICATE, RECIPIENT_STATES, STATE, STATE_MASK } from "../../../schemas/words.js";
import { ParticipantPositions } from "../receipts/participant-positions.js";

/** How many distinct reasons of failure are counted one by one. */
const REASONS = 64;

export class Recipients {
  readonly states: Uint8Array;
  /** Recipients by state, in the order of RECIPIENT_STATES. */
  readonly counts = new Int32Array(RECIPIENT_STATES.length);
  /**
   * command_status, NOT_SENT + its reason, or RECEIPT_REASON + message_state of those who have failed now, by how often: whom
   * a delivery proved right after all is in it no more, so together they are never more than the failed.
   */
  readonly reasons = new Map<number, number>();
  possibleDuplicates = 0;
  /** Those with a message whose message_id is not known: possible duplicates, unknown, and what was taken without an id. */
  readonly uncertain: ParticipantPositions;
  readonly #distinct: number[] = [];
  /** Where there are several texts: of each text in turn what `counts` is of all. */
  readonly #ofTexts: Int32Array | undefined;
  /** By position the reason why it failed, or would: its place in #distinct + 1; made when the first has one. */
  #because: Uint8Array | undefined;

  /** `participants`: the roster, participant numbers by position; `shares`: recipients of each of several texts. */
  constructor(
    readonly participants: Uint32Array,
    count: number,
    readonly textNumbers?: TextNumbers,
    shares: readonly number[] = [],
  ) {
    assert(participants.length === count, "a roster has as many recipients as its wave");
    if (textNumbers !== undefined) {
      assert(textNumbers.length === count, "each recipient has the number of a text");
      this.#ofTexts = new Int32Array(shares.length * RECIPIENT_STATES.length);
      for (const [text, recipients] of shares.entries()) this.#ofTexts[placeOf(text, STATE.pending)] = recipients;
    }
    this.states = new Uint8Array(participants.length);
    this.counts[STATE.pending] = participants.length;
    this.uncertain = new ParticipantPositions(participants);
  }

  protected at(position: number): number {
    return this.states[position]! & STATE_MASK;
  }

  protected isFlagged(position: number): boolean {
    return (this.states[position]! & POSSIBLE_DUPLICATE) !== 0;
  }

  /** Recipients of one of several texts in this state. */
  protected countOf(text: number, state: number): number {
    return this.#ofTexts?.[placeOf(text, state)] ?? 0;
  }

  protected set(position: number, state: number): void {
    const before = this.at(position);
    this.counts[before]!--;
    this.counts[state]!++;
    if (this.#ofTexts !== undefined) {
      const text = this.textNumbers![position]!;
      this.#ofTexts[placeOf(text, before)]!--;
      this.#ofTexts[placeOf(text, state)]!++;
    }
    this.states[position] = (this.states[position]! & POSSIBLE_DUPLICATE) | state;
    if (before !== state && before === STATE.failed) this.#countReason(position, -1);
    if (before !== state && state === STATE.failed) this.#countReason(position, 1);
    if (state === STATE.unknown) this.uncertain.add(position);
  }

  protected flag(position: number): void {
    if (this.isFlagged(position)) return;
    this.states[position]! |= POSSIBLE_DUPLICATE;
    this.possibleDuplicates++;
    this.uncertain.add(position);
  }

  /** Flags whoever is with a carrier now. */
  flagIntended(): void {
    for (let position = 0; position < this.states.length; position++) {
      if (this.at(position) === STATE.intended) this.flag(position);
    }
  }

  /** Every pending one becomes `state`, or below `fresh` what `stateOf` says. From there on all are pending, and not flagged. */
  protected setPending(stateOf: (position: number) => number, state: number, fresh: number): void {
    const rest = this.states.length - fresh;
    for (let position = 0; this.counts[STATE.pending]! > rest; position++) {
      if (this.at(position) === STATE.pending) this.set(position, stateOf(position));
    }
    this.states.fill(state, fresh);
    this.counts[STATE.pending]! -= rest;
    this.counts[state]! += rest;
    const ofTexts = this.#ofTexts;
    for (let at = 0; ofTexts !== undefined && at < ofTexts.length; at += RECIPIENT_STATES.length) {
      ofTexts[at + state]! += ofTexts[at + STATE.pending]!;
      ofTexts[at + STATE.pending] = 0;
    }
  }

  /** Why this one fails if it fails now. Of who has failed the first reason stays. */
  protected because(position: number, reason: number): void {
    if (this.at(position) === STATE.failed) return;
    let place = this.#distinct.indexOf(reason);
    if (place < 0 && this.#distinct.length < REASONS) place = this.#distinct.push(reason) - 1;
    this.#because ??= new Uint8Array(this.states.length);
    this.#because[position] = place + 1;
  }

  #countReason(position: number, by: number): void {
    const reason = this.#distinct[(this.#because?.[position] ?? 0) - 1];
    if (reason === undefined) return;
    const times = (this.reasons.get(reason) ?? 0) + by;
    if (times > 0) this.reasons.set(reason, times);
    else this.reasons.delete(reason);
  }
}

function placeOf(text: number, state: number): number {
  return text * RECIPIENT_STATES.length + state;
}
