/**
 * A document that the service serves about itself, which stays the same as long as it runs: made once, and not sent again to who has it
 * (RFC 9110, 13.1.2).
 */
import { createHash } from "node:crypto";
import { ok, type Result } from "../../../schemas/errors.js";
import type { HttpResponse } from "./response.js";
import { type Route, route } from "./route.js";

interface Kept {
  readonly text: string;
  readonly tag: string;
}

/** `make` is called with the first request. */
export function documentRoute(path: string, summary: string, make: () => object): Route {
  let kept: Kept | undefined;
  return route({
    method: "GET",
    path,
    summary,
    auth: "public",
    response: { status: 200, description: "The document", tagged: true },
    handle: ({ ifNoneMatch }) => {
      kept ??= keep(make());
      return answer(kept, ifNoneMatch);
    },
  });
}

function keep(document: object): Kept {
  const text = JSON.stringify(document);
  return { text, tag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
}

function answer({ text, tag }: Kept, ifNoneMatch: string): Result<HttpResponse> {
  // May be kept by anybody, and is asked for again before it is used: a restart may be another version.
  const headers = { ETag: tag, "Cache-Control": "no-cache" };
  const isKnown = ifNoneMatch.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === tag);
  if (isKnown) return ok({ status: 304, body: undefined, headers });
  return ok({ status: 200, body: text, contentType: "application/json", headers });
}
