/**
 * One entry of the route table, and how a request runs through it. From the same entry come routing, validation and the
 * OpenAPI document, so they can't disagree.
 *
 * `route()` closes over the entry's own schemas: a handler gets what its schemas give, and the table can still hold all
 * entries as one type.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Caller } from "../../engine/actions/service.js";
import { type ErrorCode, fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { parseJson } from "./json.js";
import { validationProblem } from "./problem.js";

/** A request once its body is in; strings as they came. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: Uint8Array;
  readonly idempotencyKey: string;
  /** Empty on a route without authentication. */
  readonly keyId: string;
}

export interface Reply {
  readonly status: number;
  /** Sent as JSON, or as it is where `contentType` is given. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Handled<Body, Query> {
  readonly id: string;
  readonly body: Body;
  readonly query: Query;
  readonly caller: Caller;
}

interface RouteSpec<Body extends z.ZodType, Query extends z.ZodType> {
  readonly method: "GET" | "POST";
  /** "/v1/actions/{id}" */
  readonly path: string;
  readonly summary: string;
  /**
   * "key": an API key is required; "open": not, because it says nothing that the network shouldn't know; "local": only from
   * another machine.
   */
  readonly auth: "key" | "open" | "local";
  /** True where it sends: an Idempotency-Key is required. */
  readonly sends?: boolean;
  readonly body?: Body;
  readonly query?: Query;
  readonly response: { readonly status: number; readonly description: string; readonly schema?: z.ZodType };
  /** Codes beyond those that follow from the rest of the entry. */
  readonly problems?: readonly ErrorCode[];
  readonly handle: (request: Handled<z.output<Body>, z.output<Query>>) => Promise<Result<Reply>> | Result<Reply>;
}

export type Route = Omit<RouteSpec<z.ZodType, z.ZodType>, "handle"> & {
  readonly run: (request: RawRequest) => Promise<Result<Reply>>;
};

/** A path with {id} names one by UUID; whatever isn't one can't be there. */
const Id = z.uuid();
/** Where no body is asked for, clients often send {} all the same. */
const NoBody = z.strictObject({});

export function route<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined>(
  spec: RouteSpec<Body, Query>,
): Route {
  const { handle, ...rest } = spec;
  return {
    ...rest,
    async run(request) {
      const id = request.params.id ?? "";
      if ("id" in request.params && !Id.safeParse(id).success) return fail("NOT_FOUND", "No action has this id", "id");
      const caller = readCaller(request, spec.sends ?? false);
      if (!caller.ok) return caller;
      const query = readQuery(request.query, spec.query);
      if (!query.ok) return query;
      const body = readBody(request.body, spec.body);
      if (!body.ok) return body;
      return handle({ id, caller: caller.value, query: query.value, body: body.value });
    },
  };
}

/** Visible ASCII, so that it survives every log and proxy on the way. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]+$/;

function readCaller(request: RawRequest, sends: boolean): Result<Caller> {
  const { keyId, idempotencyKey } = request;
  if (!sends) return ok({ keyId, idempotencyKey: "", fingerprint: "" });
  const field = "Idempotency-Key";
  if (idempotencyKey === "") {
    return fail("IDEMPOTENCY_KEY_REQUIRED", "Send an Idempotency-Key header; a UUID is a good one", field);
  }
  if (idempotencyKey.length > API.idempotencyKeyCharacters || !IDEMPOTENCY_KEY.test(idempotencyKey)) {
    return fail("INVALID_FIELD", `At most ${API.idempotencyKeyCharacters} visible ASCII characters`, field);
  }
  const fingerprint = createHash("sha256").update(`${request.method}\n${request.path}\n`).update(request.body);
  return ok({ keyId, idempotencyKey, fingerprint: fingerprint.digest("hex") });
}

function readQuery<Query extends z.ZodType>(text: string, schema: Query | undefined): Result<z.output<Query>> {
  const entries = [...new URLSearchParams(text)];
  const query = Object.fromEntries(entries);
  const twice = entries.find(([name], index) => entries.findIndex(([other]) => other === name) !== index);
  if (twice) return fail("INVALID_FIELD", "This parameter appears twice", parameterName([twice[0]]));
  const parsed = (schema ?? NoBody).safeParse(query);
  // Without a schema there is nothing in the query, and the handler's type for it is undefined.
  if (parsed.success) return ok((schema ? parsed.data : undefined) as z.output<Query>);
  return { ok: false, problem: validationProblem(parsed.error.issues, parameterName) };
}

function parameterName(path: readonly PropertyKey[]): string {
  return path.map(String).join(".").slice(0, API.fieldCharacters);
}

function readBody<Body extends z.ZodType>(bytes: Uint8Array, schema: Body | undefined): Result<z.output<Body>> {
  if (schema === undefined && bytes.byteLength === 0) return ok(undefined as z.output<Body>);
  const json = parseJson(bytes);
  if (!json.ok) return json;
  const parsed = (schema ?? NoBody).safeParse(json.value);
  if (parsed.success) return ok((schema ? parsed.data : undefined) as z.output<Body>);
  return { ok: false, problem: validationProblem(parsed.error.issues) };
}
