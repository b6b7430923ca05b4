/** Self-service over HTTP, on the transport that vitest.config.mjs says. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { selfRoutes } from "../../../../gateway/http/routes/self-routes.js";
import type { SelfSession } from "../../../../schemas/api/self.js";
import { SELF } from "../../../../schemas/limits.js";
import { MAIL, NUMBER, OTHER, POSTCODE, SelfRig, wrong } from "../../../engine/self/rig.js";
import { type Received, type Rig, type SendOptions, startRig } from "../support.js";

let self: SelfRig;
let rig: Rig;
beforeEach(async () => {
  self = new SelfRig();
  refused = [];
  const sessions = { verify: (token: string) => self.service.use(token) };
  rig = await startRig(undefined, { routes: selfRoutes(self.service), sessions });
});
afterEach(async () => {
  expect([rig.logged, self.problems]).toEqual([[], []]);
  const { json } = await rig.send("GET", "/openapi.json");
  const paths = json.paths as Record<string, Record<string, Operation>>;
  for (const { method, path, status, code } of refused) {
    const named = path
      .replace(/contacts\/\w+/, "contacts/{kind}")
      .replace(/self\/sessions\/[\w-]+/, "self/sessions/{session}")
      .replace(/proposals\/[\w-]+/, "proposals/{proposal}");
    const { responses } = paths[named]![method.toLowerCase()]!;
    expect(responses[status]?.description, `${method} ${path}: ${code}`).toContain(code);
  }
  await rig.close();
});

/** Codes to one contact within a quarter of an hour: those of everybody, and what is kept for clean networks. */
const FROM_CLEAN_NETWORK = SELF.codesPerContact[0].count + SELF.codesKeptForContact[0].count;

interface Operation {
  readonly responses: Record<string, { readonly description: string }>;
}

/** What was refused, each of which the API's own description must know. */
let refused: { method: string; path: string; status: number; code: string }[];

/** Without a key; with the session where a token is given. */
async function send(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  token = "",
): Promise<Received> {
  const headers = { authorization: token && `Bearer ${token}`, "idempotency-key": "" };
  const answer = await rig.send(method, path, { headers, ...(body !== undefined && { body }) } satisfies SendOptions);
  const { status } = answer;
  if (status >= 400) refused.push({ method, path, status, code: String(answer.json.code) });
  return answer;
}

async function joined(): Promise<SelfSession> {
  const opened = await send("POST", "/v1/self/join", { number: NUMBER, postcode: POSTCODE });
  const code = await self.codeTo(NUMBER);
  const entered = await send("POST", "/v1/self/sessions", { challenge: opened.json.challenge, code });
  expect(entered.status).toBe(201);
  return entered.json as unknown as SelfSession;
}

async function approve(act: string, token: string): Promise<void> {
  const asked = await send("POST", "/v1/self/approvals", { act }, token);
  expect([act, asked.status]).toEqual([act, 202]);
  const answer = { challenge: asked.json.challenge, code: await self.codeTo(NUMBER) };
  expect(await send("PUT", "/v1/self/approvals", answer, token)).toMatchObject({ status: 200, json: { act } });
}

const said = ({ status, json }: Received) => [status, json.code];

describe("self-service", () => {
  it("lets somebody join, enter, look, change, and leave", async () => {
    const { token, participant } = await joined();
    expect((await send("GET", "/v1/self", undefined, token)).json).toEqual(participant);
    const changed = await send("PATCH", "/v1/self", { language: "en" }, token);
    expect([changed.status, changed.json.language]).toEqual([200, "en"]);
    const taken = await send("GET", "/v1/self/export", undefined, token);
    expect(taken.headers["content-disposition"]).toBe('attachment; filename="burgernet.json"');
    expect(taken.json.participant).toEqual(changed.json);
    expect(said(await send("DELETE", "/v1/self", undefined, token))).toEqual([403, "CODE_REQUIRED"]);
    await approve("erase", token);
    const left = await send("DELETE", "/v1/self", undefined, token);
    expect([left.status, left.text]).toEqual([204, ""]);
    expect(said(await send("GET", "/v1/self", undefined, token))).toEqual([401, "SESSION_ENDED"]);
    expect(self.registry.people.size).toBe(0);
  });

  it("answers the same whether or not somebody takes part", async () => {
    self.person({ number: Number(NUMBER.slice(1)), mail: MAIL });
    const known = await send("POST", "/v1/self/codes", { number: NUMBER });
    const unknown = await send("POST", "/v1/self/codes", { number: OTHER });
    const shape = ({ status, headers, text }: Received) => {
      const { date: _, "ratelimit-remaining": __, "ratelimit-reset": ___, ...rest } = headers;
      return [status, rest, text.replace(/"challenge":"[\w-]{22}"/, "")];
    };
    expect(shape(known)).toEqual(shape(unknown));
    expect(known.status).toBe(202);
    expect(known.headers["cache-control"]).toBe("no-store");
    const guesses = [];
    for (const { json } of [known, unknown]) {
      const answer = { challenge: json.challenge, code: wrong(await self.codeTo(NUMBER)) };
      guesses.push(shape(await send("POST", "/v1/self/sessions", answer)));
    }
    expect(guesses[0]).toEqual(guesses[1]);
    expect(guesses[0]![0]).toBe(401);
  });

  it("says when the next code may be asked for", async () => {
    for (let code = 0; code < FROM_CLEAN_NETWORK; code++) {
      expect((await send("POST", "/v1/self/codes", { mail: "often@example.org" })).status).toBe(202);
    }
    const refused = await send("POST", "/v1/self/codes", { mail: "often@example.org" });
    expect(said(refused)).toEqual([429, "TOO_MANY_REQUESTS"]);
    expect(refused.headers["retry-after"]).toBe(String(SELF.codesPerContact[0].ms / 1_000));
  });

  it("opens with the token of a session and with nothing else", async () => {
    const { token } = await joined();
    const paths = [
      ["GET", "/v1/self"],
      ["PATCH", "/v1/self"],
      ["DELETE", "/v1/self"],
      ["GET", "/v1/self/export"],
      ["GET", "/v1/self/asked"],
      ["POST", "/v1/self/contacts"],
      ["PUT", "/v1/self/contacts"],
      ["DELETE", "/v1/self/contacts/mail"],
      ["PUT", "/v1/self/position"],
      ["DELETE", "/v1/self/position"],
      ["DELETE", "/v1/self/session"],
      ["GET", "/v1/self/sessions"],
      ["DELETE", "/v1/self/sessions"],
      ["DELETE", "/v1/self/sessions/AAAAAAAAAAAAAAAA"],
      ["POST", "/v1/self/approvals"],
      ["PUT", "/v1/self/approvals"],
      ["GET", "/v1/self/proposals"],
      ["DELETE", "/v1/self/proposals/place-1"],
      ["POST", "/v1/self/proposals/place-1/acceptance"],
    ] as const;
    for (const [method, path] of paths) {
      for (const other of ["", rig.key, `${token}A`]) {
        const body = method === "PATCH" || method === "POST" || method === "PUT" ? {} : undefined;
        const answer = await send(method, path, body, other);
        expect([path, ...said(answer)]).toEqual([path, 401, "SESSION_ENDED"]);
        expect(answer.headers["www-authenticate"]).toContain("Bearer");
      }
    }
    expect((await send("GET", "/v1/actions", undefined, token)).status).toBe(401);
    expect((await send("DELETE", "/v1/self/session", undefined, token)).status).toBe(204);
    expect((await send("GET", "/v1/self", undefined, token)).status).toBe(401);
  });

  it("takes a contact and a place where the phone is, with a code and a wish", async () => {
    const { token } = await joined();
    const asked = await send("POST", "/v1/self/contacts", { mail: MAIL }, token);
    expect(asked.status).toBe(202);
    const answer = { challenge: asked.json.challenge, code: await self.codeTo(MAIL) };
    await approve("contact", token);
    expect((await send("PUT", "/v1/self/contacts", answer, token)).json).toMatchObject({
      ...{ waiting: null, participant: { mail: MAIL } },
    });
    const position = { position: [5, 52] };
    expect(said(await send("PUT", "/v1/self/position", position, token))).toEqual([409, "WRONG_STATE"]);
    await send("PATCH", "/v1/self", { phone: { channels: { sms: ["alarm"] } } }, token);
    expect((await send("PUT", "/v1/self/position", position, token)).status).toBe(204);
    expect((await send("GET", "/v1/self", undefined, token)).json.phone).toMatchObject(position);
    expect((await send("DELETE", "/v1/self/position", undefined, token)).status).toBe(204);
    expect((await send("GET", "/v1/self", undefined, token)).json.phone).toMatchObject({ position: null });
    const waits = await send("DELETE", "/v1/self/contacts/number", undefined, token);
    expect(waits.json).toMatchObject({
      participant: { number: NUMBER },
      waiting: { kind: "number", state: "waiting" },
    });
    await approve("contact", token);
    const done = await send("DELETE", "/v1/self/contacts/number", undefined, token);
    expect(done.json).toMatchObject({ participant: { number: null }, waiting: null });
    expect(said(await send("DELETE", "/v1/self/contacts/mail", undefined, token))).toEqual([409, "WRONG_STATE"]);
    expect(said(await send("DELETE", "/v1/self/contacts/pigeon", undefined, token))).toEqual([404, "NOT_FOUND"]);
  });

  it("shows and ends sessions, and what waits for the participant's word", async () => {
    const { token } = await joined();
    const sessions = await send("GET", "/v1/self/sessions", undefined, token);
    const [one] = sessions.json.sessions as { session: string }[];
    expect(sessions.json.sessions).toMatchObject([{ isThis: true, by: "number" }]);
    expect(said(await send("DELETE", "/v1/self/sessions", undefined, token))).toEqual([403, "CODE_REQUIRED"]);
    await approve("sessions", token);
    expect((await send("DELETE", "/v1/self/sessions", undefined, token)).status).toBe(204);
    const asked = await send("POST", "/v1/self/contacts", { mail: MAIL }, token);
    const answer = { challenge: asked.json.challenge, code: await self.codeTo(MAIL) };
    const { waiting } = (await send("PUT", "/v1/self/contacts", answer, token)).json as {
      waiting: { proposal: string };
    };
    expect((await send("GET", "/v1/self/proposals", undefined, token)).json).toEqual({ proposals: [waiting] });
    const path = `/v1/self/proposals/${waiting.proposal}`;
    expect(said(await send("POST", `${path}/acceptance`, {}, token))).toEqual([409, "WRONG_STATE"]);
    expect((await send("DELETE", path, undefined, token)).status).toBe(204);
    expect(said(await send("DELETE", path, undefined, token))).toEqual([404, "NOT_FOUND"]);
    expect(said(await send("POST", "/v1/self/proposals/place-1/acceptance", {}, token))).toEqual([404, "NOT_FOUND"]);
    expect(said(await send("DELETE", "/v1/self/sessions/AAAAAAAAAAAAAAAA", undefined, token))).toEqual([
      404,
      "NOT_FOUND",
    ]);
    expect(said(await send("POST", "/v1/self/approvals", { act: "fly" }, token))).toEqual([422, "INVALID_FIELD"]);
    expect(said(await send("POST", "/v1/self/approvals", { act: "erase", by: "mail" }, token))).toEqual([
      409,
      "WRONG_STATE",
    ]);
    expect((await send("DELETE", `/v1/self/sessions/${one!.session}`, undefined, token)).status).toBe(204);
    expect((await send("GET", "/v1/self", undefined, token)).status).toBe(401);
  });

  it.each([
    ["nobody", "/v1/self/join", { postcode: POSTCODE }, "/number"],
    ["two contacts", "/v1/self/join", { number: NUMBER, mail: MAIL, postcode: POSTCODE }, "/number"],
    ["no place", "/v1/self/join", { number: NUMBER }, "/position"],
    ["two places", "/v1/self/join", { number: NUMBER, postcode: POSTCODE, position: [5, 52] }, "/position"],
    ["no number", "/v1/self/join", { number: "+31-call-me", postcode: POSTCODE }, "/number"],
    ["no address", "/v1/self/codes", { mail: "nelleke@" }, "/mail"],
    ["two addresses", "/v1/self/codes", { mail: "a@example.org,b@example.org" }, "/mail"],
    ["a line break", "/v1/self/codes", { mail: "a@example.org\r\nBcc: b@example.org" }, "/mail"],
    ["a number as a number", "/v1/self/codes", { number: 31612345678 }, "/number"],
    ["a code of letters", "/v1/self/sessions", { challenge: "x", code: "abcdef" }, "/code"],
    ["a long challenge", "/v1/self/sessions", { challenge: "x".repeat(65), code: "123456" }, "/challenge"],
    ["a field of its own", "/v1/self/join", { number: NUMBER, postcode: POSTCODE, status: "active" }, "/status"],
  ])("refuses %s at its field, without repeating it", async (_, path, body, field) => {
    const answer = await send("POST", path, body);
    const code = JSON.stringify(body).includes("+31-call") ? "NUMBER_INVALID" : "INVALID_FIELD";
    expect([answer.status, answer.json.code, answer.json.field]).toEqual([422, code, field]);
    for (const value of Object.values(body)) {
      if (typeof value === "string" && value.length > 3 && value !== POSTCODE && value !== "active") {
        expect(answer.text).not.toContain(value);
      }
    }
    expect(self.registry.people.size).toBe(0);
  });

  it("says when too many codes were asked for, and that none can be sent", async () => {
    for (let time = 0; time < FROM_CLEAN_NETWORK; time++) {
      expect((await send("POST", "/v1/self/codes", { number: OTHER })).status).toBe(202);
    }
    const answer = await send("POST", "/v1/self/codes", { number: OTHER });
    expect([...said(answer), answer.headers["retry-after"] !== undefined]).toEqual([429, "TOO_MANY_REQUESTS", true]);
    self.channels.mail.takes = false;
    expect(said(await send("POST", "/v1/self/codes", { mail: MAIL }))).toEqual([503, "CODE_NOT_SENT"]);
  });

  it("is described", async () => {
    const { json } = await rig.send("GET", "/openapi.json");
    const paths = json.paths as Record<string, Record<string, Operation>>;
    expect(Object.keys(paths["/v1/self"]!).sort()).toEqual(["delete", "get", "patch"]);
    expect(Object.keys(paths["/v1/self/sessions"]!).sort()).toEqual(["delete", "get", "post"]);
    expect(Object.keys(paths["/v1/self/sessions"]!.post!.responses)).toEqual(
      expect.arrayContaining(["201", "401", "422", "429", "503"]),
    );
  });
});
