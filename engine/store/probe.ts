/**
 * Opens the store in a child process before this one does. Damage to LMDB's own pages is not an error that comes back: the
 * library runs into unmapped memory and Node ends by SIGSEGV or SIGBUS, which nothing catches. In a child it costs the
 * child, and becomes STORE_UNUSABLE here.
 *
 * Promises to find what would end this process while it starts: it reads the file's header, all of `meta` and `participants`,
 * as the start does, and the trees of the other tables down both edges. What lies deep in another table can still end the
 * process when it is read. 120 ms for 1.6 million participants, half of it the child's own start. Assumes nobody writes
 * meanwhile.
 */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { STORE } from "../../schemas/limits.js";
import { Store } from "./store.js";

const CHILD = fileURLToPath(new URL("./probe-child.js", import.meta.url));

/** Fine for a folder that has no store yet. Takes no time of this thread, so other work of the start can go on beside it. */
export function probeStore(folder: string): Promise<Result<void>> {
  if (!Store.exists(folder)) return Promise.resolve(ok(undefined));
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ["ignore", "pipe", "pipe"], env: {} });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  // Read so that it can't block; what lmdb writes there on damage says no more than the signal does.
  child.stderr.resume();
  const timer = setTimeout(() => child.kill("SIGKILL"), STORE.probeMs);
  return new Promise((resolve) => {
    child.once("error", (error) =>
      resolve(fail("STORE_UNUSABLE", `the probe did not start: ${error.message}`, folder)),
    );
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? ok(undefined) : fail("STORE_UNUSABLE", reason(said, code, signal), folder));
    });
  });
}

function reason(said: string, code: number | null, signal: NodeJS.Signals | null): string {
  if (said !== "") return said.trim();
  const end = signal ?? `exit code ${code}`;
  return `the store's file is damaged: reading it ended a child process with ${end}; restore the folder from a backup`;
}
