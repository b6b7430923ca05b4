/**
 * The body of a request, received in one of two ways: read into memory as a whole, within bounds, or handed on piece by
 * piece to a receiver that says when it can't keep up.
 */
import { ok, type Problem, type Result } from "../../../../schemas/errors.js";
import type { HttpResponse } from "../response.js";
import type { BodySource } from "./coding.js";
import { KeptBody, type Room } from "./kept-body.js";

/** Takes a body as a stream. */
export interface BodyReceiver {
  /** The id of what comes of it, where it has one from the beginning. */
  readonly makes?: string;
  /**
   * A piece, lent until this returns. False: no more for now, until `resume` is called, later; what the transport has read
   * already, at most half a megabyte, comes all the same.
   */
  chunk(bytes: Uint8Array, resume: () => void): boolean;
  /** After the last piece. */
  end(): Promise<Result<HttpResponse>>;
  /** Instead of `end`: the client went away, or its body was cut off. */
  abort(): void;
}

/** Answers with a problem at once; the rest of the body is read away and the receiver hears nothing more. */
export type Refuse = (problem: Problem) => void;

/** Gives up what is being received; to be called when the client is gone. */
export type Abandon = () => void;

/** The body as a whole, in the sender's share of a room. `settle` is called once, with undefined when the client went away. */
export function readWhole(
  source: BodySource,
  room: Room,
  sender: string,
  settle: (result: Result<Uint8Array> | undefined) => void,
): Abandon {
  const body = new KeptBody(room, sender, (problem) => {
    source.drop();
    settle({ ok: false, problem });
  });
  source.onBody(
    (chunk, isLast) => {
      body.add(chunk);
      if (isLast && !body.isOver) settle(ok(body.end()));
    },
    (problem) => body.fail(problem),
  );
  return () => {
    if (body.isOver) return;
    body.drop();
    source.drop();
    settle(undefined);
  };
}

/** The body as a stream. `settle` is called once, with undefined when the client went away; `failed` when a receiver throws. */
export function stream(
  source: BodySource,
  open: (refuse: Refuse) => Result<BodyReceiver>,
  settle: (result: Result<HttpResponse> | undefined) => void,
  failed: (error: unknown) => void,
): Abandon {
  const flow = new Flow(source);
  let over = false;
  const finish = (report: () => void): void => {
    if (over) return;
    over = true;
    report();
  };
  /** Ends it early: the rest is read away. */
  const refuse = (problem: Problem): void =>
    finish(() => {
      flow.end();
      settle({ ok: false, problem });
    });
  const opened = open(refuse);
  if (!opened.ok) {
    refuse(opened.problem);
    return () => {};
  }
  const receiver = opened.value;
  const resume = (): void => flow.resume();
  const take = (chunk: Uint8Array, isLast: boolean): void => {
    const isHeldUp = chunk.byteLength > 0 && !receiver.chunk(chunk, resume);
    if (isLast) finish(() => receiver.end().then(settle, failed));
    else if (isHeldUp && !over) flow.hold();
  };
  const piece = (chunk: Uint8Array, isLast: boolean): void => {
    if (over) return;
    try {
      take(chunk, isLast);
    } catch (error) {
      finish(() => {
        flow.end();
        failed(error);
      });
    }
  };
  source.onBody(piece, (problem) => {
    if (over) return;
    receiver.abort();
    refuse(problem);
  });
  return () => {
    flow.end();
    finish(() => {
      receiver.abort();
      settle(undefined);
    });
  };
}

/** Whether the client may send. */
class Flow {
  #isHeld = false;
  readonly #source: BodySource;

  constructor(source: BodySource) {
    this.#source = source;
  }

  /** The receiver wants no more for now. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#source.pause();
  }

  resume(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#source.resume();
  }

  /** Nothing more of it is wanted. */
  end(): void {
    this.resume();
    this.#source.drop();
  }
}
