/**
 * The state of one bind, from connecting to unbinding and connecting again, and how long each state may last. What is read and written
 * is its transport's, where a PDU goes is in `incoming.ts`, and what answers and deliveries mean is its owner's business.
 *
 * Promises: whatever the peer sends, the session either goes on with the next PDU or closes and binds again, and never
 * stays deaf. When a connection ends, its owner hears `lost` until window and own queue are empty, before a new connection
 * begins. What the peer asks is answered in the turn in which it was read.
 */
import type { ErrorCode } from "../../../schemas/errors.js";
import { BindPace } from "../pace/bind-pace.js";
import * as protocol from "../pdu/protocol.js";
import { isElsewhere } from "../settings/loopback.js";
import { type BindRole, Handshake, refusal } from "./bind.js";
import { incoming } from "./incoming.js";
import { Outstanding } from "./outstanding/outstanding.js";
import { Window } from "./outstanding/window.js";
import { Queue } from "./queue.js";
import { Reconnect } from "./reconnect.js";
import type { SessionOwner } from "./session-owner.js";
import type { ConnectionUser } from "./transport/connection.js";
import { Transport } from "./transport/transport.js";

export class Session implements ConnectionUser {
  /** idle: no connection. leaving: one of both sides unbinds. */
  state: "idle" | "connecting" | "binding" | "bound" | "leaving" = "idle";
  readonly transport: Transport;
  window = new Window(1);
  /** Both stay over connections, with what they have learnt. */
  pace: BindPace;
  readonly outstanding: Outstanding;
  /** It was ended because the carrier answered nothing: what is outstanding had its deadline. */
  fellSilent = false;
  /** Parts of messages of which other parts went over this bind. */
  readonly own = new Queue();
  readonly handshake: Handshake;
  readonly name: string;
  /** The bind before fell silent, and on this one nothing was heard yet: it is asked with an enquire_link, and with no person. */
  #isDoubted = false;
  readonly #reconnect = new Reconnect();
  /** When to connect; in `connecting`, `binding` and `leaving`, when to give up. */
  #deadlineMs = 0;
  /** How long deliveries may hold up our unbind: where they come without end, some always wait for their answer. */
  #drainedMs = 0;
  /** The sequence number of the peer's unbind, null if it sent none. */
  #unbindSequence: number | null = null;
  #stopped = false;
  #changing = false;
  readonly #owner: SessionOwner<Session>;

  constructor(
    readonly role: BindRole,
    readonly index: number,
    owner: SessionOwner<Session>,
  ) {
    this.#owner = owner;
    this.transport = new Transport(owner, this);
    this.name = `${role} ${index + 1}`;
    this.handshake = new Handshake(role, owner.carrier);
    this.pace = new BindPace(owner.carrier.bindRatePerSecond, performance.now());
    this.outstanding = new Outstanding(owner.carrier.window);
  }

  get sends(): boolean {
    return this.handshake.kind !== "receiver";
  }

  get receives(): boolean {
    return this.handshake.kind !== "transmitter";
  }

  /** True if submissions may be written as soon as the pace allows it. */
  get open(): boolean {
    return this.serves && !this.ends && this.room() > 0;
  }

  /** True if it is bound for submissions, and its carrier has spoken since, where the bind before had fallen silent. */
  get serves(): boolean {
    return this.state === "bound" && this.sends && !this.#isDoubted;
  }

  /** Segments that may still become outstanding, of messages of so many parts. */
  room(parts = 1): number {
    return this.outstanding.room(this.window, parts);
  }

  /** True if it only drains, or is about to. */
  get ends(): boolean {
    return this.#stopped || this.#changing;
  }

  /** Drains and unbinds; `closed` is true when that is done. */
  stop(): void {
    if (!this.#stopped) this.#drain();
    this.#stopped = true;
    if (this.state === "connecting" || this.state === "binding") this.fail("NOT_READY", "the bind is no longer wanted");
  }

  /** Takes `stop` back. */
  keep(): void {
    this.#stopped = false;
  }

  get closed(): boolean {
    return this.#stopped && this.state === "idle" && this.window.inFlight === 0 && this.own.length === 0;
  }

  /** True if it connected last with settings that are not the carrier's any more. */
  get outdated(): boolean {
    return this.handshake.differs(this.#owner.carrier);
  }

  /** True from `rebind` until the bind with the new settings has come or failed. */
  get changing(): boolean {
    return this.#changing;
  }

  /** Drains, unbinds, and connects with the carrier's settings as they are then. */
  rebind(): void {
    this.#changing = true;
    this.#reconnect.worked();
    this.#drain();
    if (this.state === "connecting" || this.state === "binding") this.#end(performance.now());
    else if (this.state === "idle") this.#deadlineMs = 0;
  }

  tick(nowMs: number): void {
    const holds = this.transport.holds(nowMs);
    switch (this.state) {
      case "idle":
        if (holds) return;
        if (this.window.inFlight > 0 || this.own.length > 0) this.#owner.lost(this);
        else if (!this.#stopped && nowMs >= this.#deadlineMs) this.#connect(nowMs);
        return;
      case "connecting":
      case "binding":
        if (nowMs >= this.#deadlineMs) this.fail("CARRIER_UNREACHABLE", `no bind within the deadline (${this.state})`);
        return;
      case "bound":
        if (this.ends && this.#isDrained(nowMs)) this.#unbind(nowMs);
        else this.#watch(nowMs);
        return;
      case "leaving":
        if (nowMs >= this.#deadlineMs || (this.#unbindSequence !== null && this.#isDrained(nowMs))) this.#leave();
    }
  }

  /** The carrier took or delivered a message: the next pause before connecting is a short one. */
  worked(): void {
    this.#reconnect.worked();
  }

  /** Ends the connection; what is in flight becomes unknown, and after a pause it connects again. */
  fail(code: ErrorCode, detail: string, status = protocol.ESME_RBINDFAIL): void {
    if (this.state === "idle") return;
    const wasBound = this.state === "bound" || this.state === "leaving";
    this.#changing &&= wasBound;
    const nowMs = performance.now();
    this.#end(nowMs + this.#reconnect.pauseMs(code, nowMs, Math.random));
    if (!this.#stopped) this.#owner.failed(this, wasBound, status, code, detail);
  }

  connected(): void {
    const { carrier } = this.#owner;
    this.state = "binding";
    this.#deadlineMs = performance.now() + carrier.bindTimeoutMs;
    this.transport.outbox?.writePdu(this.handshake.request(carrier, this.window.allocate()));
  }

  ended(code: ErrorCode, detail: string): void {
    this.fail(code, detail);
  }

  finished(): void {
    if (this.state === "leaving") this.#leave();
    else this.fail("CARRIER_UNREACHABLE", "the carrier closed the connection");
  }

  malformed(): void {
    this.#owner.protocolError();
    this.fail("PDU_INVALID", "a command_length is out of bounds");
  }

  pdu(bytes: Uint8Array, at: number, length: number): void {
    if (this.state === "bound") this.#isDoubted = false;
    incoming(this, this.#owner, bytes, at, length);
  }

  /** Returns false unless it is of our kind and number; a careless carrier's counts all the same. */
  bindAnswered(status: number, bytes: Uint8Array, at: number, length: number): boolean {
    const isOurs = this.state === "binding" && this.handshake.isAnswer(bytes, at);
    // That a refusal is of another kind makes it no less a refusal.
    if (this.state === "binding" && status !== protocol.ESME_ROK) {
      this.fail("CARRIER_REFUSED_BIND", refusal(status), status);
    } else if (isOurs) {
      this.handshake.succeeded(bytes, at, length);
      this.state = "bound";
      this.#changing = false;
      this.#reconnect.bound(performance.now());
      if (this.#isDoubted) this.#askWhether();
      this.#owner.bound(this);
    }
    return isOurs && this.handshake.isNumbered(bytes, at);
  }

  /** Returns false if it is no answer to our bind, as far as can be told. */
  bindNacked(status: number, sequence: number): boolean {
    // A carrier that can't read the bind may not have read its sequence number either.
    if (sequence !== this.handshake.sequence && sequence !== 0) return false;
    this.fail("CARRIER_REFUSED_BIND", refusal(status), status);
    return true;
  }

  /** Nothing more is sent; the carrier has a while for the answers that it owes, then gets its unbind_resp. */
  peerUnbinds(sequence: number): void {
    if (this.state === "bound") {
      this.state = "leaving";
      this.#unbindSequence = sequence;
      this.#deadlineMs = performance.now() + this.#owner.carrier.enquireLinkTimeoutMs;
      this.#drainedMs = this.#deadlineMs;
      return;
    }
    this.transport.send(protocol.UNBIND_RESP, protocol.ESME_ROK, sequence);
    if (this.state !== "binding") return;
    this.transport.closeSoon(this.#owner.carrier.enquireLinkTimeoutMs);
    this.fail("CARRIER_UNREACHABLE", "the carrier unbound instead of answering the bind");
  }

  /** Returns false if we did not unbind. */
  unbindAnswered(): boolean {
    if (this.state !== "leaving" || this.#unbindSequence !== null) return false;
    this.#leave();
    return true;
  }

  #connect(nowMs: number): void {
    const { carrier, loopbackOnly } = this.#owner;
    this.state = "connecting";
    this.#deadlineMs = nowMs + carrier.bindTimeoutMs;
    this.#unbindSequence = null;
    this.#isDoubted ||= this.fellSilent;
    this.fellSilent = false;
    this.handshake.begin(carrier);
    const size = this.sends ? carrier.window : 1;
    if (this.window.size !== size) this.window = new Window(size);
    this.outstanding.resize(size);
    if (loopbackOnly && isElsewhere(carrier.host)) {
      this.fail("GENERATED_REGISTRY", "the carrier's address is not on loopback");
    } else this.transport.dial();
  }

  #askWhether(): void {
    this.transport.send(protocol.ENQUIRE_LINK, protocol.ESME_ROK, this.window.allocate());
  }

  /** Ends a bind whose carrier is silent, or answers everything but submissions for longer than it may pause. */
  #watch(nowMs: number): void {
    const { window, outstanding } = this;
    const isStuck = outstanding.isStuck(window, nowMs, this.#owner.carrier.responseTimeoutMs);
    if (!isStuck) {
      const silence = this.transport.silence(nowMs, window.inFlight > 0 || this.#isDoubted);
      if (silence === "ask") this.#askWhether();
      if (silence !== "dead") return;
    }
    this.fellSilent = true;
    outstanding.silent();
    this.fail("CARRIER_UNREACHABLE", `no answer to ${isStuck ? "any submission" : "enquire_link"} within the deadline`);
  }

  #drain(): void {
    this.#drainedMs = performance.now() + this.#owner.carrier.responseTimeoutMs;
  }

  #isDrained(nowMs: number): boolean {
    return this.window.inFlight === 0 && (this.transport.unanswered.length === 0 || nowMs >= this.#drainedMs);
  }

  #unbind(nowMs: number): void {
    this.state = "leaving";
    this.#deadlineMs = nowMs + this.#owner.carrier.enquireLinkTimeoutMs;
    this.transport.send(protocol.UNBIND, protocol.ESME_ROK, this.window.allocate());
  }

  #leave(): void {
    const asked = this.#unbindSequence;
    if (asked !== null) this.transport.send(protocol.UNBIND_RESP, protocol.ESME_ROK, asked);
    this.transport.closeSoon(this.#owner.carrier.enquireLinkTimeoutMs);
    if (asked !== null) {
      this.fail("CARRIER_UNREACHABLE", "the carrier unbound");
      return;
    }
    this.#end(0);
    this.#owner.unbound(this);
  }

  #end(nextMs: number): void {
    this.state = "idle";
    this.#deadlineMs = nextMs;
    this.transport.close();
  }
}
