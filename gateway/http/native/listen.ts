/**
 * HTTP and WebSockets on uWebSockets.js. The package carries a binary for each version of Node's ABI that it knows; for any
 * other it prints warnings and gives a stand-in written in JavaScript, in which half of what is used here throws "Not
 * implemented". So the binary itself is loaded, and what is wrong with it is said as a value.
 *
 * Its own bounds beside ours: 10 s of silence end a connection that is idle, receiving or sending, and so do 10 s in which
 * less than 160 kB of a body came (HttpContext.h); a pause begins them anew.
 */

import type uWS from "uWebSockets.js";
import type {
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from "uWebSockets.js";
import { createRequire } from "node:module";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { MONITOR } from "../../../schemas/limits.js";
import type { LiveClient } from "../live.js";
import type { Handlers, Listen, Upgrade } from "../transport.js";
import { NativeIncoming } from "./incoming.js";

interface Native extends Pick<typeof uWS, "us_listen_socket_close" | "us_socket_local_port"> {
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  App(): NativeApp;
}

/** The package's types lack the form of `listen` that takes a host and options, which the binary has (AppWrapper.h). */
interface NativeApp extends Pick<TemplatedApp, "any" | "ws"> {
  listen(host: string, port: number, options: number, done: (socket: us_listen_socket | false) => void): unknown;
}

/** CONFIGURATION_INVALID where there is no binary that this process can load. */
export function loadNative(modules = process.versions.modules): Result<Listen> {
  const binary = `uWebSockets.js/binaries/uws_${process.platform}_${process.arch}_${modules}.node`;
  try {
    return ok(listenWith(createRequire(import.meta.url)(binary)));
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    // Behind the first line comes who asked for it.
    return fail("CONFIGURATION_INVALID", error.message.split("\n", 1)[0]!);
  }
}

function listenWith(native: Native): Listen {
  return (host, port, handlers) => {
    const app = native.App();
    app.ws(handlers.livePath, liveBehavior(handlers));
    app.any("/*", (response, request) => handlers.request(new NativeIncoming(response, request)));
    return new Promise((resolve) => {
      // By its default any number of processes of one user listen on a port, and the kernel deals connections out to them.
      app.listen(host, port, native.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
        if (!socket) return resolve(undefined);
        resolve({ port: native.us_socket_local_port(socket), close: () => native.us_listen_socket_close(socket) });
      });
    });
  };
}

interface Subscriber {
  readonly upgrade: Upgrade;
  client?: LiveClient;
}

function liveBehavior(handlers: Handlers): WebSocketBehavior<Subscriber> {
  return {
    maxPayloadLength: MONITOR.incomingBytes,
    // With more than this waiting, `send` takes nothing: what waits is at most this and the message that went over it.
    maxBackpressure: MONITOR.backlogBytes,
    sendPingsAutomatically: true,
    upgrade(response, request, context) {
      const key = request.getHeader("sec-websocket-key");
      const extensions = request.getHeader("sec-websocket-extensions");
      const upgrade = handlers.upgrade(new NativeIncoming(response, request));
      if (upgrade) accept(response, upgrade, { key, extensions, context });
    },
    open(ws) {
      const subscriber = ws.getUserData();
      subscriber.client = liveClient(ws);
      subscriber.upgrade.opened(subscriber.client);
    },
    close(ws) {
      const { upgrade, client } = ws.getUserData();
      if (client) upgrade.closed(client);
    },
  };
}

interface Handshake {
  readonly key: string;
  readonly extensions: string;
  readonly context: us_socket_context_t;
}

function accept(response: HttpResponse, upgrade: Upgrade, { key, extensions, context }: Handshake): void {
  const subscriber: Subscriber = { upgrade };
  response.cork(() => {
    response.writeStatus("101 Switching Protocols");
    for (const [name, value] of Object.entries(upgrade.headers)) response.writeHeader(name, value);
    response.upgrade(subscriber, key, upgrade.protocol, extensions, context);
  });
}

const SENT_DROPPED = 2;

function liveClient(ws: WebSocket<Subscriber>): LiveClient {
  return {
    send: (message) => ws.send(message, typeof message !== "string") !== SENT_DROPPED,
    bufferedBytes: () => ws.getBufferedAmount(),
    drop: () => ws.close(),
  };
}
