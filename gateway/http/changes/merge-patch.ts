/**
 * A change of something by a merge patch (RFC 7396): what comes of it is validated as if it had come as a whole. One thing is other than
 * there: an object that says another `type` than the one before takes its place, for what the one has the other can't have.
 */
import type { z } from "zod";
import { ok, type Result } from "../../../schemas/errors.js";
import { validationProblem } from "../request/problem.js";

type Members = Readonly<Record<string, unknown>>;

export function patched<Schema extends z.ZodType>(
  target: z.output<Schema>,
  patch: unknown,
  schema: Schema,
): Result<z.output<Schema>> {
  const parsed = schema.safeParse(merged(target, patch));
  return parsed.success ? ok(parsed.data) : { ok: false, problem: validationProblem(parsed.error.issues) };
}

/** Nothing that has a schema here is deeper; what a patch says below takes the place of what was there. */
const DEPTH = 8;

function merged(target: unknown, patch: unknown, depth = DEPTH): unknown {
  if (!isObject(patch) || depth === 0) return patch;
  const before = isObject(target) && !isOfAnotherType(target, patch) ? target : {};
  const after = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) after.delete(name);
    else after.set(name, merged(after.get(name), value, depth - 1));
  }
  return Object.fromEntries(after);
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOfAnotherType(target: Members, patch: Members): boolean {
  return patch.type !== undefined && patch.type !== null && patch.type !== target.type;
}
