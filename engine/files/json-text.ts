/** JSON of a file that somebody writes by hand: a mistake is told by its line and column, or by a JSON pointer. */
import { assert, fail, ok, type Result } from "../../schemas/errors.js";

/** What the text says; CONFIGURATION_INVALID with the place where it is not JSON, and nothing of what stands there. */
export function parseJson(json: string): Result<unknown> {
  try {
    return ok(JSON.parse(json));
  } catch {
    // The message of a SyntaxError quotes the text around the mistake, in which a password may stand.
    const before = json.slice(0, mistakeIn(json)).split("\n");
    return fail("CONFIGURATION_INVALID", `not JSON at line ${before.length}, column ${before.at(-1)!.length + 1}`);
  }
}

/**
 * How many of the first characters could be the begin of JSON; all of them where it is cut off. V8 names the place of some
 * mistakes and not of others. But it stops at the first, so a text that is cut anywhere before it is only found to be short.
 */
function mistakeIn(json: string): number {
  let fine = 0;
  let wrong = json.length + 1;
  while (wrong - fine > 1) {
    const middle = (fine + wrong) >> 1;
    if (isBegin(json.slice(0, middle))) fine = middle;
    else wrong = middle;
  }
  return fine;
}

/** True if the mistake is only that the text ends where it does. */
function isBegin(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch (error) {
    assert(error instanceof SyntaxError, "JSON.parse throws nothing else");
    const position = /position (\d+)/.exec(error.message)?.[1];
    return position === undefined ? !error.message.startsWith("Unexpected token") : Number(position) >= json.length;
  }
}

/** RFC 6901. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
