/**
 * Who is slow, and who takes others' places: half a request is answered before it is cut, and strangers with half-sent
 * requests keep nobody out, not even where the process has few file descriptors.
 */
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { connectionsMax } from "../../../../gateway/http/transport/places.js";
import { API } from "../../../../schemas/limits.js";
import { startNode } from "../../../children.js";
import { type Rig, rawExchange, startRig, VALID_ACTION } from "../support.js";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const BODY = JSON.stringify(VALID_ACTION);
const head = (key: string, length: number): string =>
  `POST /v1/actions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nIdempotency-Key: ${randomUUID()}\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

// Both wait for deadlines of the server, 10 and 30 seconds long; neither knows of the other.
describe.concurrent("who falls silent", () => {
  it("is told so, after what acted was answered", async () => {
    const before = rig.service.requests.length;
    const acted = head(rig.freshKey(), BODY.length) + BODY;
    const half = head(rig.freshKey(), BODY.length) + BODY.slice(1);
    const [body, headers, nothing] = await Promise.all([
      rawExchange(rig.port, [acted + half], /$^/),
      rawExchange(rig.port, ["GET /healthz HTTP/1.1\r\nHo"], /$^/),
      rawExchange(rig.port, ["GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"], /$^/),
    ]);
    expect(body).toMatch(/^HTTP\/1.1 201 [\s\S]*HTTP\/1.1 408 Request Timeout\r\n[\s\S]*"code":"BODY_TOO_SLOW"/);
    expect(headers).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n[\s\S]*"code":"BODY_TOO_SLOW"/);
    expect(nothing).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\{"status":"ok"\}$/);
    expect(rig.service.requests).toHaveLength(before + 1);
  });

  it("and goes on sending what nobody wants is cut off in the end", async ({ onTestFinished }) => {
    const socket = connect(rig.port, "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    socket.resume().write(head("spk_wrong", 1_000));
    const drip = setInterval(() => socket.write("x"), API.silentMs / 4);
    onTestFinished(() => clearInterval(drip));
    await new Promise((closed) => socket.once("close", closed));
  });
});

describe("the limit of connections", () => {
  const limits = (descriptors: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${descriptors}                files\n`;
  it.each([
    ["1048576              1048576 ", API.connections],
    ["1024                 4096    ", 1_024 - API.descriptorsKept],
    ["256                  256     ", 128],
    ["unlimited            unlimited", API.connections],
  ])("of %s", (descriptors, most) => {
    expect(connectionsMax(limits(descriptors))).toBe(most);
  });

  it("is told by this system, or is the one that is given", () => {
    expect(connectionsMax("")).toBe(API.connections);
    expect(connectionsMax()).toBeLessThanOrEqual(API.connections);
  });
});

interface Limited {
  readonly port: number;
  readonly key: string;
}

/** A server in a process that has few file descriptors. */
async function startLimited(descriptors: number): Promise<Limited> {
  const script = new URL("./limited-child.js", import.meta.url);
  return new Promise((resolve, reject) => {
    const child = startNode(script, [`${descriptors}`], { onLine: (line) => resolve(JSON.parse(line) as Limited) });
    child.ended.then(
      ({ code, signal }) => reject(new Error(`ended with ${code ?? signal}: ${child.errors()}`)),
      reject,
    );
  });
}

describe("where there are few file descriptors", () => {
  it("half-sent requests of strangers keep nobody out, and who is known is not put out", async () => {
    const descriptors = 120;
    const { port, key } = await startLimited(descriptors);
    const open = (bytes: string): Socket => {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      onTestFinished(() => void socket.destroy());
      socket.resume().write(bytes);
      return socket;
    };
    let lost = 0;
    const stranger = open("GET /v1/carriers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\n\r\n");
    stranger.once("close", () => lost++);
    const mine = open(head(key, BODY.length) + BODY.slice(1));
    const answers: string[] = [];
    mine.on("data", (data) => answers.push(data.toString()));
    const send = (): Promise<number> =>
      request(`http://127.0.0.1:${port}/v1/carriers`, { headers: { authorization: `Bearer ${key}` } }).then(
        ({ statusCode, body }) => body.dump().then(() => statusCode),
      );
    expect(await send()).toBe(200);
    const starts = ["", "GET / HTT", head("wrong", 1_000), head("wrong", 1_000).replace("/v1/actions", "/v1/nothing")];
    for (let round = 0; round < 4; round++) {
      for (let count = 0; count < descriptors; count++) open(starts[count % starts.length]!);
      expect(await send()).toBe(200);
    }
    // The stranger who was there first is gone, and what began with a key goes on.
    await expect.poll(() => lost).toBe(1);
    mine.write(BODY.at(-1)!);
    await expect.poll(() => answers.join("")).toMatch(/^HTTP\/1.1 400/);
  });

  it("a pooled connection of a proxy keeps no place by the key that came over it before", async () => {
    const { port, key } = await startLimited(120);
    const ask = (secret: string) => `GET /v1/carriers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${secret}\r\n\r\n`;
    const pooled = async (...secrets: string[]) => {
      let gone = false;
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      onTestFinished(() => void socket.destroy());
      socket.once("close", () => {
        gone = true;
      });
      for (const secret of secrets) {
        const answered = new Promise((resolve) => socket.once("data", resolve));
        socket.write(ask(secret));
        await answered;
      }
      return () => gone;
    };
    const strangers = await pooled(key, "wrong");
    const owners = await pooled("wrong", key);
    for (let count = 0; count < 240; count++) {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      onTestFinished(() => void socket.destroy());
    }
    await expect.poll(strangers).toBe(true);
    expect(owners()).toBe(false);
  });

  it("a stranger whose body was refused before it ended keeps no place for having ended it", async () => {
    const descriptors = 120;
    const { port, key } = await startLimited(descriptors);
    const start =
      "POST /v1/open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n4\r\nnone\r\n";
    const refused = (): Promise<void> =>
      new Promise((ended) => {
        const socket = connect(port, "127.0.0.1").on("error", () => {});
        onTestFinished(() => void socket.destroy());
        socket.once("data", () => socket.write("0\r\n\r\n", () => ended()));
        socket.once("close", () => ended());
        socket.write(start);
      });
    for (let count = 0; count < descriptors; count++) await refused();
    const { statusCode } = await request(`http://127.0.0.1:${port}/v1/carriers`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(statusCode).toBe(200);
  });
});
