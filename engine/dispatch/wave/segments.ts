/**
 * What carriers said of each part (segment) of each recipient's message: the responses of the attempt that is under way, and
 * the receipts of it and of attempts before it that had as many parts. Two columns of 16 bits by position; ten bits are one
 * for each segment.
 */
import { assert } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../schemas/link.js";

/** What the responses of an attempt said; a recipient of several segments may have several. */
export const SAW = {
  unknown: 1 << 10,
  temporary: 1 << 11,
  trouble: 1 << 12,
  refusal: 1 << 13,
  never: 1 << 14,
  acknowledged: 1 << 15,
} as const;
const SEGMENT_BITS = (1 << 10) - 1;
assert(API.segmentsPerMessage <= 10, "segments fit below the other bits");

/** Of the column of receipts: how many parts the last attempt has, and final receipts other than delivered. */
const PARTS_SHIFT = 10;
const PARTS_MASK = 0xf << PARTS_SHIFT;
const RECEIPT_FAILED = 1 << 14;
const RECEIPT_EXPIRED = 1 << 15;

export class Segments {
  /** Segments without a response, and SAW bits. */
  readonly #awaiting: Uint16Array;
  /** Segments with a receipt of delivery, the number of parts, and RECEIPT_ bits. */
  readonly #receipts: Uint16Array;

  constructor(recipients: number) {
    this.#awaiting = new Uint16Array(recipients);
    this.#receipts = new Uint16Array(recipients);
  }

  /**
   * A new attempt: each of its parts awaits a response; failures of an attempt before count no more, and deliveries neither
   * when that was in another number of parts.
   */
  begin(position: number, parts: number): void {
    this.#awaiting[position] = (1 << parts) - 1;
    const before = this.#receipts[position]!;
    const same = (before & PARTS_MASK) >>> PARTS_SHIFT === parts;
    this.#receipts[position] = (same ? before & SEGMENT_BITS : 0) | (parts << PARTS_SHIFT);
  }

  /** Takes one segment's answer; false when none is awaited, as for a response that came twice. */
  answer(position: number, segment: number, saw: number): boolean {
    const bit = (1 << segment) & SEGMENT_BITS;
    if ((this.#awaiting[position]! & bit) === 0) return false;
    this.#awaiting[position] = (this.#awaiting[position]! & ~bit) | saw;
    return true;
  }

  /** SAW bits once every segment was answered, 0 before. */
  answers(position: number): number {
    const saw = this.#awaiting[position]!;
    return (saw & SEGMENT_BITS) === 0 ? saw : 0;
  }

  /** Parts of the last attempt; 0 before the first. */
  parts(position: number): number {
    return (this.#receipts[position]! & PARTS_MASK) >>> PARTS_SHIFT;
  }

  /** Takes a receipt; gives whether it is a final one, and of which kind. One of no part of the last attempt is none. */
  receipt(position: number, segment: number, state: number): "delivered" | "failed" | "expired" | null {
    if (segment >= this.parts(position)) return null;
    switch (state) {
      case RECEIPT_STATE.delivered:
        this.#receipts[position]! |= 1 << segment;
        return "delivered";
      case RECEIPT_STATE.expired:
        this.#receipts[position]! |= RECEIPT_EXPIRED;
        return "expired";
      case RECEIPT_STATE.undeliverable:
      case RECEIPT_STATE.rejected:
      case RECEIPT_STATE.deleted:
        this.#receipts[position]! |= RECEIPT_FAILED;
        return "failed";
      default:
        return null;
    }
  }

  /** True if a part beside this one has a receipt of delivery. */
  hasOther(position: number, segment: number): boolean {
    return (this.#receipts[position]! & SEGMENT_BITS & ~(1 << segment)) !== 0;
  }

  /** The first segment without a receipt of delivery; the first of all when each has one. */
  firstUndelivered(position: number): number {
    const missing = ~this.#receipts[position]! & ((1 << this.parts(position)) - 1);
    return missing === 0 ? 0 : 31 - Math.clz32(missing & -missing);
  }

  /** What all receipts together say of the recipient: delivered wins over the rest; null when more are awaited. */
  received(position: number): "delivered" | "failed" | "expired" | null {
    const receipts = this.#receipts[position]!;
    const all = (1 << this.parts(position)) - 1;
    if (all > 0 && (receipts & all) === all) return "delivered";
    if (receipts & RECEIPT_FAILED) return "failed";
    return receipts & RECEIPT_EXPIRED ? "expired" : null;
  }
}
