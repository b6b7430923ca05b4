/** Finds the route of a path, and which methods a path has. Compares segment by segment; a name in braces takes any. */
import type { Route } from "./route.js";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** What a path leads to: a route, only other methods, or nothing. */
export type Found = Match | { readonly allow: readonly string[] } | undefined;

export class Router {
  readonly #entries: readonly { readonly route: Route; readonly segments: readonly string[] }[];

  constructor(table: readonly Route[]) {
    this.#entries = table.map((route) => ({ route, segments: route.path.split("/") }));
  }

  /** HEAD is answered wherever GET is (RFC 9110, 9.3.2). */
  find(method: string, path: string): Found {
    const wanted = method === "HEAD" ? "GET" : method;
    const segments = path.split("/");
    const allow: string[] = [];
    for (const entry of this.#entries) {
      const params = matchSegments(entry.segments, segments);
      if (params === undefined) continue;
      if (entry.route.method === wanted) return { route: entry.route, params };
      allow.push(entry.route.method, ...(entry.route.method === "GET" ? ["HEAD"] : []));
    }
    return allow.length > 0 ? { allow: [...allow, "OPTIONS"] } : undefined;
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index]!;
    if (part.startsWith("{")) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
