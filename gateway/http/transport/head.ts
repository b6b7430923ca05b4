/**
 * The head of a request: what is read from it, and what is wrong with one that Node's parser has taken. Promises that no two
 * ways of reading a request are left: what says twice where its body ends, for whom it is or who sends it, is refused before
 * anything acts, and its connection ends (RFC 9110, 5.3; RFC 9112, 3.2 and 6.3).
 *
 * Node's parser has refused by then: two lengths, a length beside chunks, chunks that are not the last coding, a blank before a
 * colon, lines that go on in the next, control characters, line feeds alone.
 */
import type { IncomingMessage } from "node:http";
import { fail, type Problem } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { RequestHead } from "./transport.js";

/** Headers that there can be one of. */
const SINGLE = new Set([
  "host",
  "content-length",
  "content-type",
  "authorization",
  "idempotency-key",
  "expect",
  "sec-websocket-key",
  "sec-websocket-version",
]);

/** RFC 3986, 3.2.2 and 3.2.3: an address in brackets or a name, and a port. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]*)(?::\d*)?$/i;
const SCHEME_AND_HOST = /^https?:\/\/[^/?#]*/i;

/** Undefined when the head can be acted on. */
export function faultOf(request: IncomingMessage): Problem | undefined {
  const { httpVersionMajor, rawHeaders, headers, method, url = "" } = request;
  if (httpVersionMajor !== 1) return fault("HTTP_VERSION_UNSUPPORTED", "HTTP/1.1 is spoken here");
  const count = rawHeaders.length / 2;
  if (count > API.headers) return fault("HEAD_TOO_LARGE", `At most ${API.headers} headers`);
  const twice = repeated(rawHeaders);
  if (twice !== undefined) return fault("BAD_REQUEST", "This header appears twice", twice);
  if (!isHost(request)) return fault("BAD_REQUEST", "Send one Host, a name or an address", "Host");
  if (!isCoding(request))
    return fault("BAD_REQUEST", "Send chunked and nothing else, by HTTP/1.1", "Transfer-Encoding");
  const isTarget = url.startsWith("/") || url === "*" || SCHEME_AND_HOST.test(url);
  if (method === "CONNECT" || !isTarget) return fault("BAD_REQUEST", "Send a path; this is no proxy");
  // RFC 9110, 10.1.1: a server of HTTP/1.0 knew no expectations.
  const { expect } = headers;
  const isMet = expect === undefined || isOld(request) || expect.toLowerCase() === "100-continue";
  return isMet ? undefined : fault("EXPECTATION_FAILED", "100-continue is the only one", "Expect");
}

function fault(...what: Parameters<typeof fail>): Problem {
  return fail(...what).problem;
}

function repeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (seen.has(name)) return rawHeaders[at];
    if (SINGLE.has(name)) seen.add(name);
  }
  return undefined;
}

const isOld = ({ httpVersionMinor }: IncomingMessage): boolean => httpVersionMinor === 0;

function isHost(request: IncomingMessage): boolean {
  const { host } = request.headers;
  return host === undefined ? isOld(request) : HOST.test(host);
}

/** "gzip, chunked" is a coding that nobody here undoes, and whoever is in front may take the body to end elsewhere. */
function isCoding(request: IncomingMessage): boolean {
  const coding = request.headers["transfer-encoding"];
  return coding === undefined || (coding.toLowerCase() === "chunked" && !isOld(request));
}

/** Whether a body comes behind the head. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** The path with its query, or "*"; of a target in absolute form too, whose host counts for no more than Host does here. */
export function targetOf(url = ""): string {
  if (url.startsWith("/") || url === "*") return url;
  const rest = url.replace(SCHEME_AND_HOST, "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

export function readHead({ method = "", url, headers }: IncomingMessage): RequestHead {
  const target = targetOf(url);
  const question = target.indexOf("?");
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? "" : target.slice(question + 1),
    authorization: headers.authorization ?? "",
    contentType: headers["content-type"] ?? "",
    contentLength: headers["content-length"] ?? "",
    contentEncoding: headers["content-encoding"] ?? "",
    ifMatch: headers["if-match"] ?? "",
    ifNoneMatch: headers["if-none-match"] ?? "",
    range: headers.range ?? "",
    ifRange: String(headers["if-range"] ?? ""),
    idempotencyKey: String(headers["idempotency-key"] ?? ""),
    protocols: headers["sec-websocket-protocol"] ?? "",
    acceptEncoding: String(headers["accept-encoding"] ?? ""),
    cookie: headers.cookie ?? "",
    host: headers.host ?? "",
    origin: headers.origin ?? "",
    fetchSite: String(headers["sec-fetch-site"] ?? ""),
    consoleMark: String(headers["seinpost-console"] ?? ""),
    forwardedProtocol: String(headers["x-forwarded-proto"] ?? ""),
  };
}
