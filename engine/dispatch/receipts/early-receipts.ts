/**
 * Receipts that nobody was found for, while somebody may still turn up: the response that tells their message_id has not
 * come, or the recipient they name by number is still under way. Kept by each key under which they may be asked for, in the
 * order in which they came. Under one key are RECEIPTS.sameId at most, so that a carrier whose receipts are all alike
 * makes no walk longer than that; the others are merely kept.
 */
import { RECEIPTS } from "../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../schemas/link.js";
import type { CarrierIds } from "./carrier-ids.js";

/** A final receipt, out of the ring. */
export interface Receipt {
  readonly ids: CarrierIds;
  /** The message_id as in the receipt; empty when it had none. */
  readonly id: string;
  /** What its text calls the message where its TLV calls it otherwise; empty where both agree. */
  readonly otherId: string;
  /** The recipient's phone number, 0 when it can't be read. */
  readonly number: number;
  readonly state: number;
  readonly error: number;
}

export interface EarlyReceipt extends Receipt {
  state: number;
  /** When it came: the date that is shown, and steady time. */
  readonly atMs: number;
  readonly sinceMs: number;
  readonly keys: readonly number[];
}

export class EarlyReceipts {
  /** In the order in which they came. */
  readonly #all = new Set<EarlyReceipt>();
  readonly #byKey = new Map<number, EarlyReceipt[]>();

  get size(): number {
    return this.#all.size;
  }

  /** The one that came first. */
  oldest(): EarlyReceipt | undefined {
    const [first] = this.#all;
    return first;
  }

  under(key: number): readonly EarlyReceipt[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Keeps a receipt; one that is there already takes the newer state, unless it says delivered. */
  keep(receipt: EarlyReceipt): void {
    const same = this.under(receipt.keys[0]!).find(
      ({ ids, id, number }) => ids === receipt.ids && id === receipt.id && number === receipt.number,
    );
    if (same !== undefined) {
      if (same.state !== RECEIPT_STATE.delivered) same.state = receipt.state;
      return;
    }
    this.#all.add(receipt);
    for (const key of receipt.keys) {
      const others = this.#byKey.get(key);
      if (others === undefined) this.#byKey.set(key, [receipt]);
      else if (others.length < RECEIPTS.sameId) others.push(receipt);
    }
  }

  remove(receipt: EarlyReceipt): void {
    this.#all.delete(receipt);
    for (const key of receipt.keys) {
      const others = this.under(key).filter((each) => each !== receipt);
      if (others.length === 0) this.#byKey.delete(key);
      else this.#byKey.set(key, others);
    }
  }
}
