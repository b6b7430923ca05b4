/**
 * One request and its answer. Promises that at most one answer goes out, none to a client that is gone, and that its end
 * is told once.
 */

import { API_VERSION } from "../../../schemas/api/api.js";
import { ERRORS, type Problem, type Result } from "../../../schemas/errors.js";
import type { Body, Incoming, RequestHead } from "../transport/transport.js";
import { type BodyReceiver, type Refuse, readWhole, stream } from "./body/body.js";
import { type BodySource, bodySource, CODINGS } from "./body/coding.js";
import { type Room, tooLarge } from "./body/kept-body.js";
import { addressCounted, canonicalAddress, type TrustedProxies } from "./client-address.js";
import { type FieldProblem, PROBLEM_TYPE, problemDocument, problemHeaders } from "./problem.js";
import type { HttpResponse } from "./response.js";

export class Exchange {
  /** True once the answer is out or the client is gone. */
  #over = false;
  #status = 0;
  readonly #gone = new AbortController();
  /** Gives up a body that is being received. */
  #abandon: (() => void) | undefined;
  readonly #headers: Record<string, string> = { "API-Version": API_VERSION, "X-Content-Type-Options": "nosniff" };
  /** Whether it asks for a WebSocket. */
  readonly isUpgrade: boolean;
  readonly #incoming: Incoming;
  readonly #proxies: TrustedProxies;
  readonly #ended: (status: number) => void;

  /** `ended` is called once, when nothing more will happen; status 0 when the client went away first. */
  constructor(incoming: Incoming, proxies: TrustedProxies, ended: (status: number) => void, isUpgrade = false) {
    this.isUpgrade = isUpgrade;
    this.#incoming = incoming;
    this.#proxies = proxies;
    this.#ended = ended;
    incoming.onGone(() => {
      this.#end();
      this.#abandon?.();
      this.#gone.abort();
    });
    // What acts is answered all the same; what the client alone asked for need not be made.
    incoming.onHalfClosed(() => this.#gone.abort());
    incoming.onCut((problem) => {
      this.problem(problem);
      this.#abandon?.();
    });
  }

  get head(): RequestHead {
    return this.#incoming.head;
  }

  /** Aborted when the client is gone, or may be, before it was answered. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whom the client counts as, by its address as the proxies that are trusted tell it; "" where nobody can tell. Only before anything is awaited. */
  clientAddress(): string {
    const client = this.#proxies.clientOf(this.#incoming);
    return client === undefined ? "" : addressCounted(client);
  }

  /** Whether the client came by TLS, as a proxy that is trusted tells it. Only before anything is awaited. */
  isSecure(): boolean {
    const isTold = this.#proxies.trusts(canonicalAddress(this.#incoming.address()));
    return isTold && this.head.forwardedProtocol.toLowerCase() === "https";
  }

  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** Whose connection this is, is known; false where they have as many as one may have. */
  known(owner: string, most: number): boolean {
    return this.#incoming.known(owner, most);
  }

  /** Takes no more of a body that still comes in, for this reason. */
  cutOff(problem: Problem): void {
    this.#incoming.cutOff(problem);
  }

  /** What the body comes from, or UNSUPPORTED_MEDIA_TYPE for how it is coded. */
  body(): Result<BodySource> {
    const source = bodySource(this.#incoming);
    if (!source.ok) this.setHeader("Accept-Encoding", CODINGS);
    return source;
  }

  /** The body, BODY_TOO_LARGE, BODY_TOO_SLOW, BAD_ENCODING or BUSY; undefined when the client went away. */
  readBody(source: BodySource, room: Room, sender: string): Promise<Result<Uint8Array> | undefined> {
    return new Promise((resolve) => {
      if (Number(this.head.contentLength) > room.bodyBytes) {
        source.drop();
        resolve({ ok: false, problem: tooLarge(room) });
      } else this.#abandon = readWhole(source, room, sender, resolve);
    });
  }

  /** The body into a receiver; settles with its answer, or undefined when the client went away. */
  receive(
    source: BodySource,
    open: (refuse: Refuse) => Result<BodyReceiver>,
  ): Promise<Result<HttpResponse> | undefined> {
    return new Promise((resolve, reject) => {
      this.#abandon = stream(source, open, resolve, reject);
    });
  }

  problem(problem: FieldProblem): void {
    const headers = { ...problemHeaders(problem), ...this.#headers };
    Object.assign(this.#headers, headers);
    this.answer(ERRORS[problem.code].status, PROBLEM_TYPE, JSON.stringify(problemDocument(problem)));
  }

  /** Sends the answer, or nothing if the client is gone. `body` undefined: none, as with 204. */
  answer(status: number, contentType: string, body: Body): void {
    if (this.#over) return;
    this.#status = status;
    if (body !== undefined) this.setHeader("Content-Type", contentType);
    this.#incoming.answer(status, this.#headers, body);
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended(this.#status);
  }
}
