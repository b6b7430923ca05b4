/**
 * A wave while it is alive: its roster and the ledger of what happened to each recipient, as columns by position. The
 * transitions here are the only ones there are. They run in two places, live on events from the carriers and at start on
 * the journal, so that what a restart knows is by construction what was known before it.
 *
 * Written by the main thread alone. A recipient is one position; a position that was granted gets, for each of its segments,
 * one of outcome, unknown or released, and is concluded by the last of them.
 */
import { assert } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import { RELEASE_REASON } from "../../schemas/link.js";
import { POSSIBLE_DUPLICATE, RECIPIENT_STATES, STATE, STATE_MASK, type WaveKind } from "../../schemas/words.js";
import { MessageIndex } from "./message-index.js";
import { ParticipantPositions } from "./participant-positions.js";
import { PositionHeap } from "./position-heap.js";
import { SAW, Segments } from "./segments.js";
import { countReason, isTemporary, RECEIPT_REASON } from "./status.js";

/** What is fixed when a wave opens, and stored with it. */
export interface WaveRecord {
  readonly waveId: number;
  readonly actionId: string;
  /** Generation of the registry that the roster's numbers belong to. */
  readonly registry: number;
  readonly kind: WaveKind;
  readonly text: string;
  readonly count: number;
  readonly segments: number;
  readonly timeCritical: boolean;
  readonly expiresAtMs: number;
  readonly startedAtMs: number;
}

export class LiveWave {
  readonly states: Uint8Array;
  /** Recipients by state, in the order of RECIPIENT_STATES. */
  readonly counts = new Int32Array(RECIPIENT_STATES.length);
  readonly index: MessageIndex;
  readonly participants: Uint32Array;
  /** Those with a message whose message_id is not known: possible duplicates, and what was taken without an id. */
  readonly uncertain: ParticipantPositions;
  /** command_status or RECEIPT_REASON + message_state of the failed, by how often. */
  readonly reasons = new Map<number, number>();
  possibleDuplicates = 0;
  /** Positions from here on were never granted. */
  cursor = 0;
  firstIntentAtMs: number | null = null;
  /** When the last recipient was concluded. */
  acknowledgedAtMs: number | null = null;
  stoppedAtMs: number | null = null;

  readonly #segments: Segments;
  /** How often each was tried without a final answer; made when first needed. */
  #attempts: Uint8Array | undefined;
  readonly #again = new PositionHeap();

  /** `roster`: Uint32 participant numbers, nearest first. */
  constructor(
    readonly record: WaveRecord,
    readonly slot: number,
    readonly roster: SharedArrayBuffer,
  ) {
    this.states = new Uint8Array(record.count);
    this.counts[STATE.pending] = record.count;
    this.index = new MessageIndex(record.count * record.segments);
    this.participants = new Uint32Array(roster);
    this.uncertain = new ParticipantPositions(this.participants);
    this.#segments = new Segments(record.count, record.segments);
  }

  /** Lower goes first: the time-critical before the others, and a small wave before a large one. */
  get rank(): number {
    return this.record.timeCritical ? this.record.count : 2 ** 32 + this.record.count;
  }

  /** True while a recipient is left that a carrier may be granted. */
  get hasWork(): boolean {
    return this.stoppedAtMs === null && (this.cursor < this.record.count || this.#nextAgain() >= 0);
  }

  /** Recipients that are with a carrier now. */
  get inFlight(): number {
    return this.counts[STATE.intended];
  }

  /** Recipients of whom nothing more will be sent. */
  get concluded(): number {
    return this.record.count - this.counts[STATE.pending] - this.counts[STATE.intended] - this.counts[STATE.unknown];
  }

  /** True when nothing will be sent any more: each recipient has been concluded. */
  get isSent(): boolean {
    return !this.hasWork && this.inFlight === 0;
  }

  /** True when no receipt is awaited either. */
  get isSettled(): boolean {
    return this.isSent && this.counts[STATE.acknowledged] === 0;
  }

  /**
   * The next positions to grant, at most `limit`, in one run of positions that were all sent before or all not. Null when
   * there are none. Nothing changes until `intend`, but positions taken back out of the queue are gone from it.
   */
  take(limit: number): { from: number; count: number; resend: boolean } | null {
    let from = this.#nextAgain();
    if (from < 0) {
      if (this.cursor >= this.record.count) return null;
      return { from: this.cursor, count: Math.min(limit, this.record.count - this.cursor), resend: false };
    }
    const first = from;
    const resend = (this.states[first] & POSSIBLE_DUPLICATE) !== 0;
    let count = 0;
    while (from === first + count && ((this.states[from] & POSSIBLE_DUPLICATE) !== 0) === resend) {
      this.#again.pop();
      count++;
      if (count === limit) break;
      from = this.#nextAgain();
    }
    return { from: first, count, resend };
  }

  /** A grant: these are, or will be, durable as intended before a carrier sees them. */
  intend(from: number, count: number, resend: boolean, atMs: number): void {
    assert(from + count <= this.record.count, "a grant lies within the roster");
    for (let position = from; position < from + count; position++) {
      if (resend) this.#flag(position);
      this.#set(position, STATE.intended);
      this.#segments.begin(position);
    }
    if (from + count > this.cursor) this.cursor = from + count;
    this.firstIntentAtMs ??= atMs;
  }

  /** A submit_sm_resp. True if it concluded the recipient. */
  outcome(position: number, segment: number, status: number): boolean {
    const saw = status === 0 ? SAW.acknowledged : isTemporary(status) ? SAW.temporary : SAW.refusal;
    if (!this.#answer(position, segment, saw)) return false;
    if (saw === SAW.refusal) countReason(this.reasons, status);
    return this.#conclude(position);
  }

  /** The segment was written and no response came. True if that concluded the recipient. */
  unknown(position: number, segment: number): boolean {
    return this.#answer(position, segment, SAW.unknown) && this.#conclude(position);
  }

  /** Granted and not written. Returns how many recipients that concluded. */
  released(from: number, count: number, reason: number): number {
    let concluded = 0;
    for (let position = from; position < from + count && position < this.record.count; position++) {
      if ((this.states[position] & STATE_MASK) !== STATE.intended) continue;
      concluded++;
      if (reason === RELEASE_REASON.expired) this.#set(position, STATE.expired);
      else if (this.stoppedAtMs !== null) this.#set(position, STATE.stopped);
      else {
        this.#set(position, STATE.pending);
        this.#again.push(position);
      }
      this.#weighReceipts(position);
    }
    return concluded;
  }

  /**
   * A receipt. Intermediate states change nothing; failures of several parts are one. While a part is still under way it is
   * only noted: a recipient is concluded by its responses, so that what is with a carrier is always counted.
   */
  receipt(position: number, segment: number, receiptState: number): void {
    const isKnown = this.#segments.hasFailed(position);
    const kind = this.#segments.receipt(position, segment, receiptState);
    if (kind === "failed" && !isKnown) countReason(this.reasons, RECEIPT_REASON + receiptState);
    if (kind !== null) this.#weighReceipts(position);
  }

  /** The part that a receipt without a known message_id is taken to be for. */
  firstUndelivered(position: number): number {
    return this.#segments.firstUndelivered(position);
  }

  /** Nothing more is granted; what was not granted is concluded as stopped, or expired, at once. */
  stop(atMs: number, state: typeof STATE.stopped | typeof STATE.expired): void {
    assert(this.stoppedAtMs === null, "a wave is stopped once");
    for (let position = this.#again.pop(); position >= 0; position = this.#again.pop()) {
      if ((this.states[position] & STATE_MASK) === STATE.pending) this.#set(position, state);
    }
    const rest = this.record.count - this.cursor;
    this.states.fill(state, this.cursor);
    this.counts[STATE.pending] -= rest;
    this.counts[state] += rest;
    this.cursor = this.record.count;
    this.stoppedAtMs = atMs;
  }

  /** Notes when the last recipient was concluded; true the first time. */
  finish(atMs: number): boolean {
    if (this.acknowledgedAtMs !== null || !this.isSent) return false;
    this.acknowledgedAtMs = atMs;
    return true;
  }

  /**
   * After the journal was read: what was intended and has no outcome may or may not have reached the carrier. Each such
   * recipient is flagged and, unless the wave was stopped, sent again: nobody is lost. Returns how many.
   */
  resume(): number {
    this.#again.clear();
    let uncertain = 0;
    for (let position = 0; position < this.cursor; position++) {
      if (this.lost(position)) {
        uncertain++;
        this.#weighReceipts(position);
      }
      const state = this.states[position] & STATE_MASK;
      if (state === STATE.pending || (state === STATE.unknown && this.#mayTryAgain(position))) {
        this.#again.push(position);
      }
    }
    return uncertain;
  }

  /** After a restart; false if it was not under way. No attempt is counted: the journal does not say that one was lost. */
  lost(position: number): boolean {
    if ((this.states[position] & STATE_MASK) !== STATE.intended) return false;
    this.#flag(position);
    this.#set(position, STATE.unknown);
    return true;
  }

  #nextAgain(): number {
    for (;;) {
      const position = this.#again.peek();
      if (position < 0) return -1;
      // A receipt may have settled it while it waited; and a replay grants without taking from the queue.
      const state = this.states[position] & STATE_MASK;
      if (state === STATE.pending || (state === STATE.unknown && this.#mayTryAgain(position))) return position;
      this.#again.pop();
    }
  }

  #answer(position: number, segment: number, saw: number): boolean {
    if (position >= this.record.count || (this.states[position] & STATE_MASK) !== STATE.intended) return false;
    return this.#segments.answer(position, segment, saw);
  }

  #conclude(position: number): boolean {
    const saw = this.#segments.answers(position);
    if (saw === 0) return false;
    if (saw & SAW.refusal) this.#set(position, STATE.failed);
    else if (saw & SAW.unknown) {
      this.#flag(position);
      this.#giveBack(position, STATE.unknown);
    } else if (saw & SAW.temporary) {
      // Parts that were taken will come twice.
      if (saw & SAW.acknowledged) this.#flag(position);
      this.#giveBack(position, STATE.pending);
    } else this.#set(position, STATE.acknowledged);
    this.#weighReceipts(position);
    return true;
  }

  /** Back into the queue, unless the wave was stopped or it was tried often enough. */
  #giveBack(position: number, state: typeof STATE.pending | typeof STATE.unknown): void {
    this.#set(position, state);
    this.#attempts ??= new Uint8Array(this.record.count);
    this.#attempts[position]++;
    if (this.stoppedAtMs !== null) {
      if (state === STATE.pending) this.#set(position, STATE.stopped);
    } else if (this.#mayTryAgain(position)) this.#again.push(position);
    else if (state === STATE.pending) this.#set(position, STATE.failed);
  }

  #mayTryAgain(position: number): boolean {
    return this.stoppedAtMs === null && (this.#attempts?.[position] ?? 0) < DISPATCH.attempts;
  }

  /** What the receipts say, once the responses have said all. Delivered is the last word, whatever was believed before. */
  #weighReceipts(position: number): void {
    const state = this.states[position] & STATE_MASK;
    const received = this.#segments.received(position);
    if (received === null || state === STATE.intended) return;
    // The failure of one that will be sent again does not count.
    const waits = state === STATE.acknowledged || (state === STATE.unknown && !this.#mayTryAgain(position));
    if (waits || received === "delivered") this.#set(position, STATE[received]);
  }

  #set(position: number, state: number): void {
    const before = this.states[position];
    this.counts[before & STATE_MASK]--;
    this.counts[state]++;
    this.states[position] = (before & POSSIBLE_DUPLICATE) | state;
  }

  #flag(position: number): void {
    if ((this.states[position] & POSSIBLE_DUPLICATE) !== 0) return;
    this.states[position] |= POSSIBLE_DUPLICATE;
    this.possibleDuplicates++;
    this.uncertain.add(position);
  }
}
