/** The OpenAPI 3.1 document, made from the route table and the schemas that validate. */
import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { API_VERSION } from "../../../schemas/api/api.js";
import { ProblemDocument } from "../../../schemas/api/problem.js";
import { ERRORS, type ErrorCode } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { WebhookEvent } from "../../../schemas/webhooks/webhook.js";
import { CONSOLE_COOKIE } from "./own-page.js";
import { PROBLEM_TYPE } from "./problem.js";
import { type Auth, hasBody, jsonTypes, type Route } from "./route.js";

/** The part of a JSON Schema that is changed here. */
interface JsonSchema {
  default?: unknown;
  description?: string | undefined;
}

const Id = z.uuid().meta({ description: "Its id" });
const IdempotencyKey = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(API.idempotencyKeyCharacters)
    .meta({
      description: `Makes it safe to send again: the same key with the same body gives the same answer for
${API.idempotencyHours} hours, with another body a 409`.replaceAll("\n", " "),
    }),
});

const IfMatch = {
  "If-Match": z.string().meta({ description: "The ETag with which it was shown, or * for whatever it is by now" }),
};

export function openApiDocument(table: readonly Route[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of table) {
    if (route.isFile) continue;
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  const info = {
    title: "Seinpost",
    version: API_VERSION,
    description:
      "Dispatch engine for citizen alerting: draw a circle, and everyone registered inside it is asked for help",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  };
  const securitySchemes = {
    apiKey: { type: "http", scheme: "bearer", description: "An API key, spk_…" },
    session: { type: "http", scheme: "bearer", description: "The token of a participant's session" },
    console: {
      type: "apiKey",
      in: "cookie",
      name: CONSOLE_COOKIE,
      description:
        "A session of the console, which stands for an API key; what changes something is taken from its own pages alone",
    },
  } as const;
  const servers = [{ url: "/", description: "Where this document is" }];
  const tags = TAGS.map(({ name, description }) => ({ name, description }));
  const components = { securitySchemes };
  const document = { openapi: "3.1.0", info, servers, tags, paths, webhooks: WEBHOOKS_TOLD, components } as const;
  // The coordinates of areas are checked by our own loop and carry their description with them (schemas/coordinates.ts).
  return createDocument(document, { allowEmptySchema: { custom: true }, override: sayDefault });
}

const text = (description: string) => z.string().meta({ description });

/** What is posted to whoever made a webhook. */
const WEBHOOKS_TOLD: ZodOpenApiPathsObject = {
  event: {
    post: {
      summary: "Something happened: after Standard Webhooks (https://www.standardwebhooks.com)",
      operationId: "postToWebhook",
      tags: ["Operations"],
      security: [],
      requestParams: {
        header: z.object({
          "webhook-id": text("The same each time that the event is sent: whoever has it already has had the event"),
          "webhook-timestamp": text("When it was sent, in seconds"),
          "webhook-signature": text(
            "v1 and HMAC-SHA256 in base64 of id, time and body; one for each secret that counts",
          ),
        }),
      },
      requestBody: { content: { "application/json": { schema: WebhookEvent } } },
      responses: {
        "2XX": { description: "It is taken" },
        "410": { description: "Nothing is to come any more: what does is a dead letter at once" },
        default: { description: "It is tried again, not before what Retry-After says" },
      },
    },
  },
};

/** Who an operation is for, by the beginning of its path; the first that fits. */
const TAGS: readonly { readonly name: string; readonly description: string; readonly paths: RegExp }[] = [
  {
    name: "Actions",
    description: "Control rooms",
    paths: /^\/v1\/(actions|kinds|previews|test-groups|replies|unassigned-replies)/,
  },
  { name: "Self-service", description: "Citizens, companies and institutions", paths: /^\/v1\/self/ },
  {
    name: "Municipality",
    description: "Its participants",
    paths: /^\/v1\/(participants|proposals|imports|statistics|growth)/,
  },
  { name: "Positions", description: "The app's own service", paths: /^\/v1\/positions/ },
  { name: "Reach", description: "Whoever recruits", paths: /^\/v1\/reach/ },
  { name: "Operations", description: "Whoever runs the service", paths: /^\// },
];

/**
 * A default of what is asked stands in words alone: generators of clients take a property with `default` for one that is always
 * there, so that whoever uses them as they come would have to give every one of them.
 */
function sayDefault({ jsonSchema, io }: { jsonSchema: JsonSchema; io: "input" | "output" }): void {
  if (io !== "input" || jsonSchema.default === undefined) return;
  const fallback = `${JSON.stringify(jsonSchema.default)} when absent`;
  jsonSchema.description = jsonSchema.description ? `${jsonSchema.description}; ${fallback}` : fallback;
  delete jsonSchema.default;
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { status, description, schema, or, otherTypes = [] } = route.response;
  const content = {
    ...(schema && { "application/json": { schema } }),
    ...Object.fromEntries(otherTypes.map((type) => [type, { schema: { type: "string" } as const }])),
  };
  const success = {
    description,
    headers: responseHeaders(route),
    ...(Object.keys(content).length > 0 && { content }),
  };
  const parameters = {
    ...pathParameters(route),
    ...(route.query && { query: route.query as z.ZodObject }),
    ...(route.sends && { header: route.matches ? IdempotencyKey.extend(IfMatch) : IdempotencyKey }),
  };
  return {
    summary: route.summary,
    ...(route.auth === "key" && { description: `For keys with the scope ${route.scopes.join(" or ")}` }),
    operationId: operationId(route),
    tags: [TAGS.find(({ paths }) => paths.test(route.path))!.name],
    security: securityOf(route),
    requestParams: parameters,
    ...requestBody(route),
    responses: {
      [status as 200]: success,
      ...(or && {
        [or.status]: {
          description: or.description,
          headers: responseHeaders(route),
          content: { "application/json": { schema: or.schema } },
        },
      }),
      ...(route.response.tagged && { 304: { description: "As the client has it (If-None-Match)" } }),
      ...(route.response.inParts && { 206: { ...success, description: "The part that was asked for (Range)" } }),
      ...problemResponses(route),
    },
  };
}

/** Any of these is enough; of a key, with that scope. */
function securityOf({ auth, scopes }: Route): Record<string, string[]>[] {
  if (auth === "self") return [{ session: [] }];
  return scopes.flatMap((scope) => [{ apiKey: [scope] }, { console: [scope] }]);
}

function pathParameters({ path, params }: Route): { path?: z.ZodObject } {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  if (names.length === 0) return {};
  return { path: z.object(Object.fromEntries(names.map((name) => [name, params?.[name] ?? Id]))) };
}

function requestBody({
  method,
  body,
  bodyMayLack = false,
  streamTypes,
}: Route): Pick<ZodOpenApiOperationObject, "requestBody"> {
  const types = streamTypes ?? (body ? jsonTypes(method) : []);
  if (types.length === 0) return {};
  const content = Object.fromEntries(types.map((type) => [type, { schema: body ?? ({ type: "string" } as const) }]));
  return { requestBody: { required: !bodyMayLack, content } };
}

const RATE_OF: Readonly<Partial<Record<Auth, string>>> = {
  key: "Requests a second of one key",
  self: "Requests a second of one participant",
  public: "Requests a minute of one client address",
};

function responseHeaders(route: Route): z.ZodObject {
  const rate = RATE_OF[route.auth];
  return z.object({
    "API-Version": z.string(),
    ...(rate !== undefined && {
      "RateLimit-Limit": z.int().meta({ description: rate }),
      "RateLimit-Remaining": z.int(),
      "RateLimit-Reset": z.int().meta({ description: "Seconds until all of them are there again" }),
    }),
    ...(route.response.located && { Location: z.string() }),
    ...((route.response.tagged || route.response.versioned) && { ETag: z.string() }),
    ...(route.sends && {
      "Idempotency-Replayed": z
        .literal("true")
        .optional()
        .meta({ description: "This key was answered before and nothing was done; the action is shown as it is now" }),
    }),
  });
}

/** "postActionsStop" */
function operationId(route: Route): string {
  const words = route.path.match(/[a-z]+/gi)!.filter((word) => word !== "v" && word !== "json");
  return route.method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

/** The codes that a route can answer: those that follow from its entry, and those that it names. */
function problemCodes(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(route.problems);
  const add = (condition: unknown, ...more: ErrorCode[]): void => {
    if (condition) for (const code of more) codes.add(code);
  };
  const isWhole = hasBody(route.method) && !route.streamTypes;
  add(route.auth !== "open", "TOO_MANY_REQUESTS", "NOT_READY");
  add(route.auth === "key", "UNAUTHENTICATED", "FORBIDDEN");
  add(route.ownPagesOnly || (route.auth === "key" && route.method !== "GET"), "CSRF_REFUSED");
  add(route.auth === "self", "SESSION_ENDED");
  add(isWhole, "BAD_JSON", "BUSY", "INVALID_FIELD");
  add(hasBody(route.method), "UNSUPPORTED_MEDIA_TYPE", "BAD_ENCODING", "BODY_TOO_LARGE", "BODY_TOO_SLOW");
  add(route.body, "INVALID_TEXT");
  add(route.query, "INVALID_FIELD");
  add(route.matches, "VERSION_REQUIRED", "VERSION_CHANGED");
  add(route.grows, "DISK_FULL");
  add(route.sends, "IDEMPOTENCY_KEY_REQUIRED", "IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_IN_USE");
  add(route.path.includes("{"), "NOT_FOUND");
  return [...codes];
}

function problemResponses(route: Route): Record<`${1 | 2 | 3 | 4 | 5}${string}`, object> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of problemCodes(route)) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus].map(([status, codes]) => [
    String(status),
    { description: codes.join(", "), content: { [PROBLEM_TYPE]: { schema: ProblemDocument } } },
  ]);
  return Object.fromEntries(responses);
}
