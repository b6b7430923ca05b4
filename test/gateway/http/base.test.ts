/** What the table of routes offers beside a control room's own: over real sockets, with routes made for it. */
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { BodyReceiver, Refuse } from "../../../gateway/http/request/body/body.js";
import { TrustedProxies } from "../../../gateway/http/request/client-address.js";
import { type HttpResponse, respond } from "../../../gateway/http/request/response.js";
import { type Handled, type Route, route } from "../../../gateway/http/request/route.js";
import { startServer } from "../../../gateway/http/server.js";
import { freePort } from "../../../loadtest/free-port.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { type Rig, rawExchange, startRig, VALID_ACTION } from "./support.js";

let rig: Rig;

const Params = { participant: z.coerce.number().int().min(0), place: z.enum(["home", "work"]) };
const response = { status: 200, description: "What came" };

function thingRoutes(): Route[] {
  const path = "/v1/things/{participant}/{place}";
  const summary = "A thing";
  const shared = { path, summary, auth: "key" as const, scopes: ["registry"] as const, params: Params };
  const echo = ({ params, body, caller }: Handled<unknown, unknown, object>): Result<HttpResponse> =>
    respond({ params, body: body ?? null, municipalities: caller.municipalities });
  return [
    route({ ...shared, method: "GET", response, handle: echo }),
    route({ ...shared, method: "PUT", body: z.strictObject({ a: z.int() }), response, handle: echo }),
    route({ ...shared, method: "PATCH", body: z.strictObject({ a: z.int() }), response, handle: echo }),
    route({
      ...shared,
      method: "DELETE",
      response: { status: 204, description: "Gone" },
      handle: () => respond(undefined, 204),
    }),
    route({ ...shared, method: "POST", path: "/v1/things/search/home", response, handle: () => respond("search") }),
  ];
}

function otherRoutes(): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/me",
      summary: "Who asks",
      auth: "self",
      response,
      handle: ({ caller }) =>
        respond({ participant: caller.participant, token: caller.credential, keyId: caller.keyId }),
    }),
    route({
      method: "GET",
      path: "/v1/hello",
      summary: "Anybody",
      auth: "public",
      response,
      handle: ({ caller }) => respond({ address: caller.address }),
    }),
    route({
      method: "POST",
      path: "/v1/hello",
      summary: "Anybody, with a body",
      auth: "public",
      body: z.strictObject({}),
      response,
      handle: () => respond({}),
    }),
    route({
      method: "GET",
      path: "/v1/table",
      summary: "As CSV or GeoJSON",
      auth: "public",
      query: z.strictObject({ format: z.enum(["csv", "geojson"]) }),
      response: { ...response, otherTypes: ["text/csv", "application/geo+json"] },
      handle: ({ query }) =>
        query.format === "csv"
          ? ok({ status: 200, body: "a,b\n", contentType: "text/csv" })
          : ok({ status: 200, body: { type: "FeatureCollection" }, contentType: "application/geo+json" }),
    }),
    route({
      method: "POST",
      path: "/v1/streams",
      summary: "A stream",
      auth: "key",
      scopes: ["draft"],
      query: z.strictObject({ full: z.literal("true").optional() }),
      receive: {
        contentTypes: ["text/csv", "application/x-ndjson"],
        start: ({ query }, refuse) => (query.full ? fail("BUSY", "No more") : ok(new Slow(refuse))),
      },
      response,
    }),
  ];
}

/** Takes a byte sum; pauses after each piece until `release`, and refuses at a "!" and throws at a "?". */
class Slow implements BodyReceiver {
  static readonly opened: Slow[] = [];
  bytes = 0;
  aborted = false;
  ended = false;
  waiting: (() => void) | undefined;
  static hold = false;
  readonly #refuse: Refuse;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
    Slow.opened.push(this);
  }

  chunk(bytes: Uint8Array, resume: () => void): boolean {
    this.bytes += bytes.byteLength;
    if (bytes.includes(0x21)) this.#refuse({ code: "IMPORT_REFUSED", detail: "An exclamation", field: "line 1" });
    if (bytes.includes(0x3f)) throw new Error("a question");
    this.waiting = resume;
    return !Slow.hold;
  }

  async end(): Promise<Result<HttpResponse>> {
    this.ended = true;
    return respond({ bytes: this.bytes });
  }

  abort(): void {
    this.aborted = true;
  }
}

beforeAll(async () => {
  const trusted = TrustedProxies.read("127.0.0.1, 10.0.0.0/8");
  if (!trusted.ok) throw new Error(trusted.problem.detail);
  rig = await startRig(undefined, {
    routes: [...thingRoutes(), ...otherRoutes()],
    sessions: { verify: (token) => (token === "of-seven" ? { participant: 7 } : undefined) },
    trustedProxies: trusted.value,
  });
});
afterAll(() => rig.close());

const municipal = (): Record<string, string> => ({
  authorization: `Bearer ${rig.freshKey({ role: "municipality", municipality: 632 })}`,
});

describe("methods and names in the path", () => {
  it("takes each method with what it brings", async () => {
    const at = "/v1/things/12/work";
    const expected = { params: { participant: 12, place: "work" }, municipalities: [632] };
    const headers = municipal();
    for (const method of ["PUT", "PATCH"] as const) {
      const answer = await rig.send(method, at, { body: { a: 1 }, headers });
      expect(answer.json).toEqual({ ...expected, body: { a: 1 } });
      const wrong = await rig.send(method, at, { body: { a: "x" }, headers });
      expect(wrong.json).toMatchObject({ status: 422, field: "/a" });
    }
    expect((await rig.send("GET", at, { headers })).json).toEqual({ ...expected, body: null });
    const gone = await rig.send("DELETE", at, { headers });
    expect([gone.status, gone.text]).toEqual([204, ""]);
    expect((await rig.send("HEAD", at, { headers })).status).toBe(200);
  });

  it("says NOT_FOUND of a name that can't be, and which", async () => {
    const headers = municipal();
    for (const [path, field] of [
      ["/v1/things/x/work", "participant"],
      ["/v1/things/-1/work", "participant"],
      ["/v1/things/1/garden", "place"],
    ] as const) {
      expect((await rig.send("GET", path, { headers })).json).toMatchObject({ status: 404, field });
    }
  });

  it("knows the methods of a path, and a word before a name", async () => {
    const answer = await rig.send("OPTIONS", "/v1/things/1/work");
    expect(answer.headers.allow).toBe("GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    expect((await rig.send("POST", "/v1/things/search/home", { headers: municipal() })).text).toBe('"search"');
    const wrong = await rig.send("GET", "/v1/things/search/home", { headers: municipal() });
    expect(wrong.json).toMatchObject({ status: 405, detail: "Allowed here: POST, OPTIONS" });
  });
});

describe("who may", () => {
  it("lets in keys with a scope of the route alone", async () => {
    const status = async (path: string, role: "app" | "operator" | "controlRoom"): Promise<number> =>
      (await rig.send("GET", path, { headers: { authorization: `Bearer ${rig.freshKey({ role })}` } })).status;
    expect(await status("/v1/things/1/home", "operator")).toBe(200);
    expect(await status("/v1/things/1/home", "controlRoom")).toBe(403);
    expect(await status("/v1/things/1/home", "app")).toBe(403);
    expect(await status("/v1/actions", "app")).toBe(403);
    expect(await status("/v1/actions", "controlRoom")).toBe(200);
  });

  it("opens a session's routes to its token alone", async () => {
    const send = (authorization: string) => rig.send("GET", "/v1/me", { headers: { authorization } });
    const me = { participant: 7, token: "of-seven", keyId: "participant 7" };
    expect((await send("Bearer of-seven")).json).toEqual(me);
    for (const wrong of ["", "Bearer nobody", `Bearer ${rig.freshKey()}`]) {
      const answer = await send(wrong);
      expect(answer.json).toMatchObject({ status: 401, code: "SESSION_ENDED" });
      expect(answer.headers["www-authenticate"]).toBeDefined();
    }
  });

  it("counts what is open to everybody by the client's address", async () => {
    const from = (address: string) =>
      rig.send("GET", "/v1/hello", { headers: { authorization: "", "x-forwarded-for": address } });
    for (let count = 0; count < API.publicRequestsPerMinute * 2 + 1; count++) await from("9.9.9.9, 2001:db8:0:1::7");
    const refused = await from("1.2.3.4, 2001:db8:0:1::8");
    expect(refused.json).toMatchObject({ status: 429, code: "TOO_MANY_REQUESTS" });
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect((await from("2001:db8:0:2::7")).status).toBe(200);
  });

  it("keeps no alarm from coming in for who has no key and sends slowly from everywhere", async () => {
    let address = 0;
    const hello = (length: number) => {
      address++;
      const from = `X-Forwarded-For: 7.7.${address >> 8}.${address & 255}`;
      return `POST /v1/hello HTTP/1.1\r\nHost: a\r\n${from}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    };
    const part = Buffer.alloc(API.publicBodyBytes - 1, 0x20);
    const slow = Array.from({ length: API.publicReceivingBytes / API.publicBodyBytes + 2 }, () => {
      const socket = connect(rig.port, "127.0.0.1").on("error", () => {});
      socket.write(hello(API.publicBodyBytes));
      socket.write(part);
      return socket;
    });
    const greeting = `{}${" ".repeat(998)}`;
    const greet = () => rawExchange(rig.port, [hello(1_000), greeting], /\}/);
    await expect.poll(greet, { timeout: 10_000 }).toContain('"BUSY"');
    expect((await rig.send("POST", "/v1/actions", { body: VALID_ACTION })).status).toBe(201);
    for (const socket of slow) socket.resetAndDestroy();
    await expect.poll(greet, { timeout: 10_000 }).toContain("200 OK");
    expect(await rawExchange(rig.port, [hello(API.publicBodyBytes + 1)], /\}/)).toContain('"BODY_TOO_LARGE"');
  });

  it("believes the last hop of a trusted proxy, also in a header of its own", async () => {
    const one = "GET /v1/hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n";
    expect(await rawExchange(rig.port, [one], /\}/)).toContain('{"address":"8.8.8.8"}');
  });

  it("shows /metrics to keys that watch alone, and to whoever reaches a port of loopback that shows nothing else", async () => {
    const port = await freePort();
    const other = await startRig(undefined, { metricsPort: port });
    const metrics = async (headers: Record<string, string>): Promise<number> =>
      (await other.send("GET", "/metrics", { headers })).status;
    expect(await metrics({ authorization: "" })).toBe(401);
    const as = (scope: "draft" | "metrics" | "watch") =>
      metrics({ authorization: `Bearer ${other.freshKey({ scopes: [scope] })}` });
    expect([await as("draft"), await as("metrics"), await as("watch")]).toEqual([403, 200, 200]);
    const shown = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining("seinpost_build_info")]);
    const key = { headers: { authorization: `Bearer ${other.freshKey()}` } };
    for (const path of ["/", "/v1/actions", "/healthz", "/openapi.json", "/v1/monitor"]) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`, key)).status).toBe(404);
    }
    const taken = await startServer({ ...other.options, port: 0, metricsPort: port });
    expect(taken).toMatchObject({ problem: { code: "ADDRESS_UNAVAILABLE", field: "metricsPort" } });
    await other.close();
  });

  it("believes nobody else", async () => {
    const other = await startRig(undefined, { routes: otherRoutes() });
    const answer = await other.send("GET", "/v1/hello");
    await other.close();
    expect(answer.json).toEqual({ address: "127.0.0.1" });
  });

  it("says that a proxy names no client, and shuts nobody out for one that may be everybody", async () => {
    const other = await startRig(undefined, { routes: otherRoutes() });
    const hello = (headers: Record<string, string> = {}) =>
      other.send("GET", "/v1/hello", { headers: { authorization: "", ...headers } });
    const warnings = async () => (await other.send("GET", "/readyz")).json.warnings;
    const counted = async () =>
      /^seinpost_clients_unnamed_total (\d+)/m.exec((await other.send("GET", "/metrics")).text)?.[1];
    await hello();
    expect([await warnings(), await counted()]).toEqual([[], "0"]);
    // By a proxy on this machine that no setting names, as all of them would come.
    const answers = await Promise.all(
      Array.from({ length: 3 * API.publicRequestsPerMinute }, () => hello({ "x-forwarded-for": "8.8.8.8" })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]!.json).toEqual({ address: "" });
    expect(await warnings()).toEqual([expect.stringContaining("SEINPOST_TRUSTED_PROXY")]);
    expect(await counted()).toBe(String(answers.length));
    expect(other.warned).toEqual([{ requests: 1 }]);
    await other.close();
    // One that is named, and names nobody itself.
    expect((await rig.send("GET", "/v1/hello", { headers: { "x-forwarded-for": "unknown" } })).json).toEqual({
      address: "",
    });
  });
});

it("answers in other formats", async () => {
  const csv = await rig.send("GET", "/v1/table?format=csv");
  expect([csv.headers["content-type"], csv.text]).toEqual(["text/csv", "a,b\n"]);
  const geo = await rig.send("GET", "/v1/table?format=geojson");
  expect([geo.headers["content-type"], geo.text]).toEqual(["application/geo+json", '{"type":"FeatureCollection"}']);
});

describe("a body as a stream", () => {
  const headers = { "content-type": "text/csv; charset=utf-8" };
  const open = async (): Promise<Slow> => {
    await expect.poll(() => Slow.opened.length).toBe(1);
    return Slow.opened[0]!;
  };
  beforeEach(() => {
    Slow.opened.length = 0;
    Slow.hold = false;
  });

  it("takes any length, and none", async () => {
    const raw = Buffer.alloc(API.bodyBytes * 3, 0x20);
    expect((await rig.send("POST", "/v1/streams", { raw, headers })).json).toEqual({ bytes: raw.length });
    expect((await rig.send("POST", "/v1/streams", { raw: "", headers })).json).toEqual({ bytes: 0 });
    expect(Slow.opened.map(({ ended, aborted }) => [ended, aborted])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it("takes only its own types, and can be full", async () => {
    const json = await rig.send("POST", "/v1/streams", { raw: "{}" });
    expect(json.json).toMatchObject({ status: 415, detail: "Send text/csv or application/x-ndjson, in UTF-8" });
    expect((await rig.send("POST", "/v1/streams?full=true", { raw: "x", headers })).json.code).toBe("BUSY");
    expect((await rig.send("POST", "/v1/streams?full=no", { raw: "x", headers })).json.field).toBe("full");
    expect(Slow.opened).toEqual([]);
  });

  it("answers early, reads the rest away and keeps the connection", async () => {
    const length = API.bodyBytes * 2;
    const head = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\nContent-Type: text/csv\r\n`;
    const early = `${head("/v1/streams")}Content-Length: ${length}\r\n\r\n!`;
    const parts = [early, Buffer.alloc(length - 1, 0x20), `${head("/v1/streams")}Content-Length: 2\r\n\r\nab`];
    const received = await rawExchange(rig.port, parts, /"bytes":\d+\}/);
    expect(received).toMatch(/^HTTP\/1.1 422[\s\S]*"code":"IMPORT_REFUSED"[\s\S]*HTTP\/1.1 200 OK[\s\S]*"bytes":2/);
    const [refused, after] = Slow.opened;
    expect([refused!.ended, refused!.aborted, after!.ended]).toEqual([false, false, true]);
  });

  it("answers 500 when a receiver breaks", async () => {
    expect((await rig.send("POST", "/v1/streams", { raw: "?", headers })).json.code).toBe("INTERNAL");
  });

  it("holds the client up while the receiver does, then takes all", async () => {
    Slow.hold = true;
    const total = 64 * 1_048_576;
    const socket = connect(rig.port, "127.0.0.1");
    socket.write(`POST /v1/streams HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\n`);
    socket.write(`Content-Type: text/csv\r\nContent-Length: ${total}\r\n\r\n`);
    socket.write(Buffer.alloc(total, 0x20));
    const slow = await open();
    await expect.poll(() => slow.bytes).toBeGreaterThan(0);
    // What a receiver that waits gets beyond what it took: what the transport had read already.
    await new Promise((later) => setTimeout(later, 100));
    const held = slow.bytes;
    await new Promise((later) => setTimeout(later, 200));
    expect(slow.bytes).toBe(held);
    expect(held).toBeLessThanOrEqual(1_048_576);
    slow.waiting!();
    await expect.poll(() => slow.bytes).toBeGreaterThan(held);
    Slow.hold = false;
    slow.waiting!();
    const answer = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())));
    expect(answer).toContain(`{"bytes":${total}}`);
    socket.destroy();
  });

  it("is told when the client goes; while it waits, once it goes on", async () => {
    for (const hold of [false, true]) {
      Slow.opened.length = 0;
      Slow.hold = hold;
      const socket = connect(rig.port, "127.0.0.1");
      socket.write(`POST /v1/streams HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\n`);
      socket.write("Content-Type: text/csv\r\nContent-Length: 1000\r\n\r\nsome");
      const slow = await open();
      await expect.poll(() => slow.bytes).toBe(4);
      socket.resetAndDestroy();
      if (hold) slow.waiting!();
      await expect.poll(() => slow.aborted).toBe(true);
      expect(slow.ended).toBe(false);
      slow.waiting!(); // Touches nothing.
    }
  });

  it("is not ended for sending little, and is for sending nothing", async () => {
    const socket = connect(rig.port, "127.0.0.1").on("error", () => {});
    const silent = connect(rig.port, "127.0.0.1").on("error", () => {});
    let told = "";
    silent.on("data", (data) => {
      told += data;
    });
    const head = (): string => `POST /v1/streams HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\n`;
    for (const each of [socket, silent]) each.write(`${head()}Content-Type: text/csv\r\nContent-Length: 5\r\n\r\na`);
    const ended = new Promise((resolve) => silent.on("close", resolve));
    const answer = new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())));
    for (const piece of "bcde") {
      await new Promise((later) => setTimeout(later, API.silentMs / 3));
      socket.write(piece);
    }
    expect(await answer).toContain('{"bytes":5}');
    await ended;
    expect(told).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    expect(Slow.opened.map(({ bytes, aborted }) => [bytes, aborted]).sort()).toEqual([
      [1, true],
      [5, false],
    ]);
    socket.destroy();
  });

  it("is told when the body is cut off by a client that ends properly", async () => {
    const socket = connect({ port: rig.port, host: "127.0.0.1" });
    socket.write(`POST /v1/streams HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\n`);
    socket.write("Content-Type: text/csv\r\nContent-Length: 1000\r\n\r\nsome");
    const slow = await open();
    await expect.poll(() => slow.bytes).toBe(4);
    socket.end();
    await expect.poll(() => slow.aborted).toBe(true);
    socket.destroy();
  });
});

it("describes it all", async () => {
  const { json } = await rig.send("GET", "/openapi.json");
  const paths = json.paths as Record<string, Record<string, Record<string, unknown>>>;
  const things = paths["/v1/things/{participant}/{place}"]!;
  expect(Object.keys(things)).toEqual(["get", "put", "patch", "delete"]);
  expect(things.get!.description).toBe("For keys with the scope registry");
  expect(
    (things.get!.parameters as { name: string; in: string }[]).map(({ name, in: where }) => [name, where]),
  ).toEqual([
    ["participant", "path"],
    ["place", "path"],
  ]);
  expect(paths["/v1/me"]!.get!.security).toEqual([{ session: [] }]);
  expect(paths["/v1/hello"]!.get!.security).toEqual([]);
  const { requestBody, responses } = paths["/v1/streams"]!.post! as {
    requestBody: { content: object };
    responses: Record<string, { description: string }>;
  };
  expect(Object.keys(requestBody.content)).toEqual(["text/csv", "application/x-ndjson"]);
  expect(responses["403"]!.description).toContain("FORBIDDEN");
  const table = paths["/v1/table"]!.get! as { responses: Record<string, { content: object }> };
  expect(Object.keys(table.responses["200"]!.content)).toEqual(["text/csv", "application/geo+json"]);
});
