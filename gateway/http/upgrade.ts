/**
 * From an HTTP request to a subscriber of the live feed. The API key comes in the Authorization header, or, from a browser,
 * which can't set one, as a subprotocol beside the one for the data; never in the URL, which ends up in logs.
 */
import type { HttpResponse, TemplatedApp, us_socket_context_t, WebSocket, WebSocketBehavior } from "uWebSockets.js";
import { API_VERSION } from "../../schemas/api.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { MONITOR } from "../../schemas/limits.js";
import { Exchange, type RequestHead, readHead } from "./exchange.js";
import type { LiveClient, LiveFeed } from "./live.js";

interface Subscriber {
  readonly protocol: string;
  client?: LiveClient;
}

/** Says whether a key may subscribe now; also counts it against the key's rate. */
export type Admit = (exchange: Exchange, key: string | undefined) => Result<void>;

export function serveLive(app: TemplatedApp, path: string, feed: LiveFeed, admit: Admit): void {
  const behavior: WebSocketBehavior<Subscriber> = {
    maxPayloadLength: MONITOR.incomingBytes,
    // With more than this waiting, `send` takes nothing: what waits is at most this and the message that went over it.
    maxBackpressure: MONITOR.backlogBytes,
    sendPingsAutomatically: true,
    upgrade(response, request, context) {
      const head = readHead(request);
      const key = request.getHeader("sec-websocket-key");
      const extensions = request.getHeader("sec-websocket-extensions");
      const exchange = new Exchange(response, head, () => {});
      const offer = readOffer(head, feed);
      const admitted = admit(exchange, offer.apiKey);
      const room = feed.full() ? fail("BUSY", `At most ${MONITOR.clients} subscribers`) : ok(undefined);
      if (!admitted.ok) exchange.problem(admitted.problem);
      else if (!room.ok) exchange.problem(room.problem);
      else accept(response, offer, { key, extensions, context }, feed);
    },
    open(ws) {
      const subscriber = ws.getUserData();
      subscriber.client = liveClient(ws);
      feed.join(subscriber.client, subscriber.protocol);
    },
    close(ws) {
      const { client } = ws.getUserData();
      if (client) feed.leave(client);
    },
  };
  app.ws(path, behavior);
}

interface Offer {
  /** The data subprotocol that the client listed first, of those we speak. */
  readonly chosen: string | undefined;
  readonly apiKey: string | undefined;
}

function readOffer(head: RequestHead, feed: LiveFeed): Offer {
  const offered = head.protocols.split(",").map((protocol) => protocol.trim());
  const withKey = offered.find((protocol) => protocol.startsWith(feed.keyPrefix));
  return {
    chosen: offered.find((protocol) => feed.protocols.includes(protocol)),
    apiKey: withKey?.slice(feed.keyPrefix.length),
  };
}

interface Handshake {
  readonly key: string;
  readonly extensions: string;
  readonly context: us_socket_context_t;
}

function accept(response: HttpResponse, { chosen }: Offer, handshake: Handshake, feed: LiveFeed): void {
  const subscriber: Subscriber = { protocol: chosen ?? feed.protocols[0]! };
  response.cork(() => {
    response.writeStatus("101 Switching Protocols").writeHeader("API-Version", API_VERSION);
    // The subprotocol that is answered is the data's; the one with the key is never repeated.
    response.upgrade(subscriber, handshake.key, chosen ?? "", handshake.extensions, handshake.context);
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
