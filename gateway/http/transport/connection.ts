/**
 * One connection, with the requests on it. Node's own server reads them and sends the answers in their order; what is added
 * here is what the API promises beyond it:
 *
 * - whatever came whole is answered, also when nonsense, half a request or the end of the client's side follows it;
 * - half a request whose rest doesn't come, or can't be read, is told so in its turn, and then the connection ends;
 * - nothing is taken any more from a connection that is about to end, for nobody would get the answer;
 * - every request that waits is told when its client goes, also those that queue behind another.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Problem } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { wholeProblem } from "../request/problem.js";
import { announcesBody, faultOf } from "./head.js";
import { NodeIncoming, type RequestEvents } from "./incoming.js";
import type { Places } from "./places.js";
import { type Handlers, REASONS } from "./transport.js";

const TOO_SLOW: Problem = { code: "BODY_TOO_SLOW", detail: `Nothing came for ${API.silentMs / 1_000} s` };

export class ClientConnection implements RequestEvents {
  /** Requests without an answer. */
  readonly #waiting = new Set<NodeIncoming>();
  /** Those of which an answer is not all with the system. */
  readonly #unsent = new Set<NodeIncoming>();
  /** The newest request, which is answered last. */
  #last: NodeIncoming | undefined;
  #isEnding = false;
  #isKnown = false;
  readonly #socket: Socket;
  readonly #handlers: Handlers;
  readonly #places: Places;

  constructor(socket: Socket, handlers: Handlers, places: Places) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#places = places;
    socket.on("end", () => {
      for (const incoming of this.#waiting) if (incoming.isWhole) incoming.halfClosed();
    });
    socket.once("close", () => {
      for (const incoming of this.#waiting) incoming.leave();
      this.#waiting.clear();
      for (const incoming of this.#unsent) incoming.over();
      this.#unsent.clear();
    });
  }

  /** `isHeld`: the client waits for a word before it sends the body. */
  request(request: IncomingMessage, response: ServerResponse, isHeld = false): void {
    if (this.#isEnding) return;
    const incoming = new NodeIncoming(request, response, this, isHeld);
    this.#waiting.add(incoming);
    this.#last = incoming;
    this.#unsent.add(incoming);
    incoming.whenSent(() => {
      if (this.#unsent.delete(incoming)) incoming.over();
    });
    if (!announcesBody(request)) this.whole();
    const problem = faultOf(request);
    if (problem === undefined) {
      // Node from 22 on loses what comes behind a body that another protocol was offered with.
      if (announcesBody(request) && request.headers.upgrade !== undefined) {
        this.#isEnding = true;
        incoming.endConnection();
      }
      // A proxy sends what many ask over one connection: whose it is, is said by each request anew.
      this.#isKnown = false;
      this.#handlers.request(incoming);
      if (!this.#isKnown) this.#forget();
    } else {
      // Behind any other fault than this one nobody can tell where the next request begins.
      this.#isEnding = problem.code !== "EXPECTATION_FAILED";
      incoming.refuse(problem, this.#isEnding);
    }
  }

  whole(): void {
    this.#places.hold(this.#socket);
  }

  known(owner: string, most: number): boolean {
    if (!this.#places.know(this.#socket, owner, most)) return false;
    this.#isKnown = true;
    this.#places.hold(this.#socket);
    return true;
  }

  /** It is a stranger's from now on, who keeps the place while something is being answered. */
  #forget(): void {
    this.#places.forget(this.#socket);
    if (!this.#isAnswering) this.#places.release(this.#socket);
  }

  answered(incoming: NodeIncoming): void {
    this.#waiting.delete(incoming);
    if (!this.#isKnown && !this.#isAnswering) this.#places.release(this.#socket);
  }

  /** Calls back when all that came before is answered. */
  whenAnswered(callback: () => void): void {
    if (this.#last) this.#last.whenSent(callback);
    else callback();
  }

  /** Nothing more can be read from it, for this reason. */
  cut(problem: Problem): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const last = this.#last;
    if (last === undefined || last.isWhole) this.whenAnswered(() => this.#endWith(problem));
    // The answer that it had before its body came is the only one.
    else if (last.isAnswered) last.whenSent(() => this.#socket.destroySoon());
    else last.cut(problem);
  }

  /** Nothing came or was taken for API.silentMs. */
  silent(): void {
    const last = this.#last;
    const isReceiving = last ? !last.isWhole && !last.isAnswered : this.#socket.bytesRead > 0;
    if (isReceiving && !this.#isEnding) this.cut(TOO_SLOW);
    // While an answer is being made, silence is no fault of the client's.
    else if (!this.#isAnswering) this.#socket.destroy();
  }

  /** Whether a request waits of which nothing is still to come. */
  get #isAnswering(): boolean {
    return [...this.#waiting].some(({ isWhole }) => isWhole);
  }

  #endWith(problem: Problem): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    const { status, headers, body } = wholeProblem(problem);
    const all = { ...headers, Connection: "close", "Content-Length": Buffer.byteLength(body) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.setTimeout(API.silentMs);
    socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines.join("")}\r\n${body}`);
    socket.destroySoon();
  }
}
