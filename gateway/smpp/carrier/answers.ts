/**
 * What comes back from a carrier, turned into events: responses to submissions, receipts, and their absence.
 *
 * Assumes that the room for the events was made sure of before a PDU was read; only what becomes unknown by itself checks
 * for room, and waits for it.
 */
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { COMMAND_STATUS_LAST, GAUGE, UNKNOWN_REASON } from "../../../schemas/link.js";
import type { Session } from "../bind/session.js";
import type { Transport } from "../bind/transport/transport.js";
import { DELIVERY, DeliveryReader } from "../messages/deliver.js";
import { Overload } from "../pace/overload.js";
import * as protocol from "../pdu/protocol.js";
import type { EventWriter } from "./events.js";
import type { Meters } from "./meters.js";
import type { Sender } from "./sender.js";
import type { Waves } from "./waves.js";

/** A bind over which deliveries are answered. */
interface Answering {
  readonly transport: Pick<Transport, "send" | "answerLater">;
}

export class Answers {
  readonly #delivery = new DeliveryReader();
  readonly #overload = new Overload();
  readonly #events: EventWriter;
  readonly #meters: Meters;
  readonly #sender: Pick<Sender, "again">;
  readonly #waves: Pick<Waves, "at">;
  /** Whose settings say what incoming texts and numbers mean. */
  readonly #thread: { readonly carrier: CarrierConfiguration };

  constructor(
    events: EventWriter,
    meters: Meters,
    sender: Pick<Sender, "again">,
    waves: Pick<Waves, "at">,
    thread: { readonly carrier: CarrierConfiguration },
  ) {
    this.#events = events;
    this.#meters = meters;
    this.#sender = sender;
    this.#waves = waves;
    this.#thread = thread;
  }

  /** A submit_sm_resp, or a generic_nack of a submission. What was throttled goes again and is no event. */
  answered(session: Session, status: number, bytes: Uint8Array, at: number, length: number): void {
    const { window } = session;
    const { heardMs } = session.transport;
    const place = window.find(protocol.readUint32(bytes, at + 12));
    if (place < 0) {
      window.order.strayed();
      this.#meters.count(GAUGE.strayResponses);
      return;
    }
    const sentAtMs = window.sentAtMs[place]!;
    window.order.answered(window.turns[place]!, heardMs - sentAtMs);
    window.close(place);
    this.#meters.latency(heardMs - sentAtMs);
    if (status === protocol.ESME_ROK) this.#took(session, place, bytes, at, length);
    else if (protocol.isThrottling(status)) {
      this.#again(session, place, window.tries[place]!);
      this.#throttled(session, sentAtMs, true);
    } else this.#refused(session, place, status);
  }

  #took(session: Session, place: number, bytes: Uint8Array, at: number, length: number): void {
    const { window, pace } = session;
    const { heardMs } = session.transport;
    const slot = window.slots[place]!;
    const position = window.positions[place]!;
    const segment = window.segments[place]!;
    const sentAtMs = window.sentAtMs[place]!;
    session.worked();
    this.#heeded(session, sentAtMs, false);
    const from = at + protocol.HEADER_BYTES;
    const idBytes = protocol.messageIdLength(bytes, from, at + length);
    this.#events.acknowledged(slot, position, segment, bytes, from, idBytes);
    this.#meters.count(GAUGE.acknowledged);
    this.#overload.taken(this.#waves.at(slot).roster[position]!, segment, heardMs);
    pace.accepted(sentAtMs, heardMs);
    const { interfaceVersion } = this.#thread.carrier;
    if (interfaceVersion >= protocol.VERSION_5 && idBytes + 1 < length - protocol.HEADER_BYTES) {
      const state = protocol.byteTlv(bytes, from + idBytes + 1, at + length, protocol.TLV_CONGESTION_STATE);
      if (state >= 0) pace.congestion(state, sentAtMs, heardMs);
    }
  }

  /** Back to its place. */
  #again(session: Session, place: number, tries: number): void {
    const { window } = session;
    this.#sender.again(session, window.slots[place]!, window.positions[place]!, window.segments[place]!, tries);
    this.#meters.count(GAUGE.throttled);
  }

  #throttled(session: Session, sentAtMs: number, isSure: boolean): void {
    this.#heeded(session, sentAtMs, true);
    session.pace.throttled(sentAtMs, session.transport.heardMs, isSure);
  }

  /** Whatever is neither taken nor throttled in so many words: it may mean that all the same (overload.ts). */
  #refused(session: Session, place: number, status: number): void {
    const { window, pace } = session;
    const { heardMs } = session.transport;
    const slot = window.slots[place]!;
    const position = window.positions[place]!;
    const segment = window.segments[place]!;
    const sentAtMs = window.sentAtMs[place]!;
    const tries = window.tries[place]!;
    // What lies so high is no status of SMPP, and would read as a refusal of our own.
    const known = status <= COMMAND_STATUS_LAST ? status : protocol.ESME_RUNKNOWNERR;
    const wave = this.#waves.at(slot);
    const isLong = wave.partsAt(position) > 1;
    const { tooMuch, again } = this.#overload.judge(known, wave.roster[position]!, segment, isLong, tries, heardMs);
    // While single ones ask whether anything goes again, it is no wonder that one is not taken.
    if (again) this.#again(session, place, pace.backingOff ? tries : tries + 1);
    else {
      this.#events.outcome(slot, position, segment, known);
      this.#meters.count(GAUGE.refused);
    }
    if (tooMuch === "sure" || tooMuch === "perhaps") {
      this.#throttled(session, sentAtMs, tooMuch === "sure");
      return;
    }
    this.#heeded(session, sentAtMs, false);
    if (tooMuch === "personal") pace.forgive(heardMs);
    // Whatever it thinks of the number, it was not too much for it.
    pace.accepted(sentAtMs, heardMs);
  }

  #heeded({ outstanding, transport }: Session, sentAtMs: number, wasThrottled: boolean): void {
    outstanding.answered(wasThrottled, sentAtMs, transport.heardMs, this.#thread.carrier.responseTimeoutMs);
  }

  /**
   * A deliver_sm or data_sm. Receipts and messages are answered when they are durable. What can't be read is refused for
   * good: any other status would bring it again and again. The bind goes on, for the next PDU is none the worse for it.
   */
  delivered({ transport }: Answering, bytes: Uint8Array, at: number, length: number): void {
    const { carrier } = this.#thread;
    const delivery = this.#delivery;
    const kind = delivery.read(bytes, at, length, carrier);
    const response = protocol.responseTo(protocol.readUint32(bytes, at + 4));
    const sequence = protocol.readUint32(bytes, at + 12);
    if (kind === DELIVERY.malformed || delivery.broken) this.#meters.count(GAUGE.protocolErrors);
    if (kind === DELIVERY.malformed) {
      transport.send(response, protocol.ESME_RX_P_APPN, sequence);
      return;
    }
    if (kind === DELIVERY.receipt) {
      this.#events.receipt(delivery);
      this.#meters.count(GAUGE.receipts);
    } else {
      this.#events.message(delivery.header, delivery.number, delivery.text(bytes, carrier.alphabet));
      this.#meters.count(GAUGE.incoming);
    }
    transport.answerLater(response, sequence);
  }

  /**
   * What the bind will not answer any more becomes unknown, as far as there is room for the events: what is lost while others
   * are answered, and, before the bind ends, all whose deadline has passed.
   */
  giveUp(session: Session, nowMs: number): void {
    const { window, ends } = session;
    const { responseTimeoutMs } = this.#thread.carrier;
    for (let place = window.oldest; place >= 0; ) {
      const waitedMs = nowMs - window.sentAtMs[place]!;
      if (waitedMs < responseTimeoutMs) return;
      const next = window.after(place);
      const isLost = window.order.isLost(window.turns[place]!, waitedMs, responseTimeoutMs);
      if ((isLost || ends) && !this.#unknown(session, place, UNKNOWN_REASON.deadline)) return;
      if (isLost) window.order.lost();
      place = next;
    }
  }

  /** The bind is gone, and all that it has outstanding becomes unknown, as far as there is room for the events. */
  lost(session: Session): void {
    const { window, fellSilent } = session;
    const reason = fellSilent ? UNKNOWN_REASON.deadline : UNKNOWN_REASON.disconnected;
    while (window.oldest >= 0 && this.#unknown(session, window.oldest, reason));
  }

  #unknown({ window }: Session, place: number, reason: number): boolean {
    const { slots, positions, segments } = window;
    if (!this.#events.unknown(slots[place]!, positions[place]!, segments[place]!, reason)) return false;
    window.close(place);
    return true;
  }
}
