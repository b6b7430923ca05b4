/**
 * The body of a request, received in one of two ways: read into memory as a whole, within bounds, or handed on piece by
 * piece to a receiver that says when it can't keep up.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import type { Reply } from "./route.js";
import type { Incoming } from "./transport.js";

/** Takes a body as a stream. */
export interface BodyReceiver {
  /**
   * A piece, lent until this returns. False: no more for now, until `resume` is called, later; what the transport has read
   * already, at most half a megabyte, comes all the same.
   */
  chunk(bytes: Uint8Array, resume: () => void): boolean;
  /** After the last piece. */
  end(): Promise<Result<Reply>>;
  /** Instead of `end`: the client went away, or its body was cut off. */
  abort(): void;
}

/** Answers with a problem at once; the rest of the body is read away and the receiver hears nothing more. */
export type Refuse = (problem: Problem) => void;

/** Gives up what is being received; to be called when the client is gone. */
export type Abandon = () => void;

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

/**
 * The body as a whole: as long as there is room for whatever Content-Length says, within API.receiveMs. `settle` is called once, with undefined when the client went away.
 */
export function readWhole(
  incoming: Incoming,
  room: Room,
  settle: (result: Result<Uint8Array> | undefined) => void,
): Abandon {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let settled = false;
  const finish = (result: Result<Uint8Array> | undefined): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    room.usedBytes -= bytes;
    settle(result);
  };
  const tooSlow = fail("BODY_TOO_SLOW", `Within ${API.receiveMs / 1_000} s`);
  const timer = setTimeout(finish, API.receiveMs, tooSlow).unref();
  incoming.onBody((chunk, isLast) => {
    if (settled) return;
    bytes += chunk.byteLength;
    room.usedBytes += chunk.byteLength;
    if (bytes > room.bodyBytes) return finish(tooLarge(room));
    if (room.usedBytes > room.allBytes) return finish(fail("BUSY", "Too many bodies are being received"));
    chunks.push(Buffer.from(chunk));
    if (isLast) finish(ok(Buffer.concat(chunks)));
  });
  return () => finish(undefined);
}

export function tooLarge({ bodyBytes }: Room): Result<never> {
  return fail("BODY_TOO_LARGE", `At most ${bodyBytes} bytes`);
}

/** The body as a stream. `settle` is called once, with undefined when the client went away; `failed` when a receiver throws. */
export function stream(
  incoming: Incoming,
  open: (refuse: Refuse) => Result<BodyReceiver>,
  settle: (result: Result<Reply> | undefined) => void,
  failed: (error: unknown) => void,
): Abandon {
  const flow = new Flow(incoming);
  let over = false;
  const finish = (report: () => void): void => {
    if (over) return;
    over = true;
    flow.end();
    report();
  };
  const opened = open((problem) => finish(() => settle({ ok: false, problem })));
  if (!opened.ok) {
    finish(() => settle(opened));
    return () => {};
  }
  const receiver = opened.value;
  const resume = (): void => flow.resume();
  const take = (chunk: Uint8Array, isLast: boolean): void => {
    const isHeldUp = chunk.byteLength > 0 && !receiver.chunk(chunk, resume);
    if (isLast) finish(() => receiver.end().then(settle, failed));
    else if (!over) flow.came(isHeldUp);
  };
  incoming.onBody((chunk, isLast) => {
    if (over) return;
    try {
      take(chunk, isLast);
    } catch (error) {
      finish(() => failed(error));
    }
  });
  return () => {
    flow.forget();
    finish(() => {
      receiver.abort();
      settle(undefined);
    });
  };
}

/**
 * Whether the client may send. Beside the receiver's wish there is a moment's rest now and then: uWebSockets.js ends whoever
 * sends less than 160 kB in 10 s, a stream of a few lines a second too, but begins to count anew after a pause.
 */
class Flow {
  #isHeld = false;
  #isResting = false;
  #restedMs = performance.now();

  constructor(private readonly incoming: Incoming) {}

  /** A piece came, after which the receiver wants no more for now, or does. */
  came(isHeldUp: boolean): void {
    const nowMs = performance.now();
    const wasPaused = this.#isPaused;
    if (isHeldUp) this.#isHeld = true;
    else if (!wasPaused && nowMs - this.#restedMs >= API.streamRestMs) {
      this.#restedMs = nowMs;
      this.#isResting = true;
      setImmediate(() => this.#go(() => (this.#isResting = false)));
    }
    if (!wasPaused && this.#isPaused) this.incoming.pause();
  }

  resume(): void {
    this.#go(() => (this.#isHeld = false));
  }

  /** The rest is read away. */
  end(): void {
    this.#go(() => this.forget());
  }

  /** The client is gone: nothing of the request may be touched. */
  forget(): void {
    this.#isHeld = false;
    this.#isResting = false;
  }

  get #isPaused(): boolean {
    return this.#isHeld || this.#isResting;
  }

  #go(change: () => void): void {
    const wasPaused = this.#isPaused;
    change();
    if (wasPaused && !this.#isPaused) this.incoming.resume();
  }
}
