/**
 * The control port of the carrier simulator: a little HTTP on loopback, for tests and load tests to look in and to change
 * how the carrier behaves while it runs.
 *
 * - `GET /counters`: what is counted anyway. `GET /stats`: that, and what has to be computed from the log.
 * - `GET /log`: the records of `log.ts`.
 * - `GET /texts`: number and text of what it took last, as many as its setting `texts` says.
 * - `POST /set`: a JSON object with any of the settings, and `disconnect`. Answers with all settings.
 * - `POST /deliver`: sends a message from a citizen (bind/incoming.ts). Answers with how many deliver_sm it took, or
 *   409 when nobody has bound.
 * - `POST /reset`: forgets what it got.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { SIMULATOR } from "../../schemas/limits.js";
import { deliverSchema } from "./bind/incoming.js";
import type { Simulator } from "./core.js";
import { changeSchema } from "./settings.js";

const ROUTES = "GET /counters, GET /stats, GET /log, GET /texts, POST /set, POST /deliver and POST /reset";

export function createControl(simulator: Simulator): Server {
  return createServer((request, response) => {
    const reset = () => {
      simulator.reset();
      sendJson(response, 200, simulator.counts());
    };
    const route = `${request.method} ${request.url}`;
    if (route === "GET /counters") sendJson(response, 200, simulator.counts());
    else if (route === "GET /stats") sendJson(response, 200, simulator.stats());
    else if (route === "GET /log") sendLog(response, simulator);
    else if (route === "GET /texts") sendJson(response, 200, simulator.texts.kept);
    else if (route === "POST /set") readBody(request, response, (body) => set(response, simulator, body));
    else if (route === "POST /deliver") readBody(request, response, (body) => deliver(response, simulator, body));
    else if (route === "POST /reset") readBody(request, response, reset);
    else sendJson(response, 404, { error: `there is ${ROUTES}` });
  });
}

/** Resolves with the port. */
export function listenControl(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : port);
    });
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** The log as it is now: a copy, because the log goes on while a slow reader reads. */
function sendLog(response: ServerResponse, simulator: Simulator): void {
  const bytes = Buffer.concat([...simulator.log.bytes()]);
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
  response.end(bytes);
}

function set(response: ServerResponse, simulator: Simulator, body: string): void {
  const change = changeSchema.safeParse(parseJson(body));
  if (change.success) sendJson(response, 200, simulator.set(change.data));
  else sendJson(response, 422, { error: change.error.issues });
}

function deliver(response: ServerResponse, simulator: Simulator, body: string): void {
  const delivery = deliverSchema.safeParse(parseJson(body));
  if (!delivery.success) {
    sendJson(response, 422, { error: delivery.error.issues });
    return;
  }
  const sent = simulator.deliver(delivery.data);
  if (sent === undefined) sendJson(response, 409, { error: "nobody has bound" });
  else sendJson(response, 200, { sent });
}

/** Undefined, which no schema takes, for what is no JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readBody(request: IncomingMessage, response: ServerResponse, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= SIMULATOR.requestBytes) chunks.push(chunk);
  });
  request.on("end", () => {
    if (length <= SIMULATOR.requestBytes) then(Buffer.concat(chunks).toString());
    else sendJson(response, 413, { error: `a request has at most ${SIMULATOR.requestBytes} bytes` });
  });
}
