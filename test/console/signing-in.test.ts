/** Signing in over HTTP: what the cookie opens, from where, and that it closes at once. */
import { request, WebSocket } from "undici";
import { expect, test } from "vitest";
import { LOCAL } from "../../engine/audit/actor.js";
import type { AuditPage } from "../../schemas/api/audit.js";
import type { MadeKey } from "../../schemas/api/rights.js";
import { given } from "../engine/registry/samples.js";
import { InProcess } from "../service/in-process.js";

const PATH = "/v1/console/sessions";

async function start() {
  const whole = await InProcess.start();
  const origin = `http://127.0.0.1:${whole.service.port}`;
  const ours = { "sec-fetch-site": "same-origin", "seinpost-console": "1" };
  const send = async (
    method: "GET" | "POST" | "DELETE",
    path: string,
    headers: Record<string, string>,
    body?: object,
  ) => {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await request(`${origin}${path}`, {
      ...{ method, headers: { ...json, ...headers } },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const { code } = (text.startsWith("{") ? JSON.parse(text) : {}) as { code?: string };
    return { status: answer.statusCode, code, headers: answer.headers, text };
  };
  const make = async (...scopes: ("admin" | "watch" | "audit")[]) =>
    given(await whole.service.keys.create({ name: scopes.join(), scopes }, LOCAL));
  const signIn = async (key: string, more: Record<string, string> = {}) => {
    const answer = await send("POST", PATH, { ...ours, ...more }, { key });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    const set = String(answer.headers["set-cookie"]);
    return { set, cookie: set.split(";")[0]!, text: answer.text };
  };
  return { whole, origin, ours, send, make, signIn };
}

test("the cookie stands for the key, with its scopes, and a script can't read it", async () => {
  const { send, make, signIn } = await start();
  const admin = await make("admin", "audit");
  const { set, cookie, text } = await signIn(admin.secret);
  expect(set).toMatch(/^seinpost-session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  expect(JSON.parse(text)).toMatchObject({ key: admin.record.keyId, scopes: ["admin", "audit"], municipalities: null });
  expect((await send("GET", "/v1/keys", { cookie })).status).toBe(200);
  expect((await send("GET", "/v1/keys", { cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
  expect(await send("GET", "/v1/carriers", { cookie })).toMatchObject({ status: 403, code: "FORBIDDEN" });
  const own = await send("GET", PATH, { cookie });
  expect(JSON.parse(own.text)).toMatchObject({ endsAt: expect.any(String), idleEndsAt: expect.any(String) });
  const byKey = await send("GET", PATH, { authorization: `Bearer ${admin.secret}` });
  expect(JSON.parse(byKey.text)).toMatchObject({ key: admin.record.keyId, endsAt: null, idleEndsAt: null });
  const trail = JSON.parse((await send("GET", "/v1/audit-records?deed=session.opened", { cookie })).text) as AuditPage;
  expect(trail.records.map(({ by, on }) => [by.name, on])).toEqual([["admin,audit", { key: admin.record.keyId }]]);
});

test("what changes something is taken with the cookie only from a page of ours", async () => {
  const { origin, ours, send, make, signIn } = await start();
  const { cookie } = await signIn((await make("admin")).secret);
  const key = { name: "x", scopes: ["watch"] };
  const host = new URL(origin).host;
  const refused: Record<string, string>[] = [
    {},
    { "seinpost-console": "1" },
    { "sec-fetch-site": "same-origin" },
    { ...ours, "sec-fetch-site": "cross-site" },
    { ...ours, "sec-fetch-site": "same-site" },
    { ...ours, "sec-fetch-site": "none" },
    // A browser that says where the page is from is believed before its Origin.
    { ...ours, "sec-fetch-site": "cross-site", origin },
    { "seinpost-console": "1", origin: "http://elsewhere.example" },
    { "seinpost-console": "1", origin: `http://${host}.elsewhere.example` },
    { "seinpost-console": "1", origin: "null" },
    { origin },
  ];
  for (const headers of refused) {
    const answer = await send("POST", "/v1/keys", { cookie, ...headers }, key);
    expect([headers, answer.status, answer.code]).toEqual([headers, 403, "CSRF_REFUSED"]);
    expect((await send("DELETE", PATH, { cookie, ...headers })).code).toBe("CSRF_REFUSED");
    expect((await send("POST", PATH, headers, { key: "spk_x" })).code, "nor is anybody signed in").toBe("CSRF_REFUSED");
  }
  for (const headers of [ours, { "seinpost-console": "1", origin }]) {
    expect((await send("POST", "/v1/keys", { cookie, ...headers }, key)).status).toBe(201);
  }
  expect((await send("POST", "/v1/keys", { authorization: "Basic eDp5", cookie, ...ours }, key)).status).toBe(401);
});

test("a session ends at once: signed out, or its key revoked, with the sockets that were opened in it", async () => {
  const { origin, ours, send, make, signIn } = await start();
  const admin = (await make("admin")).secret;
  const as = { authorization: `Bearer ${admin}` };
  const watcher = JSON.parse((await send("POST", "/v1/keys", as, { name: "w", scopes: ["watch"] })).text) as MadeKey;
  const open = (cookie: string, from = origin): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${origin.replace("http", "ws")}/v1/monitor`, {
        headers: { cookie, origin: from },
        protocols: ["seinpost.v1.json"],
      });
      socket.addEventListener("open", () => resolve(socket));
      socket.addEventListener("error", () => reject(new Error("it was refused")));
    });
  const closed = (socket: WebSocket) => new Promise((resolve) => socket.addEventListener("close", resolve));
  const first = await signIn(watcher.secret);
  const second = await signIn(watcher.secret);
  await expect(open(first.cookie, "http://elsewhere.example")).rejects.toThrow("refused");
  const sockets = [await open(first.cookie), await open(second.cookie)];
  const closing = sockets.map(closed);
  const out = await send("DELETE", PATH, { cookie: first.cookie, ...ours });
  expect([out.status, out.headers["set-cookie"]]).toEqual([204, expect.stringContaining("Max-Age=0")]);
  await closing[0];
  expect(sockets[1]!.readyState).toBe(WebSocket.OPEN);
  expect(await send("GET", PATH, { cookie: first.cookie })).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  await send("DELETE", `/v1/keys/${watcher.id}`, as);
  await closing[1];
  expect((await send("GET", PATH, { cookie: second.cookie })).status).toBe(401);
  expect((await send("DELETE", PATH, as)).code, "with a key there is nothing to end").toBe("WRONG_STATE");
});

test("pages have the same strict policy, and files are served as the browser takes them", async () => {
  const { send } = await start();
  expect(await send("GET", "/", {})).toMatchObject({ status: 303, headers: { location: "/console/" } });
  for (const path of ["/console", "/console/", "/console/keys", "/console/live/0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11"]) {
    const page = await send("GET", path, {});
    expect([path, page.status, page.headers["content-type"]]).toEqual([path, 200, "text/html; charset=utf-8"]);
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=/);
  }
  const page = await send("GET", "/console/", {});
  const script = /src="([^"]+)"/.exec(page.text)![1]!;
  const plain = await send("GET", script, {});
  expect(plain.headers).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    vary: "Accept-Encoding",
  });
  for (const [taken, coding] of [
    ["gzip, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["identity", undefined],
  ] as const) {
    expect((await send("GET", script, { "accept-encoding": taken })).headers["content-encoding"]).toBe(coding);
  }
  expect((await send("GET", script, { "if-none-match": String(plain.headers.etag) })).status).toBe(304);
  for (const path of ["/assets/nothing.js", "/assets/manifest.json", "/assets/..%2fbuild.js", "/assets/../build.js"]) {
    expect([path, (await send("GET", path, {})).status]).toEqual([path, 404]);
  }
});
