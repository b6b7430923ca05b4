/** An answer with a tag (RFC 9110, 8.8.3): whoever has it already is told so, and nothing more. */
import { createHash } from "node:crypto";
import { ok, type Result } from "../../../schemas/errors.js";
import type { HttpResponse } from "./response.js";

interface Kept {
  readonly body: string | Uint8Array;
  readonly contentType: string;
  readonly tag: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** May be kept by anybody, and, unless `headers` say otherwise, is asked for again before it is used: a restart may be another version. */
export function respondKept({ body, contentType, tag, headers }: Kept, ifNoneMatch: string): Result<HttpResponse> {
  const all = { ETag: tag, "Cache-Control": "no-cache", ...headers };
  if (isKnown(tag, ifNoneMatch)) return ok({ status: 304, body: undefined, headers: all });
  return ok({ status: 200, body, contentType, headers: all });
}

/** Whether the client has it: a tag that somebody on the way has weakened tells so too. */
export function isKnown(tag: string, ifNoneMatch: string): boolean {
  const strong = (one: string): string => one.trim().replace(/^W\//, "");
  return ifNoneMatch.split(",").some((one) => one.trim() === "*" || strong(one) === strong(tag));
}

export function tagOf(content: string | Uint8Array): string {
  return `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
}
