/**
 * Finds the submission that a delivery receipt is about. The carrier's message_id is looked up in the index of each live
 * wave, the last one found first. A receipt may overtake the response that tells us its message_id; those wait here, and are
 * found when the response comes. They need not be durable: without the response the recipient is unknown and sent again.
 */

import { DISPATCH } from "../../schemas/limits.js";
import { EVENT_WORDS, RECEIPT_STATE } from "../../schemas/link.js";
import { hashMessageId, type MessageHash } from "./message-index.js";
import type { LiveWave } from "./wave.js";

const { delivered, expired, deleted, undeliverable, rejected } = RECEIPT_STATE;
const FINAL: ReadonlySet<number> = new Set([delivered, expired, deleted, undeliverable, rejected]);

/** `entry` is position * segments + segment. The same object is given each time. */
interface Found {
  wave: LiveWave;
  entry: number;
}

export class ReceiptDesk {
  /** Receipts that no submission was found for, and that were given up. */
  unmatched = 0;
  /** Waves whose index was looked into: what a receipt costs. */
  searched = 0;
  readonly #waves: readonly LiveWave[];
  readonly #early = new Map<number, number>();
  readonly #hash: MessageHash = { place: 0, print: 0 };
  #last: LiveWave | undefined;

  /** `waves` is the dispatcher's own list. */
  constructor(waves: readonly LiveWave[]) {
    this.#waves = waves;
  }

  get early(): number {
    return this.#early.size;
  }

  /** The submission of the receipt event at `words[at]`; null when it is kept as an early one. */
  find(words: Uint32Array, at: number, carrier: number): Found | null {
    // The payload is the recipient's number, two words, and then the message_id.
    const bytes = (words[at] >>> 16) - 8;
    if (bytes <= 0) {
      this.unmatched++;
      return null;
    }
    hashMessageId(words, at + EVENT_WORDS + 2, bytes, carrier, this.#hash);
    const inLast = this.#last === undefined ? -1 : this.#last.index.find(this.#hash);
    if (inLast >= 0 && this.#last) return { wave: this.#last, entry: inLast };
    for (const wave of this.#waves) {
      this.searched++;
      const entry = wave.index.find(this.#hash);
      if (entry < 0) continue;
      this.#last = wave;
      return { wave, entry };
    }
    this.#keep(words[at + 1]);
    return null;
  }

  /** The state of a receipt that came before the response at `words[at]`, if one did. */
  takeEarly(words: Uint32Array, at: number, carrier: number): number | undefined {
    hashMessageId(words, at + EVENT_WORDS, words[at] >>> 16, carrier, this.#hash);
    const key = this.#key();
    const state = this.#early.get(key);
    if (state !== undefined) this.#early.delete(key);
    return state;
  }

  /** A wave that was forgotten must not be found again. */
  forget(wave: LiveWave): void {
    if (this.#last === wave) this.#last = undefined;
  }

  #keep(receiptState: number): void {
    // An intermediate state says nothing, and must not take the place of a final one that came before it.
    if (!FINAL.has(receiptState)) return;
    if (this.#early.size >= DISPATCH.earlyReceipts) {
      const [oldest] = this.#early.keys();
      this.#early.delete(oldest);
      this.unmatched++;
    }
    this.#early.set(this.#key(), receiptState);
  }

  /** 53 bits of the hash: what a number holds exactly. */
  #key(): number {
    return this.#hash.print * 2_097_152 + (this.#hash.place >>> 11);
  }
}
