/**
 * One part of what is answered, where the client wants no more (RFC 9110, 14): a telephone plays a film of nobody who does not give it in
 * parts. Whoever asks for several parts, or for one that is not there, gets the whole, which the standard allows.
 */
import type { HttpResponse } from "./response.js";

/** `tag`: of what there is now, undefined where it has none; `ifRange`: of what the client has the rest of, "" where it does not say. */
export function partOf(
  answer: HttpResponse & { readonly body: Uint8Array },
  range: string,
  ifRange: string,
  tag: string | undefined,
): HttpResponse {
  const headers = { ...answer.headers, "Accept-Ranges": "bytes" };
  const { byteLength } = answer.body;
  const [from, to] = boundsOf(range, byteLength);
  if (from > to || (ifRange !== "" && ifRange !== tag)) return { ...answer, headers };
  return {
    ...answer,
    status: 206,
    body: answer.body.subarray(from, to + 1),
    headers: { ...headers, "Content-Range": `bytes ${from}-${to}/${byteLength}` },
  };
}

/** First and last byte; the last before the first where it is no part of so many bytes. */
function boundsOf(range: string, bytes: number): [from: number, to: number] {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range.trim()) ?? [];
  if (first !== "") return Number(first) < bytes ? [Number(first), Math.min(Number(last || bytes), bytes - 1)] : [1, 0];
  // So many of the end.
  return Number(last) > 0 ? [Math.max(0, bytes - Number(last)), bytes - 1] : [1, 0];
}
