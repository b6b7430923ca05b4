/**
 * What the carrier decides about a submit: its status, and whether a receipt follows and what it says.
 *
 * The one place where a carrier's character is decided; the rest of the simulator only carries it out.
 */

import { STATUS } from "./bind/wire.js";
import type { SimulatorSettings } from "./settings.js";

/** What a bind is sent: receipts of two kinds, and messages from citizens. */
export const RECEIPT = { none: 0, delivered: 1, failed: 2, incoming: 3 } as const;
/** What strange carriers add to the kind of a receipt. */
export const RECEIPT_FLAG = { intermediate: 4, foreign: 8, again: 16, overtaken: 32 } as const;
const BASE = 3;
/** Above the kind and its flags: the number of the connection over which it does not go while there is another. */
const AVOIDED_SHIFT = 8;

/** SMPP 3.4, 5.2.17: bits 1 and 0. 3 (on success alone) is of SMPP 5.0, 4.7.21. */
const ASKED = 0x03;
const ON_FAILURE_ALONE = 2;
const ON_SUCCESS_ALONE = 3;

const SALT = { refuse: 0x9e3779b9, receipt: 0x85ebca6b, fail: 0xc2b2ae35, odd: 0x27d4eb2f, reply: 0x165667b1 } as const;

/** The kind without its flags. */
export function receiptBase(kind: number): number {
  return kind & BASE;
}

/** To add to a kind. */
export function avoiding(connection: number): number {
  return connection << AVOIDED_SHIFT;
}

export function isAvoiding(kind: number, connection: number): boolean {
  return kind >>> AVOIDED_SHIFT !== 0 && kind >>> AVOIDED_SHIFT === connection;
}

export class Behaviour {
  #secondStartedAtMs = 0;
  #acceptedInSecond = 0;

  constructor(
    public settings: SimulatorSettings,
    readonly seed: number,
  ) {}

  /** The status for a submit to `number` (0: unreadable) that arrived now. */
  statusOf(number: number, nowMs: number): number {
    return this.throttles(nowMs) ? STATUS.throttled : this.refusalOf(number);
  }

  /** Whether one more would be too many in this second. */
  throttles(nowMs: number): boolean {
    const { throttleAbove } = this.settings;
    if (throttleAbove <= 0) return false;
    if (nowMs - this.#secondStartedAtMs >= 1_000) {
      this.#secondStartedAtMs = nowMs;
      this.#acceptedInSecond = 0;
    }
    return this.#acceptedInSecond >= throttleAbove;
  }

  /** The status for a submit that is not too many. */
  refusalOf(number: number): number {
    if (number === 0 || this.#drawn(number, SALT.refuse, this.settings.refuse)) return STATUS.invalidDestination;
    this.#acceptedInSecond++;
    return STATUS.ok;
  }

  /** Whether this number belongs to the share that a strange carrier treats in its own way. */
  isOdd(number: number, share: number): boolean {
    return this.#drawn(number, SALT.odd, share);
  }

  /** Whether this recipient sends a message back. */
  replies(number: number): boolean {
    return this.#drawn(number, SALT.reply, this.settings.replies);
  }

  /** The receipt for an accepted submit that asked for one as registered_delivery says. */
  receiptFor(number: number, registeredDelivery: number): number {
    const asked = registeredDelivery & ASKED;
    if (asked === 0 || !this.#drawn(number, SALT.receipt, this.settings.receipts)) return RECEIPT.none;
    if (this.#drawn(number, SALT.fail, this.settings.fail)) {
      return asked === ON_SUCCESS_ALONE ? RECEIPT.none : RECEIPT.failed;
    }
    return asked === ON_FAILURE_ALONE ? RECEIPT.none : RECEIPT.delivered;
  }

  /** Whether this number belongs to a share of all numbers. The mixing is murmur3's finalizer. */
  #drawn(number: number, salt: number, share: number): boolean {
    if (share <= 0) return false;
    if (share >= 1) return true;
    let hash = ((number % 0x100000000) | 0) ^ Math.imul(Math.floor(number / 0x100000000) + 1, salt) ^ this.seed;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 0x100000000 < share;
  }
}
