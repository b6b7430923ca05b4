/**
 * What is read and written over the connections of a bind, one after the other, whatever the state of the bind (`session.ts`) and
 * whatever the PDUs mean (`incoming.ts`).
 *
 * Promises that what the peer asks finds room for its answer, since a chunk is read only when there is room for all answers
 * to it, in buffers that submissions don't get.
 */
import type { CarrierConfiguration } from "../../../../schemas/carrier.js";
import { SMPP } from "../../../../schemas/limits.js";
import * as protocol from "../../pdu/protocol.js";
import { CARRIED_ANSWER_BYTES, Connection, type ConnectionUser, type ReadingGate, readBuffer } from "./connection.js";
import { Liveness } from "./liveness.js";
import type { Outbox } from "./outbox.js";
import { Unanswered } from "./unanswered.js";

/** A data_sm with empty strings; a deliver_sm is longer. */
const MIN_DELIVERY_BYTES = 26;

/** What the transport of a bind needs from the thread that the bind belongs to. */
export interface TransportOwner {
  /** Its settings now; a session takes those of its connection when it connects. */
  readonly carrier: CarrierConfiguration;
  readonly loopbackOnly: boolean;
  /** True if the events of that many bytes of PDUs have room. */
  eventsFit(bytes: number): boolean;
  /** Something was taken or written, so that more can be sent. */
  progressed(): void;
}

export class Transport implements ReadingGate {
  /** Deliveries that wait for a durable ledger. */
  readonly unanswered = new Unanswered();
  /** When something was last read. */
  heardMs = 0;
  /** When reading last waited for room. */
  heldMs = -SMPP.heldGraceMs;
  /** Stays here when it has ended, until what it held is taken. */
  #connection: Connection | null = null;
  readonly #readBuffer = readBuffer();
  readonly #liveness = new Liveness();
  readonly #owner: TransportOwner;
  readonly #user: ConnectionUser;

  constructor(owner: TransportOwner, user: ConnectionUser) {
    this.#owner = owner;
    this.#user = user;
  }

  dial(): void {
    const { carrier, loopbackOnly } = this.#owner;
    this.unanswered.clear();
    this.#connection = new Connection(carrier, loopbackOnly, this.#readBuffer, this.#user, this);
  }

  /** Ends the connection at once, if there is one. */
  close(): void {
    if (this.#connection?.open) this.#connection.close();
  }

  /** Ends it when what was written is sent, or at the latest after `graceMs`. */
  closeSoon(graceMs: number): void {
    this.#connection?.closeSoon(graceMs);
  }

  /** Where to write, null without a connection. */
  get outbox(): Outbox | null {
    return this.#connection?.open ? this.#connection.outbox : null;
  }

  /** How the connection is secured, in words; null without TLS. */
  get security(): string | null {
    return this.#connection?.security ?? null;
  }

  /** Sends a request or an answer that is a header alone, or that and the NUL of an empty message_id, where there is room. */
  send(commandId: number, status: number, sequence: number): void {
    const { outbox } = this;
    const bytes = protocol.HEADER_BYTES + (protocol.hasMessageId(commandId) ? 1 : 0);
    if (!outbox?.reserveAnswers(bytes)) return;
    protocol.writeHeader(outbox.bytes, outbox.at, bytes, commandId, status, sequence);
    if (bytes > protocol.HEADER_BYTES) outbox.bytes[outbox.at + protocol.HEADER_BYTES] = 0;
    outbox.wrote(outbox.at + bytes);
  }

  /** A delivery gets its `response` once its event is durable. Over a connection that has ended it can't. */
  answerLater(response: number, sequence: number): void {
    if (this.outbox !== null) this.unanswered.push(response, sequence);
  }

  heard(): void {
    this.heardMs = performance.now();
    this.#liveness.heard(this.heardMs);
  }

  mayTake(bytes: number): boolean {
    return this.#ledgerTakes(bytes) && this.#peerTakes(bytes);
  }

  progressed(): void {
    this.#owner.progressed();
  }

  /** Takes what was read and waited for room, if there is room now. */
  takeHeld(): void {
    this.#connection?.takeHeld();
  }

  /** True while something that was read waits for room. */
  holds(nowMs: number): boolean {
    if (this.#connection === null || this.#connection.held === 0) return false;
    this.heldMs = nowMs;
    return true;
  }

  /**
   * Whether a peer that is silent is to be asked if it is there, or is not. Where it owes answers it is asked in time to be known
   * as dead at their deadline. While what it sent waits for the ledger, its silence shows nothing. While that waits for the
   * peer to read what we wrote, it may be dead.
   */
  silence(nowMs: number, owesAnswers: boolean): "fine" | "ask" | "dead" {
    const { carrier } = this.#owner;
    const halfMs = owesAnswers ? carrier.responseTimeoutMs / 2 : Number.POSITIVE_INFINITY;
    const enquireLinkMs = Math.min(carrier.enquireLinkMs, halfMs);
    const enquireLinkTimeoutMs = Math.min(carrier.enquireLinkTimeoutMs, halfMs);
    const held = this.#connection?.held ?? 0;
    if (held > 0 && (!this.#ledgerTakes(held) || this.#peerTakes(held))) return "fine";
    return this.#liveness.check(nowMs, enquireLinkMs, enquireLinkTimeoutMs);
  }

  /** There is room for all events of that many bytes, and for the deliveries among them that wait for the ledger. */
  #ledgerTakes(bytes: number): boolean {
    const deliveries = (bytes + CARRIED_ANSWER_BYTES) / MIN_DELIVERY_BYTES;
    return this.#owner.eventsFit(bytes) && (this.outbox === null || this.unanswered.free() >= deliveries);
  }

  /** There is room for all answers to that many bytes. */
  #peerTakes(bytes: number): boolean {
    return this.outbox?.reserveAnswers(bytes + CARRIED_ANSWER_BYTES) ?? true;
  }
}
