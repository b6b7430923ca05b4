/**
 * What the carrier decides about a submit: its status, and whether a receipt follows and what it says.
 *
 * The one place where a carrier's character is decided; the rest of the simulator only carries it out.
 */
import type { SimulatorSettings } from "./simulator-settings.js";
import { STATUS } from "./simulator-wire.js";

export const RECEIPT = { none: 0, delivered: 1, failed: 2 } as const;

/** SMPP 3.4, 5.2.17: bits 1 and 0. 3 (on success alone) is of SMPP 5.0, 4.7.21. */
const ASKED = 0x03;
const ON_FAILURE_ALONE = 2;
const ON_SUCCESS_ALONE = 3;

const SALT = { refuse: 0x9e3779b9, receipt: 0x85ebca6b, fail: 0xc2b2ae35 } as const;

export class Behaviour {
  #secondStartedAtMs = 0;
  #acceptedInSecond = 0;

  constructor(
    public settings: SimulatorSettings,
    readonly seed: number,
  ) {}

  /** The status for a submit to `number` (0: unreadable) that arrived now. */
  statusOf(number: number, nowMs: number): number {
    const { throttleAbove, refuse } = this.settings;
    if (throttleAbove > 0) {
      if (nowMs - this.#secondStartedAtMs >= 1_000) {
        this.#secondStartedAtMs = nowMs;
        this.#acceptedInSecond = 0;
      }
      if (this.#acceptedInSecond >= throttleAbove) return STATUS.throttled;
    }
    if (number === 0 || this.#drawn(number, SALT.refuse, refuse)) return STATUS.invalidDestination;
    this.#acceptedInSecond++;
    return STATUS.ok;
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
