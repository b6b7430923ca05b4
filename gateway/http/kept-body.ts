/**
 * A body that is kept in memory until it is whole. Promises that it is neither longer than its room takes, nor slower than
 * API.receiveMs, and that all of them in one room are within that; what is over gives its room back.
 */
import type { Problem } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";

/** Where bodies are kept while they come in, of every server in the process. */
export interface Room {
  /** How long one of them may be. */
  readonly bodyBytes: number;
  /** And all of them together. */
  readonly allBytes: number;
  usedBytes: number;
}

/** Of who has a key. */
export const KEY_ROOM: Room = { bodyBytes: API.bodyBytes, allBytes: API.receivingBytes, usedBytes: 0 };
/** Of everybody else, so that nobody without a key can keep an alarm from coming in. */
export const PUBLIC_ROOM: Room = {
  bodyBytes: API.publicBodyBytes,
  allBytes: API.publicReceivingBytes,
  usedBytes: 0,
};
/** Of the app's service, which tells where phones are all day long, for the same reason. */
export const POSITION_ROOM: Room = { bodyBytes: API.bodyBytes, allBytes: API.receivingBytes, usedBytes: 0 };

export function tooLarge({ bodyBytes }: Room): Problem {
  return { code: "BODY_TOO_LARGE", detail: `At most ${bodyBytes} bytes` };
}

const TOO_MANY: Problem = { code: "BUSY", detail: "Too many bodies are being received" };

export class KeptBody {
  readonly #chunks: Uint8Array[] = [];
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #over = false;

  /** `refuse` is called at most once, with BODY_TOO_LARGE, BODY_TOO_SLOW or BUSY; then it is over. */
  constructor(
    private readonly room: Room,
    private readonly refuse: (problem: Problem) => void,
  ) {
    const tooSlow = { code: "BODY_TOO_SLOW", detail: `Within ${API.receiveMs / 1_000} s` } as const;
    this.#timer = setTimeout(() => this.#fail(tooSlow), API.receiveMs).unref();
  }

  /** Nothing more of it is wanted. */
  get isOver(): boolean {
    return this.#over;
  }

  /** A piece, lent until this returns. */
  add(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#bytes += chunk.byteLength;
    this.room.usedBytes += chunk.byteLength;
    if (this.#bytes > this.room.bodyBytes) this.#fail(tooLarge(this.room));
    else if (this.room.usedBytes > this.room.allBytes) this.#fail(TOO_MANY);
    else this.#chunks.push(Buffer.from(chunk));
  }

  /** All of it, once its last piece was added. */
  end(): Uint8Array {
    const whole = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.drop();
    return whole;
  }

  drop(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.room.usedBytes -= this.#bytes;
    this.#chunks.length = 0;
  }

  #fail(problem: Problem): void {
    this.drop();
    this.refuse(problem);
  }
}
