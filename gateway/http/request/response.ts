/** What a handler answers: a response, before it is bytes. */
import { ok, type Result } from "../../../schemas/errors.js";

export interface HttpResponse {
  readonly status: number;
  /** Sent as JSON; a string with a `contentType` as it is; undefined: no body. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200 unless told otherwise. */
export function respond(body: unknown, status = 200): Result<HttpResponse> {
  return ok({ status, body });
}

export function respondWith(result: Result<unknown>, status = 200): Result<HttpResponse> {
  return result.ok ? respond(result.value, status) : result;
}
