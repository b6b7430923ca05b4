/** The routes with which keys are made, listed, rotated and revoked, while the service runs. A secret is in one answer alone. */
import { municipalityNumber } from "../../../engine/geo/municipality-code.js";
import type { KeyRecord } from "../../../engine/rights/key-record.js";
import type { Keys, Made } from "../../../engine/rights/keys.js";
import { Key, KeyId, KeyPage, KeyQuery, KeyRequest, MadeKey, RotateRequest } from "../../../schemas/api/rights.js";
import type { Result } from "../../../schemas/errors.js";
import { RIGHTS } from "../../../schemas/limits.js";
import { type HttpResponse, respond, respondLocated } from "../request/response.js";
import { type Route, route } from "../request/route.js";

const auth = { auth: "key", scopes: ["admin"] } as const;
const one = { params: { key: KeyId } };
const MINUTE_MS = 60_000;

export function keyRoutes(keys: Keys): Route[] {
  return [...lookingRoutes(keys), ...changingRoutes(keys)];
}

function changingRoutes(keys: Keys): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/keys",
      grows: true,
      summary: "Make a key; its secret is in this answer and nowhere else",
      ...auth,
      body: KeyRequest,
      response: { status: 201, description: "The key with its secret", schema: MadeKey, located: true },
      problems: ["TOO_MANY_KEYS", "STORE_WRITE_FAILED"],
      handle: async ({ body, caller }) => {
        const municipalities = body.municipalities?.map(municipalityNumber) ?? null;
        const expiresAtMs = body.expiresAt === null ? null : Date.parse(body.expiresAt);
        const created = await keys.create({ ...body, municipalities, expiresAtMs }, caller.by);
        return created.ok
          ? respondLocated(withSecret(keys, created.value), `/v1/keys/${created.value.record.keyId}`)
          : created;
      },
    }),
    route({
      method: "POST",
      path: "/v1/keys/{key}/rotate",
      summary:
        "Another secret for the same key; the one of before goes on counting for a while, so that there is no gap",
      ...auth,
      ...one,
      body: RotateRequest,
      bodyMayLack: true,
      response: { status: 200, description: "The key with its new secret", schema: MadeKey },
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ params, body, caller }) => {
        const rotated = await keys.rotate(params.key, body.graceMinutes * MINUTE_MS, caller.by);
        return rotated.ok ? respond(withSecret(keys, rotated.value)) : rotated;
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/keys/{key}",
      summary: "Revoke a key, at once: what was opened with it closes, and it stays in the list",
      ...auth,
      ...one,
      response: { status: 200, description: "The key, revoked", schema: Key },
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ params, caller }) => shown(keys, await keys.revoke(params.key, caller.by)),
    }),
  ];
}

function lookingRoutes(keys: Keys): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/keys",
      summary: "The keys, in pages",
      ...auth,
      query: KeyQuery,
      response: { status: 200, description: "A page, in the order of their ids", schema: KeyPage },
      handle: ({ query }) => {
        const page = keys.page(query.after, query.limit ?? RIGHTS.pageSize);
        return respond({ keys: page.keys.map((record) => keys.show(record)), next: page.next });
      },
    }),
    route({
      method: "GET",
      path: "/v1/keys/{key}",
      summary: "One key",
      ...auth,
      ...one,
      response: { status: 200, description: "The key as it is now", schema: Key },
      handle: ({ params }) => shown(keys, keys.get(params.key)),
    }),
  ];
}

function withSecret(keys: Keys, { record, secret }: Made): MadeKey {
  return { ...keys.show(record), secret };
}

function shown(keys: Keys, record: Result<KeyRecord>): Result<HttpResponse> {
  return record.ok ? respond(keys.show(record.value)) : record;
}
