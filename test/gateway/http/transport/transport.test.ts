/** What the server does on the wire beyond what the API's own tests see. */
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { WebSocket } from "undici";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type HttpResponse, respond } from "../../../../gateway/http/request/response.js";
import { route } from "../../../../gateway/http/request/route.js";
import { listen } from "../../../../gateway/http/transport/listen.js";
import type { Handlers } from "../../../../gateway/http/transport/transport.js";
import type { Result } from "../../../../schemas/errors.js";
import { API, MONITOR } from "../../../../schemas/limits.js";
import { given } from "../../../engine/registry/samples.js";
import { type Rig, rawExchange, startRig, VALID_ACTION } from "../support.js";

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

  it("leaves an ordinary request, and the connection whole", async () => {
    const one = `GET /v1/carriers HTTP/1.1\r\nHost: a\r\n${key()}${h2c}\r\n`;
    const parts = Array(6).fill([one + one.slice(0, 9), one.slice(9)]);
    const received = await rawExchange(rig.port, [...parts.flat(), health], /"ok"/);
    expect(received.match(/HTTP\/1.1 200 OK/g)).toHaveLength(13);
    expect(received.match(/"alpha"/g)).toHaveLength(12);
  });

  it("with a body leaves that too, and the connection as far as Node can; what acts is answered", async () => {
    const before = rig.service.requests.length;
    const body = JSON.stringify(VALID_ACTION);
    const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const one = (): string =>
      `POST /v1/actions HTTP/1.1\r\nHost: a\r\n${key()}Idempotency-Key: ${randomUUID()}\r\n${h2c}${type}\r\n${body}`;
    const all = one() + one() + one();
    const received = await rawExchange(rig.port, [all.slice(0, -700), all.slice(-700), health], /"ok"/);
    const answered = received.match(/HTTP\/1.1 201 Created/g)!.length;
    expect(answered).toBeGreaterThanOrEqual(1);
    expect(rig.service.requests).toHaveLength(before + answered);
    expect(/"ok"/.test(received)).toBe(answered === 3);
    expect(/\r\nConnection: close\r\n/.test(received)).toBe(answered < 3);
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

/** From a server: a length, and a code without a reason. */
const CLOSE_FRAME = /\x88[\s\S]{3}$/;

describe("a WebSocket", () => {
  const handshake = (version: number, ...more: string[]): string =>
    `${[
      "GET /v1/monitor HTTP/1.1",
      "Host: a",
      `Authorization: Bearer ${rig.freshKey()}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      `Sec-WebSocket-Version: ${version}`,
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      ...more,
    ].join("\r\n")}\r\n\r\n`;

  it.each([8, 12, 14])("of version %s is told which one is spoken", async (version) => {
    const received = await rawExchange(rig.port, [handshake(version)], /\}/);
    expect(received).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/);
    for (const line of ["Sec-WebSocket-Version: 13", "Upgrade: websocket", "Connection: Upgrade"]) {
      expect(received).toContain(`\r\n${line}\r\n`);
    }
  });

  it("is none with a head that can't be", async () => {
    for (const wrong of ["Host: b", "Sec-WebSocket-Version: 13", "Transfer-Encoding: gzip, chunked"]) {
      expect(await rawExchange(rig.port, [handshake(13, wrong)], /\}/)).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    }
  });

  it.each([
    ["isn't masked", [0x81, 0x01, 0x61], 1_002],
    ["has a bit set that means nothing", [0xc1, 0x81, 0, 0, 0, 0, 0x61], 1_002],
    ["is of a kind that isn't", [0x83, 0x80, 0, 0, 0, 0], 1_002],
    ["is no UTF-8", [0x81, 0x81, 0, 0, 0, 0, 0xff], 1_007],
  ])("ends with a code when a frame %s", async (_name, frame, code) => {
    const received = await rawExchange(rig.port, [handshake(13), Buffer.from(frame)], CLOSE_FRAME);
    expect(received).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/);
    expect(received.endsWith(`\x88\x02${String.fromCharCode(code >> 8, code & 255)}`)).toBe(true);
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
    expect(received).toMatch(/^HTTP\/1.1 200 OK/);
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
    await expect.poll(metrics).toBe(3);
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

describe("a client that says that it sends no more", () => {
  it("is answered; what is made for it alone is told that it may have gone", async () => {
    let open = (): void => {};
    rig.service.gate = new Promise((resolve) => {
      open = resolve;
    });
    const body = JSON.stringify({ area: VALID_ACTION.area });
    const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const socket = connect({ port: rig.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(`POST /v1/previews HTTP/1.1\r\nHost: a\r\n${key()}${type}\r\n${body}`);
    await expect.poll(() => rig.service.wanted?.aborted).toBe(true);
    open();
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK/);
    socket.destroy();
  });
});

describe("a server that closes", () => {
  /** More than the system keeps of one connection, on both sides together. */
  const large = "a".repeat(32 * 1_024 * 1_024);
  const response = { status: 200, description: "It" };
  const handle = (): Result<HttpResponse> => respond(large);
  const routes = [route({ method: "GET", path: "/v1/large", summary: "Much", auth: "public", response, handle })];
  const ask = "GET /v1/large HTTP/1.1\r\nHost: a\r\n\r\n";

  /** Two requests of a client that reads nothing yet, once the first of them has begun to be answered. */
  async function asked(other: Rig): Promise<Socket> {
    const socket = connect({ port: other.port, host: "127.0.0.1" }).on("error", () => {});
    socket.write(ask + ask);
    await once(socket, "readable");
    return socket;
  }

  it("waits until a slow client has taken its answers", async () => {
    const other = await startRig(undefined, { routes });
    const socket = await asked(other);
    let isClosed = false;
    const closed = other.close().then(() => (isClosed = true));
    let bytes = 0;
    let early = false;
    for await (const piece of socket) {
      bytes += piece.length;
      // What it had not read by then, the system had room for.
      early ||= isClosed && bytes < large.length;
      if (bytes >= 2 * large.length) break;
    }
    await closed;
    expect(bytes).toBeGreaterThanOrEqual(2 * large.length);
    expect(early).toBe(false);
  });

  /** No time passes by itself. */
  async function closing(): Promise<{ socket: Socket; closed: Promise<void> }> {
    const other = await startRig(undefined, { routes });
    const socket = await asked(other);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    return { socket, closed: other.close() };
  }

  it("waits no more for one that has gone", async () => {
    const { socket, closed } = await closing();
    socket.resetAndDestroy();
    await closed;
  });

  it("waits for no client longer than it may", async () => {
    const { socket, closed } = await closing();
    await vi.advanceTimersByTimeAsync(API.closeMs);
    await closed;
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });
});

describe("a port", () => {
  const nothing: Handlers = {
    isLive: () => true,
    strangerAt: () => "",
    request: () => undefined,
    upgrade: () => undefined,
  };
  const TAKEN = { problem: { code: "ADDRESS_UNAVAILABLE", field: "port" } };
  it("has one service alone, and none beside it", async () => {
    for (const host of ["127.0.0.1", "0.0.0.0"])
      expect(await listen({ host, port: rig.port }, nothing)).toMatchObject(TAKEN);
    expect(await rawExchange(rig.port, [health], /"ok"/)).toMatch(/"ok"/);
  });

  it("is free again once it was closed", async () => {
    const first = given(await listen({ host: "127.0.0.1", port: 0 }, nothing));
    const { port } = first;
    expect(await listen({ host: "127.0.0.1", port }, nothing)).toMatchObject(TAKEN);
    first.close();
    const second = given(await listen({ host: "127.0.0.1", port }, nothing));
    expect(second.port).toBe(port);
    second.close();
  });
});
