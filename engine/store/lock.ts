/**
 * One service for each data folder: two would send everything twice. The lock is a socket in Linux's abstract namespace,
 * which the system takes back however the process ends, so no stale lock is ever left behind.
 */
import { createHash } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import { createServer } from "node:net";
import { fail, ok, type Result } from "../../schemas/errors.js";

/** Gives the function that lets the folder go, or STORE_UNUSABLE when another process has it. */
export function lockFolder(folder: string): Promise<Result<() => void>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 32);
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(fail("STORE_UNUSABLE", "another service runs on this data folder", folder)));
    server.listen(`\0seinpost-${name}`, () => {
      server.unref();
      resolve(ok(() => void server.close()));
    });
  });
}
