/** The catalogue that ships with the program, and an organisation's file over it. */
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import { KINDS } from "../../../schemas/limits.js";
import { type Catalogue, readCatalogue } from "./catalogue.js";

const SHIPPED = fileURLToPath(new URL("../../../../schemas/kinds/kinds.json", import.meta.url));

/** CONFIGURATION_INVALID. Without a path it is the one that ships. */
export function readKindsFile(path?: string): Result<Catalogue> {
  const shipped = readFileSync(SHIPPED, "utf8");
  if (path === undefined) return readCatalogue(shipped);
  const own = readText(path);
  return own.ok ? readCatalogue(shipped, own.value) : own;
}

function readText(path: string): Result<string> {
  const wrong = (detail: string) => fail("CONFIGURATION_INVALID", `${path} ${detail}`, "SEINPOST_KINDS");
  try {
    // Before it is read: it may be of gigabytes.
    if (statSync(path).size > KINDS.fileBytes) return wrong(`is longer than ${KINDS.fileBytes} bytes`);
    return ok(readFileSync(path, "utf8"));
  } catch (error) {
    assert(error instanceof Error && "code" in error, "a file that can't be read says why");
    return wrong("can't be read");
  }
}
