/**
 * The thread of one carrier: takes grants, keeps the binds busy, and turns what comes back into events.
 *
 * Everything is done in `pump`, which runs after each read, each message, each write that the socket took, and each tick:
 * answers first, then grants, then batches of submissions, then one write for each bind and one publish for all events.
 * Source of the sequence of a session: SMPP 3.4, chapter 2.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import type { ErrorCode } from "../../../schemas/errors.js";
import { DISPATCH, SMPP } from "../../../schemas/limits.js";
import {
  type CarrierKnowledge,
  type CarrierThreadData,
  type FromCarrier,
  GAUGE,
  RELEASE_REASON,
  type ToCarrier,
} from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";
import { afterReading } from "../bind/after-reading.js";
import { Binds } from "../bind/binds.js";
import type { Session } from "../bind/session.js";
import type { SessionOwner } from "../bind/session-owner.js";
import * as protocol from "../pdu/protocol.js";
import { Answers } from "./answers.js";
import { EventWriter } from "./events.js";
import { Meters } from "./meters.js";
import { Sender } from "./sender.js";
import { WakeUp } from "./wake-up.js";
import { Waves } from "./waves.js";

export class CarrierThread implements SessionOwner<Session> {
  carrier: CarrierConfiguration;
  readonly loopbackOnly: boolean;
  readonly known: CarrierKnowledge;
  readonly #events: Ring;
  readonly #grants: Ring;
  readonly #writer: EventWriter;
  readonly #meters: Meters;
  readonly #waves: Waves;
  readonly #binds: Binds;
  readonly #sessions: readonly Session[];
  readonly #sender: Sender;
  readonly #answers: Answers;
  readonly #wakeUp = new WakeUp(() => this.progressed());
  readonly #granted = new Uint32Array(DISPATCH.grantRing * 3);
  #published: number;
  #unboundSinceMs = performance.now();
  #closing = false;
  readonly #port: MessagePort;

  constructor(data: CarrierThreadData, port: MessagePort) {
    this.#port = port;
    this.carrier = data.carrier;
    this.loopbackOnly = data.loopbackOnly;
    this.known = data.known;
    this.#events = new Ring(data.events);
    this.#grants = new Ring(data.grants);
    this.#published = this.#events.publish();
    this.#writer = new EventWriter(this.#events);
    this.#meters = new Meters(data.gauges);
    this.#waves = new Waves(data.carrier, new Int32Array(data.flags));
    this.#binds = new Binds(this);
    this.#sessions = this.#binds.sessions;
    this.#sender = new Sender(data.carrier, data.numbers, this.#sessions, this.#waves, this.#writer, this.#meters);
    this.#answers = new Answers(this.#writer, this.#meters, this.#sender, this.#waves, this);
    port.on("message", (message: ToCarrier) => {
      this.#message(message);
      this.progressed();
    });
    this.#tick(performance.now());
  }

  eventsFit(bytes: number): boolean {
    return this.#writer.fits(bytes);
  }

  answered(session: Session, status: number, bytes: Uint8Array, at: number, length: number): void {
    this.#answers.answered(session, status, bytes, at, length);
  }

  delivered(session: Session, bytes: Uint8Array, at: number, length: number): void {
    this.#answers.delivered(session, bytes, at, length);
  }

  lost(session: Session): void {
    this.#answers.lost(session);
    this.#sender.adopt(session);
  }

  bound(session: Session): void {
    this.#meters.set(GAUGE.lastBindStatus, protocol.ESME_ROK);
    this.#measure();
    this.#post({ type: "bind", bind: session.name, bound: true, hasTlvs: session.handshake.hasTlvs });
  }

  unbound(session: Session): void {
    this.#measure();
    this.#post({ type: "bind", bind: session.name, bound: false });
  }

  removed(session: Session): void {
    this.#post({ type: "bind", bind: session.name, bound: false });
  }

  failed(session: Session, wasBound: boolean, status: number, code: ErrorCode, detail: string): void {
    if (wasBound) this.#meters.count(GAUGE.disconnects);
    else this.#meters.set(GAUGE.lastBindStatus, status | 0);
    this.#measure();
    this.#post({ type: "bind", bind: session.name, bound: false, code, detail });
  }

  protocolError(): void {
    this.#meters.count(GAUGE.protocolErrors);
  }

  /** The pump; see the head of this file. */
  progressed(): void {
    const nowMs = performance.now();
    const released = this.#events.released();
    for (const { transport } of this.#sessions) {
      transport.takeHeld();
      if (transport.outbox !== null) transport.unanswered.answer(released, transport.outbox);
    }
    this.#takeGrants();
    let batches = 0;
    while (!this.#closing && batches < SMPP.batchesPerTurn && this.#sender.batch(nowMs)) {
      batches++;
      this.#takeGrants();
    }
    if (batches === SMPP.batchesPerTurn) this.#wakeUp.soon();
    for (const { transport } of this.#sessions) transport.outbox?.flush();
    this.#publish();
    this.#measure();
    this.#pumpInTime(nowMs);
  }

  /** A rate that is counted by the second wants what it allows to leave then, and not at the next tick in one lump. */
  #pumpInTime(nowMs: number): void {
    const waitMs = this.#sender.waitMs(nowMs);
    if (waitMs === 0 || waitMs >= SMPP.tickMs) return;
    this.#wakeUp.after(
      waitMs,
      this.#sessions.some((session) => session.open && session.pace.isSmooth),
    );
  }

  /** What is done because time has passed, silence that is found out above all: what had come by `nowMs` was read. */
  #tick(nowMs: number): void {
    let bound = false;
    this.#binds.tick(nowMs);
    for (const session of this.#sessions) {
      bound ||= session.serves;
      const reading = nowMs - session.transport.heldMs >= SMPP.heldGraceMs;
      if (reading) this.#answers.giveUp(session, nowMs);
    }
    if (bound) this.#unboundSinceMs = nowMs;
    const unbound = this.#closing || nowMs - this.#unboundSinceMs >= SMPP.unboundMs ? RELEASE_REASON.unbound : 0;
    this.#waves.forQueued((wave) => {
      const reason = this.#waves.ended(wave) || unbound;
      if (reason !== 0) this.#sender.giveBack(wave, reason);
    });
    this.progressed();
    const queued = this.#meters.gauges[GAUGE.queued]! > 0;
    if (this.#closing && !queued && this.#binds.closed) {
      this.#finish();
      return;
    }
    const tick = (): void => afterReading((beforeMs) => this.#tick(beforeMs));
    setTimeout(tick, !queued && this.#binds.calm ? SMPP.calmTickMs : SMPP.tickMs);
  }

  /**
   * Grants come through shared memory and waves by message, so a grant can be seen before the message that opens its wave,
   * or forgets the wave that had its slot before. Those messages were posted before the grant was published: so grants are
   * copied first, then all messages are taken, and only then is a grant's slot looked up.
   */
  #takeGrants(): void {
    for (let words = this.#copyGrants(); words > 0; words = this.#copyGrants()) {
      for (let received = receiveMessageOnPort(this.#port); received; received = receiveMessageOnPort(this.#port)) {
        this.#message(received.message);
      }
      for (let word = 0; word < words; word += 3) {
        this.#sender.grant(this.#granted[word]!, this.#granted[word + 1]!, this.#granted[word + 2]!);
      }
    }
  }

  /** Copies slot, first position and count of each grant; returns how many words that are. */
  #copyGrants(): number {
    let words = 0;
    while (words < this.#granted.length) {
      const at = this.#grants.next();
      if (at < 0) break;
      for (let word = 0; word < 3; word++) this.#granted[words++] = this.#grants.words[at + word]!;
    }
    if (words > 0) this.#grants.release(this.#grants.position());
    return words;
  }

  #message(message: ToCarrier): void {
    switch (message.type) {
      case "wake":
        this.#grants.acceptWake();
        return;
      case "wave":
        this.#waves.open(message.wave);
        return;
      case "forget":
        this.#waves.forget(message.slot);
        return;
      case "configure":
        this.#configure(message.carrier);
        return;
      case "close":
        this.#closing = true;
        this.#binds.stop();
    }
  }

  /** Waves that are open keep the templates that they were opened with. */
  #configure(carrier: CarrierConfiguration): void {
    this.carrier = carrier;
    this.#waves.configure(carrier);
    this.#sender.configure(carrier);
    this.#binds.configure(performance.now());
  }

  #publish(): void {
    const position = this.#events.publish();
    if (position === this.#published) return;
    this.#published = position;
    for (const { transport } of this.#sessions) transport.unanswered.published(position);
    if (this.#events.wantsWake()) this.#post({ type: "wake" });
  }

  #measure(): void {
    let bound = 0;
    let receiving = 0;
    let inFlight = 0;
    let size = 0;
    let allowed = 0;
    let learnt = 0;
    let backingOff = 0;
    for (const session of this.#sessions) {
      inFlight += session.window.inFlight;
      if (session.state !== "bound") continue;
      if (session.receives) receiving++;
      if (!session.serves) continue;
      bound++;
      size += session.outstanding.limit;
      allowed += session.pace.perSecond;
      learnt += session.pace.learntPerSecond;
      if (session.pace.backingOff) backingOff = 1;
    }
    this.#meters.set(GAUGE.bound, bound);
    this.#meters.set(GAUGE.receiving, receiving);
    this.#meters.set(GAUGE.inFlight, inFlight);
    this.#meters.set(GAUGE.window, size);
    this.#meters.set(GAUGE.backingOff, backingOff);
    this.#meters.set(GAUGE.learntPerSecond, Math.ceil(learnt));
    this.#meters.set(GAUGE.allowedPerSecond, Math.ceil(Math.min(this.carrier.ratePerSecond, allowed)));
  }

  #post(message: FromCarrier): void {
    this.#port.postMessage(message);
  }

  #finish(): void {
    this.#post({ type: "closed" });
    this.#port.close();
    // The thread ends by itself once its sockets have sent their last bytes, unless a carrier does not take them.
    setTimeout(() => process.exit(), this.carrier.enquireLinkTimeoutMs).unref();
  }
}
