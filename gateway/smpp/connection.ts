/**
 * One TCP connection of a bind: the socket, what is read from it and what is written to it.
 *
 * Reads into one buffer that is used again. Promises that a chunk is taken only once its owner has room for all that it can
 * cause; until then the chunk is held and the socket is not read, so that nothing is dropped and nothing grows. A chunk that
 * is held when the connection ends is still taken.
 */
import { connect, type Socket } from "node:net";
import { SMPP } from "../../schemas/limits.js";
import { Framer } from "./framer.js";
import { loopbackLookup, NotLoopback } from "./loopback.js";
import { Outbox } from "./outbox.js";

export interface ConnectionOwner {
  connected(): void;
  /** The carrier's name leads beyond loopback, where this connection must not go. */
  elsewhere(): void;
  /** The connection failed or was closed by the other side. */
  ended(detail: string): void;
  /** Something was read. */
  heard(): void;
  /** True if there is room for all events and answers of that many bytes of PDUs. */
  mayTake(bytes: number): boolean;
  pdu(bytes: Uint8Array, at: number, length: number): void;
  /** A command_length is out of bounds: nothing more can be read. */
  malformed(): void;
  /** A chunk was read, or a buffer was written. */
  progressed(): void;
}

export class Connection {
  readonly outbox: Outbox;
  /** False once this side or the other one has ended it. */
  open = true;
  readonly #socket: Socket;
  readonly #framer: Framer;
  /** Bytes of the read buffer that wait for room. */
  #held = 0;

  constructor(
    host: string,
    port: number,
    loopbackOnly: boolean,
    private readonly readBuffer: Buffer,
    private readonly owner: ConnectionOwner,
  ) {
    this.#framer = new Framer((bytes, at, length) => owner.pdu(bytes, at, length));
    const onread = { buffer: readBuffer, callback: (length: number) => this.open && this.#read(length) };
    this.#socket = connect({ host, port, noDelay: true, onread, ...(loopbackOnly && { lookup: loopbackLookup() }) });
    this.outbox = new Outbox(this.#socket, () => owner.progressed());
    this.#socket.on("connect", () => this.open && owner.connected());
    this.#socket.on("error", (error) => {
      if (error instanceof NotLoopback && this.open) owner.elsewhere();
      else this.#ended(`${"code" in error ? error.code : error.name}`);
    });
    this.#socket.on("close", () => this.#ended("the carrier closed the connection"));
  }

  get holding(): boolean {
    return this.#held > 0;
  }

  /** Takes what waited for room, if there is room now, and reads on. */
  takeHeld(): void {
    if (this.#held === 0 || !this.owner.mayTake(this.#held)) return;
    const length = this.#held;
    this.#held = 0;
    this.owner.heard();
    this.#take(length);
    if (this.open) this.#socket.resume();
  }

  /** Ends it at once; what was written and not sent is dropped. */
  close(): void {
    this.open = false;
    this.#socket.destroy();
  }

  /** Ends it when what was written is sent. */
  closeSoon(): void {
    this.outbox.flush();
    this.open = false;
    this.#socket.destroySoon();
  }

  /** Returns false to stop reading until `takeHeld` finds room. */
  #read(length: number): boolean {
    this.owner.heard();
    const room = this.owner.mayTake(length);
    if (room) this.#take(length);
    else this.#held = length;
    this.owner.progressed();
    return room;
  }

  #take(length: number): void {
    if (!this.#framer.push(this.readBuffer, length)) this.owner.malformed();
  }

  #ended(detail: string): void {
    if (!this.open) return;
    this.open = false;
    this.owner.ended(detail);
  }
}

/** The buffer that a bind's connections, one after the other, read into. */
export function readBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(SMPP.bufferBytes);
}
