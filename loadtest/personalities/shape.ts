/**
 * In which pieces bytes leave: a byte at a time, many PDUs at once, or not at all.
 *
 * Assumes a socket with noDelay, so that a write is a segment of its own where the network has room for it.
 */
import type { Socket } from "node:net";
import { SIMULATOR } from "../../schemas/limits.js";
import type { PersonalityName } from "./table.js";

export interface Shape {
  /** Takes the bytes; they are the shape's own. */
  write(bytes: Buffer): void;
  /** Calls back when all has been written. */
  finish(then: () => void): void;
}

const COLLECTED_MS = 50;

/** One byte in each turn of the event loop. */
class ByteByByte implements Shape {
  readonly #queue: Buffer[] = [];
  #at = 0;
  #then: (() => void) | null = null;

  constructor(readonly socket: Socket) {}

  write(bytes: Buffer): void {
    this.#queue.push(bytes);
    if (this.#queue.length === 1) setImmediate(this.#step);
  }

  finish(then: () => void): void {
    if (this.#queue.length === 0) then();
    else this.#then = then;
  }

  readonly #step = (): void => {
    const first = this.#queue[0]!;
    if (this.socket.destroyed) return;
    this.socket.write(first.subarray(this.#at, ++this.#at));
    if (this.#at === first.length) {
      this.#queue.shift();
      this.#at = 0;
    }
    if (this.#queue.length > 0) setImmediate(this.#step);
    else this.#then?.();
  };
}

class Collected implements Shape {
  #pieces: Buffer[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(readonly socket: Socket) {}

  write(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= SIMULATOR.outputBytes) this.#flush();
    else this.#timer ??= setTimeout(this.#flush, COLLECTED_MS);
  }

  finish(then: () => void): void {
    this.#flush();
    then();
  }

  readonly #flush = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#length > 0 && !this.socket.destroyed) this.socket.write(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#length = 0;
  };
}

/** Of a connection that is dead and does not know it. */
export const SWALLOWED: Shape = { write: () => {}, finish: () => {} };

/** Null: as it comes. */
export function shapeFor(names: ReadonlySet<PersonalityName>, socket: Socket): Shape | null {
  if (names.has("one-byte")) return new ByteByByte(socket);
  return names.has("coalesced") ? new Collected(socket) : null;
}
