/**
 * Who may what, from the document that the service gives of itself: every route with every kind of credential, and every route
 * that has somebody's id in its path with the id of somebody else. A route that is new is in both, or fails them.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { expect, test } from "vitest";
import { LOCAL } from "../../engine/audit/actor.js";
import type { NewKey } from "../../engine/rights/keys.js";
import type { Action } from "../../schemas/api/api.js";
import type { ImportView, MunicipalityProposal } from "../../schemas/api/municipality.js";
import type { CodeSent, ContactOutcome, SelfSession, SessionView } from "../../schemas/api/self.js";
import { SCOPES, type Scope } from "../../schemas/words.js";
import { given } from "../engine/registry/samples.js";
import { InProcess, textsTo } from "./in-process.js";

interface Operation {
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const document = async (whole: InProcess): Promise<Paths> =>
  (await whole.ask<{ paths: Paths }>("anybody", "GET", "/openapi.json")).json.paths;

async function send(
  whole: InProcess,
  method: string,
  path: string,
  secret: string | undefined,
  type = "",
  body?: string,
) {
  const answer = await request(`http://127.0.0.1:${whole.service.port}${path}`, {
    method: method.toUpperCase() as "GET",
    headers: {
      ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
      ...((method === "post" || method === "patch") && { "idempotency-key": randomUUID() }),
      ...(method === "patch" && { "if-match": "*" }),
      // As a page of the console says that it is one.
      ...{ "seinpost-console": "1", "sec-fetch-site": "same-origin" },
      ...(body !== undefined && { "content-type": type }),
    },
    body: body ?? null,
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}

const make = async (whole: InProcess, key: NewKey) => given(await whole.service.keys.create(key, LOCAL));

/** Ids that nobody has, by the name of the parameter. */
const NOBODYS: Readonly<Record<string, string>> = {
  id: "0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11",
  participant: "99999999",
  key: "0123456789ab",
  carrier: "nobodys",
  session: "AAAAAAAAAAAAAAAA",
  proposal: "nobodys-1",
  kind: "number",
  group: "nobodys",
  layer: "rivers",
  media: "0".repeat(32),
  sequence: "7",
  link: "AAAAAAAAAAA",
  upload: "AAAAAAAAAAA",
  code: "0000-0000-0000-0000",
};
/** What whoever has its name may do, with no other right: the name is the right. */
const NAMED = /\/\{(link|upload|code)\}/;
/** Paths in which a name is one of a list, the same for everybody. */
const OF_NOBODY: readonly string[] = ["/v1/self/contacts/{kind}", "/v1/map/{layer}"];
const filled = (path: string, ids = NOBODYS): string => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!);

test("every route lets in whom its document names, and answers everybody else 401 or 403", async () => {
  const whole = await InProcess.start();
  const expired = await make(whole, { name: "expired", scopes: SCOPES, expiresAtMs: Date.now() + 200 });
  const revoked = await make(whole, { name: "revoked", scopes: SCOPES });
  given(await whole.service.keys.revoke(revoked.record.keyId, LOCAL));
  const secrets: Record<string, string | undefined> = { none: undefined, wrong: "spk_wrong" };
  Object.assign(secrets, { expired: expired.secret, revoked: revoked.secret });
  for (const scope of SCOPES) secrets[scope] = (await make(whole, { name: scope, scopes: [scope] })).secret;
  while (whole.service.keys.verify(expired.secret).ok) await sleep(20);
  const paths = await document(whole);
  const [told, found]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { security = [], requestBody }] of Object.entries(operations)) {
      const [type] = Object.keys(requestBody?.content ?? {});
      const body = type === undefined ? undefined : type === "application/json" ? "{}" : "";
      for (const [credential, secret] of Object.entries(secrets)) {
        const name = `${method.toUpperCase()} ${path} with ${credential}`;
        told[name] = expectedOf(security, credential);
        const { status } = await send(whole, method, filled(path), secret, type, body);
        found[name] =
          status === 401 || status === 403 ? String(status) : status >= 500 && status !== 503 ? "broken" : "in";
      }
    }
  }
  expect(Object.keys(told).length).toBeGreaterThan(40 * Object.keys(secrets).length);
  expect(found).toEqual(told);
});

function expectedOf(security: NonNullable<Operation["security"]>, credential: string): string {
  if (security.length === 0) return "in";
  const scopes = security.flatMap(({ apiKey }) => apiKey ?? []);
  // For a session no API key is one.
  if (scopes.length === 0 || !SCOPES.includes(credential as Scope)) return "401";
  return scopes.includes(credential) ? "in" : "403";
}

/** In the middle of two municipalities by the places that the service has. */
const UTRECHT = [5.1215, 52.0907] as const;

test("somebody else's id in a path is answered as one that nobody has", async () => {
  const whole = await InProcess.start();
  const scopes: Scope[] = ["draft", "dispatch", "replies", "evidence", "registry", "erase"];
  const mine = (await make(whole, { name: "Utrecht", scopes, municipalities: [344] })).secret;
  const strange = (await make(whole, { name: "Groningen", scopes, municipalities: [14] })).secret;
  const every = await make(whole, { name: "all but admin", scopes: SCOPES.filter((scope) => scope !== "admin") });
  const json = "application/json";
  const hook = JSON.stringify({ name: "desk", url: "https://example.org/in", topics: ["action"] });
  const admin = (await make(whole, { name: "admin", scopes: ["admin"] })).secret;
  const webhook = JSON.parse((await send(whole, "post", "/v1/webhooks", admin, json, hook)).text) as { id: string };
  const area = { type: "Municipality", code: "GM0344" };
  const drafted = await send(whole, "post", "/v1/actions", mine, json, JSON.stringify({ area, text: "hello" }));
  expect(drafted.status, drafted.text).toBe(201);
  const csv = `number,lng,lat\n0612345678,${UTRECHT.join()}\n`;
  const begun = await send(whole, "post", "/v1/imports", mine, "text/csv", csv);
  const imported = JSON.parse(begun.text) as ImportView;
  const search = () => send(whole, "post", "/v1/participants/search", mine, json, '{"number": "0612345678"}');
  await expect.poll(async () => (await search()).text, { timeout: 20_000 }).toMatch(/"participant":\d+/);
  const participant = /"participant":(\d+)/.exec((await search()).text)![1]!;
  const [first, second] = [await enter(whole, 31_611_111_111), await enter(whole, 31_622_222_222)];
  const sessions = await whole.ask<{ sessions: SessionView[] }>(first, "GET", "/v1/self/sessions");
  const proposal = await waitingContact(whole, first);
  const erasure = await send(whole, "delete", `/v1/participants/${first.participant.participant}`, mine);
  expect(erasure.status, erasure.text).toBe(202);
  const proposed = JSON.parse(erasure.text) as MunicipalityProposal;
  const cases: Readonly<Record<string, Case>> = {
    "/v1/actions/{id}": {
      ids: { id: (JSON.parse(drafted.text) as Action).id },
      own: mine,
      other: strange,
      status: 404,
    },
    "/v1/imports/{id}": { ids: { id: imported.id }, own: mine, other: strange, status: 404 },
    "/v1/participants/{participant}": { ids: { participant }, own: mine, other: strange, status: 404 },
    "/v1/proposals/{id}": { ids: { id: proposed.proposal }, own: mine, other: strange, status: 404 },
    "/v1/test-groups/{group}": { ids: { group: "desk" }, own: undefined, other: strange, status: 403 },
    "/v1/keys/{key}": { ids: { key: every.record.keyId }, own: undefined, other: every.secret, status: 403 },
    "/v1/carriers/{carrier}": { ids: { carrier: "north" }, own: undefined, other: strange, status: 403 },
    "/v1/webhooks/{id}": { ids: { id: webhook.id }, own: undefined, other: strange, status: 403 },
    "/v1/self/sessions/{session}": {
      ...{ ids: { session: sessions.json.sessions[0]!.session }, own: undefined, other: second.token, status: 404 },
    },
    "/v1/self/proposals/{proposal}": { ids: { proposal }, own: undefined, other: second.token, status: 404 },
  };
  const unheard: string[] = [];
  let asked = 0;
  for (const [path, operations] of Object.entries(await document(whole))) {
    if (!path.includes("{") || OF_NOBODY.includes(path) || NAMED.test(path)) continue;
    const found = Object.entries(cases).find(([start]) => path === start || path.startsWith(`${start}/`));
    if (found === undefined) {
      unheard.push(path);
      continue;
    }
    const { ids, own, other, status } = found[1];
    for (const [method, { requestBody }] of Object.entries(operations)) {
      const body = BODIES[`${method} ${path}`] ?? (method === "get" || method === "delete" ? undefined : "{}");
      const [type = json] = Object.keys(requestBody?.content ?? {});
      const theirs = await send(whole, method, filled(path, { ...NOBODYS, ...ids }), other, type, body);
      const nobodys = await send(whole, method, filled(path), other, type, body);
      expect([method, path, theirs.status, theirs.text]).toEqual([method, path, status, nobodys.text]);
      expect(nobodys.status).toBe(status);
      asked++;
      if (own !== undefined && method === "get" && !path.includes("{media}")) {
        expect((await send(whole, method, filled(path, { ...NOBODYS, ...ids }), own)).status, path).toBe(200);
      }
    }
  }
  expect(unheard).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(18);
});

interface Case {
  /** Somebody's. */
  readonly ids: Readonly<Record<string, string>>;
  /** Who may see it; undefined where that is tested elsewhere. */
  readonly own: string | undefined;
  /** Who may do the same with what is theirs. */
  readonly other: string;
  readonly status: 403 | 404;
}

const BODIES: Readonly<Record<string, string>> = {
  "post /v1/actions/{id}/end": '{"text": "thank you"}',
  "post /v1/actions/{id}/updates": '{"text": "on a red bicycle"}',
  "post /v1/actions/{id}/widenings": '{"enough": 5}',
  "post /v1/actions/{id}/replies": '{"channel": "voice", "text": "seen"}',
  "post /v1/actions/{id}/replies/{sequence}/answers": '{"text": "thank you"}',
  "post /v1/actions/{id}/uploads": '{"number": "0612345678"}',
  "post /v1/actions/{id}/correction": '{"text": "false alarm"}',
  "put /v1/actions/{id}/replies/{sequence}/mark": '{"mark": "noise"}',
  "put /v1/test-groups/{group}": '{"participants": [1]}',
  "post /v1/participants/{participant}/merge": '{"participant": 1}',
};

/** A participant's session, by a code that the carrier takes. */
async function enter(whole: InProcess, digits: number): Promise<SelfSession> {
  const joined = await whole.ask<CodeSent>("anybody", "POST", "/v1/self/join", {
    number: `+${digits}`,
    position: UTRECHT,
  });
  const answer = { challenge: joined.json.challenge, code: await codeOf(whole, digits) };
  const entered = await whole.ask<SelfSession>("anybody", "POST", "/v1/self/sessions", answer);
  expect(entered.status).toBe(201);
  return entered.json;
}

async function codeOf(whole: InProcess, digits: number): Promise<string> {
  const texts = await textsTo(whole.simulator, digits, 1);
  return /\d{6}$/.exec(texts.at(-1)!)![0];
}

/** The name of a change of contact that waits, for it was asked for with a session alone. */
async function waitingContact(whole: InProcess, session: SelfSession): Promise<string> {
  const next = 31_633_333_333;
  const sent = await whole.ask<CodeSent>(session, "POST", "/v1/self/contacts", { number: `+${next}` });
  const answer = { challenge: sent.json.challenge, code: await codeOf(whole, next) };
  const outcome = await whole.ask<ContactOutcome>(session, "PUT", "/v1/self/contacts", answer);
  return outcome.json.waiting!.proposal;
}
