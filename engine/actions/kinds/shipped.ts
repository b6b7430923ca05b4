/** The catalogue that ships with the program, and an organisation's file over it. */
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, fail, type Result } from "../../../schemas/errors.js";
import { KINDS } from "../../../schemas/limits.js";
import { type Catalogue, readCatalogue } from "./catalogue.js";

const SHIPPED = fileURLToPath(new URL("../../../../schemas/kinds/kinds.json", import.meta.url));

/** CONFIGURATION_INVALID. Without a path it is the one that ships. */
export function readKindsFile(path?: string): Result<Catalogue> {
  const shipped = readFileSync(SHIPPED, "utf8");
  if (path === undefined) return readCatalogue(shipped);
  const own = readText(path);
  if (own === undefined) return fail("CONFIGURATION_INVALID", `${path} can't be read`, "SEINPOST_KINDS");
  if (own.length > KINDS.fileBytes) {
    return fail("CONFIGURATION_INVALID", `${path} is longer than ${KINDS.fileBytes} bytes`, "SEINPOST_KINDS");
  }
  return readCatalogue(shipped, own);
}

/** Undefined if it can't be read; of one that is too long as much as shows that. */
function readText(path: string): string | undefined {
  try {
    if (statSync(path).size > 2 * KINDS.fileBytes) return " ".repeat(KINDS.fileBytes + 1);
    return readFileSync(path, "utf8");
  } catch (error) {
    assert(error instanceof Error && "code" in error, "a file that can't be read says why");
    return undefined;
  }
}
