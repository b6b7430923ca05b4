/**
 * What one connection writes: PDUs are put one behind the other into a buffer of a small pool, and each buffer goes to
 * the socket in one write. A buffer is used again when the socket has taken it, so the pool bounds what is unsent
 * (SMPP.socketBytes), and the last buffer is kept for answers, which so never wait behind submissions.
 */
import type { Socket } from "node:net";
import { assert } from "../../../../schemas/errors.js";
import { SMPP } from "../../../../schemas/limits.js";

const BUFFERS = SMPP.socketBytes / SMPP.bufferBytes + 1;

export class Outbox {
  readonly #free: Buffer[] = [];
  #current: Buffer;
  /** Bytes of the current buffer that are filled. */
  #used = 0;
  readonly #socket: Socket;
  readonly #freed: () => void;

  /** `freed` is called when the socket has taken a buffer. */
  constructor(socket: Socket, freed: () => void) {
    this.#socket = socket;
    this.#freed = freed;
    for (let count = 1; count < BUFFERS; count++) this.#free.push(Buffer.allocUnsafeSlow(SMPP.bufferBytes));
    this.#current = Buffer.allocUnsafeSlow(SMPP.bufferBytes);
  }

  /** The buffer to write at `at` into, once room for it was found. */
  get bytes(): Buffer {
    return this.#current;
  }
  get at(): number {
    return this.#used;
  }

  /** Bytes of submissions that may be written in one piece: `bytes` where that is possible, what is left otherwise. */
  roomForSubmissions(bytes: number): number {
    if (this.#free.length === 0) return 0;
    return this.#reserve(bytes, 2) ? bytes : this.#current.length - this.#used;
  }

  /** True if there is room for `bytes` of answers in one piece. */
  reserveAnswers(bytes: number): boolean {
    return this.#reserve(bytes, 1);
  }

  /** What was written ends at `at`. */
  wrote(at: number): void {
    assert(at <= this.#current.length, "no PDU is written beyond its buffer");
    this.#used = at;
  }

  /** Writes one PDU that is encoded already; only where there is surely room, as at the begin of a connection. */
  writePdu(pdu: Buffer): void {
    assert(this.#reserve(pdu.length, 1), "there is room for the PDU");
    pdu.copy(this.#current, this.#used);
    this.#used += pdu.length;
    this.flush();
  }

  /** Hands what was written to the socket. */
  flush(): void {
    if (this.#used === 0 || this.#free.length === 0) return;
    this.#send();
  }

  /** Hands over all that was written, for the last time. */
  end(): void {
    if (this.#used > 0) this.#socket.write(this.#current.subarray(0, this.#used));
    this.#used = 0;
  }

  #reserve(bytes: number, free: number): boolean {
    if (this.#used + bytes <= this.#current.length) return true;
    if (this.#free.length < free) return false;
    this.#send();
    return true;
  }

  #send(): void {
    const sent = this.#current;
    const next = this.#free.pop();
    assert(next !== undefined, "a buffer is free");
    this.#socket.write(this.#used === sent.length ? sent : sent.subarray(0, this.#used), () => {
      this.#free.push(sent);
      this.#freed();
    });
    this.#current = next;
    this.#used = 0;
  }
}
