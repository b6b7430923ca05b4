/**
 * A body that is kept in memory until it is whole. Promises that it is neither longer than its room takes, nor slower than
 * API.receiveMs, that all of them in one room are within that, and those of one sender within a share of it; what is over
 * gives its room back.
 */
import type { Problem } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";

/** Where bodies are kept while they come in, of every server in the process. */
export class Room {
  #used = 0;
  readonly #bySender = new Map<string, number>();
  /** And all of them together. */
  readonly #allBytes: number;
  /** And all of one sender's. */
  readonly #senderBytes: number;

  constructor(
    /** How long one of them may be. */
    readonly bodyBytes: number,
    allBytes: number,
    senderBytes: number,
  ) {
    this.#allBytes = allBytes;
    this.#senderBytes = senderBytes;
  }

  /** Keeps that many bytes more for the sender, until they are given back; false when there is no room for so many. */
  take(sender: string, bytes: number): boolean {
    this.#used += bytes;
    const theirs = (this.#bySender.get(sender) ?? 0) + bytes;
    this.#bySender.set(sender, theirs);
    // Who has no name may be many.
    return this.#used <= this.#allBytes && (sender === "" || theirs <= this.#senderBytes);
  }

  giveBack(sender: string, bytes: number): void {
    this.#used -= bytes;
    const left = (this.#bySender.get(sender) ?? 0) - bytes;
    if (left > 0) this.#bySender.set(sender, left);
    else this.#bySender.delete(sender);
  }
}

/** Of who has a key. */
export const KEY_ROOM = new Room(API.bodyBytes, API.receivingBytes, API.keyReceivingBytes);
/** Of who has a session: no stranger can keep them from their own data. */
export const SESSION_ROOM = new Room(API.publicBodyBytes, API.publicReceivingBytes, API.addressReceivingBytes);
/** Of everybody else, so that nobody without a key can keep an alarm from coming in. */
export const PUBLIC_ROOM = new Room(API.publicBodyBytes, API.publicReceivingBytes, API.addressReceivingBytes);
/** Of the app's service, one sender that tells where phones are all day long, for the same reason. */
export const POSITION_ROOM = new Room(API.bodyBytes, API.receivingBytes, API.receivingBytes);

export function tooLarge({ bodyBytes }: Room): Problem {
  return { code: "BODY_TOO_LARGE", detail: `At most ${bodyBytes} bytes` };
}

const TOO_MANY: Problem = { code: "BUSY", detail: "Too many bodies are being received" };

export class KeptBody {
  readonly #chunks: Uint8Array[] = [];
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #over = false;
  readonly #room: Room;
  readonly #sender: string;
  readonly #refuse: (problem: Problem) => void;

  /** `refuse` is called at most once, with BODY_TOO_LARGE, BODY_TOO_SLOW, BUSY or what `fail` says; then it is over. */
  constructor(room: Room, sender: string, refuse: (problem: Problem) => void) {
    this.#room = room;
    this.#sender = sender;
    this.#refuse = refuse;
    const tooSlow = { code: "BODY_TOO_SLOW", detail: `Within ${API.receiveMs / 1_000} s` } as const;
    this.#timer = setTimeout(() => this.fail(tooSlow), API.receiveMs).unref();
  }

  /** Nothing more of it is wanted. */
  get isOver(): boolean {
    return this.#over;
  }

  /** A piece, lent until this returns. */
  add(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#bytes += chunk.byteLength;
    const hasRoom = this.#room.take(this.#sender, chunk.byteLength);
    if (this.#bytes > this.#room.bodyBytes) this.fail(tooLarge(this.#room));
    else if (!hasRoom) this.fail(TOO_MANY);
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
    this.#room.giveBack(this.#sender, this.#bytes);
    this.#chunks.length = 0;
  }

  fail(problem: Problem): void {
    if (this.#over) return;
    this.drop();
    this.#refuse(problem);
  }
}
