/**
 * A subscriber's WebSocket over the package `ws`. What waits for one is at most MONITOR.backlogBytes and the message that
 * went over it; one that gives no sign of life is dropped. What a client sends is read and forgotten; a message of more
 * than MONITOR.incomingBytes ends the connection.
 *
 * Node tells of what the system took only by whole writes. So a client that takes less than the backlog within
 * MONITOR.unreadMs, 26 kB/s, may count as one that reads nothing.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { MONITOR } from "../../../schemas/limits.js";
import type { LiveClient } from "../live.js";
import type { Upgrade } from "./transport.js";

/** True for a request that `accept` can take (RFC 6455, 4.2.1). */
export function isHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === "13" &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")
  );
}

/** What each request becomes, while it is answered. */
const upgrades = new WeakMap<IncomingMessage, Upgrade>();

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: MONITOR.incomingBytes,
  maxFragments: MONITOR.incomingFragments,
  // Of what comes at once one message, ping or pong is heard in a turn: ten thousand in 64 kB took 7 ms.
  allowSynchronousEvents: false,
  handleProtocols: (_protocols, request) => upgrades.get(request)?.protocol || false,
});
server.on("headers", (lines: string[], request: IncomingMessage) => {
  for (const [name, value] of Object.entries(upgrades.get(request)?.headers ?? {})) lines.push(`${name}: ${value}`);
});

export function accept(request: IncomingMessage, socket: Socket, rest: Buffer, upgrade: Upgrade): void {
  upgrades.set(request, upgrade);
  server.handleUpgrade(request, socket, rest, (ws) => serve(ws, upgrade));
}

function serve(ws: WebSocket, upgrade: Upgrade): void {
  const client: LiveClient = {
    send(message) {
      if (ws.bufferedAmount > MONITOR.backlogBytes) return false;
      ws.send(message);
      return true;
    },
    bufferedBytes: () => ws.bufferedAmount,
    drop: () => ws.terminate(),
  };
  let alive = true;
  const beat = setInterval(() => {
    if (!alive) return ws.terminate();
    alive = false;
    ws.ping();
  }, MONITOR.pingMs);
  for (const sign of ["pong", "ping", "message"]) ws.on(sign, () => (alive = true));
  // What a client does wrong: `ws` has begun to close the connection when it says so.
  ws.on("error", () => {});
  ws.on("close", () => {
    clearInterval(beat);
    upgrade.closed(client);
  });
  upgrade.opened(client);
}
