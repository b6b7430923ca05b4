/**
 * How a process ends that may have a store open and can't be asked to close it: with its exit code, as soon as no transaction is under
 * way, and by SIGKILL where that does not end. process.exit alone may never come back (engine/store/commits.ts), and then nothing
 * starts the service again, and nobody else has the folder.
 *
 * Promises that nothing becomes durable that was asked for after the call.
 */
import { endCommits } from "../../engine/store/commits.js";
import { STORE } from "../../schemas/limits.js";

let isLeaving = false;

/** The first code counts. What calls it goes on meanwhile: whatever it commits from here on never settles. */
export function leave(code: number): void {
  if (isLeaving) return;
  isLeaving = true;
  setTimeout(() => process.kill(process.pid, "SIGKILL"), STORE.endingMs);
  void endCommits().then(() => process.exit(code));
}
