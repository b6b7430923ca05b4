/** Keys over HTTP: made, used, rotated and revoked while the server runs, and what was open with one closes with it. */
import { connect } from "node:net";
import { WebSocket } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../../engine/audit/actor.js";
import { Trail } from "../../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../../engine/clock/clock.js";
import { Keys } from "../../../../engine/rights/keys.js";
import { Store } from "../../../../engine/store/store.js";
import type { BodyReceiver } from "../../../../gateway/http/request/body/body.js";
import { respond } from "../../../../gateway/http/request/response.js";
import { route } from "../../../../gateway/http/request/route.js";
import { keyRoutes } from "../../../../gateway/http/routes/key-routes.js";
import { Key, KeyPage, MadeKey } from "../../../../schemas/api/rights.js";
import { ok } from "../../../../schemas/errors.js";
import { given } from "../../../engine/registry/samples.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { startRig } from "../support.js";

/** What became of each stream. */
const streams: string[] = [];
const streamRoute = route({
  method: "POST",
  path: "/v1/stream",
  summary: "A stream",
  auth: "key",
  scopes: ["positions"],
  response: { status: 200, description: "All of it" },
  receive: {
    contentTypes: ["text/csv"],
    start: () => {
      streams.push("started");
      const receiver: BodyReceiver = {
        chunk: () => true,
        end: async () => respond("all of it"),
        abort: () => void streams.push("aborted"),
      };
      return ok(receiver);
    },
  },
});

async function start() {
  const store = given(Store.open(temporaryFolder()));
  const keys = new Keys(store, MACHINE_CLOCK, new Trail(store, Date.now));
  const rig = await startRig(undefined, { keys, routes: [...keyRoutes(keys), streamRoute] });
  onTestFinished(async () => {
    await rig.close();
    await store.close();
  });
  const admin = given(await keys.create({ name: "admin", scopes: ["admin"] }, LOCAL));
  const as = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });
  const asAdmin = as(admin.secret);
  const make = async (fields: object): Promise<MadeKey> => {
    const made = await rig.send("POST", "/v1/keys", { body: { name: "x", ...fields }, ...asAdmin });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`/v1/keys/${made.json.id}`);
    return MadeKey.parse(made.json);
  };
  return { rig, as, asAdmin, make };
}

test("a key is made, listed, rotated and revoked while the server runs", async () => {
  const { rig, as, asAdmin, make } = await start();
  const made = await make({
    scopes: ["draft"],
    municipalities: ["GM0363", "GM0014"],
    budget: { messagesPerDay: 100, costPerDay: { amount: 7.5, currency: "EUR" } },
    expiresAt: "2099-01-01T00:00:00+01:00",
  });
  expect((await rig.send("GET", "/v1/actions", as(made.secret))).status).toBe(200);
  expect((await rig.send("GET", "/v1/carriers", as(made.secret))).json).toMatchObject({
    status: 403,
    code: "FORBIDDEN",
  });
  const page = await rig.send("GET", "/v1/keys", asAdmin);
  expect(page.text).not.toContain(made.secret);
  const listed = KeyPage.parse(page.json).keys.find(({ id }) => id === made.id)!;
  const { secret: _, lastUsedAt: _never, ...shown } = made;
  expect(listed).toMatchObject(shown);
  expect(listed).toMatchObject({
    status: "active",
    expiresAt: "2098-12-31T23:00:00.000Z",
    municipalities: ["GM0363", "GM0014"],
  });
  expect(listed.lastUsedAt).not.toBeNull();
  const rotated = MadeKey.parse((await rig.send("POST", `/v1/keys/${made.id}/rotate`, asAdmin)).json);
  expect(rotated).toMatchObject({ id: made.id, name: "x" });
  for (const secret of [made.secret, rotated.secret]) {
    expect((await rig.send("GET", "/v1/actions", as(secret))).status).toBe(200);
  }
  const revoked = await rig.send("DELETE", `/v1/keys/${made.id}`, asAdmin);
  expect(Key.parse(revoked.json)).toMatchObject({ id: made.id, status: "revoked" });
  for (const secret of [made.secret, rotated.secret]) {
    const refused = await rig.send("GET", "/v1/actions", as(secret));
    expect(refused.json).toMatchObject({ status: 401, code: "UNAUTHENTICATED", detail: "This API key was revoked" });
  }
  expect((await rig.send("DELETE", `/v1/keys/${made.id}`, asAdmin)).json).toMatchObject({ code: "WRONG_STATE" });
  expect((await rig.send("GET", "/v1/keys/nobody", asAdmin)).json).toMatchObject({ code: "NOT_FOUND" });
});

test("what is no key is refused by its field", async () => {
  const { rig, asAdmin } = await start();
  for (const [fields, field] of [
    [{}, "/scopes"],
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["everything"] }, "/scopes/0"],
    [{ scopes: ["watch"], name: "" }, "/name"],
    [{ scopes: ["watch"], name: "two\nlines" }, "/name"],
    [{ scopes: ["watch"], name: "x".repeat(101) }, "/name"],
    [{ scopes: ["draft"], municipalities: [] }, "/municipalities"],
    [{ scopes: ["draft"], municipalities: ["GM0000"] }, "/municipalities/0"],
    [{ scopes: ["watch"], municipalities: ["GM0363"] }, "/municipalities"],
    [{ scopes: ["draft"], budget: { messagesPerDay: -1 } }, "/budget/messagesPerDay"],
    [{ scopes: ["draft"], budget: { costPerDay: { amount: 1, currency: "euro" } } }, "/budget/costPerDay/currency"],
    [{ scopes: ["draft"], expiresAt: "2001-01-01T00:00:00Z" }, "/expiresAt"],
    [{ scopes: ["draft"], expiresAt: "tomorrow" }, "/expiresAt"],
    [{ scopes: ["draft"], secret: "spk_mine" }, "/secret"],
  ] as const) {
    const answer = await rig.send("POST", "/v1/keys", { body: { name: "x", ...fields }, ...asAdmin });
    expect([fields, answer.json.code, answer.json.field]).toEqual([fields, "INVALID_FIELD", field]);
  }
});

test("a subscriber, a body and a stream end with the key that opened them, and no other does", async () => {
  const { rig, asAdmin, make } = await start();
  const watching = await make({ scopes: ["watch", "draft", "positions"] });
  const other = await make({ scopes: ["watch"] });
  const subscribe = async (secret: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${rig.port}/v1/monitor`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
    await new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
    return { socket, closed };
  };
  const [theirs, others] = [await subscribe(watching.secret), await subscribe(other.secret)];
  const half = (path: string, type: string) => {
    const socket = connect(rig.port, "127.0.0.1");
    let said = "";
    socket.on("data", (data) => (said += data)).on("error", () => {});
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${watching.secret}\r\n`;
    socket.write(`${head}Content-Type: ${type}\r\nContent-Length: 100\r\n\r\n{`);
    return new Promise<string>((resolve) => socket.once("close", () => resolve(said)));
  };
  const body = half("/v1/previews", "application/json");
  const stream = half("/v1/stream", "text/csv");
  await expect.poll(() => streams).toContain("started");
  expect((await rig.send("DELETE", `/v1/keys/${watching.id}`, asAdmin)).status).toBe(200);
  await theirs.closed;
  for (const said of await Promise.all([body, stream])) {
    expect(said).toContain("HTTP/1.1 401");
    expect(said).toContain("The API key has ended");
  }
  expect(streams).toEqual(["started", "aborted"]);
  expect(others.socket.readyState).toBe(WebSocket.OPEN);
  others.socket.close();
});
