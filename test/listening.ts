/** A server on loopback that another system would have: what it is sent comes whole, and it is gone with the test. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Got {
  readonly request: IncomingMessage;
  readonly body: string;
}

export async function listening(
  answer: (got: Got, response: ServerResponse) => void,
  host = "127.0.0.1",
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    answer({ request, body }, response);
  });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}
