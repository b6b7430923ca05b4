/** A request over HTTP as a desk, another system or a citizen makes it, with its whole answer. */
import { randomUUID } from "node:crypto";
import { request } from "undici";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a problem document says at least. */
export interface Refusal {
  readonly code: string;
  readonly field: string;
}

export interface Answer<T> {
  readonly status: number;
  /** The Content-Type. */
  readonly type: string;
  readonly text: string;
  /** Undefined where the text is no object of JSON. */
  readonly json: T;
}

export interface Asking {
  /** A key or the token of a session; as anybody without. */
  readonly bearer?: string | undefined;
  /** Text and bytes go as they are, anything else as JSON. */
  readonly body?: object | string | Uint8Array | undefined;
  readonly type?: string;
}

/** Asks a service on loopback; each POST under an Idempotency-Key of its own. */
export async function ask<T = Refusal>(
  port: number,
  method: Method,
  path: string,
  { bearer, body, type = "application/json" }: Asking,
): Promise<Answer<T>> {
  const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(method === "POST" && { "idempotency-key": randomUUID() }),
      ...(body !== undefined && { "content-type": type }),
    },
    body: isRaw ? (body ?? null) : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    type: String(answer.headers["content-type"]),
    text,
    json: (text.startsWith("{") ? JSON.parse(text) : undefined) as T,
  };
}
