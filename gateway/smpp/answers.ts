/**
 * What comes back from a carrier, turned into events: responses to submissions, receipts, and their absence.
 *
 * Assumes that the room for the events was made sure of before a PDU was read; only what becomes unknown by itself checks
 * for room, and waits for it.
 */
import { SMPP } from "../../schemas/limits.js";
import { GAUGE } from "../../schemas/link.js";
import { DELIVERY, DeliveryReader } from "./deliver.js";
import type { EventWriter } from "./events.js";
import type { Meters } from "./meters.js";
import * as protocol from "./protocol.js";
import type { Sender } from "./sender.js";
import type { Session } from "./session.js";

export class Answers {
  readonly #delivery = new DeliveryReader();

  constructor(
    private readonly events: EventWriter,
    private readonly meters: Meters,
    private readonly sender: Sender,
    /** Whether responses may carry TLVs (SMPP 5.0). */
    private readonly congestion: boolean,
  ) {}

  /** A submit_sm_resp, or a generic_nack of a submission. What was throttled goes again and is no event. */
  answered(session: Session, status: number, bytes: Uint8Array, at: number, length: number): void {
    const { window, pace, heardMs } = session;
    const place = window.find(protocol.readUint32(bytes, at + 12));
    if (place < 0) {
      this.meters.count(GAUGE.strayResponses);
      return;
    }
    const slot = window.slots[place]!;
    const position = window.positions[place]!;
    const segment = window.segments[place]!;
    const sentAtMs = window.sentAtMs[place]!;
    window.close(place);
    session.worked();
    this.meters.latency(heardMs - sentAtMs);
    if (status === protocol.ESME_ROK) {
      const from = at + protocol.HEADER_BYTES;
      const idBytes = idLength(bytes, from, at + length);
      this.events.acknowledged(slot, position, segment, bytes, from, idBytes);
      this.meters.count(GAUGE.acknowledged);
      pace.accepted(sentAtMs, heardMs);
      if (this.congestion && idBytes + 1 < length - protocol.HEADER_BYTES) {
        const state = congestionState(bytes, from + idBytes + 1, at + length);
        if (state >= 0) pace.congestion(state, sentAtMs, heardMs);
      }
    } else if (protocol.isThrottling(status)) {
      pace.throttled(sentAtMs, heardMs);
      this.sender.again(session, slot, position, segment);
      this.meters.count(GAUGE.throttled);
    } else {
      this.events.outcome(slot, position, segment, status);
      this.meters.count(GAUGE.refused);
    }
  }

  /** A receipt is answered when it is durable; a message has no place yet, so the carrier is to keep it and try again. */
  delivered(session: Session, bytes: Uint8Array, at: number, length: number): void {
    const sequence = protocol.readUint32(bytes, at + 12);
    const delivery = this.#delivery;
    const kind = delivery.read(bytes, at, length);
    if (kind === DELIVERY.receipt) {
      const idBytes = Math.min(delivery.idLength, SMPP.messageIdBytes);
      this.events.receipt(delivery.state, delivery.error, delivery.number, bytes, delivery.idAt, idBytes);
      this.meters.count(GAUGE.receipts);
      session.answerLater(sequence);
    } else if (kind === DELIVERY.message) {
      this.meters.count(GAUGE.incoming);
      session.send(protocol.DELIVER_SM_RESP, protocol.ESME_RX_T_APPN, sequence);
    } else {
      this.meters.count(GAUGE.protocolErrors);
      session.send(protocol.DELIVER_SM_RESP, protocol.ESME_RX_P_APPN, sequence);
    }
  }

  /** What was sent before `beforeMs` and has no response becomes unknown, as far as there is room for the events. */
  giveUp(session: Session, beforeMs: number, reason: number): void {
    const { window } = session;
    for (let place = window.overdue(beforeMs); place >= 0; place = window.overdue(beforeMs)) {
      const { slots, positions, segments } = window;
      if (!this.events.unknown(slots[place]!, positions[place]!, segments[place]!, reason)) return;
      window.close(place);
    }
  }
}

/** The congestion_state among the TLVs from `at` to `end`, -1 if there is none. */
function congestionState(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + protocol.TLV_HEADER_BYTES < end; ) {
    const length = protocol.readUint16(bytes, at + 2);
    const value = at + protocol.TLV_HEADER_BYTES;
    if (protocol.readUint16(bytes, at) === protocol.TLV_CONGESTION_STATE && length === 1) return bytes[value]!;
    at = value + length;
  }
  return -1;
}

/** Bytes of the message_id, a C-octet string that may lack its NUL or be longer than the specification allows. */
function idLength(bytes: Uint8Array, from: number, end: number): number {
  const last = Math.min(end, from + SMPP.messageIdBytes);
  let at = from;
  while (at < last && bytes[at] !== 0) at++;
  return at - from;
}
