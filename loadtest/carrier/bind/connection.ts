/**
 * One TCP connection of the carrier simulator: cuts what it reads into PDUs, and collects what it writes into few writes.
 *
 * Assumes that one connection at a time writes into the shared output and flushes it before another one does. Promises
 * that the log is in its file before an answer leaves, and that a peer that does not read is not read from either.
 */
import type { Socket } from "node:net";
import { SIMULATOR, SMPP } from "../../../schemas/limits.js";
import type { Shape } from "../../personalities/shape.js";
import { COMMAND, HEADER_BYTES, readUint32, STATUS, writeHeader } from "./wire.js";

const NOTHING = Buffer.alloc(0);

/** Where the answers to one read are collected; one for the whole process. */
export class Output {
  readonly bytes = Buffer.allocUnsafeSlow(SIMULATOR.outputBytes);
  length = 0;
}

export interface ConnectionOwner {
  /** Called before the PDUs of one read. */
  arrived(): void;
  /** A whole PDU lies in [at, end) of `bytes`, and only until this returns. */
  pdu(bytes: Buffer, at: number, end: number): void;
  /** All of one read has been given to `pdu`, and what that wrote has left. */
  read(): void;
  /** The peer reads again. */
  drained(): void;
  closed(): void;
  /** Called before bytes leave. */
  beforeWrite(): void;
}

export class Connection {
  /** What is left of a PDU that is not complete yet. */
  #rest: Buffer = NOTHING;
  /** Why it isn't read from: the peer doesn't read, or the owner holds too much. */
  #unread = false;
  #held = false;
  #ending = false;
  /** It was told to look away for a while. */
  #stalled = false;
  /** In which pieces bytes leave; null: as they come. */
  shape: Shape | null = null;

  constructor(
    readonly socket: Socket,
    readonly output: Output,
    readonly owner: ConnectionOwner,
  ) {
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("drain", () => {
      this.#unread = false;
      this.#setReading();
      owner.drained();
    });
    // A reset by the peer is no error of ours: "close" follows and says all there is to know.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => owner.closed());
  }

  /** False: nothing may be written now but the answers to what was read. */
  get writable(): boolean {
    return !this.#unread && !this.#ending;
  }

  get open(): boolean {
    return !this.#ending && !this.socket.destroyed;
  }

  /** Makes sure that `count` bytes fit into the output. */
  reserve(count: number): void {
    if (this.output.length + count > this.output.bytes.length) this.flush();
  }

  /** A PDU without a body. */
  writeBare(command: number, status: number, sequence: number): void {
    this.reserve(HEADER_BYTES);
    writeHeader(this.output.bytes, this.output.length, HEADER_BYTES, command, status, sequence);
    this.output.length += HEADER_BYTES;
  }

  /** A PDU, or what is to pass for one. */
  write(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.output.bytes.set(bytes, this.output.length);
    this.output.length += bytes.length;
  }

  flush(): void {
    const { output, socket } = this;
    if (output.length === 0) return;
    this.owner.beforeWrite();
    // The socket may keep the bytes for later, so it gets a copy: two microseconds for the answers to a read of 64 kB.
    const bytes = Buffer.from(output.bytes.subarray(0, output.length));
    if (this.shape === null) socket.write(bytes);
    else this.shape.write(bytes);
    output.length = 0;
    if (socket.writableLength > SMPP.socketBytes && !this.#unread) {
      this.#unread = true;
      this.#setReading();
    }
  }

  /** Stops or starts reading on the owner's behalf. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#setReading();
  }

  /** Sends what is written, then closes; nothing more is read. */
  end(): void {
    this.#ending = true;
    this.flush();
    if (this.shape === null) this.socket.end();
    else this.shape.finish(() => this.socket.end());
  }

  /** Reads on, and has nothing more to say. */
  halfClose(swallowed: Shape): void {
    this.flush();
    this.socket.end();
    this.shape = swallowed;
  }

  /** Looks away, or back. */
  stall(stalled: boolean): void {
    if (stalled === this.#stalled) return;
    this.#stalled = stalled;
    this.#setReading();
  }

  /** As `destroy`, by RST. */
  reset(): void {
    this.#ending = true;
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.#ending = true;
    this.socket.destroy();
  }

  #setReading(): void {
    if (this.#unread || this.#held || this.#stalled) this.socket.pause();
    else this.socket.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#ending) return;
    this.owner.arrived();
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 4 && !this.#ending) {
      const length = readUint32(bytes, at);
      if (length < HEADER_BYTES || length > SMPP.pduBytes) {
        // Nothing after this can be told apart, so the sequence_number is unknown (SMPP 3.4, 4.3.1) and the end is near.
        this.writeBare(COMMAND.genericNack, STATUS.invalidCommandLength, 0);
        this.end();
        return;
      }
      if (bytes.length - at < length) break;
      this.owner.pdu(bytes, at, at + length);
      at += length;
    }
    // Copied, because a few bytes must not keep a whole read in memory.
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
    this.flush();
    this.owner.read();
  }
}
