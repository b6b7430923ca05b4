/** What a handler answers: a response, before it is bytes. */
import { ok, type Result } from "../../../schemas/errors.js";

export interface HttpResponse {
  readonly status: number;
  /** Sent as JSON; a string or bytes with a `contentType` as they are; undefined: no body. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200 unless told otherwise. */
export function respond(body: unknown, status = 200): Result<HttpResponse> {
  return ok({ status, body });
}

/** 204. */
export function respondEmpty(result: Result<void>): Result<HttpResponse> {
  return result.ok ? respond(undefined, 204) : result;
}

/** What there is from now on, or will be, at that path. */
export function respondLocated(body: unknown, location: string, status: 201 | 202 = 201): Result<HttpResponse> {
  return ok({ status, body, headers: { Location: location } });
}

export function respondWith(result: Result<unknown>, status = 200): Result<HttpResponse> {
  return result.ok ? respond(result.value, status) : result;
}
