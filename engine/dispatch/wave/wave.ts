/**
 * A wave while it is alive: its roster and the ledger of what happened to each recipient, as columns by position. The
 * transitions here are the only ones there are. They run live on events from the carriers and at start on the journal, so
 * that a restart knows what was known before: they depend on what was granted and came back, never on the configuration.
 *
 * Written by the main thread alone. A recipient is one position; a position that was granted gets, for each of its segments,
 * one of outcome, unknown or released, and is concluded by the last of them.
 */
import { assert } from "../../../schemas/errors.js";
import { NOT_SENT, RECEIPT_REASON } from "../../../schemas/link.js";
import { type PartsByText, type TextNumbers, textAt } from "../../../schemas/text-numbers.js";
import { STATE } from "../../../schemas/words.js";
import { countedSegments, rankOf, type WaveRecord } from "../ledger/wave-record.js";
import { MessageIndex } from "../receipts/message-index.js";
import type { Router, Run } from "./queue.js";
import { Retries } from "./retries.js";
import { SAW, Segments } from "./segments.js";
import { verdictOf } from "./status.js";

export class LiveWave extends Retries {
  /** Lower goes first. */
  readonly rank: number;
  readonly index: MessageIndex;
  /** What carriers said of each part. */
  readonly said: Segments;
  firstIntentAtMs: number | null = null;
  /** When the last recipient was concluded. */
  acknowledgedAtMs: number | null = null;
  /** Parts that each carrier makes of each text, by the hash of its name: of the last grant to it. */
  readonly #partsOf = new Map<number, PartsByText>();

  /** `roster`: Uint32 participant numbers, nearest first; `textNumbers` where there are several texts. */
  constructor(
    readonly record: WaveRecord,
    readonly slot: number,
    readonly roster: SharedArrayBuffer,
    textNumbers?: TextNumbers,
  ) {
    const shares = (record.shares ?? []).map(({ recipients }) => recipients);
    super(new Uint32Array(roster), record.count, record.onUnknown === "hold", record.waveId, textNumbers, shares);
    assert((textNumbers === undefined) === (record.texts.length === 1), "texts are told apart where there are several");
    this.rank = rankOf(record);
    this.index = new MessageIndex(countedSegments(record), record.segments);
    this.said = new Segments(record.count);
  }

  get isExtreme(): boolean {
    return this.record.extreme === true;
  }

  /** True while a recipient is left that a carrier may be granted, now or after a pause. */
  get hasWork(): boolean {
    return this.stoppedAtMs === null && this.waiting > 0;
  }

  /** Recipients who wait to be granted, now or after a pause. */
  get left(): number {
    return this.waiting;
  }

  /** Recipients that are with a carrier now. */
  get inFlight(): number {
    return this.counts[STATE.intended]!;
  }

  /** Recipients of whom nothing more will be sent. */
  get concluded(): number {
    return this.record.count - this.waiting - this.inFlight;
  }

  /** Segments of the messages to recipients who are not concluded, at the carrier that makes most of each. */
  get openSegments(): number {
    const { count, segments, shares } = this.record;
    if (shares === undefined) return (count - this.concluded) * segments;
    return shares.reduce((sum, share, text) => sum + this.openOf(text) * share.segments, 0);
  }

  /** True when nothing will be sent any more: each recipient has been concluded. */
  get isSent(): boolean {
    return !this.hasWork && this.inFlight === 0;
  }

  /** True when no receipt is awaited either, nor an operator's word on those who are unknown. */
  get isSettled(): boolean {
    return this.isSent && this.counts[STATE.acknowledged]! + this.counts[STATE.unknown]! === 0;
  }

  /** What this carrier makes of each text, as it was at its last grant. */
  partsOf(carrier: number): PartsByText | undefined {
    return this.#partsOf.get(carrier);
  }

  /** As the journal notes it before the grants. */
  makes(carrier: number, partsByText: PartsByText): void {
    assert(partsByText.length === this.record.texts.length, "a carrier makes something of each text");
    this.#partsOf.set(carrier, partsByText);
  }

  /** A grant: these are, or will be, durable as intended before the carrier sees them, who makes so many parts of each text. */
  intend({ from, count, resend }: Run, atMs: number, partsByText: PartsByText, carrier: number): void {
    assert(from + count <= this.record.count, "a grant lies within the roster");
    this.#partsOf.set(carrier, partsByText);
    const { textNumbers } = this;
    const most = this.record.segments;
    for (let position = from; position < from + count; position++) {
      const parts = partsByText[textAt(textNumbers, position)]!;
      assert(parts >= 1 && parts <= most, "no carrier makes more parts than the index has room for");
      if (resend) {
        // Where the journal says that it is with a carrier there was a restart in between.
        this.lost(position);
        this.flag(position);
      }
      this.set(position, STATE.intended);
      this.said.begin(position, parts);
    }
    this.queue.left(from, count);
    this.firstIntentAtMs ??= atMs;
  }

  /** A submit_sm_resp of this carrier. True if it concluded the recipient's attempt. */
  outcome(position: number, segment: number, status: number, carrier: number): boolean {
    if (status === 0) return this.#answer(position, segment, SAW.acknowledged) && this.#conclude(position, carrier);
    if (!this.#answer(position, segment, SAW[verdictOf(status)])) return false;
    this.trials.note(position, status);
    return this.#conclude(position, carrier);
  }

  /** The segment was written and no response came. True if that concluded the recipient's attempt. */
  unknown(position: number, segment: number, carrier: number): boolean {
    return this.#answer(position, segment, SAW.unknown) && this.#conclude(position, carrier);
  }

  /** Granted and not written. Whether their time is over is for the ledger to say. Returns the segments of the attempts that concluded. */
  released(from: number, count: number): number {
    let concluded = 0;
    for (let position = from; position < from + count && position < this.record.count; position++) {
      if (this.at(position) !== STATE.intended) continue;
      concluded += this.said.parts(position);
      this.putBack(position);
      this.#weighReceipts(position);
    }
    return concluded;
  }

  /** Nobody may send to these, or nobody any more: each carrier that serves them has refused. */
  refused(from: number, count: number, reason: number): void {
    assert(from + count <= this.record.count, "a refusal lies within the roster");
    this.queue.left(from, count);
    for (let position = from; position < from + count; position++) {
      // Only who waits is refused: where the journal says that it is with a carrier there was a restart in between.
      this.lost(position);
      if (this.at(position) === STATE.pending) this.fail(position, NOT_SENT + reason);
      else if (this.at(position) === STATE.unknown) this.exhaust(position);
    }
  }

  /**
   * A receipt of this carrier. Intermediate states change nothing; failures of several parts are one. While a part is still
   * under way it is only noted: a recipient is concluded by its responses, so that what is with a carrier is always counted.
   */
  receipt(position: number, segment: number, receiptState: number, carrier: number): void {
    const parts = this.#partsOf.get(carrier)?.[textAt(this.textNumbers, position)];
    // Of an attempt in another number of parts than the last: it says nothing of the last, nor of a whole message.
    if (parts !== undefined && parts !== this.said.parts(position)) return;
    const kind = this.said.receipt(position, segment, receiptState);
    if (kind === "failed") this.because(position, RECEIPT_REASON + receiptState);
    if (kind !== null) this.#weighReceipts(position);
  }

  /** Nothing more is granted; what was not granted is concluded as stopped, or expired, at once. */
  stop(atMs: number, state: number): void {
    assert(this.stoppedAtMs === null, "a wave is stopped once");
    this.halt(atMs, state);
  }

  /** Notes when the last recipient was concluded; true the first time. */
  finish(atMs: number): boolean {
    if (this.acknowledgedAtMs !== null || !this.isSent) return false;
    this.acknowledgedAtMs = atMs;
    return true;
  }

  /**
   * After the journal was read: what was intended and has no outcome may or may not have reached the carrier. Where the wave
   * holds such recipients they wait for a receipt. Else each is flagged and, unless the wave was stopped, sent again: nobody
   * is lost. Returns how many.
   */
  resume(): number {
    let uncertain = 0;
    for (let position = 0; position < this.queue.cursor; position++) {
      if (!this.lost(position)) continue;
      this.#weighReceipts(position);
      uncertain++;
    }
    this.route(this.queue.router, 0);
    return uncertain;
  }

  /**
   * An operator's word: of these, who is unknown and would not go again by itself gets one copy more, as a possible duplicate.
   * The wave is not sent any more until they are concluded.
   */
  resend(from: number, count: number): void {
    assert(from + count <= this.record.count, "those who are unknown lie within the roster");
    for (let position = from; position < from + count; position++) {
      this.lost(position);
      this.allowOneMore(position);
    }
    if (this.hasWork) this.acknowledgedAtMs = null;
  }

  /** Takes up, or anew, by which carriers each may be sent to. */
  route(router: Router, steadyMs: number): void {
    const waiting = this.waiting - (this.record.count - this.queue.cursor);
    if (this.stoppedAtMs === null) this.queue.route(router, steadyMs, waiting);
  }

  #answer(position: number, segment: number, saw: number): boolean {
    if (position >= this.record.count || this.at(position) !== STATE.intended) return false;
    return this.said.answer(position, segment, saw);
  }

  #conclude(position: number, carrier: number): boolean {
    const saw = this.said.answers(position);
    if (saw === 0) return false;
    if (saw === SAW.acknowledged) this.set(position, STATE.acknowledged);
    else if (saw & SAW.never) this.fail(position);
    else if (saw & SAW.unknown && this.holds) {
      if (saw & SAW.refusal) this.fail(position);
      else this.hold(position);
    } else if (saw & SAW.refusal) this.sendElsewhere(position, saw, carrier);
    else this.giveBack(position, saw, carrier);
    this.#weighReceipts(position);
    return true;
  }

  /** What the receipts say, once the responses have said all. Delivered is the last word, whatever was believed before. */
  #weighReceipts(position: number): void {
    const state = this.at(position);
    const received = this.said.received(position);
    if (received === null || state === STATE.intended) return;
    // The failure of one that will be sent again does not count.
    if (this.isAnswered(position, state) || received === "delivered") this.set(position, STATE[received]);
  }
}
