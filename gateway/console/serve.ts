/**
 * The console's files as routes: pages that are asked for again each time, and scripts and styles whose name says what is in them, which a
 * browser may keep for a year. All of them were compressed when they were built; here they are read once and handed out as they are.
 *
 * Every page has the same policy: nothing but what this service serves, nothing inline, no string that becomes a script.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { CONSOLE } from "../../schemas/limits.js";
import { isKnown, tagOf } from "../http/request/kept.js";
import type { HttpResponse } from "../http/request/response.js";
import { type Handled, type Route, route } from "../http/request/route.js";
import type { Asset, Manifest } from "./manifest.js";

const FOLDER = fileURLToPath(new URL("public/", import.meta.url));

const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:", "connect-src 'self'"],
    ...["font-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"],
    ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-cache",
  Vary: "Accept-Encoding",
};

const ASSET_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": `public, max-age=${CONSOLE.assetSeconds}, immutable`,
  "Cross-Origin-Resource-Policy": "same-origin",
  Vary: "Accept-Encoding",
};

/** Under which paths each page is found: the page itself tells what stands behind its name. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  console: ["/console", "/console/{room}", "/console/{room}/{one}"],
  citizen: ["/me", "/me/"],
  docs: ["/docs", "/docs/"],
  results: ["/cijfers"],
};

const Part = z.string().max(CONSOLE.pathCharacters);
const params = { room: Part, one: Part };
const file = { method: "GET", auth: "open", isFile: true } as const;

/** None where the pages were not built: the API goes without them. */
export function consoleRoutes(): Route[] {
  const manifest = readManifest();
  if (manifest === undefined) return [];
  const assets = new Map(manifest.assets.map((asset) => [asset.name, new KeptFile(asset, ASSET_HEADERS)]));
  const pages = manifest.pages.flatMap((page) => {
    const kept = new KeptFile(page, PAGE_HEADERS);
    return (PATHS[page.name.replace(/\.html$/, "")] ?? []).map((path) =>
      route({
        ...{ ...file, path, params, summary: "A page" },
        response: { status: 200, description: "The page", otherTypes: ["text/html"] },
        handle: (request) => kept.answer(request),
      }),
    );
  });
  return [
    ...pages,
    route({
      ...{ ...file, path: "/", summary: "The console" },
      response: { status: 200, description: "Leads to the console" },
      handle: () =>
        ok({ status: 303, body: undefined, headers: { Location: "/console/", "Cache-Control": "no-cache" } }),
    }),
    route({
      ...{ ...file, path: "/assets/{name}", params: { name: Part }, summary: "A script or style" },
      response: { status: 200, description: "The file" },
      handle: (request) =>
        assets.get(request.params.name)?.answer(request) ?? fail("NOT_FOUND", "There is no such file", "name"),
    }),
  ];
}

function readManifest(): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(FOLDER, "manifest.json"), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

/** In the order in which they are liked best. */
const CODINGS = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

class KeptFile {
  readonly #bytes = new Map<string, Buffer>();
  #tag: string | undefined;
  readonly #asset: Asset;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(asset: Asset, headers: Readonly<Record<string, string>>) {
    this.#asset = asset;
    this.#headers = headers;
  }

  answer({
    acceptEncoding,
    ifNoneMatch,
  }: Pick<Handled<never, never>, "acceptEncoding" | "ifNoneMatch">): Result<HttpResponse> {
    const coding = CODINGS.find(([name]) => takes(acceptEncoding, name));
    // One tag for all codings would say that they are the same bytes; so it is a weak one.
    this.#tag ??= `W/${tagOf(this.#read(""))}`;
    const headers = { ...this.#headers, ETag: this.#tag };
    if (isKnown(this.#tag, ifNoneMatch)) return ok({ status: 304, body: undefined, headers });
    const coded = coding === undefined ? headers : { ...headers, "Content-Encoding": coding[0] };
    return ok({ status: 200, body: this.#read(coding?.[1] ?? ""), contentType: this.#asset.type, headers: coded });
  }

  /** From the disk the first time. */
  #read(ending: string): Buffer {
    const bytes = this.#bytes.get(ending) ?? readFileSync(join(FOLDER, `${this.#asset.name}${ending}`));
    this.#bytes.set(ending, bytes);
    return bytes;
  }
}

/** "br;q=0" refuses it (RFC 9110, 12.5.3). */
function takes(acceptEncoding: string, coding: string): boolean {
  return acceptEncoding.split(",").some((entry) => {
    const [name = "", ...parameters] = entry
      .toLowerCase()
      .split(";")
      .map((part) => part.trim());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
