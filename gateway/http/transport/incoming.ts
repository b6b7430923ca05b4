/**
 * One request and its answer on node:http. Node keeps the connection whole by itself: it answers in the order of the
 * requests, and after an early answer it reads the rest of the body away.
 *
 * Silence is bounded while the client has something to do, and not while the answer is being made.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Problem } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { wholeProblem } from "../request/problem.js";
import { announcesBody, readHead } from "./head.js";
import { type Body, type Incoming, REASONS, type RequestHead } from "./transport.js";

const NOTHING = new Uint8Array(0);

/** What the connection wants to know of a request on it. */
export interface RequestEvents {
  /** All of it is there, and waits for its answer. */
  whole(): void;
  /** Whose it is, is known; false where they have `most` already. */
  known(owner: string, most: number): boolean;
  /** Once, with the answer. */
  answered(incoming: NodeIncoming): void;
}

export class NodeIncoming implements Incoming {
  readonly head: RequestHead;
  #gone: (() => void) | undefined;
  #over: (() => void) | undefined;
  #halfClosed: (() => void) | undefined;
  #cut: ((problem: Problem) => void) | undefined;
  #isLast = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #events: RequestEvents;
  /** True while the client waits to be told that it may send the body. */
  readonly #isHeld: boolean;

  constructor(request: IncomingMessage, response: ServerResponse, events: RequestEvents, isHeld = false) {
    this.#request = request;
    this.#response = response;
    this.#events = events;
    this.#isHeld = isHeld;
    this.head = readHead(request);
    request.socket.setTimeout(0);
  }

  /** Nothing of it is still to come. */
  get isWhole(): boolean {
    return this.#request.complete;
  }

  get isAnswered(): boolean {
    return this.#response.writableEnded;
  }

  /** Calls back when the answer is out, with those before it. */
  whenSent(callback: () => void): void {
    if (this.#response.writableFinished) callback();
    else this.#response.once("finish", callback);
  }

  address(): string {
    return this.#request.socket.remoteAddress ?? "";
  }

  forwardedFor(): string {
    // Node joins several with commas.
    return String(this.#request.headers["x-forwarded-for"] ?? "");
  }

  known(owner: string, most: number): boolean {
    return this.#events.known(owner, most);
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
  }

  onOver(callback: () => void): void {
    this.#over = callback;
  }

  onHalfClosed(callback: () => void): void {
    this.#halfClosed = callback;
  }

  onCut(callback: (problem: Problem) => void): void {
    this.#cut = callback;
  }

  /** Said by the connection, because Node tells only the request whose turn it is. */
  leave(): void {
    this.#gone?.();
  }

  over(): void {
    this.#over?.();
  }

  halfClosed(): void {
    this.#halfClosed?.();
  }

  /** The rest does not come: whoever receives it says so in the answer, which is the connection's last. */
  cut(problem: Problem): void {
    this.endConnection();
    this.#cut?.(problem);
    if (!this.isAnswered) this.refuse(problem, true);
  }

  cutOff(problem: Problem): void {
    if (!this.isWhole && !this.isAnswered) this.cut(problem);
  }

  /** Its answer is the connection's last. */
  endConnection(): void {
    this.#isLast = true;
  }

  /** Answers by itself; `isLast`: the connection ends with it. */
  refuse(problem: Problem, isLast: boolean): void {
    this.#isLast = isLast;
    const { status, headers, body } = wholeProblem(problem);
    this.answer(status, headers, body);
  }

  onBody(callback: (chunk: Uint8Array, isLast: boolean) => void): void {
    const request = this.#request;
    const response = this.#response;
    request.socket.setTimeout(API.silentMs);
    if (this.#isHeld) response.writeContinue();
    request.on("data", (chunk: Buffer) => callback(chunk, false));
    request.on("end", () => {
      request.socket.setTimeout(0);
      // Behind an answer it is the rest that nobody wants: nothing is being answered any more.
      if (!this.isAnswered) this.#events.whole();
      callback(NOTHING, true);
    });
  }

  pause(): void {
    this.#request.pause();
    this.#request.socket.setTimeout(0);
  }

  resume(): void {
    // Once all of it is there, silence is no fault of the client's.
    if (!this.#request.complete) this.#request.socket.setTimeout(API.silentMs);
    this.#request.resume();
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: Body): void {
    const request = this.#request;
    const response = this.#response;
    request.socket.setTimeout(API.silentMs);
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const last = this.#isLast ? { Connection: "close" } : {};
    response.writeHead(status, REASONS[status] ?? "Unknown", { ...headers, ...length, ...last });
    response.end(request.method === "HEAD" ? undefined : body);
    this.#events.answered(this);
    if (announcesBody(request) && !request.complete) this.#boundRest();
  }

  /** What is left of a body that nobody wants is read away, but not for ever. */
  #boundRest(): void {
    const request = this.#request;
    const timer = setTimeout(() => this.whenSent(() => request.socket.destroySoon()), API.restMs).unref();
    // Once all of it came, and once the connection has ended.
    request.once("close", () => clearTimeout(timer));
  }
}
