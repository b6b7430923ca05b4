/**
 * What the API asks of whatever moves the bytes, which is node:http with `ws` (node/). Everything that is a rule of the API,
 * the checks, the limits and the answers, is above this line; what HTTP itself asks of a server is below it.
 */
import type { Problem } from "../../../schemas/errors.js";
import type { LiveClient } from "../live.js";

/** The head of a request. A header that is not there is "". */
export interface RequestHead {
  readonly method: string;
  /** As it came, without the query; "*" of OPTIONS *. */
  readonly path: string;
  /** As it came, without the "?". */
  readonly query: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly contentLength: string;
  readonly contentEncoding: string;
  readonly ifMatch: string;
  readonly ifNoneMatch: string;
  readonly range: string;
  readonly ifRange: string;
  readonly idempotencyKey: string;
  readonly protocols: string;
  readonly acceptEncoding: string;
  readonly cookie: string;
  readonly host: string;
  readonly origin: string;
  /** Sec-Fetch-Site: how the page that asks stands to us, as its browser says. */
  readonly fetchSite: string;
  /** What only a page of ours can add to its request (Seinpost-Console). */
  readonly consoleMark: string;
  /** X-Forwarded-Proto: by what the client came to the proxy in front. */
  readonly forwardedProtocol: string;
}

/** Of an answer; a string goes out in UTF-8. */
export type Body = string | Uint8Array | undefined;

/** A request that waits for its answer. */
export interface Incoming {
  readonly head: RequestHead;
  /** The address of whoever is at the other end of the connection. Only before anything is awaited. */
  address(): string;
  /** X-Forwarded-For, all of them with commas between them. Only before anything is awaited. */
  forwardedFor(): string;
  /**
   * Said by whoever found out whose key or session the client has: its connection is no stranger's any more. False where that owner
   * has `most` connections already.
   */
  known(owner: string, most: number): boolean;
  /** Nothing more of its body is wanted, for this reason: answered so, and the connection ends. Not once all of it came. */
  cutOff(problem: Problem): void;
  /** Called at most once: the client went away before it was answered. To be set before anything is awaited. */
  onGone(callback: () => void): void;
  /** Called once: all of the answer is with the system, or the client is gone. To be set before anything is awaited. */
  onOver(callback: () => void): void;
  /** The client sends no more, and may still wait for its answer, or has gone: nobody can tell. */
  onHalfClosed(callback: () => void): void;
  /** The rest of its body does not come, or can't be read: to be answered so, at once, if it was not answered yet. */
  onCut(callback: (problem: Problem) => void): void;
  /**
   * The body, piece by piece; `chunk` is only lent until the callback returns. What comes after the answer is read away,
   * so that the connection stays whole and the client gets to see the answer. To be set before anything is awaited.
   */
  onBody(callback: (chunk: Uint8Array, isLast: boolean) => void): void;
  /**
   * Reads no more of the body, and so of the connection, until `resume`; what was read already still comes. A client that
   * is gone may be noticed only then. Silence counts from `resume` on.
   */
  pause(): void;
  resume(): void;
  /** `body` undefined: none, and no length of one. To a HEAD goes what would go to a GET, without the body. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: Body): void;
}

/** How a WebSocket request is accepted. */
export interface Upgrade {
  readonly headers: Readonly<Record<string, string>>;
  /** The subprotocol that is answered; "" for none. */
  readonly protocol: string;
  opened(client: LiveClient): void;
  closed(client: LiveClient): void;
}

export interface Handlers {
  /** Whether WebSocket requests are taken at this path; anywhere else they are requests like others. */
  isLive(path: string): boolean;
  /** Whom a connection from this address counts as until it is known; "" where many share it. */
  strangerAt(address: string): string;
  request(incoming: Incoming): void;
  /** Undefined when it was refused, and answered. */
  upgrade(incoming: Incoming): Upgrade | undefined;
}

export interface Listening {
  /** 0 of a file. */
  readonly port: number;
  /** Takes no more connections; what is under way goes on. */
  close(): void;
}

/** Reasons for the statuses that we send. */
export const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  303: "See Other",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};
