/**
 * One request and its answer on uWebSockets.js, whose rules it keeps: the request object lives only inside the first
 * callback, so its head is copied; a response that was aborted or ended is never touched again; what is written outside
 * the callback is corked.
 *
 * A body is read into memory up to API.bodyBytes, whatever Content-Length says, and all bodies together up to
 * API.receivingBytes. After an early answer uWebSockets.js reads the rest of the body away, so the connection stays whole
 * and the client gets to see the answer.
 */
import type { HttpRequest, HttpResponse } from "uWebSockets.js";
import { API_VERSION } from "../../schemas/api.js";
import { ERRORS, fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { type FieldProblem, PROBLEM_TYPE, problemDocument, problemHeaders } from "./problem.js";

/** The head of a request, copied out of uWebSockets.js. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly contentLength: string;
  readonly idempotencyKey: string;
  readonly protocols: string;
}

export function readHead(request: HttpRequest): RequestHead {
  return {
    method: request.getCaseSensitiveMethod(),
    path: request.getUrl(),
    // Undefined when there is none, against its own types.
    query: request.getQuery() ?? "",
    authorization: request.getHeader("authorization"),
    contentType: request.getHeader("content-type"),
    contentLength: request.getHeader("content-length"),
    idempotencyKey: request.getHeader("idempotency-key"),
    protocols: request.getHeader("sec-websocket-protocol"),
  };
}

/** Reasons for the statuses that we send. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** uWebSockets.js writes IPv6 in full: "0000:0000:…:0001", and IPv4 on such a socket behind "…:ffff:". */
export function isLoopback(address: string): boolean {
  return /^127\.|^(0000:){7}0001$|^(0000:){5}ffff:7f/.test(address);
}

/** Bytes of all bodies that are being received, of every server in the process. */
let receivingBytes = 0;

export class Exchange {
  /** True once the answer is out or the client is gone. */
  #over = false;
  #status = 0;
  readonly #headers: Record<string, string> = { "API-Version": API_VERSION, "X-Content-Type-Options": "nosniff" };

  /** `ended` is called once, when nothing more will happen; status 0 when the client went away first. */
  constructor(
    private readonly response: HttpResponse,
    readonly head: RequestHead,
    private readonly ended: (status: number) => void,
  ) {
    response.onAborted(() => this.#end());
  }

  /** True when the client is on this machine. Only before anything is awaited: an aborted response has no address. */
  isLocal(): boolean {
    return isLoopback(Buffer.from(this.response.getRemoteAddressAsText()).toString());
  }

  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** The body, BODY_TOO_LARGE or BUSY; undefined when the client went away. */
  readBody(): Promise<Result<Uint8Array> | undefined> {
    const tooLarge = fail("BODY_TOO_LARGE", `At most ${API.bodyBytes} bytes`);
    return new Promise((resolve) => {
      if (Number(this.head.contentLength) > API.bodyBytes) return resolve(tooLarge);
      const chunks: Buffer[] = [];
      let bytes = 0;
      let settled = false;
      const settle = (result: Result<Uint8Array> | undefined): void => {
        settled = true;
        receivingBytes -= bytes;
        resolve(result);
      };
      this.response.onAborted(() => {
        this.#end();
        if (!settled) settle(undefined);
      });
      this.response.onData((chunk, isLast) => {
        if (settled) return;
        bytes += chunk.byteLength;
        receivingBytes += chunk.byteLength;
        if (bytes > API.bodyBytes) return settle(tooLarge);
        if (receivingBytes > API.receivingBytes) return settle(fail("BUSY", "Too many bodies are being received"));
        // uWebSockets.js takes the chunk's memory back when this returns.
        chunks.push(Buffer.from(new Uint8Array(chunk)));
        if (isLast) settle(ok(Buffer.concat(chunks)));
      });
    });
  }

  problem(problem: FieldProblem): void {
    for (const [name, value] of Object.entries(problemHeaders(problem.code))) this.setHeader(name, value);
    this.answer(ERRORS[problem.code].status, PROBLEM_TYPE, JSON.stringify(problemDocument(problem)));
  }

  /** Sends the answer, or nothing if the client is gone. `body` undefined: none, as with 204. */
  answer(status: number, contentType: string, body: string | undefined): void {
    if (this.#over) return;
    this.#status = status;
    this.response.cork(() => {
      this.response.writeStatus(`${status} ${REASONS[status] ?? "Unknown"}`);
      for (const [name, value] of Object.entries(this.#headers)) this.response.writeHeader(name, value);
      if (body === undefined) {
        this.response.endWithoutBody();
        return;
      }
      this.response.writeHeader("Content-Type", contentType);
      if (this.head.method !== "HEAD") {
        this.response.end(body);
        return;
      }
      // endWithoutBody(length) leaves the response open: the next request on the connection gets no answer (uWS 20.30).
      this.response.writeHeader("Content-Length", String(Buffer.byteLength(body))).endWithoutBody();
    });
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.ended(this.#status);
  }
}
