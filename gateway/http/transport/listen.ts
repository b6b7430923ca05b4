/**
 * HTTP and WebSockets on node:http. Node's own parser and server do the protocol; connection.ts adds what the API promises
 * beyond it. An offer to upgrade that is not taken (h2c, a WebSocket elsewhere) leaves an ordinary request, as RFC 9110,
 * 7.8 has it.
 */
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { inTurn } from "../../../engine/clock/slices.js";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { ClientConnection } from "./connection.js";
import { announcesBody, faultOf, targetOf } from "./head.js";
import { NodeIncoming } from "./incoming.js";
import { accept, isHandshake } from "./live.js";
import { Places } from "./places.js";
import type { Handlers, Listening } from "./transport.js";

const ignore = (): void => {};

const OPTIONS = {
  headersTimeout: API.silentMs,
  // A body that is a stream may take for ever; the others have their bound where they are read (body.ts).
  requestTimeout: 0,
  connectionsCheckingInterval: API.silentMs,
  keepAliveTimeout: API.silentMs,
  maxHeaderSize: API.headBytes,
  // Node answers without saying why; head.ts does it.
  requireHostHeader: false,
};

/** What may pass by itself: somebody else still has the port, or the machine has no address or no names yet. */
const PASSING: readonly (string | undefined)[] = ["EADDRINUSE", "EADDRNOTAVAIL", "EAI_AGAIN"];

/** A port of a machine's address, or a file: a socket that only who may open that can speak to. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string };

/** Starts to listen, as the only one there. ADDRESS_UNAVAILABLE, or CONFIGURATION_INVALID for a place that can be none. */
export function listen(at: ListenAt, handlers: Handlers): Promise<Result<Listening>> {
  // With a body it can't be given back: Node 26 hands out what is behind the body alone. Node 20 asks nobody, and can.
  const shouldUpgradeCallback = (request: IncomingMessage): boolean => !announcesBody(request);
  const options = { ...OPTIONS, shouldUpgradeCallback };
  const server = createServer(options);
  server.timeout = API.silentMs;
  // One more than are taken, so that it shows; Node leaves those beyond out without a word.
  server.maxHeadersCount = API.headers + 1;
  // Who says that it sends no more still gets its answers (RFC 9112, 9.6), but it may as well have gone, so what is made for it alone
  // and still waits for its turn, such as a preview, is answered with CANCELLED. Node's types lack the member.
  Object.assign(server, { httpAllowHalfOpen: true });
  // A server that closes would cut answers that are given and not out yet, which Node counts as idle. The idle end with the process.
  server.closeIdleConnections = () => {};
  serve(server, handlers);
  return new Promise<Result<Listening>>((resolve) => {
    // Also later, when a connection could not be accepted: its client tries again; unheard, it would end the process.
    server.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      resolve(fail(PASSING.includes(code) ? "ADDRESS_UNAVAILABLE" : "CONFIGURATION_INVALID", message, "port"));
    });
    server.listen({ ...at, backlog: API.backlog }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve(ok({ port, close: () => void server.close() }));
    });
  });
}

function serve(server: Server, handlers: Handlers): void {
  const connections = new WeakMap<Socket, ClientConnection>();
  const places = new Places();
  const of = (socket: unknown): ClientConnection => connections.get(socket as Socket)!;
  server.on("connection", (socket: Socket) => {
    if (connections.has(socket)) return; // One that was given back.
    if (!places.take(socket, handlers.strangerAt(socket.remoteAddress ?? ""))) socket.destroy();
    connections.set(socket, new ClientConnection(socket, handlers, places));
  });
  server.on("request", (request, response) => of(request.socket).request(request, response));
  server.on("checkContinue", (request, response) => of(request.socket).request(request, response, true));
  server.on("checkExpectation", (request, response) => of(request.socket).request(request, response));
  server.on("timeout", (socket) => of(socket).silent());
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET") socket.destroy();
    else of(socket).cut(problemOf(error));
  });
  server.on("connect", (_request, socket) => takeOver(of(socket), socket as Socket, () => of(socket).cut(NO_PROXY)));
  server.on("upgrade", (request, socket, rest) => {
    const path = targetOf(request.url).split("?", 1)[0]!;
    const isOurs =
      handlers.isLive(path) && isHandshake(request) && !announcesBody(request) && faultOf(request) === undefined;
    takeOver(of(socket), socket as Socket, () => {
      // A crowd that comes at once is let in one by one.
      if (isOurs) void inTurn(() => upgrade(handlers, of(socket), request, socket as Socket, rest));
      else giveBack(server, request, socket as Socket, rest);
    });
  });
}

/**
 * Node reads nothing more from a connection on which it was asked for another protocol, and answers no more. What came before is
 * answered first: two that write to it at once would mix their answers, and fail Node's own assertions.
 */
function takeOver(connection: ClientConnection, socket: Socket, callback: () => void): void {
  // Node has taken its own listeners off: an error that nobody hears would end the process. "close" follows it.
  socket.on("error", ignore);
  connection.whenAnswered(callback);
}

const NO_PROXY: Problem = { code: "BAD_REQUEST", detail: "This is no proxy" };

/** The parser uses HPE_INVALID_VERSION also for what stands behind a version. */
const OTHER_VERSION = "Invalid HTTP version";

/** Codes of Node and of its parser that are more than BAD_REQUEST. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: "BODY_TOO_SLOW", detail: `The head, within ${API.silentMs / 1_000} s` },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: "BODY_TOO_LARGE", detail: "The extensions of a chunk" },
  HPE_HEADER_OVERFLOW: { code: "HEAD_TOO_LARGE", detail: `At most ${API.headBytes} bytes` },
  HPE_INVALID_VERSION: { code: "HTTP_VERSION_UNSUPPORTED", detail: "HTTP/1.1 is spoken here" },
};

/** The parser's reason is in its own words ("Missing expected CR after header value"), and repeats nothing of the request. */
function problemOf(error: NodeJS.ErrnoException & { readonly reason?: string }): Problem {
  const unread: Problem = { code: "BAD_REQUEST", detail: error.reason ?? "It can't be read" };
  if (error.code === "HPE_INVALID_VERSION" && error.reason !== OTHER_VERSION) return unread;
  return PROBLEMS[error.code ?? ""] ?? unread;
}

function upgrade(
  handlers: Handlers,
  connection: ClientConnection,
  request: IncomingMessage,
  socket: Socket,
  rest: Buffer,
): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.on("finish", () => socket.destroySoon());
  // A refusal goes out on the socket when it is whole; otherwise the socket is the WebSocket's alone.
  const incoming = new NodeIncoming(request, response, {
    whole: () => undefined,
    known: (owner, most) => connection.known(owner, most),
    answered: () => response.assignSocket(socket),
  });
  const accepted = handlers.upgrade(incoming);
  if (accepted) accept(request, socket, rest, accepted);
}

/** Node leaves every connection alone on which an upgrade was offered. It gets it again as it came, without the offer. */
function giveBack(server: Server, request: IncomingMessage, socket: Socket, rest: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]!;
    if (name.toLowerCase() !== "upgrade") lines.push(`${name}: ${request.rawHeaders[at + 1]}`);
  }
  // What is left of ours and of Node's first round, which Node does not take off.
  socket.off("error", ignore).removeAllListeners("timeout");
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), rest]));
  server.emit("connection", socket);
}
