/**
 * What is read and written over the connection of a bind, whatever the state of the bind: `Session` adds that.
 *
 * Promises that what the peer asks finds room for its answer, since a chunk is read only when there is room for all answers
 * to it, in buffers that submissions don't get.
 */
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import type { ErrorCode } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";
import { Unanswered } from "../carrier/unanswered.js";
import * as protocol from "../pdu/protocol.js";
import { CARRIED_ANSWER_BYTES, Connection, type ConnectionOwner, readBuffer } from "./connection.js";
import { Liveness } from "./liveness.js";
import type { Outbox } from "./outbox.js";

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

export abstract class Transport<Owner extends TransportOwner> implements ConnectionOwner {
  /** Deliveries that wait for a durable ledger. */
  readonly unanswered = new Unanswered();
  /** When something was last read. */
  heardMs = 0;
  /** When reading last waited for room. */
  heldMs = -SMPP.heldGraceMs;
  /** The bind before fell silent, and on this one nothing was heard yet: it is asked with an enquire_link, and with no person. */
  protected isDoubted = false;
  /** Stays here when it has ended, until what it held is taken. */
  protected connection: Connection | null = null;
  readonly #readBuffer = readBuffer();
  readonly #liveness = new Liveness();

  constructor(protected readonly owner: Owner) {}

  abstract connected(): void;
  abstract ended(code: ErrorCode, detail: string): void;
  abstract finished(): void;
  abstract malformed(): void;
  abstract pdu(bytes: Uint8Array, at: number, length: number): void;

  /** Where to write, null without a connection. */
  get outbox(): Outbox | null {
    return this.connection?.open ? this.connection.outbox : null;
  }

  /** How the connection is secured, in words; null without TLS. */
  get security(): string | null {
    return this.connection?.security ?? null;
  }

  takeHeld(): void {
    this.connection?.takeHeld();
  }

  /** Sends a request or an answer that is a header alone, or that and the NUL of an empty message_id, where there is room. */
  send(commandId: number, status: number, sequence: number): void {
    const outbox = this.outbox;
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
    this.owner.progressed();
  }

  protected dial(): void {
    this.unanswered.clear();
    this.connection = new Connection(this.owner.carrier, this.owner.loopbackOnly, this.#readBuffer, this);
  }

  /** True while something that was read waits for room. */
  protected holds(nowMs: number): boolean {
    if (this.connection === null || this.connection.held === 0) return false;
    this.heldMs = nowMs;
    return true;
  }

  /**
   * Asks a peer that is silent whether it is there; false if it is not. Where it owes answers it is asked in time to be known
   * as dead at their deadline. While what it sent waits for the ledger, its silence shows nothing. While that waits for the
   * peer to read what we wrote, it may be dead.
   */
  protected lives(nowMs: number, owesAnswers: boolean): boolean {
    const { carrier } = this.owner;
    const halfMs = owesAnswers ? carrier.responseTimeoutMs / 2 : Number.POSITIVE_INFINITY;
    const enquireLinkMs = Math.min(carrier.enquireLinkMs, halfMs);
    const enquireLinkTimeoutMs = Math.min(carrier.enquireLinkTimeoutMs, halfMs);
    const held = this.connection?.held ?? 0;
    if (held > 0 && (!this.#ledgerTakes(held) || this.#peerTakes(held))) return true;
    const link = this.#liveness.check(nowMs, enquireLinkMs, enquireLinkTimeoutMs);
    if (link === "ask") this.askWhether();
    return link !== "dead";
  }

  /** Sends an enquire_link. */
  protected abstract askWhether(): void;

  /** There is room for all events of that many bytes, and for the deliveries among them that wait for the ledger. */
  #ledgerTakes(bytes: number): boolean {
    const deliveries = (bytes + CARRIED_ANSWER_BYTES) / MIN_DELIVERY_BYTES;
    return this.owner.eventsFit(bytes) && (this.outbox === null || this.unanswered.free() >= deliveries);
  }

  /** There is room for all answers to that many bytes. */
  #peerTakes(bytes: number): boolean {
    return this.outbox?.reserveAnswers(bytes + CARRIED_ANSWER_BYTES) ?? true;
  }
}
