/**
 * Errors as answers: RFC 9457 problem documents, made from the one catalogue. A problem names the field and says what is
 * wrong with it, and repeats nothing of the value: that may be a phone number.
 */
import type { z } from "zod";
import { API_VERSION } from "../../../schemas/api/api.js";
import type { ProblemDocument } from "../../../schemas/api/problem.js";
import { ERRORS, type ErrorCode, type Problem } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";

/** A problem with every wrong field, where validation found several. */
export interface FieldProblem extends Problem {
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
}

export const PROBLEM_TYPE = "application/problem+json";
/** Seconds after which a request that can succeed later may be tried again. */
const RETRY_AFTER_SECONDS = 1;

export function problemDocument(problem: FieldProblem): ProblemDocument {
  const { status, title } = ERRORS[problem.code];
  return {
    type: `urn:seinpost:problem:${problem.code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status,
    code: problem.code,
    detail: problem.detail,
    ...(problem.field !== undefined && { field: problem.field }),
    ...(problem.errors !== undefined && { errors: [...problem.errors] }),
  };
}

/** Headers that go with a problem: when to try again, how to authenticate, what to upgrade to. */
export function problemHeaders({ code, retryAfterSeconds }: Problem): Record<string, string> {
  return {
    ...(ERRORS[code].retry && { "Retry-After": String(retryAfterSeconds ?? RETRY_AFTER_SECONDS) }),
    ...(ERRORS[code].status === 401 && { "WWW-Authenticate": 'Bearer realm="seinpost"' }),
    ...(code === "UPGRADE_REQUIRED" && { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" }),
  };
}

/** An answer of the problem alone, where nobody has begun one. */
export function wholeProblem(problem: Problem): WholeProblem {
  const own = { "API-Version": API_VERSION, "Content-Type": PROBLEM_TYPE, "X-Content-Type-Options": "nosniff" };
  const body = JSON.stringify(problemDocument(problem));
  return { status: ERRORS[problem.code].status, headers: { ...problemHeaders(problem), ...own }, body };
}

export interface WholeProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is no name of a field: a value that got into its place, perhaps somebody's mail address, number or position. */
const NO_NAME = /@|\d{4}/;

/** A member, parameter or index as it may be repeated. */
export function shownName(key: PropertyKey): string {
  const name = String(key);
  return typeof key === "string" && NO_NAME.test(name) ? "…" : name;
}

/** RFC 6901. "" is the whole document. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  const pointer = path.map((key) => `/${shownName(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return pointer.length > API.fieldCharacters ? `${pointer.slice(0, API.fieldCharacters)}…` : pointer;
}

function detailOf({ code, message }: z.core.$ZodIssue): string {
  return code === "invalid_type" && message.endsWith("received undefined") ? "It is missing" : message;
}

/** Of what fits none of several shapes, where nobody has said which: what is wrong with the one that it comes nearest to. */
function plainly(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0 || issue.message !== UNSAID) return [issue];
  const nearest = issue.errors.reduce((some, other) => (wrongIn(other) < wrongIn(some) ? other : some));
  return nearest.flatMap((inner) => plainly({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** What zod says of such a value by itself. */
const UNSAID = "Invalid input";

function wrongIn(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

/** What zod found, as one problem. `name` turns a path into the field's name: a pointer in a body, a bare name elsewhere. */
export function validationProblem(
  issues: readonly z.core.$ZodIssue[],
  name: (path: readonly PropertyKey[]) => string = jsonPointer,
): FieldProblem {
  const errors: { field: string; detail: string }[] = [];
  for (const issue of issues.flatMap(plainly).slice(0, API.reportedFields)) {
    // An unknown member is reported at its parent; the client wants to know which one.
    const isUnknown = issue.code === "unrecognized_keys";
    const keys = isUnknown ? issue.keys.slice(0, API.reportedFields) : [];
    const paths = isUnknown ? keys.map((key) => [...issue.path, key]) : [issue.path];
    const detail = isUnknown ? "There is no such field" : detailOf(issue);
    for (const path of paths) {
      if (errors.length < API.reportedFields) errors.push({ field: name(path), detail });
    }
  }
  const first = errors[0] ?? { field: "", detail: "The value can't be read" };
  const textIssue = issues[0]?.code === "custom" && issues[0].params?.code === "INVALID_TEXT";
  const code: ErrorCode = textIssue ? "INVALID_TEXT" : "INVALID_FIELD";
  return { code, ...first, ...(errors.length > 1 && { errors }) };
}
