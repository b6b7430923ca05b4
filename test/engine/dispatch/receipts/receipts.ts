/** What the tests of receipts share: events as a carrier's thread writes them, and waves whose messages have ids. */

import { applyEvent } from "../../../../engine/dispatch/ledger/journal/journal.js";
import type { WaveRecord } from "../../../../engine/dispatch/ledger/wave-record.js";
import { CarrierIds } from "../../../../engine/dispatch/receipts/carrier-ids.js";
import type { People } from "../../../../engine/dispatch/receipts/people.js";
import { ReceiptMatcher } from "../../../../engine/dispatch/receipts/receipt-matcher.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import type { MessageIdForm, ReceiptsPer } from "../../../../schemas/carrier.js";
import { EVENT, EVENT_WORDS, RECEIPT_STATE, UNKNOWN_REASON } from "../../../../schemas/link.js";
import { RECIPIENT_STATES, type RecipientState, STATE_MASK } from "../../../../schemas/words.js";
import { putId, rosterOf, waveRecord } from "../bare-fixtures.js";
import { clockOf, peopleOf } from "../fixtures.js";

/** Hash of the name of the carrier that was granted everyone. */
export const CARRIER = 7;

/** Of the people here, participant p has this number. */
export function numberOf(participant: number): number {
  return 31_600_000_000 + participant;
}

/** `otherId`: that of the text, where `id` is that of the TLV. */
export function receiptEvent(id: string, state: number, number = 0, error = 0, otherId = ""): Uint32Array {
  const otherAt = EVENT_WORDS + 2 + Math.ceil(id.length / 4);
  const words = new Uint32Array(otherAt + Math.ceil(otherId.length / 4));
  words.set([EVENT.receipt | ((8 + id.length) << 16), state, error, otherId.length]);
  if (otherId !== "") putId(words, otherAt, Buffer.from(otherId, "latin1"));
  words.set(new Uint32Array(new Float64Array([number]).buffer), EVENT_WORDS);
  putId(words, EVENT_WORDS + 2, Buffer.from(id, "latin1"));
  return words;
}

export function outcomeEvent(slot: number, position: number, id: string, segment = 0): Uint32Array {
  const words = new Uint32Array(EVENT_WORDS + Math.ceil(id.length / 4));
  words.set([EVENT.outcome | (segment << 8) | (id.length << 16), slot, position, 0]);
  putId(words, EVENT_WORDS, Buffer.from(id, "latin1"));
  return words;
}

export function unknownEvent(slot: number, position: number, segment = 0): Uint32Array {
  return new Uint32Array([EVENT.unknown | (segment << 8), slot, position, UNKNOWN_REASON.disconnected]);
}

/** A matcher with its waves, as the dispatcher has them, but without a store: what it records goes straight into the waves. */
export class MatcherRig {
  readonly waves: LiveWave[] = [];
  readonly matcher: ReceiptMatcher;
  nowMs = 0;
  receiptsPer: ReceiptsPer = "auto";

  constructor(people: People = peopleOf(3_000, numberOf)) {
    this.matcher = new ReceiptMatcher(
      this.waves,
      people,
      clockOf(() => this.nowMs),
    );
  }

  carrier(messageIds: MessageIdForm = "auto", name = "north", hash = CARRIER): CarrierIds {
    return new CarrierIds({ name, messageIds, receiptsPer: this.receiptsPer }, hash);
  }

  /** A wave to participants from `first` on, all of them granted. */
  open(count: number, record: Partial<WaveRecord> = {}, first = 1_000): LiveWave {
    const waveId = this.waves.length + 1;
    const wave = new LiveWave(waveRecord({ waveId, count, ...record }), this.waves.length, rosterOf(count, first));
    wave.intend({ from: 0, count, resend: false }, 1, [wave.record.segments], CARRIER);
    this.waves.push(wave);
    return wave;
  }

  /** An event of the carrier about `wave`. */
  event(ids: CarrierIds, wave: LiveWave, words: Uint32Array): void {
    applyEvent(wave, words, 0, ids.hash);
    this.matcher.follow(words, 0, ids, wave, record);
  }

  acknowledge(ids: CarrierIds, wave: LiveWave, position: number, id: string, segment = 0): void {
    this.event(ids, wave, outcomeEvent(wave.slot, position, id, segment));
  }

  lose(ids: CarrierIds, wave: LiveWave, position: number, segment = 0): void {
    this.event(ids, wave, unknownEvent(wave.slot, position, segment));
  }

  receipt(
    ids: CarrierIds,
    id: string,
    number = 0,
    state: number = RECEIPT_STATE.delivered,
    error = 0,
    otherId = "",
  ): void {
    const words = receiptEvent(id, state, number, error, otherId);
    this.matcher.take(words, 0, ids, record);
  }

  sweep(): void {
    this.matcher.sweep(this.nowMs, record);
  }
}

function record({ wave, entry }: { wave: LiveWave; entry: number }, state: number, carrier: number): void {
  wave.receipt(Math.floor(entry / wave.record.segments), entry % wave.record.segments, state, carrier);
}

export function stateOf(wave: LiveWave, position: number): RecipientState {
  return RECIPIENT_STATES[wave.states[position]! & STATE_MASK]!;
}

export function statesOf(wave: LiveWave): RecipientState[] {
  return Array.from({ length: wave.record.count }, (_, position) => stateOf(wave, position));
}
