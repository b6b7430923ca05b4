/**
 * The API as the pages call it. An error is a value, as on the other side: a problem of the API with its code and field, or one of
 * the way to it (NETWORK, TIMED_OUT, ABORTED). Nothing here throws for what the network does.
 */
import type { ProblemDocument } from "../../../../schemas/api/problem.js";
import { sessionEnded } from "./session-state.js";

export interface Problem {
  /** Of the API's catalogue, or NETWORK, TIMED_OUT, ABORTED. */
  readonly code: string;
  readonly detail: string;
  readonly field?: string | undefined;
  readonly errors?: ProblemDocument["errors"];
  /** 0 where nothing was answered. */
  readonly status: number;
  readonly retryAfterSeconds?: number | undefined;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly status: number; readonly headers: Headers }
  | { readonly ok: false; readonly problem: Problem };

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Asking {
  /** Sent as JSON; a Blob as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Of what sends: the same key makes it safe to ask again. */
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A participant's token; without one the request goes in the session of the page. */
  readonly token?: string;
  readonly timeoutMs?: number;
}

/** What a person waits for before a page says that nothing comes. */
const TIMEOUT_MS = 20_000;
/** Says that the request is the console's own: no other origin's page can send it. */
const CONSOLE_HEADER = "Seinpost-Console";

export async function ask<T>(method: Method, path: string, asking: Asking = {}): Promise<Answer<T>> {
  const timer = AbortSignal.timeout(asking.timeoutMs ?? TIMEOUT_MS);
  const signal = asking.signal ? AbortSignal.any([asking.signal, timer]) : timer;
  try {
    const response = await fetch(path, {
      method,
      signal,
      ...sent(asking),
      credentials: "same-origin",
      cache: "no-store",
    });
    const answer = await read<T>(response);
    if (!answer.ok && answer.problem.code === "UNAUTHENTICATED" && asking.token === undefined) sessionEnded();
    return answer;
  } catch (error) {
    return { ok: false, problem: { ...lost(asking.signal, timer, error), status: 0 } };
  }
}

function sent({ body, idempotencyKey, headers, token }: Asking): RequestInit {
  const isJson = body !== undefined && !(body instanceof Blob);
  return {
    headers: {
      [CONSOLE_HEADER]: "1",
      ...(isJson && { "Content-Type": "application/json" }),
      ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as Blob) }),
  };
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const { status, headers } = response;
  const text = status === 204 ? "" : await response.text();
  const value: unknown = text === "" ? undefined : parsed(text);
  if (response.ok) return { ok: true, value: value as T, status, headers };
  const problem = (value ?? {}) as Partial<ProblemDocument>;
  const { code = `HTTP_${status}`, detail = response.statusText, field, errors } = problem;
  const wait = Number(headers.get("Retry-After") ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(wait) ? wait : undefined;
  return { ok: false, problem: { code, detail, field, errors, status, retryAfterSeconds } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function lost(own: AbortSignal | undefined, timer: AbortSignal, error: unknown): { code: string; detail: string } {
  if (own?.aborted) return { code: "ABORTED", detail: "It was given up" };
  if (timer.aborted) return { code: "TIMED_OUT", detail: "No answer came" };
  return { code: "NETWORK", detail: error instanceof Error ? error.message : "The network is gone" };
}

/**
 * Of questions that follow each other, such as the counts behind a mouse that moves, only the newest has an answer: those before it are
 * given up, and should one of them be answered all the same, it is never shown.
 */
export class Latest {
  #running: AbortController | undefined;

  /** Undefined where a newer question has overtaken it. */
  async run<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.#running?.abort();
    const own = new AbortController();
    this.#running = own;
    const answer = await question(own.signal);
    return this.#running === own ? answer : undefined;
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }
}
