/**
 * One entry of the route table, and how a request runs through it. From the same entry come routing, validation and the
 * OpenAPI document, so they can't disagree.
 *
 * `route()` closes over the entry's own schemas: a handler gets what its schemas give, and the table can still hold all
 * entries as one type.
 */

import { createHash } from "node:crypto";
import { z } from "zod";
import type { Caller } from "../../../engine/actions/service.js";
import type { Principal } from "../../../engine/rights/principal.js";
import { assert, type ErrorCode, fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { Scope } from "../../../schemas/words.js";
import type { BodyReceiver, Refuse } from "./body/body.js";
import { readJson } from "./body/json.js";
import { type Conditions, conditionsOf } from "./conditions.js";
import { shownName, validationProblem } from "./problem.js";
import type { HttpResponse } from "./response.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export function hasBody(method: Method): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** Media types of a body that is not a stream; a patch may say which it is. */
export function jsonTypes(method: Method): readonly string[] {
  return method === "PATCH" ? ["application/json", "application/merge-patch+json"] : ["application/json"];
}

/**
 * "key": an API key with a scope that the route names; "self": the session of a participant; "public": neither, but only so
 * often from one address; "open": neither, because it says nothing that the network shouldn't know.
 */
export type Auth = "key" | "self" | "public" | "open";

/** Who asks, as far as the route's way of authentication says it. */
export interface Who extends Principal {
  /** Of the API key; for a session a name of the participant, the same in each of their sessions; else "". */
  readonly keyId: string;
  /** Of the session; else -1. */
  readonly participant: number;
  /** By which name the end of the console's session is told in which the request came; "" where it came in none. */
  readonly session: string;
  /** What the client's counts as (addressCounted), where the route is "public" or "self"; else "". */
  readonly address: string;
}

/** A request before its body; strings as they came. */
export interface RawHead extends Conditions {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly idempotencyKey: string;
  /** How long the body is once it is decoded; "" when that is not said. */
  readonly contentLength: string;
  /** What the body is written in, where the client says so; in lower case. */
  readonly charset: string | undefined;
  /** How the answer may be compressed. */
  readonly acceptEncoding: string;
  /** Whether the client came by TLS. */
  readonly isSecure: boolean;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly who: Who;
}

type Schemas = Readonly<Record<string, z.ZodType>>;
type Outputs<Params extends Schemas> = { readonly [Name in keyof Params]: z.output<Params[Name]> };

export interface Handled<Body, Query, Params = unknown> extends Conditions {
  /** The {id} of the path, a UUID; "" where it has none. */
  readonly id: string;
  readonly params: Params;
  readonly body: Body;
  readonly query: Query;
  /** How long the body is, where the client says so. */
  readonly bodyBytes: number | undefined;
  /** What the body is written in, where the client says so; in lower case. */
  readonly charset: string | undefined;
  readonly acceptEncoding: string;
  readonly isSecure: boolean;
  /** Aborted when the client is gone, so that what it alone asked for need not be made. */
  readonly signal: AbortSignal;
  readonly caller: Caller & Who;
}

/** How a body is taken as a stream. */
interface Receive<Query, Params> {
  /** Media types, without parameters. */
  readonly contentTypes: readonly string[];
  /** True where `start` heeds the charset; else it is UTF-8 or refused. */
  readonly readsCharset?: boolean;
  /** Called with the head, before anything of the body; `refuse` may be called at any time after it. */
  readonly start: (request: Handled<undefined, Query, Params>, refuse: Refuse) => Result<BodyReceiver>;
}

interface RouteEntry {
  readonly method: Method;
  /** "/v1/actions/{id}": {id} is a UUID, every other name in braces has its schema in `params`. */
  readonly path: string;
  readonly summary: string;
  readonly auth: Auth;
  /** Where the route takes keys: those of which a key must have one. */
  readonly scopes?: readonly Scope[];
  /** True where it sends: an Idempotency-Key is required. */
  readonly sends?: boolean;
  /** True where If-Match has to say to which version it is done. */
  readonly matches?: boolean;
  /** True where it stores what can come again later, be it the record of who looked: refused while the disk has room for what carriers answer alone. */
  readonly grows?: boolean;
  /** True where only a page of ours may ask. */
  readonly ownPagesOnly?: boolean;
  /** True of a file for a browser, which is no part of the API and of its description. */
  readonly isFile?: boolean;
  readonly params?: Schemas;
  readonly body?: z.ZodType;
  /** True where a request without a body says the same as an empty object. */
  readonly bodyMayLack?: boolean;
  readonly query?: z.ZodType;
  readonly response: {
    readonly status: number;
    readonly description: string;
    readonly schema?: z.ZodType;
    /** Where it is not done but begun. */
    readonly or?: { readonly status: number; readonly description: string; readonly schema: z.ZodType };
    /** Media types beside JSON in which it can be asked for. */
    readonly otherTypes?: readonly string[];
    /** True when a Location header says where it is. */
    readonly located?: boolean;
    /** True when its ETag is the version of what is shown. */
    readonly versioned?: boolean;
    /** True when it has an ETag, and whoever has it already is answered 304. */
    readonly tagged?: boolean;
    /** True where whoever wants a part of it alone (Range) is answered 206. */
    readonly inParts?: boolean;
  };
  /** Codes beyond those that follow from the rest of the entry. */
  readonly problems?: readonly ErrorCode[];
}

type RouteSpec<Body extends z.ZodType, Query extends z.ZodType, Params extends Schemas> = RouteEntry & {
  readonly params?: Params;
  readonly body?: Body;
  readonly query?: Query;
} & (
    | {
        readonly handle: (
          request: Handled<z.output<Body>, z.output<Query>, Outputs<Params>>,
        ) => Promise<Result<HttpResponse>> | Result<HttpResponse>;
        readonly receive?: undefined;
      }
    | { readonly receive: Receive<z.output<Query>, Outputs<Params>>; readonly handle?: undefined }
  );

export type Route = RouteEntry & {
  readonly scopes: readonly Scope[];
  /** What its body may be; undefined: JSON. */
  readonly streamTypes: readonly string[] | undefined;
  readonly readsCharset: boolean;
  /** With a body that is there as a whole. */
  readonly run: (request: RawHead, body: Uint8Array) => Promise<Result<HttpResponse>>;
  /** With a body that comes as a stream, where `streamTypes` says so. */
  readonly open: (request: RawHead, refuse: Refuse) => Result<BodyReceiver>;
};

/** A path with {id} names one by UUID; whatever isn't one can't be there. */
const Id = z.uuid();
/** Where no body is asked for, clients often send {} all the same. */
const NoBody = z.strictObject({});

export function route<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Params extends Schemas = Record<never, never>,
>(spec: RouteSpec<Body, Query, Params>): Route {
  const { handle, receive, ...entry } = spec;
  const { path, params: schemas } = entry;
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    assert(name === "id" || schemas?.[name!] !== undefined, `${path} says what its ${name} may be`);
  }
  assert(
    (entry.auth === "key") === (entry.scopes !== undefined),
    `${path} says which scopes it takes, if it takes keys`,
  );
  assert(!(receive && entry.sends), "a stream has no fingerprint, so it can't be answered again");
  return {
    ...entry,
    scopes: entry.scopes ?? [],
    streamTypes: receive?.contentTypes,
    readsCharset: receive?.readsCharset ?? false,
    async run(request, bytes) {
      assert(handle !== undefined, "the body of this route comes as a stream");
      const head = readHead<Query, Params>(request, spec, bytes);
      if (!head.ok) return head;
      const isLacking = spec.bodyMayLack === true && bytes.byteLength === 0;
      const body = await readBody(isLacking ? NOTHING_SAID : bytes, spec.body);
      return body.ok ? handle({ ...head.value, body: body.value }) : body;
    },
    open(request, refuse) {
      assert(receive !== undefined, "the body of this route is read as a whole");
      const head = readHead<Query, Params>(request, spec, new Uint8Array(0));
      return head.ok ? receive.start({ ...head.value, body: undefined }, refuse) : head;
    },
  };
}

/** What stands in place of a body that may lack. */
const NOTHING_SAID = Buffer.from("{}");

function readHead<Query extends z.ZodType, Params extends Schemas>(
  request: RawHead,
  spec: { readonly sends?: boolean; readonly query?: Query; readonly params?: Params },
  body: Uint8Array,
): Result<Omit<Handled<unknown, z.output<Query>, Outputs<Params>>, "body">> {
  const { id = "", ...named } = request.params;
  if ("id" in request.params && !Id.safeParse(id).success) return fail("NOT_FOUND", "Nothing has this id", "id");
  const params: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(named)) {
    const parsed = spec.params?.[name]?.safeParse(text);
    if (!parsed?.success) return fail("NOT_FOUND", `There is no such ${name}`, name);
    params[name] = parsed.data;
  }
  const requestKey = readRequestKey(request, spec.sends ?? false, body);
  if (!requestKey.ok) return requestKey;
  const query = readQuery(request.query, spec.query);
  if (!query.ok) return query;
  return ok({
    id,
    params: params as Outputs<Params>,
    caller: { ...request.who, ...requestKey.value },
    query: query.value,
    ...conditionsOf(request),
    signal: request.signal,
    bodyBytes: request.contentLength === "" ? undefined : Number(request.contentLength),
    charset: request.charset,
    acceptEncoding: request.acceptEncoding,
    isSecure: request.isSecure,
  });
}

/** A String of RFC 8941, as the draft of this header asks for, is the key within it; most clients send it without quotes. */
function unquoted(header: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  return quoted === undefined ? header : quoted.replace(/\\(.)/g, "$1");
}

/** Visible ASCII, so that it survives every log and proxy on the way. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]+$/;

function readRequestKey(request: RawHead, sends: boolean, body: Uint8Array): Result<Omit<Caller, keyof Principal>> {
  const idempotencyKey = unquoted(request.idempotencyKey);
  if (!sends) return ok({ idempotencyKey: "", fingerprint: "" });
  const field = "Idempotency-Key";
  if (idempotencyKey === "") {
    return fail("IDEMPOTENCY_KEY_REQUIRED", "Send an Idempotency-Key header; a UUID is a good one", field);
  }
  if (idempotencyKey.length > API.idempotencyKeyCharacters || !IDEMPOTENCY_KEY.test(idempotencyKey)) {
    return fail("INVALID_FIELD", `At most ${API.idempotencyKeyCharacters} visible ASCII characters`, field);
  }
  const fingerprint = createHash("sha256").update(`${request.method}\n${request.path}\n`).update(body);
  return ok({ idempotencyKey, fingerprint: fingerprint.digest("hex") });
}

/** INVALID_FIELD. */
export function readQuery<Query extends z.ZodType>(text: string, schema: Query | undefined): Result<z.output<Query>> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in query) return fail("INVALID_FIELD", "This parameter appears twice", parameterName([name]));
    query[name] = value;
  }
  const parsed = (schema ?? NoBody).safeParse(query);
  // Without a schema there is nothing in the query, and the handler's type for it is undefined.
  if (parsed.success) return ok((schema ? parsed.data : undefined) as z.output<Query>);
  return { ok: false, problem: validationProblem(parsed.error.issues, parameterName) };
}

function parameterName(path: readonly PropertyKey[]): string {
  return path.map(shownName).join(".").slice(0, API.fieldCharacters);
}

async function readBody<Body extends z.ZodType>(
  bytes: Uint8Array,
  schema: Body | undefined,
): Promise<Result<z.output<Body>>> {
  if (schema === undefined && bytes.byteLength === 0) return ok(undefined as z.output<Body>);
  return readJson(bytes, (value) => {
    const parsed = (schema ?? NoBody).safeParse(value);
    if (parsed.success) return ok((schema ? parsed.data : undefined) as z.output<Body>);
    return { ok: false, problem: validationProblem(parsed.error.issues) };
  });
}
