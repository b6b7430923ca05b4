/**
 * HTTP/1.1 as RFC 9110 and 9112 have it, byte by byte: what each request is answered, whether the connection goes on after
 * it, and whether anything was done. Behind each comes another request: where the two could be told apart in more than one
 * way, that one is never answered, so nobody can hide a request in another's body.
 */
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API } from "../../../../schemas/limits.js";
import { type Rig, startRig, VALID_ACTION } from "../support.js";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const NEXT = "GET /healthz HTTP/1.1\r\nHost: next\r\n\r\n";
const BODY = JSON.stringify(VALID_ACTION);
const LENGTH = `Content-Length: ${BODY.length}`;
const chunked = (...chunks: string[]): string => chunks.map((c) => `${c.length.toString(16)}\r\n${c}\r\n`).join("");
const CHUNKS = `${chunked(BODY.slice(0, 9), BODY.slice(9))}0\r\n\r\n`;

/** A request without a body. */
const get = (line: string, ...fields: string[]): string => `${[line, ...fields].join("\r\n")}\r\n\r\n`;
const health = (...fields: string[]): string => get("GET /healthz HTTP/1.1", "Host: a", ...fields);

/** One that acts if it is taken. */
function post(fields: readonly string[], body: string, version = "1.1"): string {
  const own = [`Authorization: Bearer ${rig.freshKey()}`, `Idempotency-Key: ${randomUUID()}`];
  return get(`POST /v1/actions HTTP/${version}`, "Host: a", ...own, "Content-Type: application/json", ...fields) + body;
}

interface Outcome {
  readonly statuses: number[];
  readonly text: string;
  readonly acted: number;
}

/** Sends it, and reads until the connection ends or `answers` are there. `halfClose`: says that it sends no more. */
function exchange(bytes: string, answers: number, halfClose = false): Promise<Outcome> {
  const before = rig.service.requests.length;
  return new Promise((resolve) => {
    const socket = connect({ port: rig.port, host: "127.0.0.1", allowHalfOpen: true });
    let text = "";
    const statuses = (): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (statuses().length >= answers && !halfClose) socket.destroy();
    });
    socket.on("end", () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve({ statuses: statuses(), text, acted: rig.service.requests.length - before }));
    socket.write(Buffer.from(bytes, "latin1"));
    if (halfClose) socket.end();
  });
}

type Row = readonly [name: string, sent: string | (() => string), status: number];

/** Those whose connection goes on: the request behind them is answered too. */
const TAKEN: readonly Row[] = [
  ["a target in absolute form", get("GET http://example.org:80/healthz HTTP/1.1", "Host: a"), 200],
  ["a target in absolute form, https and in any case", get("GET HTTPS://EXAMPLE.org/healthz HTTP/1.1", "Host: a"), 200],
  ["a target in absolute form with a query", get("GET http://a/v1/actions?page=2 HTTP/1.1", "Host: a"), 401],
  ["a target in absolute form without a path", get("GET http://example.org HTTP/1.1", "Host: a"), 404],
  ["OPTIONS *", get("OPTIONS * HTTP/1.1", "Host: a"), 204],
  ["* for another method", get("GET * HTTP/1.1", "Host: a"), 404],
  ["an empty Host", get("GET /healthz HTTP/1.1", "Host:"), 200],
  ["a Host that is an IPv6 address", get("GET /healthz HTTP/1.1", "Host: [::1]:8080"), 200],
  ["60 headers", health(...Array.from({ length: 59 }, (_, at) => `X-Field-${at}: ${at}`)), 200],
  [
    "as many headers as may be",
    health(...Array.from({ length: API.headers - 1 }, (_, at) => `X-Field-${at}: ${at}`)),
    200,
  ],
  ["an empty line before the request", `\r\n${health()}`, 200],
  ["a header without a value, and one with blanks around it", health("X-Empty:", "X-Blank: \t a \t "), 200],
  ["HTTP/1.0 that asks to go on", get("GET /healthz HTTP/1.0", "Connection: keep-alive"), 200],
  ["an expectation that nobody knows", health("Expect: dance"), 417],
  ["a length of the body", () => post([LENGTH], BODY), 201],
  ["chunks", () => post(["Transfer-Encoding: chunked"], CHUNKS), 201],
  ["chunks, in any case", () => post(["Transfer-Encoding:  CHUNKED "], CHUNKS), 201],
  ["extensions of chunks", () => post(["Transfer-Encoding: chunked"], CHUNKS.replace("\r\n", ';a=b;c="d;e"\r\n')), 201],
  [
    "trailers",
    () =>
      post(["Transfer-Encoding: chunked", "Trailer: X-Sum"], CHUNKS.replace(/\r\n$/, "X-Sum: 7\r\nHost: b\r\n\r\n")),
    201,
  ],
];

/** Those that end the connection, whatever comes behind them. */
const ENDED: readonly Row[] = [
  ["HTTP/1.0, without Host", get("GET /healthz HTTP/1.0"), 200],
  ["a wish to end the connection", health("Connection: close"), 200],
  ["HTTP/2.0", get("GET /healthz HTTP/2.0", "Host: a"), 505],
  ["HTTP/0.9", get("GET /healthz HTTP/0.9", "Host: a"), 505],
  ["HTTP/3.1", get("GET /healthz HTTP/3.1", "Host: a"), 505],
  ["no Host", get("GET /healthz HTTP/1.1"), 400],
  ["no Host beside a target in absolute form", get("GET http://a/healthz HTTP/1.1"), 400],
  ["two Hosts", get("GET /healthz HTTP/1.1", "Host: a", "Host: b"), 400],
  ["the same Host twice", get("GET /healthz HTTP/1.1", "Host: a", "host: a"), 400],
  ["a Host that can't be one", get("GET /healthz HTTP/1.1", "Host: a/b"), 400],
  ["a list of Hosts", get("GET /healthz HTTP/1.1", "Host: a, b"), 400],
  ["a target without a slash", get("GET healthz HTTP/1.1", "Host: a"), 400],
  ["a target that is another service's", get("CONNECT a:443 HTTP/1.1", "Host: a:443"), 400],
  ["no method", get("/healthz HTTP/1.1", "Host: a"), 400],
  ["a line that goes on in the next", health("X-Long: a", "\tb"), 400],
  ["a NUL", health("X-Null: a\0b"), 400],
  ["a carriage return alone", health("X-Return: a\rb"), 400],
  ["a blank before the colon", health("X-Blank : a"), 400],
  ["a blank before the first header", get("GET /healthz HTTP/1.1", " Host: a"), 400],
  ["a header without a colon", health("X-Nothing"), 400],
  ["line feeds alone", health().replaceAll("\r\n", "\n"), 400],
  ["more headers than may be", health(...Array(API.headers).fill("X-Field: a")), 431],
  ["longer headers than may be", health(`X-Long: ${"a".repeat(API.headBytes)}`), 431],
  ["two keys", health("Authorization: Bearer a", "Authorization: Bearer b"), 400],
  ["two lengths", () => post([LENGTH, "Content-Length: 5"], BODY), 400],
  ["the same length twice", () => post([LENGTH, LENGTH], BODY), 400],
  ["a list of lengths", () => post([`${LENGTH}, ${BODY.length}`], BODY), 400],
  ["a length with a sign", () => post([`Content-Length: +${BODY.length}`], BODY), 400],
  ["a length in hex", () => post([`Content-Length: 0x${BODY.length.toString(16)}`], BODY), 400],
  ["a length and chunks", () => post([LENGTH, "Transfer-Encoding: chunked"], CHUNKS), 400],
  ["chunks and a length", () => post(["Transfer-Encoding: chunked", LENGTH], CHUNKS), 400],
  ["Transfer-Encoding: identity", () => post(["Transfer-Encoding: identity"], BODY), 400],
  ["Transfer-Encoding: identity with a length", () => post(["Transfer-Encoding: identity", LENGTH], BODY), 400],
  ["Transfer-Encoding: xchunked", () => post(["Transfer-Encoding: xchunked"], CHUNKS), 400],
  ["Transfer-Encoding: gzip, chunked", () => post(["Transfer-Encoding: gzip, chunked"], CHUNKS), 400],
  ["Transfer-Encoding: chunked, chunked", () => post(["Transfer-Encoding: chunked, chunked"], CHUNKS), 400],
  ["Transfer-Encoding: chunked, gzip", () => post(["Transfer-Encoding: chunked, gzip"], CHUNKS), 400],
  ["two Transfer-Encodings", () => post(["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], CHUNKS), 400],
  ["Transfer-Encoding without a value", () => post(["Transfer-Encoding:"], CHUNKS), 400],
  ["chunks in HTTP/1.0", () => post(["Transfer-Encoding: chunked"], CHUNKS, "1.0"), 400],
  ["a chunk's length that is no number", () => post(["Transfer-Encoding: chunked"], `x\r\n${CHUNKS}`), 400],
  ["a chunk's length with a sign", () => post(["Transfer-Encoding: chunked"], `+${CHUNKS}`), 400],
  ["a chunk's length beyond all", () => post(["Transfer-Encoding: chunked"], `fffffffffffffffff\r\n${CHUNKS}`), 400],
  ["a chunk that is longer than it says", () => post(["Transfer-Encoding: chunked"], `2\r\n${CHUNKS}`), 400],
  ["line feeds alone around chunks", () => post(["Transfer-Encoding: chunked"], CHUNKS.replaceAll("\r\n", "\n")), 400],
  ["two types of the body", () => post([LENGTH, "Content-Type: text/csv"], BODY), 400],
  ["two Idempotency-Keys", () => post([LENGTH, `Idempotency-Key: ${randomUUID()}`], BODY), 400],
];

const bytesOf = (sent: Row[1]): string => (typeof sent === "string" ? sent : sent());

describe("is taken, and the connection goes on:", () => {
  it.each(TAKEN)("%s", async (_name, sent, status) => {
    const { statuses, acted } = await exchange(bytesOf(sent) + NEXT, 2);
    expect(statuses).toEqual([status, 200]);
    expect(acted).toBe(status === 201 ? 1 : 0);
  });
});

describe("ends the connection:", () => {
  it.each(ENDED)("%s", async (_name, sent, status) => {
    const { statuses, text, acted } = await exchange(bytesOf(sent) + NEXT, 2);
    expect(statuses).toEqual([status]);
    expect(text).toMatch(/^connection: close\r$/im);
    if (status !== 200) expect(text).toContain('"code":');
    expect(acted).toBe(0);
  });
});

describe("a request that acted is answered", () => {
  const acts = (text: string): string => {
    const body = JSON.stringify({ ...VALID_ACTION, text });
    return post([`Content-Length: ${body.length}`], body);
  };
  const texts = (text: string): string[] => [...text.matchAll(/"text":"([^"]+)"/g)].map(([, found]) => found!);

  it("with a body, before others on the same connection, in their order", async () => {
    const { statuses, text, acted } = await exchange(acts("one") + acts("two") + acts("three") + NEXT, 4);
    expect([statuses, texts(text), acted]).toEqual([[201, 201, 201, 200], ["one", "two", "three"], 3]);
  });

  it.each([
    ["nonsense", "\0nonsense\r\n\r\n"],
    ["a head that can't be", get("GET /healthz HTTP/1.1", "Host: a", "Host: b")],
    ["a body that can't be", () => post(["Transfer-Encoding: chunked"], "x\r\n")],
  ])("before %s", async (_name, after) => {
    const { statuses, text, acted } = await exchange(acts("one") + acts("two") + bytesOf(after) + NEXT, 4);
    expect([statuses, texts(text), acted]).toEqual([[201, 201, 400], ["one", "two"], 2]);
  });

  it("by HTTP/1.0", async () => {
    const { statuses, acted } = await exchange(post([LENGTH], BODY, "1.0") + NEXT, 2);
    expect([statuses, acted]).toEqual([[201], 1]);
  });

  it("of a client that says at once that it sends no more", async () => {
    const { statuses, text, acted } = await exchange(acts("one") + acts("two"), 2, true);
    expect([statuses, texts(text), acted]).toEqual([[201, 201], ["one", "two"], 2]);
  });

  it("and one that was cut off has not acted", async () => {
    const { statuses, acted } = await exchange(acts("one") + post([LENGTH], BODY.slice(1)), 2, true);
    expect([statuses, acted]).toEqual([[201, 400], 1]);
  });
});

describe("Expect: 100-continue", () => {
  it("is told to go on where the body is wanted", async () => {
    const { statuses, acted } = await exchange(post([LENGTH, "Expect: 100-Continue"], BODY) + NEXT, 3);
    expect([statuses, acted]).toEqual([[100, 201, 200], 1]);
  });

  it("is told what is wrong where it is not", async () => {
    const head = get("POST /v1/actions HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 5");
    const { statuses, text } = await exchange(`${head}12345${NEXT}`, 2);
    // Whether the body comes or not nobody can tell now.
    expect(statuses).toEqual([401]);
    expect(text).toContain("\r\nConnection: close\r\n");
  });

  it("is no expectation of HTTP/1.0", async () => {
    const { statuses } = await exchange(post([LENGTH, "Expect: 100-continue"], BODY, "1.0"), 2);
    expect(statuses).toEqual([201]);
  });
});

it("says with OPTIONS * what there is", async () => {
  const { text } = await exchange(get("OPTIONS * HTTP/1.1", "Host: a", "Connection: close"), 1);
  expect(text).toMatch(/^Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r$/m);
});
