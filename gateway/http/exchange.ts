/**
 * One request and its answer. Promises that at most one answer goes out, none to a client that is gone, and that its end
 * is told once.
 *
 * A body is read into memory up to API.bodyBytes, whatever Content-Length says, and all bodies together up to
 * API.receivingBytes.
 */
import { API_VERSION } from "../../schemas/api.js";
import { ERRORS, fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { type FieldProblem, PROBLEM_TYPE, problemDocument, problemHeaders } from "./problem.js";
import type { Incoming, RequestHead } from "./transport.js";

/**
 * uWebSockets.js writes IPv6 in full: "0000:0000:…:0001", and IPv4 on such a socket behind "…:ffff:"; Node writes "::1" and
 * "::ffff:127.0.0.1".
 */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.|^::1$|^(0000:){7}0001$|^(0000:){5}ffff:7f/.test(address);
}

/** Bytes of all bodies that are being received, of every server in the process. */
let receivingBytes = 0;

export class Exchange {
  /** True once the answer is out or the client is gone. */
  #over = false;
  #status = 0;
  /** Gives up a body that is being received. */
  #abandon: (() => void) | undefined;
  readonly #headers: Record<string, string> = { "API-Version": API_VERSION, "X-Content-Type-Options": "nosniff" };

  /** `ended` is called once, when nothing more will happen; status 0 when the client went away first. */
  constructor(
    private readonly incoming: Incoming,
    private readonly ended: (status: number) => void,
  ) {
    incoming.onGone(() => {
      this.#end();
      this.#abandon?.();
    });
  }

  get head(): RequestHead {
    return this.incoming.head;
  }

  /** True when the client is on this machine. Only before anything is awaited. */
  isLocal(): boolean {
    return isLoopback(this.incoming.address());
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
        if (settled) return;
        settled = true;
        receivingBytes -= bytes;
        resolve(result);
      };
      this.#abandon = () => settle(undefined);
      this.incoming.onBody((chunk, isLast) => {
        if (settled) return;
        bytes += chunk.byteLength;
        receivingBytes += chunk.byteLength;
        if (bytes > API.bodyBytes) return settle(tooLarge);
        if (receivingBytes > API.receivingBytes) return settle(fail("BUSY", "Too many bodies are being received"));
        chunks.push(Buffer.from(chunk));
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
    if (body !== undefined) this.setHeader("Content-Type", contentType);
    this.incoming.answer(status, this.#headers, body);
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.ended(this.#status);
  }
}
