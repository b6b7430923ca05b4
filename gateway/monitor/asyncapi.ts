/** The AsyncAPI 3 document of the live feed, made from the schemas of its messages. */
import { createSchema } from "zod-openapi";
import { API_VERSION } from "../../schemas/api/api.js";
import { MONITOR } from "../../schemas/limits.js";
import { MONITOR_KEY_PROTOCOL, MONITOR_PROTOCOLS, MonitorMessage } from "../../schemas/monitor.js";

const DESCRIPTION = `The first message is a snapshot of everything there is. After it come changes, up to
${1_000 / MONITOR.intervalMs} times a second and only when something changed: each holds, whole, the actions and carriers
that differ, the ids of actions that are gone, all alarms, and a sequence that is one more than that of the message before. A client
that reads too slowly gets no changes for a while and then a new snapshot, from which it goes on; one that reads nothing
for ${MONITOR.unreadMs / 1_000} s is disconnected. What a client sends is ignored.`;

export function asyncApiDocument(): object {
  const { components } = createSchema(MonitorMessage, { io: "output", schemaRefPath: "#/components/schemas/" });
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Seinpost live monitoring",
      version: API_VERSION,
      description: DESCRIPTION.replaceAll("\n", " "),
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/json",
    servers: { service: { host: "127.0.0.1", protocol: "ws", description: "Where the HTTP API is" } },
    channels: { monitor: channel() },
    operations: {
      watch: {
        action: "send",
        channel: { $ref: "#/channels/monitor" },
        summary: "The service sends; clients only listen",
        messages: [{ $ref: "#/channels/monitor/messages/json" }, { $ref: "#/channels/monitor/messages/flatbuffers" }],
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
    description: `Subprotocols: ${MONITOR_PROTOCOLS.join(", ")}; without one, the first`,
    bindings: {
      ws: {
        method: "GET",
        headers: {
          type: "object",
          properties: { "Sec-WebSocket-Protocol": { type: "string", enum: [...MONITOR_PROTOCOLS] } },
        },
      },
    },
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
