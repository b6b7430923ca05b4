/** An answer with a tag (RFC 9110, 8.8.3): whoever has it already is told so, and nothing more. */
import { ok, type Result } from "../../../schemas/errors.js";
import type { HttpResponse } from "./response.js";

interface Kept {
  readonly body: string | Uint8Array;
  readonly contentType: string;
  readonly tag: string;
}

/** May be kept by anybody, and is asked for again before it is used: a restart may be another version. */
export function respondKept({ body, contentType, tag }: Kept, ifNoneMatch: string): Result<HttpResponse> {
  const headers = { ETag: tag, "Cache-Control": "no-cache" };
  const isKnown = ifNoneMatch.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === tag);
  if (isKnown) return ok({ status: 304, body: undefined, headers });
  return ok({ status: 200, body, contentType, headers });
}
