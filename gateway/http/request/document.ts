/**
 * A document that the service serves about itself, which stays the same as long as it runs: made once, and not sent again to who has it
 * (RFC 9110, 13.1.2).
 */
import { respondKept, tagOf } from "./kept.js";
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
      return respondKept({ body: kept.text, contentType: "application/json", tag: kept.tag }, ifNoneMatch);
    },
  });
}

function keep(document: object): Kept {
  const text = JSON.stringify(document);
  return { text, tag: tagOf(text) };
}
