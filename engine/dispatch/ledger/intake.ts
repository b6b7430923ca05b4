/**
 * Takes what carriers reported into the waves and the pages of their journals: responses, receipts, and messages from citizens.
 * Nothing of it is durable, and so nothing answered, before the ledger's next commit.
 */
import { DISPATCH } from "../../../schemas/limits.js";
import { EVENT } from "../../../schemas/link.js";
import { STATE, STATE_MASK } from "../../../schemas/words.js";
import type { CarrierAccount } from "../plan/account.js";
import type { ReceiptMatcher, RecordReceipt } from "../receipts/receipt-matcher.js";
import type { LiveWave } from "../wave/wave.js";
import { applyEvent } from "./journal/journal.js";
import type { LiveWaves } from "./live-waves.js";

/** Takes the messages that citizens send (engine/replies/reply-handler.ts); what follows from them is durable with the ledger. */
export interface MessageHandler {
  /** A wave is taken up, a new one or one that was revived. */
  opened(wave: LiveWave): void;
  /** Takes the message event at `words[at]`; gives what that costs, in events of the usual kind. */
  take(words: Uint32Array, at: number): number;
  readonly hasWork: boolean;
  /** Puts into the running commit what follows from the messages since the one before. */
  write(): void;
  /** The turn's commit is durable. */
  committed(): void;
}

export class Intake {
  #first = 0;
  readonly #liveWaves: LiveWaves;
  readonly #receipts: ReceiptMatcher;
  readonly #messages: MessageHandler | undefined;

  constructor(liveWaves: LiveWaves, receipts: ReceiptMatcher, messages: MessageHandler | undefined) {
    this.#liveWaves = liveWaves;
    this.#receipts = receipts;
    this.#messages = messages;
  }

  /** Takes as many events as a turn may, each turn beginning with another carrier; true if there are more. */
  drain(accounts: readonly CarrierAccount[], steadyMs: number): boolean {
    let left = DISPATCH.eventsPerTurn;
    const searches = this.#receipts.searched + DISPATCH.searchesPerTurn;
    const first = this.#first++;
    for (let i = 0; i < accounts.length; i++) {
      const account = accounts[(first + i) % accounts.length]!;
      const ring = account.port.events;
      ring.acceptWake();
      for (let at = ring.next(); at >= 0; at = ring.next()) {
        const isMessage = (ring.words[at]! & 0xff) === EVENT.message;
        if (isMessage) left -= this.#messages?.take(ring.words, at) ?? 0;
        else this.#take(account, ring.words, at, steadyMs);
        if (--left <= 0 || this.#receipts.searched >= searches) return true;
      }
      account.heard(steadyMs);
    }
    return false;
  }

  /** A receipt that was found to be for `entry` of a wave. */
  readonly record: RecordReceipt = ({ wave, entry }, receiptState, carrier): void => {
    const segment = entry % wave.record.segments;
    const position = (entry - segment) / wave.record.segments;
    const isUnderWay = (wave.states[position]! & STATE_MASK) === STATE.intended;
    wave.receipt(position, segment, receiptState, carrier);
    this.#liveWaves.pageOf(wave).addReceipt(position, segment, receiptState, carrier, isUnderWay);
  };

  #take(account: CarrierAccount, words: Uint32Array, at: number, steadyMs: number): void {
    const kind = words[at]! & 0xff;
    if (kind === EVENT.receipt) {
      this.#receipts.take(words, at, account.ids, this.record);
      return;
    }
    const wave = this.#liveWaves.at(words[at + 1]!);
    account.heed(words, at, steadyMs);
    this.#liveWaves.pageOf(wave).addEvent(words, at, words[at - 1]!, account.hash);
    const segments = applyEvent(wave, words, at, account.hash);
    if (segments > 0) account.settle(wave.slot, segments);
    if (this.#receipts.early > 0) this.#receipts.follow(words, at, account.ids, wave, this.record);
  }
}

/**
 * What was taken so far of what carriers reported, and what they were granted: to be called when that is durable. Then, and only then,
 * carriers may forget the one and see the other.
 */
export function releaseOf(accounts: readonly CarrierAccount[]): () => void {
  const taken = accounts.map(({ port }) => [port, port.events.position()] as const);
  return () => {
    for (const [port, position] of taken) {
      const released = port.events.released() !== position;
      if (released) port.events.release(position);
      const granted = port.grants.unpublished > 0;
      if (granted) port.grants.publish();
      if (released || granted) port.wake();
    }
  };
}
