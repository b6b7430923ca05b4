/**
 * One request and its answer on node:http. Node keeps the connection whole by itself: it answers in the order of the
 * requests, and after an early answer it reads the rest of the body away.
 *
 * Silence is bounded while the client has something to do, and not while the answer is being made.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { API } from "../../../schemas/limits.js";
import { type Incoming, REASONS, type RequestHead } from "../transport.js";

const NOTHING = new Uint8Array(0);

export class NodeIncoming implements Incoming {
  readonly head: RequestHead;
  #gone: (() => void) | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    /** Called once, with the answer. */
    private readonly answered: (incoming: NodeIncoming) => void,
  ) {
    this.head = readHead(request);
    request.socket.setTimeout(0);
  }

  address(): string {
    return this.request.socket.remoteAddress ?? "";
  }

  forwardedFor(): string {
    // Node joins several with commas.
    return String(this.request.headers["x-forwarded-for"] ?? "");
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
  }

  /** Said by the connection, because Node tells only the request whose turn it is. */
  leave(): void {
    this.#gone?.();
  }

  onBody(callback: (chunk: Uint8Array, isLast: boolean) => void): void {
    const { socket } = this.request;
    socket.setTimeout(API.silentMs);
    this.request.on("data", (chunk: Buffer) => callback(chunk, false));
    this.request.on("end", () => {
      socket.setTimeout(0);
      callback(NOTHING, true);
    });
  }

  pause(): void {
    this.request.pause();
    this.request.socket.setTimeout(0);
  }

  resume(): void {
    this.request.socket.setTimeout(API.silentMs);
    this.request.resume();
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: string | undefined): void {
    const { request, response } = this;
    request.socket.setTimeout(API.silentMs);
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    response.writeHead(status, REASONS[status] ?? "Unknown", { ...headers, ...length });
    response.end(request.method === "HEAD" ? undefined : body);
    this.answered(this);
  }
}

function readHead({ method = "", url = "", headers }: IncomingMessage): RequestHead {
  const question = url.indexOf("?");
  const idempotencyKey = headers["idempotency-key"];
  return {
    method,
    path: question < 0 ? url : url.slice(0, question),
    query: question < 0 ? "" : url.slice(question + 1),
    authorization: headers.authorization ?? "",
    contentType: headers["content-type"] ?? "",
    contentLength: headers["content-length"] ?? "",
    // Node joins one that comes twice with a comma, and gives a list of none.
    idempotencyKey: typeof idempotencyKey === "string" ? idempotencyKey : "",
    protocols: headers["sec-websocket-protocol"] ?? "",
  };
}
