/** The API over real sockets: what each route answers, and what it answers to everything that is wrong. */

import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { Agent, request, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../../../gateway/http/server.js";
import { type Reply, ReplyPage } from "../../../schemas/api/action/reply.js";
import { Action, ActionPage, API_VERSION, Preview } from "../../../schemas/api/api.js";
import { CarrierList, StrayReceiptList } from "../../../schemas/api/operations.js";
import { ProblemDocument } from "../../../schemas/api/problem.js";
import { fail } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { type Rig, rawExchange, startRig, VALID_ACTION } from "./support.js";

let rig: Rig;
beforeAll(async () => {
  setGlobalDispatcher(new Agent({ keepAliveTimeout: 1_000 }));
  rig = await startRig();
});
afterAll(() => rig.close());

async function createAction(): Promise<string> {
  const { json } = await rig.send("POST", "/v1/actions", { body: VALID_ACTION });
  return Action.parse(json).id;
}

describe("what is right", () => {
  it("creates an action with its defaults and says where it is", async () => {
    const answer = await rig.send("POST", "/v1/actions", { body: { ...VALID_ACTION, dispatch: true } });
    expect(answer.status).toBe(201);
    const action = Action.parse(answer.json);
    expect(action).toMatchObject({
      status: "sending",
      kind: "other",
      domain: "alarm",
      urgency: "normal",
      timeCritical: true,
    });
    expect(answer.headers.location).toBe(`/v1/actions/${action.id}`);
    const got = await rig.send("GET", `/v1/actions/${action.id}`);
    expect(got.json).toEqual(answer.json);
  });

  it("previews, dispatches, stops, ends, lists and shows carriers, as the schemas say", async () => {
    const preview = await rig.send("POST", "/v1/previews", { body: { area: VALID_ACTION.area } });
    expect(Preview.parse(preview.json).recipients).toBe(5);
    const id = await createAction();
    expect((await rig.send("POST", `/v1/actions/${id}/dispatch`)).json.status).toBe("sending");
    expect((await rig.send("POST", `/v1/actions/${id}/stop`, { body: {} })).json.status).toBe("stopped");
    const ended = await rig.send("POST", `/v1/actions/${id}/end`, { body: { text: "Gevonden. Dank u wel!" } });
    expect(ended.json.status).toBe("ended");
    const carriers = await rig.send("GET", "/v1/carriers");
    expect(CarrierList.parse(carriers.json).carriers[0]?.name).toBe("alpha");
    const strays = StrayReceiptList.parse((await rig.send("GET", "/v1/stray-receipts?limit=1")).json);
    expect(strays.receipts.map(({ messageId, state }) => [messageId, state])).toEqual([["1A2F", "delivered"]]);
    expect((await rig.send("GET", "/v1/stray-receipts?limit=0")).status).toBe(422);
  });

  it("lists in pages, newest first", async () => {
    const ids = [await createAction(), await createAction(), await createAction()].reverse();
    const first = ActionPage.parse((await rig.send("GET", "/v1/actions?limit=2")).json);
    expect(first.actions.map((action) => action.id)).toEqual(ids.slice(0, 2));
    const second = ActionPage.parse((await rig.send("GET", `/v1/actions?limit=1&after=${first.next}`)).json);
    expect(second.actions[0]?.id).toBe(ids[2]);
  });

  it("gives replies in pages, of an action and of none", async () => {
    const reply = (sequence: number): Reply => {
      const receivedAt = "2026-01-02T03:04:05.000Z";
      return { sequence, receivedAt, channel: "sms", text: `reply ${sequence}`, complete: sequence !== 2 };
    };
    const id = await createAction();
    rig.service.received.set(id, [reply(1), reply(2), reply(3)]);
    rig.service.received.set("", [reply(8)]);
    const first = await rig.send("GET", `/v1/actions/${id}/replies?limit=2`);
    expect(ReplyPage.parse(first.json)).toEqual({ replies: [reply(1), reply(2)], unreadable: [], next: 2 });
    const second = await rig.send("GET", `/v1/actions/${id}/replies?after=2`);
    expect(second.json).toEqual({ replies: [reply(3)], unreadable: [], next: null });
    const unassigned = await rig.send("GET", "/v1/unassigned-replies?after=7&limit=1");
    expect(unassigned.json).toEqual({ replies: [reply(8)], unreadable: [], next: null });
    const unknown = await rig.send("GET", `/v1/actions/${randomUUID()}/replies`);
    expect(unknown.json).toMatchObject({ status: 404, code: "NOT_FOUND" });
    for (const query of ["after=-1", "after=x", "limit=0", "limit=101", "after=4294967296"]) {
      const { json } = await rig.send("GET", `/v1/actions/${id}/replies?${query}`);
      expect(json).toMatchObject({ status: 422, code: "INVALID_FIELD", field: query.split("=")[0] });
    }
  });

  it("sends API-Version and the rate with every answer under /v1", async () => {
    const answer = await rig.send("GET", "/v1/carriers");
    expect(answer.headers).toMatchObject({
      "api-version": API_VERSION,
      "ratelimit-limit": String(API.requestsPerSecond),
      "ratelimit-remaining": String(API.requestsPerSecond - 1),
      "ratelimit-reset": "1",
      "cache-control": "no-store",
    });
    expect((await rig.send("GET", "/nowhere")).headers["api-version"]).toBe(API_VERSION);
  });

  it("answers HEAD like GET without the body, and keeps the connection", async () => {
    const head = "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    const received = await rawExchange(rig.port, [head, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"], /"ok"/);
    expect(received.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
    expect(received.match(/Content-Length: 15/g)).toHaveLength(2);
    expect(received.match(/"ok"/g)).toHaveLength(1);
  });

  it("answers OPTIONS with Allow", async () => {
    const answer = await rig.send("OPTIONS", "/v1/actions");
    expect(answer.status).toBe(204);
    expect(answer.headers.allow).toBe("POST, GET, HEAD, OPTIONS");
  });

  it("says whether it is alive and ready", async () => {
    expect((await rig.send("GET", "/healthz", { headers: { authorization: "" } })).json).toEqual({ status: "ok" });
    expect((await rig.send("GET", "/readyz")).json).toEqual({ ready: true, warnings: [] });
    rig.service.ready = false;
    const answer = await rig.send("GET", "/readyz");
    rig.service.ready = true;
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: "NOT_READY", detail: "the registry is loading" });
    expect(answer.headers["retry-after"]).toBe("1");
  });
});

describe("Idempotency-Key", () => {
  it("gives the same answer for the same key and body, and says that it is one", async () => {
    const headers = { "idempotency-key": randomUUID(), authorization: `Bearer ${rig.freshKey()}` };
    const before = rig.service.actions.size;
    const first = await rig.send("POST", "/v1/actions", { body: VALID_ACTION, headers });
    const again = await rig.send("POST", "/v1/actions", { body: VALID_ACTION, headers });
    expect(again.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect(again.headers.location).toBe(first.headers.location);
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(rig.service.actions.size).toBe(before + 1);
  });

  it("refuses the same key with another body, byte for byte, and on another path", async () => {
    const headers = { "idempotency-key": randomUUID(), authorization: `Bearer ${rig.freshKey()}` };
    const first = await rig.send("POST", "/v1/actions", { body: VALID_ACTION, headers });
    const raw = `${JSON.stringify(VALID_ACTION)} `;
    const other = await rig.send("POST", "/v1/actions", { raw, headers });
    expect(other.json).toMatchObject({ status: 409, code: "IDEMPOTENCY_KEY_REUSED" });
    const again = { ...headers, "idempotency-key": randomUUID() };
    const path = `/v1/actions/${first.json.id}`;
    expect((await rig.send("POST", `${path}/dispatch`, { headers: again })).status).toBe(200);
    expect((await rig.send("POST", `${path}/stop`, { headers: again })).json.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("is required on everything that sends", async () => {
    const id = await createAction();
    const paths = ["/v1/actions", `/v1/actions/${id}/dispatch`, `/v1/actions/${id}/stop`, `/v1/actions/${id}/end`];
    for (const path of paths) {
      const answer = await rig.send("POST", path, { body: {}, headers: { "idempotency-key": "" } });
      expect(answer.json).toMatchObject({ status: 400, code: "IDEMPOTENCY_KEY_REQUIRED", field: "Idempotency-Key" });
    }
    const long = await rig.send("POST", paths[0]!, {
      body: VALID_ACTION,
      headers: { "idempotency-key": "k".repeat(API.idempotencyKeyCharacters + 1) },
    });
    expect(long.json).toMatchObject({ status: 422, code: "INVALID_FIELD", field: "Idempotency-Key" });
  });
});

describe("who may", () => {
  it.each(["", "Bearer", "Bearer spk_unknown", "Basic dTpw", "Bearer a b"])("refuses %j", async (authorization) => {
    const answer = await rig.send("GET", "/v1/carriers", { headers: { authorization } });
    expect(answer.json).toMatchObject({ status: 401, code: "UNAUTHENTICATED", field: "Authorization" });
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="seinpost"');
  });

  it("bounds the requests of one key and not those of another", async () => {
    // On one connection at once, so that they can't spread over more than two windows of a second.
    const one = `GET /v1/carriers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\n\r\n`;
    const count = API.requestsPerSecond * 2 + 1;
    const last = "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    const received = await rawExchange(rig.port, [one.repeat(count) + last], /Content-Length: 15\r\n/);
    const refused = received.split("HTTP/1.1 429 Too Many Requests").slice(1);
    expect(refused.length).toBeGreaterThan(0);
    expect(received.match(/HTTP\/1.1 200 OK/g)!.length).toBeGreaterThanOrEqual(API.requestsPerSecond + 1);
    expect(refused[0]).toContain("TOO_MANY_REQUESTS");
    expect(refused[0]).toContain("Retry-After: 1\r\n");
    expect(refused[0]).toContain("RateLimit-Remaining: 0\r\n");
    expect((await rig.send("GET", "/v1/carriers")).status).toBe(200);
  });
});

const circle = VALID_ACTION.area;
const long = "a".repeat(API.textCharacters + 1);
const WRONG_BODIES: readonly [string, unknown, string, string][] = [
  ["nothing in it", {}, "INVALID_FIELD", "/area"],
  ["a list", [], "INVALID_FIELD", ""],
  ["null", null, "INVALID_FIELD", ""],
  ["an unknown member", { ...VALID_ACTION, tekst: "x" }, "INVALID_FIELD", "/tekst"],
  ["an unknown kind of area", { ...VALID_ACTION, area: { type: "Square" } }, "INVALID_FIELD", "/area/type"],
  [
    "a radius of zero",
    { ...VALID_ACTION, area: { ...circle, radiusMeters: 0 } },
    "INVALID_FIELD",
    "/area/radiusMeters",
  ],
  [
    "a radius over the limit",
    { ...VALID_ACTION, area: { ...circle, radiusMeters: 1e7 } },
    "INVALID_FIELD",
    "/area/radiusMeters",
  ],
  [
    "a radius as text",
    { ...VALID_ACTION, area: { ...circle, radiusMeters: "5" } },
    "INVALID_FIELD",
    "/area/radiusMeters",
  ],
  [
    "latitude and longitude swapped",
    { ...VALID_ACTION, area: { ...circle, center: [52, 95] } },
    "INVALID_FIELD",
    "/area/center/1",
  ],
  [
    "four coordinates",
    { ...VALID_ACTION, area: { ...circle, center: [5, 52, 1, 2] } },
    "INVALID_FIELD",
    "/area/center",
  ],
  [
    "an open ring",
    { ...VALID_ACTION, area: { type: "Polygon", coordinates: [[[5, 52]]] } },
    "INVALID_FIELD",
    "/area/coordinates/0",
  ],
  [
    "a municipality without GM",
    { ...VALID_ACTION, area: { type: "Municipality", code: "363" } },
    "INVALID_FIELD",
    "/area/code",
  ],
  [
    "extreme urgency of what is no alarm",
    { ...VALID_ACTION, domain: "trace", urgency: "extreme" },
    "INVALID_FIELD",
    "/urgency",
  ],
  ["an unknown urgency", { ...VALID_ACTION, urgency: "high" }, "INVALID_FIELD", "/urgency"],
  ["an empty text", { ...VALID_ACTION, text: "" }, "INVALID_TEXT", "/text"],
  ["a text of blanks", { ...VALID_ACTION, text: " \n\t\u00a0\u200b" }, "INVALID_TEXT", "/text"],
  ["a control character", { ...VALID_ACTION, text: "a\u0000b" }, "INVALID_TEXT", "/text"],
  ["half a surrogate pair", { ...VALID_ACTION, text: "a\ud83d" }, "INVALID_TEXT", "/text"],
  ["a text over the limit", { ...VALID_ACTION, text: long }, "INVALID_FIELD", "/text"],
  ["a day that is not", { ...VALID_ACTION, expiresAt: "2026-02-30T10:00:00Z" }, "INVALID_FIELD", "/expiresAt"],
  ["a time without zone", { ...VALID_ACTION, expiresAt: "2026-02-20T10:00:00" }, "INVALID_FIELD", "/expiresAt"],
];

describe("what is wrong in a body", () => {
  it.each(WRONG_BODIES)("%s", async (_name, body, code, field) => {
    const before = rig.service.requests.length;
    const answer = await rig.send("POST", "/v1/actions", { body });
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(ProblemDocument.parse(answer.json)).toMatchObject({ status: 422, code, field });
    expect(rig.service.requests).toHaveLength(before);
  });

  it("is wrong in a preview as well", async () => {
    const { area } = VALID_ACTION;
    const preview = (more: object) => rig.send("POST", "/v1/previews", { body: { area, ...more } });
    expect((await preview({ kind: "burglary", urgency: "extreme" })).status).toBe(200);
    const answer = await preview({ urgency: "extreme", domain: "inform" });
    expect(ProblemDocument.parse(answer.json)).toMatchObject({ status: 422, code: "INVALID_FIELD", field: "/urgency" });
  });

  it("names every wrong field when there are several", async () => {
    const body = { area: { ...circle, radiusMeters: 0, a: 1, b: 2 }, text: 5 };
    const { json } = await rig.send("POST", "/v1/actions", { body });
    const fields = ProblemDocument.parse(json).errors?.map((error) => error.field);
    expect(fields?.sort()).toEqual(["/area/a", "/area/b", "/area/radiusMeters", "/text"]);
  });

  const action = JSON.stringify(VALID_ACTION);
  const WRONG_TEXTS: readonly [string, string | Uint8Array, object][] = [
    ["nothing", "", { code: "BAD_JSON", detail: "Not valid JSON at line 1, column 1" }],
    ["half a body", '{\n "area": {', { code: "BAD_JSON", detail: "Not valid JSON at line 2, column 11" }],
    ["a comma too many", '{"a":1,}', { code: "BAD_JSON", detail: "Not valid JSON at line 1, column 8" }],
    ["NaN", '{"a":NaN}', { code: "BAD_JSON" }],
    ["not UTF-8", Buffer.from(action.replace("5 vermist", "\xff"), "latin1"), { code: "BAD_JSON" }],
    ["a member twice", action.replace('"text"', '"text":"x","text"'), { code: "INVALID_FIELD", field: "/text" }],
    ["a number beyond all", action.replace("5000", "1e999"), { code: "INVALID_FIELD", field: "/area/radiusMeters" }],
    [
      "a prototype",
      action.replace("{", '{"__proto__":{"dispatch":true},'),
      { code: "INVALID_FIELD", field: "/__proto__" },
    ],
    ["too many values", `[${"0,".repeat(API.jsonValues)}0]`, { code: "BODY_TOO_LARGE" }],
  ];
  it.each(WRONG_TEXTS)("%s", async (_name, raw, expected) => {
    const answer = await rig.send("POST", "/v1/actions", { raw, headers: { "content-type": "application/json" } });
    expect(answer.json).toMatchObject(expected);
    expect(({} as { dispatch?: boolean }).dispatch).toBeUndefined();
  });

  it("takes no body where none is asked for", async () => {
    const path = `/v1/actions/${await createAction()}/stop`;
    expect((await rig.send("POST", path, { body: { force: true } })).json).toMatchObject({
      status: 422,
      field: "/force",
    });
    expect((await rig.send("POST", path, { raw: "x" })).json.code).toBe("BAD_JSON");
  });
});

describe("what is wrong around it", () => {
  it("knows its paths and their methods", async () => {
    expect((await rig.send("GET", "/v2")).json).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect((await rig.send("GET", "/v1/actions/")).json).toMatchObject({ status: 404, field: "id" });
    expect((await rig.send("GET", "/v1/actions/%zz")).status).toBe(404);
    expect((await rig.send("GET", `/v1/actions/${randomUUID()}`)).json).toMatchObject({ status: 404, field: "id" });
    const answer = await rig.send("DELETE", "/v1/actions");
    expect(answer.json).toMatchObject({ status: 405, code: "METHOD_NOT_ALLOWED" });
    expect(answer.headers.allow).toBe("POST, GET, HEAD, OPTIONS");
    expect((await rig.send("GET", "/v1/monitor")).json).toMatchObject({ status: 426, code: "UPGRADE_REQUIRED" });
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=1e1", "limit"],
    ["limit=1&limit=2", "limit"],
    ["after=x", "after"],
    ["page=2", "page"],
  ])("names the parameter of ?%s", async (query, field) => {
    const { json } = await rig.send("GET", `/v1/actions?${query}`);
    expect(json).toMatchObject({ status: 422, code: "INVALID_FIELD", field });
  });

  it.each(["text/plain", "application/json; charset=latin1", "application/jsonx", ""])("refuses %j", async (type) => {
    const headers = { "content-type": type };
    const answer = await rig.send("POST", "/v1/actions", { raw: JSON.stringify(VALID_ACTION), headers });
    expect(answer.json).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE", field: "Content-Type" });
  });

  it("takes application/json with its charset, in any case", async () => {
    const headers = { "content-type": 'Application/JSON; charset="UTF-8"' };
    const answer = await rig.send("POST", "/v1/actions", { raw: JSON.stringify(VALID_ACTION), headers });
    expect(answer.status).toBe(201);
  });

  it("says 500 for a mistake of its own, tells the log and not the client", async () => {
    rig.service.broken = true;
    const answer = await rig.send("POST", "/v1/previews", { body: { area: circle } });
    rig.service.broken = false;
    expect(answer.json).toMatchObject({ status: 500, code: "INTERNAL" });
    expect(answer.text).not.toContain("secret");
    expect(rig.logged).toHaveLength(1);
  });

  it("says as a value that it can't listen", async () => {
    const { service, monitor } = rig;
    const keys = { verify: () => fail("UNAUTHENTICATED", "nobody"), onEnded: () => undefined };
    const metrics = { observeRequest() {} } as unknown as Parameters<typeof startServer>[0]["metrics"];
    const second = await startServer({
      service,
      keys,
      monitor,
      asyncApi: () => ({}),
      metrics,
      log: console,
      port: rig.port,
    });
    expect(second).toMatchObject({ ok: false, problem: { code: "ADDRESS_UNAVAILABLE", field: "port" } });
  });
});

describe("bodies on the wire", () => {
  const head = (extra: string): string =>
    `POST /v1/actions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${rig.freshKey()}\r\nIdempotency-Key: ${randomUUID()}\r\n` +
    `Content-Type: application/json\r\n${extra}\r\n\r\n`;
  const body = JSON.stringify(VALID_ACTION);
  const next = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

  it("reads a chunked one", async () => {
    const half = Math.floor(body.length / 2);
    const chunks = [body.slice(0, half), body.slice(half), ""].map((c) => `${c.length.toString(16)}\r\n${c}\r\n`);
    const received = await rawExchange(rig.port, [head("Transfer-Encoding: chunked"), ...chunks], /\r\n\r\n\{/);
    expect(received).toContain("201 Created");
  });

  it("refuses one over the limit by its length, and goes on with the connection", async () => {
    const parts = [head(`Content-Length: ${API.bodyBytes + 1}`), Buffer.alloc(API.bodyBytes + 1, 0x20), next];
    const received = await rawExchange(rig.port, parts, /"ok"/);
    expect(received).toContain("413 Content Too Large");
    expect(received).toContain('{"status":"ok"}');
  });

  it("refuses a chunked one over the limit, and goes on with the connection", async () => {
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000, 0x20), Buffer.from("\r\n")]);
    const parts = [head("Transfer-Encoding: chunked"), ...Array(17).fill(chunk), "0\r\n\r\n", next];
    const received = await rawExchange(rig.port, parts, /"ok"/);
    expect(received).toContain("413 Content Too Large");
    expect(received).toContain('{"status":"ok"}');
  });

  it("takes only as much as Content-Length says", async () => {
    const received = await rawExchange(rig.port, [head("Content-Length: 5"), body], /\r\n\r\n\{/);
    expect(received).toContain("BAD_JSON");
  });

  it.each([
    ["a length that is no number", "Content-Length: abc"],
    ["two lengths of the body", "Content-Length: 5\r\nTransfer-Encoding: chunked"],
  ])("ends the connection on %s", async (_name, extra) => {
    const before = rig.service.requests.length;
    const received = await rawExchange(rig.port, [head(extra), body], /HTTP\/1.1 5/);
    expect(received).not.toMatch(/HTTP\/1.1 [25]/);
    expect(rig.service.requests).toHaveLength(before);
  });

  it("forgets what it received, of bodies that end and of those that never do", async () => {
    // Each kind together more than API.receivingBytes: if they were not forgotten, the last request would be told BUSY.
    const part = Buffer.alloc(API.bodyBytes - 1_000, 0x20);
    for (let sent = 0; sent < API.receivingBytes * 2.5; sent += part.length) {
      const { json } = await rig.send("POST", "/v1/actions", { raw: part });
      expect(json.code).toBe("BAD_JSON");
      const socket = connect(rig.port, "127.0.0.1").on("error", () => {});
      await new Promise<void>((written) => socket.write(head(`Content-Length: ${API.bodyBytes}`), () => written()));
      await new Promise<void>((written) => socket.write(part, () => written()));
      await rig.send("GET", "/healthz"); // By now the server has read half of it, or more.
      socket.resetAndDestroy();
    }
    expect((await rig.send("POST", "/v1/actions", { body: VALID_ACTION })).status).toBe(201);
  });

  it("survives clients that go away at every moment", async () => {
    const before = rig.service.requests.length;
    const whole = head("Content-Length: 500") + body;
    for (let cut = 1; cut < whole.length; cut += 13) {
      const socket = connect(rig.port, "127.0.0.1");
      await new Promise<void>((sent) => socket.write(whole.slice(0, cut), () => sent()));
      socket.resetAndDestroy();
    }
    rig.service.wanted = undefined;
    let open = (): void => {};
    rig.service.gate = new Promise((resolve) => {
      open = resolve;
    });
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${rig.key}`, "content-type": "application/json" };
    const text = JSON.stringify({ area: circle });
    const init = { method: "POST", headers, body: text, signal: controller.signal } as const;
    const aborted = request(`${rig.origin}/v1/previews`, init).catch((error: Error) => error.name);
    await expect.poll(() => rig.service.wanted?.aborted).toBe(false);
    controller.abort();
    expect(await aborted).toBe("AbortError");
    // Whoever makes the answer is told that nobody waits for it any more.
    await expect.poll(() => rig.service.wanted?.aborted).toBe(true);
    const logged = rig.logged.length;
    open();
    expect((await rig.send("GET", "/healthz")).status).toBe(200);
    expect(rig.logged).toHaveLength(logged);
    expect(rig.service.requests).toHaveLength(before);
  });
});
