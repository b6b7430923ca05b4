/** The AsyncAPI 3 document of the live feeds, made from the schemas of their messages. */
import { createSchema } from "zod-openapi";
import { API_VERSION } from "../../schemas/api/api.js";
import { MONITOR, STREAM } from "../../schemas/limits.js";
import { MONITOR_KEY_PROTOCOL, MONITOR_PROTOCOLS, MonitorMessage } from "../../schemas/monitor.js";
import { ReplyMessage, STREAM_PROTOCOL, StreamQuery } from "../../schemas/replies/stream.js";

const DESCRIPTION = `The monitor and the replies of a desk. What a client sends is ignored; one that reads nothing
for ${MONITOR.unreadMs / 1_000} s is disconnected.`;

const MONITORED = `The first message is a snapshot of everything there is. After it come changes, up to
${1_000 / MONITOR.intervalMs} times a second and only when something changed: each holds, whole, the actions and carriers
that differ, the ids of actions that are gone, all alarms, and a sequence that is one more than that of the message before. A client
that reads too slowly gets no changes for a while and then a new snapshot, from which it goes on.`;

const REPLIED = `The replies to all running actions that the key reaches. The first message is a snapshot of the newest
${STREAM.snapshot} at most, or, to whoever gives the cursor of an earlier message as ?after=, what changed since, where that can still be told.
After it come changes, at most ${1_000 / STREAM.intervalMs} times a second: replies that came or grew, were marked or answered or have other photos, whole, and which
are gone. A client that reads too slowly is told later, of each reply as it is by then.`;

export function asyncApiDocument(): object {
  const output = { io: "output", schemaRefPath: "#/components/schemas/" } as const;
  const components = {
    ...createSchema(MonitorMessage, output).components,
    ...createSchema(ReplyMessage, output).components,
  };
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Seinpost live",
      version: API_VERSION,
      description: oneLine(DESCRIPTION),
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/json",
    servers: { service: { host: "127.0.0.1", protocol: "ws", description: "Where the HTTP API is" } },
    channels: { monitor: channel(), replies: repliesChannel() },
    operations: {
      watch: {
        action: "send",
        channel: { $ref: "#/channels/monitor" },
        summary: "The service sends; clients only listen",
        messages: [{ $ref: "#/channels/monitor/messages/json" }, { $ref: "#/channels/monitor/messages/flatbuffers" }],
      },
      followReplies: {
        action: "send",
        channel: { $ref: "#/channels/replies" },
        summary: "The service sends; clients only listen",
        messages: [{ $ref: "#/channels/replies/messages/json" }],
      },
    },
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "Authorization: Bearer spk_…" },
        apiKeySubprotocol: {
          type: "httpApiKey",
          in: "header",
          name: "Sec-WebSocket-Protocol",
          description: `For browsers: offer ${MONITOR_KEY_PROTOCOL}<key> beside the subprotocol of the data`,
        },
      },
      schemas: components,
    },
  };
}

function channel(): object {
  return {
    address: "/v1/monitor",
    servers: [{ $ref: "#/servers/service" }],
    description: `${oneLine(MONITORED)} Subprotocols: ${MONITOR_PROTOCOLS.join(", ")}; without one, the first`,
    bindings: { ws: { method: "GET", headers: protocolHeader(MONITOR_PROTOCOLS) } },
    messages: {
      json: {
        name: MONITOR_PROTOCOLS[0],
        contentType: "application/json",
        payload: { $ref: "#/components/schemas/MonitorMessage" },
      },
      flatbuffers: {
        name: MONITOR_PROTOCOLS[1],
        contentType: "application/vnd.seinpost.monitor.v1+flatbuffers",
        // No payload: AsyncAPI has no form in which others would read a schema of FlatBuffers.
        description: "The same message in one binary frame: root type MonitorMessage of schemas/monitor.fbs",
      },
    },
  };
}

function repliesChannel(): object {
  const { schema: query } = createSchema(StreamQuery, { io: "input" });
  return {
    address: "/v1/desk/replies",
    servers: [{ $ref: "#/servers/service" }],
    description: `${oneLine(REPLIED)} Subprotocol: ${STREAM_PROTOCOL}`,
    bindings: { ws: { method: "GET", headers: protocolHeader([STREAM_PROTOCOL]), query } },
    messages: {
      json: {
        name: STREAM_PROTOCOL,
        contentType: "application/json",
        payload: { $ref: "#/components/schemas/ReplyMessage" },
      },
    },
  };
}

function protocolHeader(protocols: readonly string[]): object {
  return { type: "object", properties: { "Sec-WebSocket-Protocol": { type: "string", enum: [...protocols] } } };
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
