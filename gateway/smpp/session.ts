/**
 * One bind: the state machine from connecting to unbinding and connecting again. It owns the connection, the window, and
 * the deliveries that wait for their answer; what they mean is its owner's business.
 *
 * Promises: whatever the peer sends, the session either goes on with the next PDU or closes and binds again, and never
 * stays deaf. When a connection ends, its owner hears `lost` until window and own queue are empty, before a new connection
 * begins.
 */
import smpp from "smpp";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import type { ErrorCode } from "../../schemas/errors.js";
import { SMPP } from "../../schemas/limits.js";
import { BindPace } from "./bind-pace.js";
import { Connection, type ConnectionOwner, readBuffer } from "./connection.js";
import { Liveness } from "./liveness.js";
import { isElsewhere } from "./loopback.js";
import type { Outbox } from "./outbox.js";
import { Reconnect } from "./pace.js";
import * as protocol from "./protocol.js";
import { Queue } from "./queue.js";
import { Unanswered } from "./unanswered.js";
import { Window } from "./window.js";

/** idle: no connection. leaving: one of both sides unbinds. */
export type SessionState = "idle" | "connecting" | "binding" | "bound" | "leaving";

export interface SessionOwner {
  readonly carrier: CarrierConfiguration;
  readonly loopbackOnly: boolean;
  /** True if the events of that many bytes of PDUs have room. */
  eventsFit(bytes: number): boolean;
  /** A submit_sm_resp, or a generic_nack, with its command_status. */
  answered(session: Session, status: number, bytes: Uint8Array, at: number, length: number): void;
  delivered(session: Session, bytes: Uint8Array, at: number, length: number): void;
  /** Something was taken or written, so that more can be sent. */
  progressed(): void;
  /** Empties the window, as far as there is room for the events, and the session's own queue. */
  lost(session: Session): void;
  bound(session: Session): void;
  failed(session: Session, wasBound: boolean, status: number, code: ErrorCode, detail: string): void;
  protocolError(): void;
}

/** A deliver_sm with empty strings. */
const MIN_DELIVERY_BYTES = 33;

export class Session implements ConnectionOwner {
  state: SessionState = "idle";
  readonly window: Window;
  /** Stays over connections, with what it has learnt. */
  readonly pace: BindPace;
  /** Parts of messages of which other parts went over this bind. */
  readonly own = new Queue();
  /** Deliveries that wait for a durable ledger. */
  readonly unanswered = new Unanswered();
  /** When something was last read. */
  heardMs = 0;
  /** When reading last waited for room. */
  heldMs = -SMPP.heldGraceMs;
  readonly #readBuffer = readBuffer();
  readonly #liveness: Liveness;
  readonly #reconnect = new Reconnect();
  /** Stays here when it has ended, until what it held is taken. */
  #connection: Connection | null = null;
  /** When to connect; in `connecting`, `binding` and `leaving`, when to give up. */
  #deadlineMs = 0;
  /** The sequence number of the peer's unbind, 0 if it sent none. */
  #unbindSequence = 0;
  #stopped = false;

  constructor(
    readonly index: number,
    private readonly owner: SessionOwner,
  ) {
    this.window = new Window(owner.carrier.window);
    this.pace = new BindPace(owner.carrier.bindRatePerSecond, performance.now());
    this.#liveness = new Liveness(owner.carrier.enquireLinkMs, owner.carrier.enquireLinkTimeoutMs);
  }

  /** Where to write, null without a connection. */
  get outbox(): Outbox | null {
    return this.#connection?.open ? this.#connection.outbox : null;
  }

  /** True if submissions may be written now. */
  ready(nowMs: number): boolean {
    return this.open && this.pace.messages(1, nowMs) > 0;
  }

  /** True if submissions may be written as soon as the pace allows it. */
  get open(): boolean {
    return this.state === "bound" && !this.#stopped && this.room() > 0;
  }

  /** Segments that may still become outstanding. */
  room(): number {
    return this.window.size - this.window.inFlight;
  }

  /** Drains and unbinds; `closed` is true when that is done. */
  stop(): void {
    this.#stopped = true;
    if (this.state === "connecting" || this.state === "binding") this.fail("NOT_READY", "the carrier is being closed");
  }

  get closed(): boolean {
    return this.#stopped && this.state === "idle" && this.window.inFlight === 0;
  }

  tick(nowMs: number): void {
    const holding = this.#connection?.holding === true;
    if (holding) this.heldMs = nowMs;
    switch (this.state) {
      case "idle":
        if (holding) return;
        if (this.window.inFlight > 0 || this.own.length > 0) this.owner.lost(this);
        else if (!this.#stopped && nowMs >= this.#deadlineMs) this.#connect(nowMs);
        return;
      case "connecting":
      case "binding":
        if (nowMs >= this.#deadlineMs) this.fail("CARRIER_UNREACHABLE", `no bind within the deadline (${this.state})`);
        return;
      case "bound":
        if (this.#stopped && this.window.inFlight === 0 && this.unanswered.length === 0) this.#unbind(nowMs);
        else if (!holding) this.#watch(nowMs);
        return;
      case "leaving":
        if (nowMs >= this.#deadlineMs || (this.#unbindSequence !== 0 && this.window.inFlight === 0)) this.#leave();
    }
  }

  takeHeld(): void {
    this.#connection?.takeHeld();
  }

  /** The carrier answered what a bind is for: the next pause before connecting is a short one. */
  worked(): void {
    this.#reconnect.worked();
  }

  /** Sends a request or an answer that is a header alone, where there is room. */
  send(commandId: number, status: number, sequence: number): void {
    const outbox = this.outbox;
    if (!outbox?.reserveAnswers(protocol.HEADER_BYTES)) return;
    protocol.writeHeader(outbox.bytes, outbox.at, protocol.HEADER_BYTES, commandId, status, sequence);
    outbox.wrote(outbox.at + protocol.HEADER_BYTES);
  }

  /** A delivery is to be answered once its event is durable. Over a connection that has ended it can't be. */
  answerLater(sequence: number): void {
    if (this.outbox !== null) this.unanswered.push(sequence);
  }

  /** Ends the connection; what is in flight becomes unknown, and after a pause it connects again. */
  fail(code: ErrorCode, detail: string, status = protocol.ESME_RBINDFAIL): void {
    if (this.state === "idle") return;
    const wasBound = this.state === "bound" || this.state === "leaving";
    const refused = code === "CARRIER_REFUSED_BIND" || code === "GENERATED_REGISTRY";
    const pauseMs = refused ? this.#reconnect.refusedPauseMs(Math.random) : this.#reconnect.pauseMs(Math.random);
    this.state = "idle";
    this.#deadlineMs = performance.now() + pauseMs;
    if (this.#connection?.open) this.#connection.close();
    if (!this.#stopped) this.owner.failed(this, wasBound, status, code, detail);
  }

  connected(): void {
    const { carrier } = this.owner;
    this.state = "binding";
    this.#deadlineMs = performance.now() + carrier.bindTimeoutMs;
    this.#unbindSequence = 0;
    const bind = new smpp.PDU("bind_transceiver", {
      sequence_number: this.window.allocate(),
      system_id: carrier.systemId,
      password: carrier.password,
      system_type: carrier.systemType,
      interface_version: 0x34,
    });
    this.outbox?.writePdu(bind.toBuffer());
  }

  elsewhere(): void {
    this.fail("GENERATED_REGISTRY", "the carrier's address is not on loopback");
  }

  ended(detail: string): void {
    this.fail("CARRIER_UNREACHABLE", detail);
  }

  heard(): void {
    this.heardMs = performance.now();
    this.#liveness.heard(this.heardMs);
  }

  mayTake(bytes: number): boolean {
    if (!this.owner.eventsFit(bytes)) return false;
    const outbox = this.outbox;
    return outbox === null || (this.unanswered.free() * MIN_DELIVERY_BYTES >= bytes && outbox.reserveAnswers(bytes));
  }

  malformed(): void {
    this.owner.protocolError();
    this.fail("PDU_INVALID", "a command_length is out of bounds");
  }

  progressed(): void {
    this.owner.progressed();
  }

  pdu(bytes: Uint8Array, at: number, length: number): void {
    const commandId = protocol.readUint32(bytes, at + 4);
    const status = protocol.readUint32(bytes, at + 8);
    if (commandId === protocol.SUBMIT_SM_RESP) this.owner.answered(this, status, bytes, at, length);
    else if (commandId === protocol.DELIVER_SM) this.owner.delivered(this, bytes, at, length);
    else if (commandId === protocol.GENERIC_NACK && this.state !== "binding") {
      this.owner.answered(this, status || protocol.ESME_RUNKNOWNERR, bytes, at, length);
    } else this.#control(commandId, status, protocol.readUint32(bytes, at + 12));
  }

  #control(commandId: number, status: number, sequence: number): void {
    switch (commandId) {
      case protocol.BIND_TRANSCEIVER_RESP:
        this.#bindAnswered(status);
        return;
      case protocol.GENERIC_NACK:
        this.#bindAnswered(status || protocol.ESME_RBINDFAIL);
        return;
      case protocol.ENQUIRE_LINK:
        this.send(protocol.ENQUIRE_LINK_RESP, protocol.ESME_ROK, sequence);
        return;
      case protocol.ENQUIRE_LINK_RESP:
        this.worked();
        return;
      case protocol.UNBIND:
        this.#peerUnbinds(sequence);
        return;
      case protocol.UNBIND_RESP:
        if (this.state === "leaving") this.#leave();
        return;
      case protocol.OUTBIND:
      case protocol.ALERT_NOTIFICATION:
        return;
      default:
        this.owner.protocolError();
        if (commandId < protocol.RESPONSE_BIT) this.send(protocol.GENERIC_NACK, protocol.ESME_RINVCMDID, sequence);
    }
  }

  #connect(nowMs: number): void {
    const { carrier, loopbackOnly } = this.owner;
    const { host, port, bindTimeoutMs } = carrier;
    this.state = "connecting";
    this.#deadlineMs = nowMs + bindTimeoutMs;
    this.unanswered.clear();
    if (loopbackOnly && isElsewhere(host)) this.elsewhere();
    else this.#connection = new Connection(host, port, loopbackOnly, this.#readBuffer, this);
  }

  #bindAnswered(status: number): void {
    if (this.state !== "binding") return;
    if (status !== protocol.ESME_ROK) {
      this.fail("CARRIER_REFUSED_BIND", `command_status 0x${status.toString(16).padStart(8, "0")}`, status);
      return;
    }
    this.state = "bound";
    this.owner.bound(this);
  }

  #watch(nowMs: number): void {
    const link = this.#liveness.check(nowMs);
    if (link === "dead") this.fail("CARRIER_UNREACHABLE", "no answer to enquire_link within the deadline");
    else if (link === "ask") this.send(protocol.ENQUIRE_LINK, protocol.ESME_ROK, this.window.allocate());
  }

  /** Nothing more is sent; the carrier has a while for the answers that it owes, then gets its unbind_resp. */
  #peerUnbinds(sequence: number): void {
    if (this.state === "bound") {
      this.state = "leaving";
      this.#unbindSequence = sequence;
      this.#deadlineMs = performance.now() + this.owner.carrier.enquireLinkTimeoutMs;
    } else {
      this.send(protocol.UNBIND_RESP, protocol.ESME_ROK, sequence);
    }
  }

  #unbind(nowMs: number): void {
    this.state = "leaving";
    this.#deadlineMs = nowMs + this.owner.carrier.enquireLinkTimeoutMs;
    this.send(protocol.UNBIND, protocol.ESME_ROK, this.window.allocate());
  }

  #leave(): void {
    if (this.#unbindSequence !== 0) this.send(protocol.UNBIND_RESP, protocol.ESME_ROK, this.#unbindSequence);
    this.#connection?.closeSoon();
    this.fail("CARRIER_UNREACHABLE", "unbound");
  }
}
