/**
 * One bind: the state machine from connecting to unbinding and connecting again. It owns the socket, what is read and
 * written, the window, and the deliveries that wait for their answer; what they mean is its owner's business.
 *
 * Promises: whatever the peer sends, the session either goes on with the next PDU or closes and binds again, and never
 * stays deaf. A chunk is taken only when there is room for all its events and answers; until then the socket is not read.
 * When a connection ends, its owner hears `lost` until the window is empty, before a new connection begins.
 */
import { connect, type Socket } from "node:net";
import smpp from "smpp";
import type { ErrorCode } from "../../schemas/errors.js";
import { SMPP } from "../../schemas/limits.js";
import type { CarrierConfiguration } from "../../schemas/link.js";
import { Framer } from "./framer.js";
import { Liveness } from "./liveness.js";
import { isElsewhere, isLoopback, loopbackLookup, NotLoopback } from "./loopback.js";
import { Outbox } from "./outbox.js";
import { Backoff, Reconnect } from "./pace.js";
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
  /** Empties the window as far as there is room for the events. */
  lost(session: Session): void;
  bound(session: Session): void;
  failed(session: Session, wasBound: boolean, status: number, code: ErrorCode, detail: string): void;
  protocolError(): void;
}

export class Session {
  state: SessionState = "idle";
  readonly window: Window;
  readonly backoff = new Backoff();
  readonly unanswered = new Unanswered();
  /** Parts of messages of which other parts went over this bind. */
  readonly own = new Queue();
  outbox: Outbox | null = null;
  #socket: Socket | null = null;
  #framer = new Framer(() => {});
  readonly #readBuffer = Buffer.allocUnsafeSlow(SMPP.bufferBytes);
  /** Bytes of the read buffer that wait for room. */
  #held = 0;
  readonly #reconnect = new Reconnect();
  /** When to connect; in `connecting`, `binding` and `leaving`, when to give up. */
  #deadlineMs = 0;
  readonly #liveness: Liveness;
  /** When something was last read. */
  heardMs = 0;
  /** When reading last waited for room. */
  heldMs = -SMPP.heldGraceMs;
  /** The sequence number of the peer's unbind, 0 if it sent none. */
  #unbindSequence = 0;
  #stopped = false;

  constructor(
    readonly index: number,
    private readonly owner: SessionOwner,
  ) {
    this.window = new Window(owner.carrier.window);
    this.#liveness = new Liveness(owner.carrier.enquireLinkMs, owner.carrier.enquireLinkTimeoutMs);
  }

  /** True if submissions may be written now. */
  ready(nowMs: number): boolean {
    return this.state === "bound" && !this.#stopped && this.room() > 0 && !this.backoff.active(nowMs);
  }

  /** Segments that may still become outstanding. */
  room(): number {
    return Math.min(this.window.size, this.backoff.window) - this.window.inFlight;
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
    if (this.#held > 0) this.heldMs = nowMs;
    switch (this.state) {
      case "idle":
        if (this.#held > 0) return;
        if (this.window.inFlight > 0) this.owner.lost(this);
        else if (!this.#stopped && nowMs >= this.#deadlineMs) this.#connect(nowMs);
        return;
      case "connecting":
      case "binding":
        if (nowMs >= this.#deadlineMs) this.fail("CARRIER_UNREACHABLE", `no bind within the deadline (${this.state})`);
        return;
      case "bound":
        if (this.#stopped && this.window.inFlight === 0 && this.unanswered.length === 0) this.#unbind(nowMs);
        else this.#watch(nowMs);
        return;
      case "leaving":
        if (nowMs >= this.#deadlineMs || (this.#unbindSequence !== 0 && this.window.inFlight === 0)) this.#leave();
    }
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

  /** Answers the deliveries whose events the ledger has released. */
  answerDurable(released: number): void {
    const bytes = protocol.HEADER_BYTES + 1;
    for (let sequence = this.unanswered.durable(released); sequence >= 0; ) {
      const outbox = this.outbox;
      if (outbox === null || !outbox.reserveAnswers(bytes)) return;
      const at = outbox.at;
      protocol.writeHeader(outbox.bytes, at, bytes, protocol.DELIVER_SM_RESP, protocol.ESME_ROK, sequence);
      outbox.bytes[at + protocol.HEADER_BYTES] = 0;
      outbox.wrote(at + bytes);
      this.unanswered.shift();
      sequence = this.unanswered.durable(released);
    }
  }

  /** Ends the connection; what is in flight becomes unknown, and after a pause it connects again. */
  fail(code: ErrorCode, detail: string, status = protocol.ESME_RBINDFAIL): void {
    if (this.state === "idle") return;
    const wasBound = this.state === "bound" || this.state === "leaving";
    const refused = code === "CARRIER_REFUSED_BIND" || code === "GENERATED_REGISTRY";
    const pauseMs = refused ? this.#reconnect.refusedPauseMs(Math.random) : this.#reconnect.pauseMs(Math.random);
    this.state = "idle";
    this.#deadlineMs = performance.now() + pauseMs;
    this.#socket?.destroy();
    this.#socket = null;
    this.outbox = null;
    if (!this.#stopped) this.owner.failed(this, wasBound, status, code, detail);
  }

  #connect(nowMs: number): void {
    const { host, port, bindTimeoutMs } = this.owner.carrier;
    this.state = "connecting";
    this.#deadlineMs = nowMs + bindTimeoutMs;
    if (this.owner.loopbackOnly && isElsewhere(host)) {
      this.#refuseAddress();
      return;
    }
    this.unanswered.clear();
    this.#framer = new Framer((bytes, at, length) => this.#pdu(bytes, at, length));
    const socket: Socket = connect({
      host,
      port,
      noDelay: true,
      ...(this.owner.loopbackOnly && { lookup: loopbackLookup() }),
      onread: { buffer: this.#readBuffer, callback: (length) => socket === this.#socket && this.#read(length) },
    });
    this.#socket = socket;
    this.outbox = new Outbox(socket, () => this.owner.progressed());
    socket.on("connect", () => socket === this.#socket && this.#connected(socket));
    socket.on("error", (error) => {
      if (error instanceof NotLoopback && socket === this.#socket) this.#refuseAddress();
      else this.#ended(socket, `${"code" in error ? error.code : error.name}`);
    });
    socket.on("close", () => this.#ended(socket, "the carrier closed the connection"));
  }

  #refuseAddress(): void {
    this.fail("GENERATED_REGISTRY", "the carrier's address is not on loopback");
  }

  #ended(socket: Socket, detail: string): void {
    if (socket === this.#socket) this.fail("CARRIER_UNREACHABLE", detail);
  }

  #connected(socket: Socket): void {
    const { carrier, loopbackOnly } = this.owner;
    if (loopbackOnly && !isLoopback(socket.remoteAddress ?? "")) {
      this.#refuseAddress();
      return;
    }
    const nowMs = performance.now();
    this.state = "binding";
    this.#deadlineMs = nowMs + carrier.bindTimeoutMs;
    this.#liveness.heard(nowMs);
    this.#unbindSequence = 0;
    const bind = new smpp.PDU("bind_transceiver", {
      sequence_number: this.window.allocate(),
      system_id: carrier.systemId,
      password: carrier.password,
      system_type: carrier.systemType,
      interface_version: 0x34,
    });
    socket.write(bind.toBuffer());
  }

  /** Returns false to stop reading until `takeHeld` finds room. */
  #read(length: number): boolean {
    this.heardMs = performance.now();
    this.#liveness.heard(this.heardMs);
    const room = this.#mayTake(length);
    if (room) this.#take(length);
    else this.#held = length;
    this.owner.progressed();
    return room;
  }

  #mayTake(length: number): boolean {
    if (!this.owner.eventsFit(length)) return false;
    if (this.outbox === null) return true;
    return this.unanswered.free() * MIN_DELIVERY_BYTES >= length && this.outbox.reserveAnswers(length);
  }

  /** Takes what waited for room, if there is room now, and reads on. */
  takeHeld(): void {
    if (this.#held === 0 || !this.#mayTake(this.#held)) return;
    const length = this.#held;
    this.#held = 0;
    this.heldMs = performance.now();
    this.#liveness.heard(this.heldMs);
    this.#take(length);
    this.#socket?.resume();
  }

  #take(length: number): void {
    if (this.#framer.push(this.#readBuffer, length)) return;
    this.owner.protocolError();
    this.fail("PDU_INVALID", "a command_length is out of bounds");
  }

  #pdu(bytes: Uint8Array, at: number, length: number): void {
    const commandId = protocol.readUint32(bytes, at + 4);
    if (commandId === protocol.SUBMIT_SM_RESP)
      this.owner.answered(this, protocol.readUint32(bytes, at + 8), bytes, at, length);
    else if (commandId === protocol.DELIVER_SM) this.owner.delivered(this, bytes, at, length);
    else this.#control(commandId, bytes, at, length);
  }

  #control(commandId: number, bytes: Uint8Array, at: number, length: number): void {
    const status = protocol.readUint32(bytes, at + 8);
    const sequence = protocol.readUint32(bytes, at + 12);
    switch (commandId) {
      case protocol.BIND_TRANSCEIVER_RESP:
        this.#bindAnswered(status);
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
      case protocol.GENERIC_NACK:
        if (this.state === "binding") this.#bindAnswered(status);
        else this.owner.answered(this, status || protocol.ESME_RUNKNOWNERR, bytes, at, length);
        return;
      case protocol.OUTBIND:
      case protocol.ALERT_NOTIFICATION:
        return;
      default:
        this.owner.protocolError();
        if (commandId < protocol.RESPONSE_BIT) this.send(protocol.GENERIC_NACK, protocol.ESME_RINVCMDID, sequence);
    }
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

  /** While a chunk waits for room it is us who don't read, and silence says nothing about the carrier. */
  #watch(nowMs: number): void {
    if (this.#held > 0) return;
    const link = this.#liveness.check(nowMs);
    if (link === "dead") {
      this.fail("CARRIER_UNREACHABLE", "no answer to enquire_link within the deadline");
    } else if (link === "ask") {
      this.send(protocol.ENQUIRE_LINK, protocol.ESME_ROK, this.window.allocate());
      this.outbox?.flush();
    }
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
    this.outbox?.flush();
  }

  #leave(): void {
    if (this.#unbindSequence !== 0) this.send(protocol.UNBIND_RESP, protocol.ESME_ROK, this.#unbindSequence);
    this.outbox?.flush();
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroySoon();
    this.fail("CARRIER_UNREACHABLE", "unbound");
  }
}

/** A deliver_sm with empty strings. */
const MIN_DELIVERY_BYTES = 33;
