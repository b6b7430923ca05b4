/** What both transports must do alike on the wire beyond what the API's own tests see; vitest.config.mjs runs it over both. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { WebSocket } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../../gateway/http/native/listen.js";
import { listenWithNode } from "../../../gateway/http/node/listen.js";
import type { Handlers, Listen } from "../../../gateway/http/transport.js";
import { MONITOR } from "../../../schemas/limits.js";
import { isNative, type Rig, rawExchange, startRig, VALID_ACTION } from "./support.js";

let rig: Rig;
const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);
beforeAll(async () => {
  process.on("warning", onWarning);
  rig = await startRig();
});
afterAll(async () => {
  process.off("warning", onWarning);
  await rig.close();
  expect(warnings).toEqual([]); // Node warns of listeners that pile up on a connection.
});

const key = (): string => `Authorization: Bearer ${rig.freshKey()}\r\n`;
const health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

describe("an offer to upgrade that is not taken", () => {
  const h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";

  it("leaves an ordinary request, with its body, and the connection whole", async () => {
    const body = JSON.stringify({ area: VALID_ACTION.area });
    const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const one = `POST /v1/previews HTTP/1.1\r\nHost: a\r\n${key()}${h2c}${type}\r\n`;
    const parts = Array(12).fill([one + body.slice(0, 7), body.slice(7)]);
    const received = await rawExchange(rig.port, [...parts.flat(), health], /"ok"/);
    expect(received.match(/HTTP\/1.1 200 OK/g)).toHaveLength(13);
    expect(received.match(/"recipients":5,"segmentsPerMessage"/g)).toHaveLength(12);
  });

  it("is refused with a problem document where a WebSocket could be, and is a plain request elsewhere", async () => {
    const handshake = (path: string, name = "websocket", more = ""): string =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${name}\r\nSec-WebSocket-Version: 13\r\n${more}` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`;
    const monitor = await rawExchange(rig.port, [handshake("/v1/monitor?x=1")], /\}/);
    expect(monitor).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/);
    expect(monitor).toContain("API-Version: ");
    expect(monitor).toContain('"code":"UNAUTHENTICATED"');
    expect(await rawExchange(rig.port, [handshake("/v1/nothing")], /\}/)).toContain('"code":"NOT_FOUND"');
    const plain = `GET /v1/monitor HTTP/1.1\r\nHost: a\r\n${key()}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    expect(await rawExchange(rig.port, [plain, health], /"ok"/)).toMatch(/UPGRADE_REQUIRED[\s\S]*"ok"/);
  });
});

describe("requests behind each other on one connection", () => {
  it("are answered in their order, also before nonsense that ends the connection", async () => {
    let open = (): void => {};
    rig.service.gate = new Promise((resolve) => {
      open = resolve;
    });
    const body = JSON.stringify({ area: VALID_ACTION.area });
    const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const slow = `POST /v1/previews HTTP/1.1\r\nHost: a\r\n${key()}${type}\r\n${body}`;
    const exchange = rawExchange(rig.port, [slow, "\x00nonsense\r\n\r\n", "and more\r\n\r\n"], /"recipients"/);
    setTimeout(open, 100);
    const received = await exchange;
    // uWebSockets.js ends the connection at once and gives up on the answer; neither answers with another status.
    expect(received).toMatch(isNative ? /^$|^HTTP\/1.1 200 OK/ : /^HTTP\/1.1 200 OK/);
  });

  it("are all forgotten when the client goes", async () => {
    let open = (): void => {};
    rig.service.gate = new Promise((resolve) => {
      open = resolve;
    });
    const body = JSON.stringify({ area: VALID_ACTION.area });
    const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const slow = (): string => `POST /v1/previews HTTP/1.1\r\nHost: a\r\n${key()}${type}\r\n${body}`;
    const socket = connect(rig.port, "127.0.0.1").on("error", () => {});
    await new Promise<void>((written) => socket.write(slow() + slow() + slow(), () => written()));
    await new Promise((later) => setTimeout(later, 50));
    socket.resetAndDestroy();
    const gone = /_count\{[^}]*route="\/v1\/previews",status="0"[^}]*\} (\d+)/;
    const metrics = async (): Promise<number> => Number(gone.exec((await rig.send("GET", "/metrics")).text)?.[1] ?? 0);
    // uWebSockets.js ends a connection on which a request comes before the one before it is answered.
    await expect.poll(metrics).toBe(isNative ? 1 : 3);
    open();
    expect((await rig.send("GET", "/healthz")).status).toBe(200);
    expect(rig.logged).toEqual([]);
  });
});

it("drops a subscriber who sends more than it may, and nobody else", async () => {
  const subscriber = (): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${rig.port}/v1/monitor`, { headers: { authorization: `Bearer ${rig.freshKey()}` } });
  const opened = (ws: WebSocket): Promise<unknown> => new Promise((resolve) => (ws.onopen = resolve));
  const [loud, quiet] = [subscriber(), subscriber()];
  const ended = new Promise((resolve) => (loud.onclose = resolve));
  await Promise.all([opened(loud), opened(quiet)]);
  loud.send("x".repeat(MONITOR.incomingBytes));
  loud.send("x".repeat(MONITOR.incomingBytes + 1));
  await ended;
  expect(quiet.readyState).toBe(WebSocket.OPEN);
  quiet.close();
});

describe("a port", () => {
  const nothing: Handlers = { livePath: "/", request: () => undefined, upgrade: () => undefined };
  const native = loadNative();
  const transports: [string, Listen][] = [
    ["node:http", listenWithNode],
    ...(native.ok ? [["uWebSockets.js", native.value] as [string, Listen]] : []),
  ];

  it.each(transports)("has one service alone, and none beside it on %s", async (_, listen) => {
    for (const host of ["127.0.0.1", "0.0.0.0"]) expect(await listen(host, rig.port, nothing)).toBeUndefined();
    expect(await rawExchange(rig.port, [health], /"ok"/)).toMatch(/"ok"/);
  });

  it.each(transports)("is free again once %s has closed it", async (_, listen) => {
    const first = await listen("127.0.0.1", 0, nothing);
    const port = first!.port;
    for (const [, next] of transports) {
      expect(await next("127.0.0.1", port, nothing)).toBeUndefined();
    }
    first!.close();
    const second = await listen("127.0.0.1", port, nothing);
    expect(second?.port).toBe(port);
    second!.close();
  });
});
