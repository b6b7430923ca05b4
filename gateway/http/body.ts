/**
 * The body of a request, received in one of two ways: read into memory as a whole, within bounds, or handed on piece by
 * piece to a receiver that says when it can't keep up.
 */
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { KeptBody, type Room } from "./kept-body.js";
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

/** The body as a whole. `settle` is called once, with undefined when the client went away. */
export function readWhole(
  incoming: Incoming,
  room: Room,
  settle: (result: Result<Uint8Array> | undefined) => void,
): Abandon {
  const body = new KeptBody(room, (problem) => settle({ ok: false, problem }));
  incoming.onBody((chunk, isLast) => {
    body.add(chunk);
    if (isLast && !body.isOver) settle(ok(body.end()));
  });
  return () => {
    if (body.isOver) return;
    body.drop();
    settle(undefined);
  };
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
