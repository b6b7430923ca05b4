/**
 * One service for each data folder: two would send everything twice. The lock is a socket in Linux's abstract namespace,
 * which the system takes back however the process ends, so no stale lock is ever left behind.
 */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { createServer } from "node:net";
import { resolve as resolvePath } from "node:path";
import { fail, ok, type Result } from "../../schemas/errors.js";

/** Gives the function that lets the folder go, or STORE_UNUSABLE when another process has it. */
export function lockFolder(folder: string): Promise<Result<() => void>> {
  // Made by whoever writes into it first; until then its path is name enough.
  const path = existsSync(folder) ? realpathSync(folder) : resolvePath(folder);
  const name = createHash("sha256").update(path).digest("hex").slice(0, 32);
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(fail("STORE_UNUSABLE", "another service runs on this data folder", folder)));
    server.listen(`\0seinpost-${name}`, () => {
      server.unref();
      resolve(ok(() => void server.close()));
    });
  });
}
