/**
 * Finds the route of a path, and which methods a path has. Compares segment by segment; a name in braces takes any, unless
 * another path has that very word there.
 */
import type { Route } from "./route.js";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** What a path leads to: a route, only other methods, or nothing. */
export type Found = Match | { readonly allow: readonly string[] } | undefined;

interface Path {
  readonly segments: readonly string[];
  readonly routes: Route[];
}

export class Router {
  /** Those with fewer names in braces first. */
  readonly #paths: readonly Path[];

  constructor(table: readonly Route[]) {
    const paths = new Map<string, Path>();
    for (const route of table) {
      const path = paths.get(route.path) ?? { segments: route.path.split("/"), routes: [] };
      path.routes.push(route);
      paths.set(route.path, path);
    }
    const names = ({ segments }: Path): number => segments.filter((part) => part.startsWith("{")).length;
    this.#paths = [...paths.values()].sort((a, b) => names(a) - names(b));
  }

  /** HEAD is answered wherever GET is (RFC 9110, 9.3.2). */
  find(method: string, path: string): Found {
    const wanted = method === "HEAD" ? "GET" : method;
    const segments = path.split("/");
    for (const { segments: pattern, routes } of this.#paths) {
      const params = matchSegments(pattern, segments);
      if (params === undefined) continue;
      const route = routes.find((candidate) => candidate.method === wanted);
      if (route) return { route, params };
      const allow = routes.flatMap((other) => (other.method === "GET" ? ["GET", "HEAD"] : [other.method]));
      return { allow: [...allow, "OPTIONS"] };
    }
    return undefined;
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
