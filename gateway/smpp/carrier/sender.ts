/**
 * What a carrier sends next, and over which bind: the first of the queue goes to the bind with most room, in batches, and
 * before each batch the wave's stop flag and expiry are looked at.
 *
 * Promises: nearest first, what was throttled before what was not sent yet; all parts of a message on one bind; whoever has waited
 * longest behind other waves goes on all the same, a little (kept.ts); nothing of a wave is written after its flag was seen or its
 * time is over, and what is queued of it is released.
 */

import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { SMPP } from "../../../schemas/limits.js";
import { GAUGE, NOT_SENT, NOT_SENT_REASON } from "../../../schemas/link.js";
import { Queue } from "../bind/queue.js";
import type { Session } from "../bind/session.js";
import { BindPace } from "../pace/bind-pace.js";
import { Rate } from "../pace/pace.js";
import { ESME_RINVMSGLEN, ESME_RTHROTTLED } from "../pdu/protocol.js";
import type { EventWriter } from "./events.js";
import { Kept } from "./kept.js";
import type { Meters } from "./meters.js";
import type { Wave, Waves } from "./waves.js";

/** A recipient whose number is gone is refused here; its event takes less than this times two. */
const BYTES_PER_REFUSAL = 16;

export class Sender {
  readonly #queue = new Queue();
  #rate: Rate;
  /** Phone number of each participant. */
  readonly #numbers: Float64Array;
  #carrier: CarrierConfiguration;
  readonly #sessions: readonly Session[];
  readonly #waves: Waves;
  readonly #kept: Kept;
  readonly #events: EventWriter;
  readonly #meters: Meters;

  constructor(
    carrier: CarrierConfiguration,
    numbers: SharedArrayBuffer,
    sessions: readonly Session[],
    waves: Waves,
    events: EventWriter,
    meters: Meters,
  ) {
    this.#carrier = carrier;
    this.#sessions = sessions;
    this.#waves = waves;
    this.#kept = new Kept(waves);
    this.#events = events;
    this.#meters = meters;
    this.#rate = new Rate(carrier.ratePerSecond, performance.now());
    this.#numbers = new Float64Array(numbers);
  }

  configure(carrier: CarrierConfiguration): void {
    const nowMs = performance.now();
    const { ratePerSecond, bindRatePerSecond } = carrier;
    if (ratePerSecond !== this.#carrier.ratePerSecond) this.#rate = new Rate(ratePerSecond, nowMs);
    if (bindRatePerSecond !== this.#carrier.bindRatePerSecond) {
      // What was learnt below another cap is learnt again: that takes a second.
      for (const session of this.#sessions) session.pace = new BindPace(bindRatePerSecond, nowMs);
    }
    this.#carrier = carrier;
  }

  grant(slot: number, first: number, count: number): void {
    const wave = this.#waves.at(slot);
    this.#queue.push(wave.rank, slot, first, 0, count);
    const segments = wave.segmentsIn(first, count);
    wave.queued += segments;
    this.#meters.count(GAUGE.queued, segments);
  }

  /** A submission that was throttled goes back to its place; as a part of a message it stays with its bind. */
  again(session: Session, slot: number, position: number, segment: number, tries: number): void {
    const wave = this.#waves.at(slot);
    if (wave.partsAt(position) === 1) this.#queue.push(wave.rank, slot, position, 0, -tries || 1);
    else session.own.push(wave.rank, slot, position, segment, -tries);
    wave.queued++;
    this.#meters.count(GAUGE.queued);
  }

  /** The bind is gone: its parts may go over any other. */
  adopt(session: Session): void {
    session.own.moveTo(this.#queue);
  }

  /** Writes one batch; false if nothing can be written now. */
  batch(nowMs: number): boolean {
    this.#kept.pay(this.#queue, this.#sessions, this.#meters.gauges[GAUGE.queued]!);
    const session = this.#session(nowMs);
    if (session === null || !this.#events.fits(SMPP.batch * BYTES_PER_REFUSAL)) return false;
    const queue = session.own.precedes(this.#queue) ? session.own : this.#queue;
    const wave = this.#waves.at(queue.slot);
    const reason = this.#waves.ended(wave);
    if (reason !== 0) return this.giveBack(wave, reason);
    wave.renew();
    if (queue.count === 0) return this.#writePart(session, queue, wave, nowMs);
    const parts = wave.partsAt(queue.position);
    if (parts > session.outstanding.limit || !session.pace.takesWhole(parts)) {
      return this.#takeApart(session, queue, wave);
    }
    return this.#write(session, queue, wave, nowMs);
  }

  /** How long until something queued may go that only a rate holds back; 0 if nothing is. */
  waitMs(nowMs: number): number {
    let waitMs = Number.POSITIVE_INFINITY;
    for (const session of this.#sessions) {
      if (session.open && (this.#queue.length > 0 || session.own.length > 0)) {
        waitMs = Math.min(waitMs, Math.max(session.pace.waitMs(nowMs), this.#rate.waitMs(nowMs)));
      }
    }
    return waitMs === Number.POSITIVE_INFINITY ? 0 : waitMs;
  }

  /** Releases what is queued of a wave; false if the ring had no room for all of it. */
  giveBack(wave: Wave, reason: number): boolean {
    const keep = (_: number, slot: number, position: number, segment: number, count: number): boolean => {
      if (slot !== wave.slot || !this.#events.fits(0)) return true;
      if (count > 0 || wave.partsAt(position) === 1) this.#events.released(slot, position, Math.max(1, count), reason);
      else this.#events.outcome(slot, position, segment, ESME_RTHROTTLED);
      this.#left(wave, count > 0 ? wave.segmentsIn(position, count) : 1);
      return false;
    };
    this.#queue.filter(keep);
    for (const session of this.#sessions) session.own.filter(keep);
    return wave.queued === 0;
  }

  /** The bind to write to next: one that has the first part of all, or the one with most room for the queue's first. */
  #session(nowMs: number): Session | null {
    let best: Session | null = null;
    for (const session of this.#sessions) {
      if (!session.serves || session.ends || session.pace.messages(1, nowMs) === 0) continue;
      const own = session.own.precedes(this.#queue);
      const queue = own ? session.own : this.#queue;
      if (queue.length === 0) continue;
      const wave = this.#waves.at(queue.slot);
      const parts = wave.partsAt(queue.position);
      const segments = queue.count === 0 ? 1 : Math.min(parts, session.outstanding.limit);
      if (session.room(parts) < segments) continue;
      if (session.transport.outbox!.roomForSubmissions(wave.maxBytes) < wave.maxBytes) continue;
      if (own) return session;
      if (best === null || session.room() > best.room()) best = session;
    }
    return best;
  }

  #write(session: Session, queue: Queue, wave: Wave, nowMs: number): boolean {
    const { window } = session;
    const outbox = session.transport.outbox!;
    const first = queue.position;
    const paced = Math.min(this.#rate.messages(1, nowMs), session.pace.messages(1, nowMs));
    if (paced === 0) return false;
    const wanted = Math.min(
      wave.fitting(first, queue.count, Math.min(session.room(), SMPP.batch)),
      // A message goes as soon as one of its segments may.
      Math.max(1, wave.fitting(first, queue.count, paced)),
      Math.floor(SMPP.bufferBytes / wave.maxBytes),
    );
    const messages = Math.min(wanted, Math.floor(outbox.roomForSubmissions(wanted * wave.maxBytes) / wave.maxBytes));
    if (messages === 0) return false;
    const sentBefore = window.inFlight;
    const segments = wave.segmentsIn(first, messages);
    outbox.wrote(this.#encode(session, wave, first, messages, nowMs));
    this.#kept.sent(queue.rank, segments);
    queue.take(messages);
    this.#left(wave, segments);
    this.#sent(session, window.inFlight - sentBefore, nowMs);
    return true;
  }

  /** Writes whole messages and enters them in the window; returns the place behind them. */
  #encode(session: Session, wave: Wave, first: number, messages: number, nowMs: number): number {
    const { window } = session;
    const { bytes } = session.transport.outbox!;
    const { roster, slot } = wave;
    let message = wave.messageAt(first);
    let templates = message.templatesFor(session.handshake);
    let at = session.transport.outbox!.at;
    for (let position = first; position < first + messages; position++) {
      const own = wave.messageAt(position);
      if (own !== message) {
        message = own;
        templates = own.templatesFor(session.handshake);
      }
      const number = this.#number(wave, roster[position]!);
      for (let part = 0; part < message.parts; part++) {
        if (number > 0 && templates !== null) {
          at = templates[part]!.write(bytes, at, number, window.open(slot, position, part, nowMs));
        } else {
          this.#events.outcome(slot, position, part, refusal(number));
        }
      }
    }
    return at;
  }

  /** Where the window has no room for a whole message, its parts go one by one, all over this bind. */
  #takeApart(session: Session, queue: Queue, wave: Wave): boolean {
    const { rank, position } = queue;
    queue.take(1);
    const parts = wave.partsAt(position);
    for (let part = 0; part < parts; part++) session.own.push(rank, wave.slot, position, part, 0);
    return true;
  }

  #writePart(session: Session, queue: Queue, wave: Wave, nowMs: number): boolean {
    if (this.#rate.messages(1, nowMs) === 0) return false;
    const { rank, position, segment, tries } = queue;
    const { window } = session;
    const outbox = session.transport.outbox!;
    const number = this.#number(wave, wave.roster[position]!);
    this.#kept.sent(rank, 1);
    queue.take(1);
    this.#left(wave, 1);
    const templates = wave.messageAt(position).templatesFor(session.handshake);
    if (number > 0 && templates !== null) {
      const sequence = window.open(wave.slot, position, segment, nowMs, tries);
      outbox.wrote(templates[segment]!.write(outbox.bytes, outbox.at, number, sequence));
      this.#sent(session, 1, nowMs);
    } else {
      this.#events.outcome(wave.slot, position, segment, refusal(number));
    }
    return true;
  }

  /** The number to send to; it is not positive where nothing may be sent. */
  #number(wave: Wave, participant: number): number {
    const number = this.#numbers[participant]!;
    return wave.toSwitchedOff ? Math.abs(number) : number;
  }

  #left(wave: Wave, segments: number): void {
    wave.queued -= segments;
    this.#meters.count(GAUGE.queued, -segments);
  }

  #sent(session: Session, segments: number, nowMs: number): void {
    this.#rate.spend(segments);
    session.pace.spend(segments, nowMs);
    session.outstanding.sent(session.window.inFlight);
    this.#meters.count(GAUGE.submitted, segments);
  }
}

/**
 * Why a recipient is not sent to: there is no number, or SMS is switched off for now or for good; or the message is in as many parts
 * as only a TLV can hold, and the carrier has none.
 */
function refusal(number: number): number {
  if (number > 0) return ESME_RINVMSGLEN;
  return NOT_SENT + (number === 0 ? NOT_SENT_REASON.noNumber : NOT_SENT_REASON.switchedOff);
}
