/**
 * What the API asks of whatever moves the bytes. Two things do: uWebSockets.js (native/), and node:http with `ws` (node/)
 * where there is no native build of it for this version of Node or this machine. Everything that is a rule of the API, the
 * checks, the limits and the answers, is above this line and so the same over both.
 */
import type { LiveClient } from "./live.js";

/** The head of a request. A header that is not there is "". */
export interface RequestHead {
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  /** As it came, without the "?". */
  readonly query: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly contentLength: string;
  readonly idempotencyKey: string;
  readonly protocols: string;
}

/** A request that waits for its answer. Nothing of it is used after `answer`, or after the client has gone. */
export interface Incoming {
  readonly head: RequestHead;
  /** The address of whoever is at the other end of the connection. Only before anything is awaited. */
  address(): string;
  /** X-Forwarded-For, all of them with commas between them. Only before anything is awaited. */
  forwardedFor(): string;
  /** Called at most once: the client went away before it was answered. To be set before anything is awaited. */
  onGone(callback: () => void): void;
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
  answer(status: number, headers: Readonly<Record<string, string>>, body: string | undefined): void;
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
  /** The path at which WebSocket requests are taken; anywhere else they are requests like others. */
  readonly livePath: string;
  request(incoming: Incoming): void;
  /** Undefined when it was refused, and answered. */
  upgrade(incoming: Incoming): Upgrade | undefined;
}

export interface Listening {
  readonly port: number;
  /** Takes no more connections; what is under way goes on. */
  close(): void;
}

/** Starts to listen, as the only one on that port; undefined when that is not possible there. */
export type Listen = (host: string, port: number, handlers: Handlers) => Promise<Listening | undefined>;

/** Reasons for the statuses that we send. */
export const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
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
