/**
 * What carriers said of each part (segment) of each recipient's message: the responses of the attempt that is under way, and
 * the receipts of all attempts. Two columns of 16 bits by position; ten bits are one for each segment.
 */
import { assert } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { RECEIPT_STATE } from "../../schemas/link.js";

/** What the responses of an attempt said; a recipient of several segments may have several. */
export const SAW = { unknown: 1 << 12, temporary: 1 << 13, refusal: 1 << 14, acknowledged: 1 << 15 } as const;
const SEGMENT_BITS = (1 << 12) - 1;
assert(API.segmentsPerMessage <= 12, "segments fit below the other bits");

/** Final receipts other than delivered. */
const RECEIPT_FAILED = 1 << 14;
const RECEIPT_EXPIRED = 1 << 15;

export class Segments {
  readonly #all: number;
  /** Segments without a response, and SAW bits. */
  readonly #awaiting: Uint16Array;
  /** Segments with a receipt of delivery, and RECEIPT_ bits. */
  readonly #receipts: Uint16Array;

  constructor(recipients: number, segments: number) {
    assert(segments >= 1 && segments <= API.segmentsPerMessage, "a message has one to ten segments");
    this.#all = (1 << segments) - 1;
    this.#awaiting = new Uint16Array(recipients);
    this.#receipts = new Uint16Array(recipients);
  }

  /** A new attempt: every segment awaits a response; failures of an attempt before count no more. */
  begin(position: number): void {
    this.#awaiting[position] = this.#all;
    this.#receipts[position] &= SEGMENT_BITS;
  }

  /** Takes one segment's answer; false when none is awaited, as for a response that came twice. */
  answer(position: number, segment: number, saw: number): boolean {
    const bit = (1 << segment) & SEGMENT_BITS;
    if ((this.#awaiting[position] & bit) === 0) return false;
    this.#awaiting[position] = (this.#awaiting[position] & ~bit) | saw;
    return true;
  }

  /** SAW bits once every segment was answered, 0 before. */
  answers(position: number): number {
    const saw = this.#awaiting[position];
    return (saw & SEGMENT_BITS) === 0 ? saw : 0;
  }

  /** Takes a receipt; gives whether it is a final one, and of which kind. */
  receipt(position: number, segment: number, state: number): "delivered" | "failed" | "expired" | null {
    switch (state) {
      case RECEIPT_STATE.delivered:
        this.#receipts[position] |= 1 << segment;
        return "delivered";
      case RECEIPT_STATE.expired:
        this.#receipts[position] |= RECEIPT_EXPIRED;
        return "expired";
      case RECEIPT_STATE.undeliverable:
      case RECEIPT_STATE.rejected:
      case RECEIPT_STATE.deleted:
        this.#receipts[position] |= RECEIPT_FAILED;
        return "failed";
      default:
        return null;
    }
  }

  /** True if a receipt said of this attempt, or of one that nothing followed, that it failed. */
  hasFailed(position: number): boolean {
    return (this.#receipts[position] & RECEIPT_FAILED) !== 0;
  }

  /** The first segment without a receipt of delivery; the first of all when each has one. */
  firstUndelivered(position: number): number {
    const missing = ~this.#receipts[position] & this.#all;
    return missing === 0 ? 0 : 31 - Math.clz32(missing & -missing);
  }

  /** What all receipts together say of the recipient: delivered wins over the rest; null when more are awaited. */
  received(position: number): "delivered" | "failed" | "expired" | null {
    const receipts = this.#receipts[position];
    if ((receipts & this.#all) === this.#all) return "delivered";
    if (receipts & RECEIPT_FAILED) return "failed";
    return receipts & RECEIPT_EXPIRED ? "expired" : null;
  }
}
