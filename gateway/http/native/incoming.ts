/**
 * One request and its answer on uWebSockets.js, whose rules it keeps: the request object lives only inside the first
 * callback, so its head is copied; a response that was aborted or ended is never touched again; what is written outside
 * the callback is corked. After an early answer uWebSockets.js reads the rest of the body away by itself.
 */
import type { HttpRequest, HttpResponse } from "uWebSockets.js";
import { type Incoming, REASONS, type RequestHead } from "../transport.js";

export class NativeIncoming implements Incoming {
  readonly head: RequestHead;

  constructor(
    private readonly response: HttpResponse,
    private readonly request: HttpRequest,
  ) {
    this.head = readHead(request);
  }

  address(): string {
    return Buffer.from(this.response.getRemoteAddressAsText()).toString();
  }

  forwardedFor(): string {
    const found: string[] = [];
    // A proxy may add a header of its own behind the client's; getHeader knows only the first.
    this.request.forEach((name, value) => {
      if (name === "x-forwarded-for") found.push(value);
    });
    return found.join(",");
  }

  onGone(callback: () => void): void {
    this.response.onAborted(callback);
  }

  onBody(callback: (chunk: Uint8Array, isLast: boolean) => void): void {
    this.response.onData((chunk, isLast) => callback(new Uint8Array(chunk), isLast));
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: string | undefined): void {
    const { response } = this;
    response.cork(() => {
      response.writeStatus(`${status} ${REASONS[status] ?? "Unknown"}`);
      for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value);
      if (body === undefined) response.endWithoutBody();
      else if (this.head.method !== "HEAD") response.end(body);
      // endWithoutBody(length) leaves the response open: the next request on the connection gets no answer (uWS 20.30).
      else response.writeHeader("Content-Length", String(Buffer.byteLength(body))).endWithoutBody();
    });
  }
}

function readHead(request: HttpRequest): RequestHead {
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
