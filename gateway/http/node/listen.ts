/**
 * HTTP and WebSockets on node:http, where uWebSockets.js does not run. Node's own server does the protocol; what is added
 * here is what the API promises beyond it:
 *
 * - an answer under way is not lost when nonsense follows it on the connection: it goes out, then the connection ends;
 * - every request that waits is told when its client goes, also those that queue behind another on the connection;
 * - an offer to upgrade that is not taken (h2c, a WebSocket elsewhere) leaves an ordinary request, as RFC 9110, 7.8 has it.
 */
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { API } from "../../../schemas/limits.js";
import type { Handlers, Listen, Listening } from "../transport.js";
import { NodeIncoming } from "./incoming.js";
import { accept, isHandshake } from "./live.js";

const ignore = (): void => {};

const TIMEOUTS = {
  headersTimeout: API.silentMs,
  // A body that is a stream may take for ever; the others have their bound where they are read (body.ts).
  requestTimeout: 0,
  connectionsCheckingInterval: API.silentMs,
  keepAliveTimeout: API.silentMs,
};

export const listenWithNode: Listen = (host, port, handlers) => {
  const server = createServer(TIMEOUTS);
  server.timeout = API.silentMs;
  const connections = new Connections(handlers);
  server.on("connection", (socket: Socket) => connections.open(socket));
  server.on("request", (request, response) => connections.request(request, response));
  server.on("clientError", (error, socket) => connections.nonsense(error, socket as Socket));
  server.on("upgrade", (request, duplex, rest) => {
    const socket = duplex as Socket;
    connections.whenAnswered(socket, () => upgrade(server, handlers, request, socket, rest));
  });
  return new Promise<Listening | undefined>((resolve) => {
    // Also later, when a connection could not be accepted: its client tries again; unheard, it would end the process.
    server.on("error", () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      const listening = typeof address === "object" && address !== null ? address.port : port;
      resolve({ port: listening, close: () => void server.close() });
    });
  });
};

interface Connection {
  /** Requests without an answer. */
  readonly waiting: Set<NodeIncoming>;
  /** The newest request, which is answered last. */
  last: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  /** True when it ends after the last answer. */
  ending: boolean;
}

class Connections {
  readonly #bySocket = new WeakMap<Socket, Connection>();

  constructor(private readonly handlers: Handlers) {}

  open(socket: Socket): void {
    if (this.#bySocket.has(socket)) return; // One that was given back.
    const connection: Connection = { waiting: new Set(), last: undefined, ending: false };
    this.#bySocket.set(socket, connection);
    socket.once("close", () => {
      for (const incoming of connection.waiting) incoming.leave();
      connection.waiting.clear();
    });
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#bySocket.get(request.socket)!;
    const incoming = new NodeIncoming(request, response, () => connection.waiting.delete(incoming));
    connection.waiting.add(incoming);
    connection.last = { request, response };
    this.handlers.request(incoming);
  }

  /**
   * Calls back when all that came before on the connection is answered. From an offer to upgrade on Node reads nothing
   * more from it; two that write to it at once would mix their answers, and fail Node's own assertions.
   */
  whenAnswered(socket: Socket, callback: () => void): void {
    // Node has taken its own listeners off: an error that nobody hears would end the process. "close" follows it.
    socket.on("error", ignore);
    const last = this.#bySocket.get(socket)!.last;
    if (last && !last.response.writableFinished) last.response.once("finish", callback);
    else callback();
  }

  /** What came is not HTTP, or did not come in time. */
  nonsense(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#bySocket.get(socket)!;
    const { last } = connection;
    if (connection.ending) return;
    if (last && !last.response.writableFinished && last.request.complete) {
      connection.ending = true;
      last.response.once("finish", () => socket.destroySoon());
      return;
    }
    if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
    socket.end(`HTTP/1.1 ${NONSENSE[error.code ?? ""] ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`);
    socket.destroySoon();
  }
}

/** Codes of Node and of its parser that are more than "400 Bad Request". */
const NONSENSE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Content Too Large",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

function upgrade(server: Server, handlers: Handlers, request: IncomingMessage, socket: Socket, rest: Buffer): void {
  const path = request.url?.split("?", 1)[0];
  if (path !== handlers.livePath || !isHandshake(request)) {
    giveBack(server, request, socket, rest);
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.on("finish", () => socket.destroySoon());
  // A refusal goes out on the socket when it is whole; otherwise the socket is the WebSocket's alone.
  const incoming = new NodeIncoming(request, response, () => response.assignSocket(socket));
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
