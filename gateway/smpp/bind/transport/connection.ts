/**
 * One connection of a bind, plain TCP or TLS: the socket, what is read from it and what is written to it.
 *
 * Plain TCP is read into one buffer that is used again. Promises that a chunk is taken only once there is room for all
 * that it can cause; until then the chunk is held and the socket is not read, so that nothing is dropped and nothing grows.
 * A chunk that is held when the connection ends is still taken.
 */
import { connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { CarrierConfiguration } from "../../../../schemas/carrier.js";
import { assert, type ErrorCode } from "../../../../schemas/errors.js";
import { SMPP } from "../../../../schemas/limits.js";
import { Framer } from "../../pdu/framer.js";
import { HEADER_BYTES } from "../../pdu/protocol.js";
import { loopbackLookup, NotLoopback } from "../../settings/loopback.js";
import { connectSecurely, troubleOf } from "../../settings/trust.js";
import { Outbox } from "./outbox.js";

/** To whom a connection tells what becomes of it, and hands its PDUs. */
export interface ConnectionUser {
  connected(): void;
  /** The connection failed or was closed by the other side. */
  ended(code: ErrorCode, detail: string): void;
  /** The other side sends no more; it may still read. */
  finished(): void;
  pdu(bytes: Uint8Array, at: number, length: number): void;
  /** A command_length is out of bounds: nothing more can be read. */
  malformed(): void;
}

/** What says when a connection may be read. */
export interface ReadingGate {
  /** Something was read. */
  heard(): void;
  /** True if there is room for all events and answers of that many bytes of PDUs. */
  mayTake(bytes: number): boolean;
  /** A chunk was read, or a buffer was written. */
  progressed(): void;
}

export class Connection {
  readonly outbox: Outbox;
  /** False once this side or the other one has ended it. */
  open = true;
  readonly #socket: Socket;
  readonly #framer: Framer;
  /** What was read last, and how much of it waits for room. */
  #chunk: Uint8Array;
  #held = 0;
  readonly #carrier: CarrierConfiguration;
  readonly #user: ConnectionUser;
  readonly #gate: ReadingGate;

  constructor(
    carrier: CarrierConfiguration,
    loopbackOnly: boolean,
    readBuffer: Buffer,
    user: ConnectionUser,
    gate: ReadingGate,
  ) {
    this.#carrier = carrier;
    this.#user = user;
    this.#gate = gate;
    this.#chunk = readBuffer;
    this.#framer = new Framer((bytes, at, length) => user.pdu(bytes, at, length));
    this.#socket = this.#dial(readBuffer, loopbackOnly);
    this.outbox = new Outbox(this.#socket, () => gate.progressed());
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("end", () => this.open && user.finished());
    this.#socket.on("close", () => this.#ended("CARRIER_UNREACHABLE", "the carrier closed the connection"));
  }

  /** How it is secured, in words; null without TLS. */
  get security(): string | null {
    if (!(this.#socket instanceof TLSSocket)) return null;
    const { subject, valid_to: validTo } = this.#socket.getPeerCertificate();
    return `${this.#socket.getProtocol()}, certificate of ${subject?.CN ?? "nobody"} until ${validTo}`;
  }

  /** Bytes that wait for room. */
  get held(): number {
    return this.#held;
  }

  /** Takes what waited for room, if there is room now, and reads on. */
  takeHeld(): void {
    if (this.#held === 0 || !this.#gate.mayTake(this.#held)) return;
    const length = this.#held;
    this.#held = 0;
    this.#gate.heard();
    this.#take(length);
    if (this.open) this.#socket.resume();
  }

  /** Ends it at once; what was written and not sent is dropped. */
  close(): void {
    this.open = false;
    this.#socket.destroy();
  }

  /** Ends it when what was written is sent, or at the latest after `graceMs`: a peer may never read it. */
  closeSoon(graceMs: number): void {
    this.open = false;
    this.outbox.end();
    this.#socket.destroySoon();
    const late = setTimeout(() => this.#socket.destroy(), graceMs).unref();
    this.#socket.on("close", () => clearTimeout(late));
  }

  /**
   * With TLS `onread` is of no use: decrypted bytes go on coming after the socket was told to stop, and would overwrite what
   * is held. As a stream, it keeps them; they are what one read of the socket below brought at most.
   */
  #dial(readBuffer: Buffer, loopbackOnly: boolean): Socket {
    const { host, port, tls } = this.#carrier;
    const lookup = loopbackOnly ? loopbackLookup() : undefined;
    if (tls === null) {
      const onread = { buffer: readBuffer, callback: (length: number) => this.open && this.#read(readBuffer, length) };
      const socket = connect({ host, port, noDelay: true, allowHalfOpen: true, onread, ...(lookup && { lookup }) });
      return socket.on("connect", () => this.open && this.#user.connected());
    }
    const socket = connectSecurely(host, port, tls, lookup);
    socket.on("data", (chunk: Buffer) => {
      assert(chunk.length <= readBuffer.length, "a chunk is no longer than there can be room for");
      if (!this.open || !this.#read(chunk, chunk.length)) socket.pause();
    });
    return socket.on("secureConnect", () => this.open && this.#user.connected());
  }

  /** Returns false to stop reading until `takeHeld` finds room. */
  #read(chunk: Uint8Array, length: number): boolean {
    this.#gate.heard();
    this.#chunk = chunk;
    const room = this.#gate.mayTake(length);
    if (room) this.#take(length);
    else this.#held = length;
    this.#gate.progressed();
    return room;
  }

  #take(length: number): void {
    if (!this.#framer.push(this.#chunk, length)) this.#user.malformed();
  }

  #failed(error: Error): void {
    if (error instanceof NotLoopback) {
      this.#ended("GENERATED_REGISTRY", "the carrier's address is not on loopback");
      return;
    }
    const secure = this.#socket instanceof TLSSocket ? this.#socket : null;
    const { code, detail } = troubleOf(error, secure, this.#carrier.tls, this.#carrier.host);
    this.#ended(code, detail);
  }

  #ended(code: ErrorCode, detail: string): void {
    if (!this.open) return;
    this.open = false;
    this.#user.ended(code, detail);
  }
}

/** What the answer to a PDU that an earlier chunk began may take beside those to a chunk: a header and one byte. */
export const CARRIED_ANSWER_BYTES = HEADER_BYTES + 1;

/** The buffer that a bind's connections, one after the other, read into; the answers to all of it fit into one buffer. */
export function readBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(SMPP.bufferBytes - CARRIED_ANSWER_BYTES);
}
