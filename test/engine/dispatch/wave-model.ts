/**
 * A wave as plainly as it can be said: one object for each recipient. What a LiveWave does in columns must come to the same.
 */
import { isTemporary } from "../../../engine/dispatch/status.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { RECEIPT_STATE, RELEASE_REASON } from "../../../schemas/link.js";
import { RECIPIENT_STATES, type RecipientState } from "../../../schemas/words.js";

export interface Recipient {
  state: RecipientState;
  flagged: boolean;
  queued: boolean;
  attempts: number;
  /** Segments without an answer in this attempt. */
  awaited: Set<number>;
  answers: ("acknowledged" | "temporary" | "refused" | "unknown")[];
  delivered: Set<number>;
  receiptFailed: boolean;
  receiptExpired: boolean;
}

export class WaveModel {
  readonly recipients: Recipient[];
  stopped = false;
  /** Segments granted and not concluded: what an account must have as exposed. */
  exposed = 0;

  constructor(
    count: number,
    readonly segments: number,
  ) {
    this.recipients = Array.from({ length: count }, () => ({
      state: "pending" as RecipientState,
      flagged: false,
      queued: true,
      attempts: 0,
      awaited: new Set<number>(),
      answers: [],
      delivered: new Set<number>(),
      receiptFailed: false,
      receiptExpired: false,
    }));
  }

  counts(): number[] {
    return RECIPIENT_STATES.map((state) => this.recipients.filter((recipient) => recipient.state === state).length);
  }

  /** Positions that may be granted, those that were tried before first, each kind by nearness. */
  queue(): number[] {
    const queued = this.recipients.flatMap((recipient, position) => (recipient.queued ? [position] : []));
    const before = (position: number): number => (position < this.#fresh() ? 0 : 1);
    return queued.sort((a, b) => before(a) - before(b) || a - b);
  }

  grant(position: number, resend: boolean): void {
    const recipient = this.recipients[position];
    if (!recipient.queued || recipient.state === "intended") throw new Error(`${position} is not to be granted`);
    if (resend !== recipient.flagged) throw new Error(`${position} is granted with the wrong mark`);
    recipient.state = "intended";
    recipient.queued = false;
    recipient.awaited = new Set(Array.from({ length: this.segments }, (_, segment) => segment));
    recipient.answers = [];
    recipient.receiptFailed = false;
    recipient.receiptExpired = false;
    this.exposed += this.segments;
  }

  answer(position: number, segment: number, status: number | "unknown"): void {
    const recipient = this.recipients[position];
    if (!recipient.awaited.delete(segment)) return;
    if (status === "unknown") recipient.answers.push("unknown");
    else if (status === 0) recipient.answers.push("acknowledged");
    else recipient.answers.push(isTemporary(status) ? "temporary" : "refused");
    if (recipient.awaited.size === 0) this.#conclude(recipient);
  }

  release(position: number, reason: number): void {
    const recipient = this.recipients[position];
    recipient.awaited.clear();
    this.exposed -= this.segments;
    if (reason === RELEASE_REASON.expired) recipient.state = "expired";
    else if (this.stopped) recipient.state = "stopped";
    else {
      recipient.state = "pending";
      recipient.queued = true;
    }
    this.#weigh(recipient);
  }

  receipt(position: number, segment: number, state: number): void {
    const recipient = this.recipients[position];
    if (state === RECEIPT_STATE.delivered) recipient.delivered.add(segment);
    else if (state === RECEIPT_STATE.expired) recipient.receiptExpired = true;
    else if (
      state === RECEIPT_STATE.undeliverable ||
      state === RECEIPT_STATE.rejected ||
      state === RECEIPT_STATE.deleted
    )
      recipient.receiptFailed = true;
    else return;
    this.#weigh(recipient);
  }

  stop(state: "stopped" | "expired"): void {
    this.stopped = true;
    for (const recipient of this.recipients) {
      if (recipient.state === "pending") recipient.state = state;
      recipient.queued = false;
    }
  }

  /** The first position that was never granted. */
  #fresh(): number {
    return (
      this.recipients.findLastIndex(({ state, answers, attempts }) => {
        return state !== "pending" || answers.length > 0 || attempts > 0;
      }) + 1
    );
  }

  #conclude(recipient: Recipient): void {
    this.exposed -= this.segments;
    const saw = new Set(recipient.answers);
    if (saw.has("refused")) recipient.state = "failed";
    else if (saw.has("unknown")) {
      recipient.state = "unknown";
      recipient.flagged = true;
      this.#again(recipient, "unknown");
    } else if (saw.has("temporary")) {
      if (saw.has("acknowledged")) recipient.flagged = true;
      this.#again(recipient, "failed");
    } else recipient.state = "acknowledged";
    this.#weigh(recipient);
  }

  #again(recipient: Recipient, exhausted: RecipientState): void {
    recipient.attempts++;
    if (recipient.state === "intended") recipient.state = "pending";
    if (this.stopped) {
      if (recipient.state === "pending") recipient.state = "stopped";
    } else if (recipient.attempts < DISPATCH.attempts) recipient.queued = true;
    else recipient.state = exhausted;
  }

  #weigh(recipient: Recipient): void {
    const { state } = recipient;
    if (state === "intended") return;
    const isOver = state === "acknowledged" || (state === "unknown" && !recipient.queued);
    if (recipient.delivered.size === this.segments) {
      recipient.state = "delivered";
      recipient.queued = false;
    } else if (isOver) {
      if (recipient.receiptFailed) recipient.state = "failed";
      else if (recipient.receiptExpired) recipient.state = "expired";
    }
  }
}
