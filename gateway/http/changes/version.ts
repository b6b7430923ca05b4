/**
 * The version of what is shown as its ETag, and which one a client wants to change (RFC 9110, 8.8.3 and 13.1.1): of two who change the
 * same at the same time one is told.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";

export function versionTag(version: number): string {
  return `"${version}"`;
}

const OURS = /^"([1-9]\d{0,8})"$/;
const FIELD = "If-Match";

export function readVersion(ifMatch: string): Result<number | "any"> {
  const said = ifMatch.trim();
  if (said === "") return fail("VERSION_REQUIRED", "Send the ETag with which it was shown as If-Match", FIELD);
  if (said === "*") return ok("any");
  const version = OURS.exec(said)?.[1];
  return version === undefined ? fail("VERSION_CHANGED", "It never had this ETag", FIELD) : ok(Number(version));
}
